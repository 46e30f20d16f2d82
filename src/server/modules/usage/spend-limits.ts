import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts, modeOfUsageSuspension, readProduct } from '../catalogue/index.ts';
import { readLimit } from './alert-limits.ts';
import { AlertId, alertMarks, type AlertMark } from './alerts.ts';
import { settleSpendSuspensions, spendStandings } from './spend-standings.ts';

/** A limit of spending begins anew with the calendar month, or with the billing period of its product. */
export const spendPeriods = ['month', 'subscription'] as const;
export type SpendPeriod = (typeof spendPeriods)[number];

/** At the whole limit people are told, or the products stop as well until the period is over: a cap. */
export const spendActions = ['notify', 'suspend'] as const;
export type SpendAction = (typeof spendActions)[number];

/** What a business wants to spend on metered use at most, before tax. */
export interface SpendLimit {
	id: string;
	/** Null for all products together. */
	product: { id: string; slug: string; name: string } | null;
	amountMinor: bigint;
	currency: string;
	every: SpendPeriod;
	/** Per cent at which people are told, the lowest first. */
	marks: AlertMark[];
	action: SpendAction;
	/** The running period, half-open, and what was spent in it; null where no subscription runs. */
	standing: { start: string; end: string; spentMinor: bigint } | null;
	/** It has stopped products. */
	suspends: boolean;
}

const SaveSpendLimit = v.object({
	/** The product's slug; empty for all products together. */
	product: v.optional(v.string(), ''),
	/** As people write it, in the currency's major unit: `50,000`. */
	limit: v.string('Write the limit.'),
	period: v.optional(v.picklist(spendPeriods), 'month'),
	marks: v.optional(
		v.array(v.picklist(alertMarks, 'Choose among 50, 75, 90 and 100 %.')),
		[75, 100]
	),
	action: v.optional(v.picklist(spendActions), 'notify')
});

/**
 * Limits what use of a product, or of all, may cost in a period. There is one limit for each and period: saved again,
 * it changes. What is passed already is told, or stops, within seconds.
 * @throws NotFound; Conflict `not_subscribed`; Invalid, on `action` where the vendor lets no limit stop the product,
 * on `period` where products of different billing periods are limited together
 */
export const saveSpendLimit = usecase('alert.manage', SaveSpendLimit, async (scope, input) => {
	const { db, now } = scope;
	const businessId = businessOf(scope);
	const [product, { currency }] = await Promise.all([
		input.product === '' ? null : readProduct(scope, { slug: input.product }),
		readBusiness(scope, {})
	]);
	if (product && !(await readSubscriptionState(scope, { productId: product.id })))
		throw new Conflict('not_subscribed', `Your business does not have ${product.name}.`);
	if (!product && input.period === 'subscription')
		throw new Invalid([
			{
				path: 'period',
				message: 'Billing periods differ by product. Choose a product or the month.'
			}
		]);
	if (input.action === 'suspend') {
		const stopped = product ? [product] : await listProducts(scope, {});
		if (stopped.every((one) => modeOfUsageSuspension(one) === null))
			throw new Invalid([
				{
					path: 'action',
					message: product
						? `${product.name} cannot be stopped by a limit.`
						: 'None of your products can be stopped by a limit.'
				}
			]);
	}
	const amount = readLimit(input.limit, { unit: 'money' }, currency);
	const columns = {
		amount,
		currency,
		limit_of: 'spend',
		marks: [...new Set<AlertMark>([...input.marks, 100])].sort((one, other) => one - other),
		action: input.action,
		changed_at: now
	};
	const productId = product?.id ?? null;
	const changed = await db
		.updateTable('usage.alerts')
		.set(columns)
		.where('business_id', '=', businessId)
		.where('limit_of', '=', 'spend')
		.where('product_id', 'is not distinct from', productId)
		.where('period', '=', input.period)
		.where('removed_at', 'is', null)
		.returning('id')
		.executeTakeFirst();
	if (!changed)
		await db
			.insertInto('usage.alerts')
			.values({
				business_id: businessId,
				id: newId('alr', now),
				meter_id: null,
				product_id: productId,
				period: input.period,
				channels: ['bell', 'mail'],
				created_at: now,
				...columns
			})
			.execute();
	await settleSpendSuspensions(scope, [businessId]);
	// Looked at like new usage: it may be passed already.
	await announce(scope, businessId, 'usage');
});

/** Takes a limit away; what it stopped is open again. @throws NotFound */
export const removeSpendLimit = usecase(
	'alert.manage',
	v.object({ id: AlertId }),
	async (scope, { id }) => {
		const { numUpdatedRows } = await scope.db
			.updateTable('usage.alerts')
			.set({ removed_at: sql`greatest(changed_at, ${scope.now})` })
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.where('limit_of', '=', 'spend')
			.where('removed_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound('This limit');
		await settleSpendSuspensions(scope, [businessOf(scope)]);
		await announce(scope, businessOf(scope), 'usage');
	}
);

/** The limits of spending of the scope's business, that of all products first, with what was spent so far. */
export const listSpendLimits = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<SpendLimit[]> => {
		const [standings, products] = await Promise.all([
			spendStandings(scope, [businessOf(scope)]),
			listProducts(scope, {})
		]);
		const rank = (id: string | null): number =>
			id === null ? -1 : products.findIndex((product) => product.id === id);
		const { rows } = await sql<{ alert_id: string }>`
			select distinct alert_id from usage.suspensions
			where business_id = ${businessOf(scope)} and ended_at is null and until > ${scope.now}`.execute(
			scope.db
		);
		return standings
			.sort((one, other) => rank(one.productId) - rank(other.productId))
			.map((standing) => {
				const product = products.find(({ id }) => id === standing.productId);
				return {
					id: standing.id,
					product: product ? { id: product.id, slug: product.slug, name: product.name } : null,
					amountMinor: standing.amountMinor,
					currency: standing.currency,
					every: standing.every,
					marks: standing.marks,
					action: standing.action,
					standing: standing.period && {
						...standing.period,
						spentMinor: standing.spentMinor
					},
					suspends: rows.some(({ alert_id }) => alert_id === standing.id)
				};
			});
	}
);
