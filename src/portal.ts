import { setTimeout as wait } from 'node:timers/promises';
import type { Progress } from '../bin/bootstrap/progress.js';
import type { Config } from '#server/platform/config.ts';
import type { Children } from '#server/platform/children.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { watchAlerts } from '#server/modules/usage/index.ts';
import type { Logger } from '#server/platform/log.ts';
import type { StartFailure } from '#server/platform/start-failure.ts';
import { createApiHandler } from './api/app.ts';
import { describeAccounts, prepareDemo, startSampleProducts } from './demo.ts';
import { createHttp } from './http.ts';
import { createProvider } from './oidc/provider.ts';
import { openPortal, type Opened } from './open.ts';
import { followPages, loadPages, type Pages } from './pages.ts';
import { equipSampleProducts } from './sample-products.ts';

export interface Portal {
	/**
	 * What to tell whoever started it, once it serves; undefined when it was stopped before.
	 * Rejects, with nothing left running, when it cannot start.
	 */
	ready: Promise<string | undefined>;
	/** Drains requests and ends the sample products, then jobs, then the database. */
	stop(): Promise<void>;
}

/** What each part of a stop may take at most, in ms: together less than the ten seconds of the whole. */
const patience = { requests: 5_500, work: 1_250 };

export function startPortal(
	config: Config,
	options: {
		log: Logger;
		progress: Progress;
		/** Where the pages are: a build's directory, or `vite`. */
		pages: string;
		onLost: (failure: StartFailure) => void;
	}
): Portal {
	const { log } = options;
	let obstacle: string | undefined = 'the portal is starting';
	let opened: Opened | undefined;
	let jobs: RunningJobs | undefined;
	let alerts: { stop(): Promise<void> } | undefined;
	let pages: Pages | undefined;
	let products: Children | undefined;
	let stopped: Promise<void> | undefined;

	const http = createHttp({ origin: config, log, obstacles });

	async function obstacles(): Promise<string[]> {
		if (obstacle !== undefined || !opened) return [obstacle ?? 'the portal is starting'];
		return (await answers(opened)) ? [] : ['the database does not answer'];
	}

	async function start(): Promise<string | undefined> {
		// The port first: when it is taken, nothing else need be touched.
		await http.listen(config.host, config.port);
		const loading = options.pages === 'vite' ? followPages(http.server) : loadPages(options.pages);
		// Looked at below, when the database is open; a failure until then is no unhandled one.
		loading.catch(() => undefined);
		opened = await openPortal(config, { log, onLost: options.onLost });
		if (stopped) return;
		jobs = await startJobs();
		pages = await loading;
		if (config.demo) {
			await prepareDemo(opened.runtime, options.progress);
			if (stopped) return;
		}
		const [provider, samples] = await Promise.all([
			createProvider(),
			config.demo ? equipSampleProducts(config, opened.runtime.secrets) : undefined
		]);
		if (stopped) return;
		alerts = watchAlerts();
		http.serve({
			mounted: [
				{ prefix: '/oidc', handler: provider.callback },
				{ prefix: '/api/v1', handler: createApiHandler() }
			],
			pages: pages.handler
		});
		// They speak to the portal as soon as they start.
		if (samples) products = await startSampleProducts(samples, opened.runtime);
		if (stopped) return;
		obstacle = undefined;
		return `ready ${config.publicUrl}${config.demo ? `\n${describeAccounts()}` : ''}`;
	}

	async function stop(): Promise<void> {
		obstacle = 'the portal is stopping';
		const drained = http.drain(patience.requests);
		// Streams to open pages would not end by themselves; the pages come back to whoever serves next.
		const silent = opened?.runtime.live.close();
		// Ctrl-C has reached the products too: they are not to be started again while requests drain.
		const left = products?.stop(patience.work);
		await Promise.all([drained, silent, left]);
		// A start that is under way takes no further step. If its present one takes long, losing the database ends it.
		await within(patience.work, started);
		await within(patience.work, Promise.all([jobs?.stop(), alerts?.stop(), pages?.close()]));
		await opened?.close();
	}

	const started = start().then(
		(words) => ({ words }),
		(error: unknown) => ({ error })
	);
	const stopOnce = (): Promise<void> => (stopped ??= stop());
	return {
		ready: started.then(async (outcome) => {
			if ('words' in outcome) return outcome.words;
			// What a stop takes away under a start's feet is no failure of the start.
			if (stopped) return undefined;
			await stopOnce();
			throw outcome.error;
		}),
		stop: stopOnce
	};
}

async function answers({ runtime }: Opened): Promise<boolean> {
	const asked = runtime.database.system.pool.query('select').then(
		() => true,
		() => false
	);
	return Promise.race([asked, wait(2_000, false, { ref: false })]);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
	await Promise.race([work, wait(ms, undefined, { ref: false })]);
}
