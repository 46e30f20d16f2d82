import { sql } from 'kysely';
import * as v from 'valibot';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/**
 * What a meter had counted in a period, of the scope's business, when it was closed to be billed; null for a period
 * that is not closed. Civil dates, half-open; the quantity is exact decimal text.
 */
export const readClosedQuantity = usecase(
	'usage.read',
	v.object({
		productId: v.string(),
		meter: v.string(),
		start: v.pipe(v.string(), v.isoDate()),
		end: v.pipe(v.string(), v.isoDate())
	}),
	async (
		scope,
		{ productId, meter, start, end }
	): Promise<{ quantity: string; closedAt: Date } | null> => {
		const { rows } = await sql<{ quantity: string; closedAt: Date }>`
			select trim_scale(c.quantity)::text as quantity, c.closed_at as "closedAt"
			from usage.closed_quantities c
			join usage.meters m on m.id = c.meter_id
			where c.business_id = ${businessOf(scope)} and c.product_id = ${productId} and m.slug = ${meter}
				and c.start_on = ${start}::date and c.end_on = ${end}::date`.execute(scope.db);
		return rows[0] ?? null;
	}
);
