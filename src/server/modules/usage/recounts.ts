import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';

/** A meter that is counted anew, or was: recount.ts. */
export interface Recount {
	id: string;
	/** Slugs. */
	product: string;
	meter: string;
	/** The hour from which it counts. */
	from: Date;
	askedAt: Date;
	/** Businesses that are done, of those that there are; they are gone through one by one. */
	done: number;
	of: number;
	/** Up to when the business under way is counted; null before the first and after the last. */
	at: Date | null;
	finishedAt: Date | null;
}

/** Recounts, those that run and the latest that are done, newest first. */
export const listRecounts = usecase(
	'usage.define',
	v.object({ limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 50) }),
	async (scope, { limit }): Promise<Recount[]> => {
		const { db, now } = scope;
		const products = new Map((await listProducts(scope, {})).map(({ id, slug }) => [id, slug]));
		const { rows } = await sql<Recount & { productId: string }>`
			select r.id, m.product_id as "productId", m.slug as meter, r.from_hour as from, r.asked_at as "askedAt",
				case when r.finished_at is null then z.done else z.of end as done, z.of,
				case when r.finished_at is null and r.at_business <> ''
					then least(r.at_hour, ${now}::timestamptz) end as at,
				r.finished_at as "finishedAt"
			from usage.recounts r
			join usage.meters m on m.id = r.meter_id
			cross join lateral (
				select count(*)::int as of, (count(*) filter (where business_id < r.at_business))::int as done
				from usage.zones
			) z
			order by r.asked_at desc, r.id desc
			limit ${limit}`.execute(db);
		return rows.map(({ productId, ...row }) => ({
			...row,
			product: products.get(productId) ?? productId
		}));
	}
);
