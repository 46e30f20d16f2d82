import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiHandler } from '#api/app.ts';
import { startSubscription } from '#server/modules/billing/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import { createApiKey, savePlan, saveProduct } from '#server/modules/catalogue/index.ts';
import { defineMeter } from '#server/modules/usage/index.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { withSystem } from '#server/platform/doors.ts';
import { startEmbedded, type Embedded } from '#server/platform/embedded/index.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { migrate } from '#server/platform/migrate.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { secretsFrom } from '#server/platform/secrets.ts';

/** What bench/ingest.ts hears once this process serves. */
export interface Ready {
	origin: string;
	key: string;
	/** Ids of businesses that have the product. */
	businesses: string[];
	eventType: string;
	/** The database as its owner. */
	database: Embedded['connection'];
}

const eventType = 'bench.data.transferred';

// The API on a database of its own, with the settings of production: everything else of the portal at rest.
const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(path.join(cache, 'bench-'));
const log = createLog('warn');
const secrets = secretsFrom('the key of a benchmark');
const embedded = await startEmbedded({ dataDir: directory, profile: 'production', log });
await migrate(embedded.connection, secrets);
const database = createDatabase({ connection: embedded.connection, secrets, log });
const live = createLive(() => database.connectListener(), log);

const handle = createApiHandler();
const server = createServer((request, response) => void handle(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(await makeReady());

async function makeReady(): Promise<Ready> {
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	setRuntime({
		database,
		clock: systemClock,
		secrets,
		log,
		live,
		publicUrl: origin,
		development: false
	});
	const { key, businesses } = await withSystem('bench', async (scope) => {
		const product = 'bench';
		await saveProduct(scope, {
			slug: product,
			name: 'Bench',
			summary: '',
			mark: 'initials',
			position: 1
		});
		await savePlan(scope, {
			product,
			slug: 'plan',
			name: 'Plan',
			amountMinor: 0n,
			currency: 'KES',
			position: 1
		});
		await defineMeter(scope, {
			product,
			slug: 'data',
			name: 'Data',
			eventType,
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes',
			dimensions: ['user', 'branch']
		});
		await defineMeter(scope, {
			product,
			slug: 'active-users',
			name: 'Active users',
			eventType,
			aggregation: 'unique',
			valueProperty: 'user',
			unit: 'people'
		});
		const ids: string[] = [];
		for (const name of ['One', 'Two', 'Three', 'Four']) {
			const { id } = await createBusiness(scope, { name });
			await startSubscription(scope, {
				businessId: id,
				product,
				plan: 'plan',
				startedOn: scope.now.toISOString().slice(0, 10)
			});
			ids.push(id);
		}
		return { key: (await createApiKey(scope, { product })).token, businesses: ids };
	});
	return { origin, key, businesses, eventType, database: embedded.connection };
}

// The most memory that it ever took, whenever somebody asks.
process.on('message', () => {
	process.send?.(process.resourceUsage().maxRSS * 1024);
});

// Whoever started this process is gone, or has seen enough.
process.once('disconnect', () => {
	void (async () => {
		server.closeAllConnections();
		server.close();
		await live.close();
		await database.close();
		await embedded.stop();
		rmSync(directory, { recursive: true, force: true });
		process.exit(0);
	})();
});
