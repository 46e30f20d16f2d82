import { sql } from 'kysely';
import * as v from 'valibot';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';

/**
 * Adds a business's hours up into days anew, in another zone: for when it moves. Events that are being
 * counted meanwhile wait, or are waited for, so none falls between the zones.
 */
export const refoldDays = usecase(
	'usage.define',
	v.object({ businessId: BusinessId, timeZone: v.string() }),
	async (scope, { businessId, timeZone }) => {
		const { db } = scope;
		await sql`lock table usage.days in share row exclusive mode`.execute(db);
		await db
			.insertInto('usage.zones')
			.values({ business_id: businessId, time_zone: timeZone })
			.onConflict((conflict) => conflict.column('business_id').doUpdateSet({ time_zone: timeZone }))
			.execute();
		await db.deleteFrom('usage.days').where('business_id', '=', businessId).execute();
		await sql`
			insert into usage.days (business_id, meter_id, day, count, sum, max, latest, latest_at)
			select business_id, meter_id, (hour at time zone ${timeZone})::date as day, sum(count), sum(sum),
				max(max), (array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)
			from usage.hours
			where business_id = ${businessId}
			group by business_id, meter_id, day`.execute(db);
		await announce(scope, businessId, 'usage');
	}
);
