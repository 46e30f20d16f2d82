import { sql } from 'kysely';
import { insertAll } from '../../platform/insert-all.ts';
import type { Scope } from '../../platform/scope.ts';
import type { Period } from '../rating/index.ts';

/** What use of a meter in a period was billed for, by one price. */
export interface BilledUsage {
	businessId: string;
	subscriptionId: string;
	priceSlug: string;
	period: Period;
	productId: string;
	/** The meter's slug. */
	meter: string;
	/** The plan and its version that asked for it. */
	planId: string;
	planVersion: number;
	/** Exact decimals; events only where the price asks for each. */
	quantity: string;
	events: string | null;
	/** What all of it costs, as billed by now; minor units. */
	amountMinor: bigint;
	/** Whether nothing can come any more. */
	final: boolean;
}

/** What may still change of what these subscriptions were billed for. */
export async function readOpenUsage(
	{ db }: Scope,
	of: readonly { businessId: string; subscriptionId: string }[]
): Promise<BilledUsage[]> {
	if (of.length === 0) return [];
	const rows = await db
		.selectFrom('closing.billed_usage')
		.select(['business_id', 'subscription_id', 'price_slug', 'start_on', 'end_on', 'product_id'])
		.select(['meter', 'plan_id', 'plan_version', 'quantity', 'events', 'amount_minor'])
		.where(
			'business_id',
			'=',
			sql<string>`any(${[...new Set(of.map(({ businessId }) => businessId))]})`
		)
		.where(
			'subscription_id',
			'=',
			sql<string>`any(${of.map(({ subscriptionId }) => subscriptionId)})`
		)
		.where('final', '=', false)
		.orderBy('end_on')
		.orderBy('price_slug')
		.execute();
	return rows.map((row) => ({ ...toBilled(row), final: false }));
}

/** What a business was billed for and is not looked at again, the oldest first. */
export async function readFinalUsage({ db }: Scope, businessId: string): Promise<BilledUsage[]> {
	const rows = await db
		.selectFrom('closing.billed_usage')
		.select(['business_id', 'subscription_id', 'price_slug', 'start_on', 'end_on', 'product_id'])
		.select(['meter', 'plan_id', 'plan_version', 'quantity', 'events', 'amount_minor'])
		.where('business_id', '=', businessId)
		.where('final', '=', true)
		.orderBy('end_on')
		.orderBy('price_slug')
		.execute();
	return rows.map((row) => ({ ...toBilled(row), final: true }));
}

interface BilledRow {
	business_id: string;
	subscription_id: string;
	price_slug: string;
	start_on: string;
	end_on: string;
	product_id: string;
	meter: string;
	plan_id: string;
	plan_version: number;
	quantity: string;
	events: string | null;
	amount_minor: bigint;
}

function toBilled(row: BilledRow): Omit<BilledUsage, 'final'> {
	return {
		businessId: row.business_id,
		subscriptionId: row.subscription_id,
		priceSlug: row.price_slug,
		period: { start: row.start_on, end: row.end_on },
		productId: row.product_id,
		meter: row.meter,
		planId: row.plan_id,
		planVersion: row.plan_version,
		quantity: row.quantity,
		events: row.events,
		amountMinor: row.amount_minor
	};
}

/** The end of the last period of each of these subscriptions for whose use something may still come. */
export async function readOpenUntil(
	{ db }: Scope,
	of: readonly { businessId: string; id: string }[]
): Promise<Map<string, string>> {
	if (of.length === 0) return new Map();
	const rows = await db
		.selectFrom('closing.billed_usage')
		.select(['subscription_id', ({ fn }) => fn.max('end_on').as('end_on')])
		.where(
			'business_id',
			'=',
			sql<string>`any(${[...new Set(of.map(({ businessId }) => businessId))]})`
		)
		.where('subscription_id', '=', sql<string>`any(${of.map(({ id }) => id)})`)
		.where('final', '=', false)
		.groupBy('subscription_id')
		.execute();
	return new Map(rows.map((row) => [row.subscription_id, row.end_on]));
}

/** What was billed for the first time. */
export function keepBilled({ db }: Scope, rows: readonly BilledUsage[]): Promise<void> {
	return insertAll(
		db,
		'closing.billed_usage',
		{
			business_id: 'text',
			subscription_id: 'text',
			price_slug: 'text',
			start_on: 'date',
			end_on: 'date',
			product_id: 'text',
			meter: 'text',
			plan_id: 'text',
			plan_version: 'integer',
			quantity: 'numeric',
			events: 'numeric',
			amount_minor: 'bigint',
			final: 'boolean'
		},
		rows.map((row) => ({
			business_id: row.businessId,
			subscription_id: row.subscriptionId,
			price_slug: row.priceSlug,
			start_on: row.period.start,
			end_on: row.period.end,
			product_id: row.productId,
			meter: row.meter,
			plan_id: row.planId,
			plan_version: row.planVersion,
			quantity: row.quantity,
			events: row.events,
			amount_minor: row.amountMinor,
			final: row.final
		}))
	);
}

/** What was billed anew, or is looked at no longer. */
export async function changeBilled({ db }: Scope, rows: readonly BilledUsage[]): Promise<void> {
	if (rows.length === 0) return;
	const column = <T>(of: (row: BilledUsage) => T): T[] => rows.map(of);
	await sql`
		update closing.billed_usage b set quantity = t.quantity, events = t.events,
			amount_minor = t.amount_minor, final = t.final
		from unnest(
			${column(({ businessId }) => businessId)}::text[],
			${column(({ subscriptionId }) => subscriptionId)}::text[],
			${column(({ priceSlug }) => priceSlug)}::text[],
			${column(({ period }) => period.start)}::date[], ${column(({ period }) => period.end)}::date[],
			${column(({ quantity }) => quantity)}::numeric[], ${column(({ events }) => events)}::numeric[],
			${column(({ amountMinor }) => amountMinor)}::bigint[], ${column(({ final }) => final)}::boolean[]
		) as t (business_id, subscription_id, price_slug, start_on, end_on, quantity, events, amount_minor,
			final)
		where b.business_id = t.business_id and b.subscription_id = t.subscription_id
			and b.price_slug = t.price_slug and b.start_on = t.start_on and b.end_on = t.end_on`.execute(db);
}
