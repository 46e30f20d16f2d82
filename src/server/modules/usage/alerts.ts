import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { readProduct } from '../catalogue/index.ts';
import { readLimit } from './alert-limits.ts';
import { standings } from './alert-standing.ts';
import { findMeter } from './figures.ts';
import type { Aggregation, Unit } from './meters.ts';

/** Per cent of a limit at which a business can ask to be told. */
export const alertMarks = [50, 75, 90, 100] as const;
export type AlertMark = (typeof alertMarks)[number];

const SaveAlert = v.object({
	/** The product's slug and the meter's. */
	product: v.string(),
	meter: v.string(),
	/** For a calendar month: a number in the meter's unit, or text as people write it, such as `50 GB`. */
	limit: v.union([v.number(), v.string()], 'Write the limit.'),
	marks: v.optional(
		v.pipe(
			v.array(v.picklist(alertMarks, 'Choose among 50, 75, 90 and 100 %.')),
			v.nonEmpty('Choose at least one mark.')
		),
		[75, 100]
	)
});

/**
 * Sets the limit of a meter, or changes the one there is. Marks that fired in this month for the same limit
 * or a higher one do not fire again; what is passed already is told within seconds.
 * @throws NotFound for an unknown product or meter; Conflict `not_subscribed`; Invalid
 */
export const saveAlert = usecase('alert.manage', SaveAlert, async (scope, input) => {
	const { db, now } = scope;
	const businessId = businessOf(scope);
	const product = await readProduct(scope, { slug: input.product });
	const [meter, subscription, business] = await Promise.all([
		findMeter(scope, { productId: product.id, meter: input.meter }),
		readSubscriptionState(scope, { productId: product.id }),
		readBusiness(scope, {})
	]);
	if (!subscription)
		throw new Conflict('not_subscribed', `Your business does not have ${product.name}.`);
	const changed = {
		month_limit: readLimit(input.limit, meter, business.currency),
		marks: [...new Set(input.marks)].sort((one, other) => one - other),
		changed_at: now
	};
	const saved = await db
		.insertInto('usage.alerts')
		.values({
			business_id: businessId,
			id: newId('alr', now),
			meter_id: meter.id,
			created_at: now,
			...changed
		})
		.onConflict((conflict) => conflict.columns(['business_id', 'meter_id']).doUpdateSet(changed))
		.returning('id')
		.executeTakeFirstOrThrow();
	// Looked at like new usage: it may be passed already.
	await announce(scope, businessId, 'usage');
	return saved;
});

/** @throws NotFound */
export const removeAlert = usecase(
	'alert.manage',
	v.object({
		id: v.custom<string>((value) => isId('alr', value), 'This is not the id of an alert.')
	}),
	async (scope, { id }) => {
		const { numDeletedRows } = await scope.db
			.deleteFrom('usage.alerts')
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.executeTakeFirst();
		if (numDeletedRows === 0n) throw new NotFound('This alert');
	}
);

export interface Alert {
	id: string;
	meter: { slug: string; name: string; unit: Unit; aggregation: Aggregation };
	/** Exact decimal text, in the meter's unit. */
	limit: string;
	/** Per cent of the limit, the lowest first. */
	marks: AlertMark[];
	/** What the meter says of this month so far: exact decimal text; null before its first reading. */
	value: string | null;
	/** The marks that fired in this month for this limit or a higher one. */
	fired: { mark: AlertMark; at: Date }[];
}

interface Row {
	id: string;
	slug: string;
	name: string;
	unit: Unit;
	aggregation: Aggregation;
	month_limit: string;
	marks: AlertMark[];
	value: string | null;
	fired: { mark: AlertMark; at: string }[] | null;
}

/** The limits that the scope's business has set for a product, with the use of this month. @throws NotFound */
export const listAlerts = usecase(
	'alert.read',
	v.object({ product: v.string() }),
	async (scope, { product: slug }): Promise<Alert[]> => {
		const product = await readProduct(scope, { slug });
		const which = sql`a.business_id = ${businessOf(scope)} and m.product_id = ${product.id}`;
		const { rows } = await sql<Row>`
			select s.id, s.slug, s.name, s.unit, s.aggregation, s.month_limit::text, s.marks, s.value::text, (
				select json_agg(json_build_object('mark', f.mark, 'at', f.fired_at) order by f.mark)
				from usage.alert_firings f
				where f.business_id = s.business_id and f.alert_id = s.id and f.period = s.period
					and f.month_limit >= s.month_limit and f.mark = any(s.marks)
			) as fired
			from (${standings(scope.now, which)}) s
			order by s.name, s.slug`.execute(scope.db);
		return rows.map((row) => ({
			id: row.id,
			meter: { slug: row.slug, name: row.name, unit: row.unit, aggregation: row.aggregation },
			limit: row.month_limit,
			marks: row.marks,
			value: row.value,
			fired: (row.fired ?? []).map(({ mark, at }) => ({ mark, at: new Date(at) }))
		}));
	}
);
