import { sql } from 'kysely';
import * as v from 'valibot';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';
import type { Device } from './devices.ts';

export interface VisitCounts {
	/** `step` is a civil date, or an hour of one (`2026-11-25T09:00`); steps without a visit are left out. */
	steps: { step: string; device: Device; visits: number }[];
	people: { personId: string; visits: number }[];
}

/** How often a product was opened in a span, by day or hour and kind of device, and by person. */
export const countVisits = usecase(
	'launch.read',
	v.pipe(
		v.object({
			product: v.string(),
			from: v.date(),
			to: v.date(),
			bucket: v.picklist(['hour', 'day']),
			/** In which days and hours are reckoned. */
			timeZone: v.string()
		}),
		v.check(({ from, to }) => from <= to, 'A span ends after it began.')
	),
	async (scope, { product, from, to, bucket, timeZone }): Promise<VisitCounts> => {
		const { id } = await readProduct(scope, { slug: product });
		const form = bucket === 'hour' ? 'YYYY-MM-DD"T"HH24:00' : 'YYYY-MM-DD';
		const visits = sql`launch.visits where business_id = ${businessOf(scope)} and product_id = ${id}
			and visited_at >= ${from} and visited_at < ${to}`;
		const [steps, people] = await Promise.all([
			sql<VisitCounts['steps'][number]>`
				select to_char(visited_at at time zone ${timeZone}, ${form}::text) as step, device,
					count(*)::int as visits
				from ${visits} group by 1, 2 order by 1, 2`.execute(scope.db),
			sql<VisitCounts['people'][number]>`
				select person_id as "personId", count(*)::int as visits
				from ${visits} group by 1 order by 2 desc, 1`.execute(scope.db)
		]);
		return { steps: steps.rows, people: people.rows };
	}
);
