import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, readProduct, type Product } from '../catalogue/index.ts';
import { standings, termsOf } from './alert-standing.ts';
import type { AlertAction, AlertChannel, AlertMark, AlertPeriod, LimitOf } from './alerts.ts';
import { figureUnitOf, type Aggregation, type FigureUnit } from './meters.ts';
import type { SuspensionEnd } from './suspensions.ts';

type ProductName = Pick<Product, 'id' | 'slug' | 'name' | 'mark'>;

export interface Alert {
	id: string;
	product: ProductName;
	meter: { slug: string; name: string; unit: FigureUnit; aggregation: Aggregation };
	limitOf: LimitOf;
	/** Exact decimal text, in the meter's unit; null where the plan includes nothing of it. */
	limit: string | null;
	every: AlertPeriod;
	/** The running period, half-open; null where no subscription runs. */
	period: { start: string; end: string } | null;
	/** Per cent of the limit, the lowest first. */
	marks: AlertMark[];
	/** Null for the owners and admins of the moment. */
	people: string[] | null;
	channels: AlertChannel[];
	action: AlertAction;
	/** What the meter says of this period so far: exact decimal text; null before its first reading. */
	value: string | null;
	/** The marks that fired in this period for this limit or a higher one. */
	fired: { mark: AlertMark; at: Date }[];
}

interface Row {
	id: string;
	product_id: string;
	slug: string;
	name: string;
	unit: FigureUnit;
	aggregation: Aggregation;
	limit_of: LimitOf;
	amount: string | null;
	every: AlertPeriod;
	period: string | null;
	period_end: string | null;
	marks: AlertMark[];
	people: string[] | null;
	channels: AlertChannel[];
	action: AlertAction;
	value: string | null;
	fired: { mark: AlertMark; at: string }[] | null;
}

/**
 * The alerts of the scope's business for one product or all, with the use of their running periods; product
 * by product in the vendor's order, a meter's lowest limit first. @throws NotFound
 */
export const listAlerts = usecase(
	'alert.read',
	v.object({ product: v.optional(v.string()) }),
	async (scope, { product: slug }): Promise<Alert[]> => {
		const only = slug === undefined ? null : await readProduct(scope, { slug });
		const products = only ? [only] : await listProducts(scope, {});
		const which = sql`a.business_id = ${businessOf(scope)} and ${only ? sql`m.product_id = ${only.id}` : sql`true`}`;
		const terms = await termsOf(scope, which);
		const { rows } = await sql<Row>`
			select s.id, s.product_id, s.slug, s.name, s.unit, s.aggregation, s.limit_of, s.amount::text, s.every,
				s.period::text, s.period_end::text, s.marks, s.people, s.channels, s.action, s.value::text, (
					select json_agg(json_build_object('mark', f.mark, 'at', f.fired_at) order by f.mark)
					from usage.alert_firings f
					where f.business_id = s.business_id and f.alert_id = s.id and f.period = s.period
						and f.period_end = s.period_end and f.amount >= s.amount and f.mark = any(s.marks)
				) as fired
			from (${standings(scope.now, terms, which)}) s
			order by s.name, s.slug, s.every, s.amount, s.id`.execute(scope.db);
		return products.flatMap((product) =>
			rows.filter((row) => row.product_id === product.id).map((row) => alertOf(row, product))
		);
	}
);

function alertOf(row: Row, { id, slug, name, mark }: Product): Alert {
	return {
		id: row.id,
		product: { id, slug, name, mark },
		meter: { slug: row.slug, name: row.name, unit: row.unit, aggregation: row.aggregation },
		limitOf: row.limit_of,
		limit: row.amount,
		every: row.every,
		period: row.period && row.period_end ? { start: row.period, end: row.period_end } : null,
		marks: row.marks,
		people: row.people,
		channels: row.channels,
		action: row.action,
		value: row.value,
		fired: (row.fired ?? []).map(({ mark: reached, at }) => ({ mark: reached, at: new Date(at) }))
	};
}

