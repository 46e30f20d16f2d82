import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { countDue } from '../billing/index.ts';
import { listTimeZones } from '../businesses/index.ts';
import { commonDay } from './days.ts';
import { listClosingFailures, type ClosingFailure } from './failures.ts';
import { readClosingSettings, type ClosingSettings } from './settings.ts';

export interface ClosingStatus extends ClosingSettings {
	/** What is due, whatever the zone, and since which day; and the day on which something falls due next. */
	due: { subscriptions: number; businesses: number; since: string | null; next: string | null };
	failures: ClosingFailure[];
}

/** How closing stands: whether it keeps up, and what stands in its way. */
export const readClosingStatus = usecase(
	'closing.read',
	v.object({}),
	async (scope): Promise<ClosingStatus> => {
		const settings = await readClosingSettings(scope, {});
		const zones = await listTimeZones(scope, {});
		return {
			...settings,
			due: await countDue(scope, commonDay(zones, scope.now, settings.graceHours)),
			failures: await listClosingFailures(scope, {})
		};
	}
);
