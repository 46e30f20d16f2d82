import { defineJob, on } from '../../platform/jobs.ts';
// For the type of the event that it tells.
import type {} from '../businesses/index.ts';
import { refoldDays } from './days.ts';
import './folding.ts';
import { sweepLevels } from './levels.ts';
import { sweepMinutes } from './minutes.ts';

/** Days are those of the business's zone: when that changes, they are added up anew. */
on('business.changed', 'usage.refold-days', async (scope, { businessId, data }) => {
	const known = await scope.db
		.selectFrom('usage.zones')
		.select('time_zone')
		.where('business_id', '=', businessId)
		.executeTakeFirst();
	if (!known || known.time_zone === data.timeZone) return;
	await refoldDays(scope, { businessId, timeZone: data.timeZone });
});

defineJob({
	name: 'usage.sweep-minutes',
	cron: '*/10 * * * *',
	work: (scope) => sweepMinutes(scope)
});

defineJob({
	name: 'usage.sweep-levels',
	cron: '23 1 * * *',
	work: (scope) => sweepLevels(scope)
});