/** That a mark fired, the highest of those that fired together, and what was answered where somebody was asked. */
export interface Firing {
	alertId: string;
	product: ProductName;
	meter: { name: string; unit: FigureUnit };
	mark: AlertMark;
	limit: string;
	value: string;
	period: { start: string; end: string };
	at: Date;
	/** The alert was removed since. */
	removed: boolean;
	answer: { what: Answer; by: string; at: Date } | null;
	/** Where the product was suspended by it; `ended` is null while nobody has noted an end before `until`. */
	suspension: {
		until: Date;
		/** `by` is a person's id; null where it was nobody of the business, or nobody at all. */
		ended: { why: SuspensionEnd; by: string | null; at: Date } | null;
	} | null;
}

/** Those who are asked raise the limit, want to change the plan, or leave things as they are. */
export const answers = ['raised', 'plan', 'left'] as const;
export type Answer = (typeof answers)[number];

/**
 * What the alerts of the scope's business told, newest first, those of removed alerts too, and what came of
 * it. `next` continues behind the last.
 */
export const listFirings = usecase(
	'alert.read',
	v.object({
		limit: v.optional(PageSize, 20),
		before: v.optional(CursorOf('alr'))
	}),
	async (scope, { limit, before }): Promise<{ firings: Firing[]; next: string | null }> => {
		const products = await listProducts(scope, {});
		const { rows } = await sql<{
			id: string;
			alert_id: string;
			product_id: string;
			name: string;
			unit: FigureUnit;
			mark: AlertMark;
			amount: string;
			value: string;
			period: string;
			period_end: string;
			fired_at: Date;
			removed: boolean;
			answer: Answer | null;
			answered_by: string | null;
			answered_at: Date | null;
			until: Date | null;
			ended_for: SuspensionEnd | null;
			ended_by: string | null;
			ended_at: Date | null;
		}>`
			select f.*, f.alert_id as id, m.product_id, m.name, ${sql.raw(figureUnitOf)} as unit, a.removed_at is not null as removed,
				q.answer, q.answered_by, q.answered_at, s.until, s.ended_for, s.ended_by, s.ended_at
			from (
				select business_id, alert_id, period::text, period_end::text, amount::text, value::text,
					fired_at, max(mark) as mark
				from usage.alert_firings where business_id = ${businessOf(scope)}
					and ${before ? sql`(fired_at, alert_id) < (${before.at}, ${before.id})` : sql`true`}
				group by business_id, alert_id, period, period_end, amount, value, fired_at
				order by fired_at desc, alert_id desc
				limit ${limit + 1}
			) f
			join usage.alerts a on a.business_id = f.business_id and a.id = f.alert_id
			join usage.meters m on m.id = a.meter_id
			left join usage.alert_questions q on q.business_id = f.business_id and q.alert_id = f.alert_id
				and q.asked_at = f.fired_at
			left join lateral (
				-- A limit that was raised and is still reached goes on suspending, and is told no more.
				select * from usage.suspensions s
				where f.mark = 100 and s.business_id = f.business_id and s.alert_id = f.alert_id
					and s.period = f.period::date and s.period_end = f.period_end::date and s.amount >= f.amount::numeric
				order by s.amount desc limit 1
			) s on true
			order by f.fired_at desc, f.alert_id desc`.execute(scope.db);
		const { page, next } = cutPage(rows, limit, ({ fired_at }) => fired_at);
		const firings = page.flatMap((row): Firing[] | Firing => {
			const product = products.find(({ id }) => id === row.product_id);
			if (!product) return [];
			return {
				alertId: row.alert_id,
				product,
				meter: { name: row.name, unit: row.unit },
				mark: row.mark,
				limit: row.amount,
				value: row.value,
				period: { start: row.period, end: row.period_end },
				at: row.fired_at,
				removed: row.removed,
				answer:
					row.answer && row.answered_by && row.answered_at
						? { what: row.answer, by: row.answered_by, at: row.answered_at }
						: null,
				suspension: row.until && {
					until: row.until,
					ended:
						row.ended_for && row.ended_at
							? { why: row.ended_for, by: row.ended_by, at: row.ended_at }
							: null
				}
			};
		});
		return { firings, next };
	}
);
