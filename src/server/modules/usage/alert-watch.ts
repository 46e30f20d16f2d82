import { withSystem } from '../../platform/doors.ts';
import { defineJob } from '../../platform/jobs.ts';
import { runtime } from '../../platform/runtime.ts';
import { fireAlerts } from './alert-firings.ts';
import { fireSpendLimits } from './spend-firings.ts';

/** What is heard within this time is looked at together, so that a stream of events costs one look a second. */
const gatherMs = 1_000;

/**
 * Looks at the alerts of a business soon after its usage has changed, in whichever process it was counted.
 * What it misses, such as while it restarts, the job of the minute finds.
 */
export function watchAlerts(): { stop(): Promise<void> } {
	const { live, log } = runtime();
	let heard = new Set<string>();
	/** The line was down: anybody's usage may have changed. */
	let all = false;
	let timer: NodeJS.Timeout | undefined;
	let looking: Promise<void> | undefined;
	let stopped = false;

	const gather = (): void => {
		if (stopped || timer || looking || (heard.size === 0 && !all)) return;
		timer = setTimeout(() => {
			timer = undefined;
			const businessIds = all ? null : [...heard];
			heard = new Set();
			all = false;
			looking = look(businessIds)
				.catch((error: unknown) => {
					log.error({ error }, 'alerts could not be looked at; the next minute looks again');
				})
				.finally(() => {
					looking = undefined;
					gather();
				});
		}, gatherMs);
	};
	const unhear = live.hear(null, (topic, businessId) => {
		if (businessId === '') all = true;
		else if (topic === 'usage') heard.add(businessId);
		gather();
	});

	return {
		async stop() {
			stopped = true;
			unhear();
			clearTimeout(timer);
			await looking;
		}
	};
}

async function look(businessIds: readonly string[] | null): Promise<void> {
	await withSystem('usage.alerts', async (scope) => {
		await fireAlerts(scope, businessIds);
		await fireSpendLimits(scope, businessIds);
	});
}

// It opens its own door: a look that finds nothing writes nothing, and no drawn page is thrown away for it.
defineJob({
	name: 'usage.alerts',
	cron: '* * * * *',
	opensOwnDoors: true,
	work: () => look(null)
});
