import { sql } from 'kysely';
import * as v from 'valibot';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { listPlans, listProducts, type Product } from '../catalogue/index.ts';
import type { SubscriptionStatus } from './statuses.ts';

export interface Subscription {
	id: string;
	product: Pick<Product, 'id' | 'slug' | 'name' | 'mark'>;
	plan: { id: string; slug: string; name: string; includedBytes: bigint | null };
	status: SubscriptionStatus;
	seats: number | null;
	startedOn: string;
	/** The running period, half-open. */
	period: { start: string; end: string };
	/** The day of the next bill; null when none follows. */
	renewsOn: string | null;
	/** The first day without trial. */
	trialEndsOn: string | null;
	/** Since when, while it is suspended. */
	suspendedAt: Date | null;
	endedOn: string | null;
	/** The first day without it. */
	cancelsOn: string | null;
	/** The first day of a pause, ahead or begun, and the first day after it; null where that is open. */
	pausedOn: string | null;
	resumesOn: string | null;
}

/**
 * The subscriptions of the scope's business, in the vendor's order of products, without money: every
 * member may know them. Of a product that ended more than once the latest is told.
 */
export const listSubscriptions = usecase(
	'subscription.read',
	v.object({}),
	async (scope): Promise<Subscription[]> => {
		const [rows, products, plans] = await Promise.all([
			scope.db
				.selectFrom('billing.subscriptions')
				.distinctOn('product_id')
				.select([
					'id',
					'product_id',
					'plan_id',
					'status',
					'seats',
					'started_on',
					'period_start',
					'period_end',
					'renews_on',
					'trial_ends_on',
					'suspended_at',
					'ended_on',
					'cancels_on',
					'paused_on',
					'resumes_on'
				])
				.where('business_id', '=', businessOf(scope))
				.orderBy('product_id')
				.orderBy('ended_on', (order) => order.desc().nullsFirst())
				.execute(),
			listProducts(scope, {}),
			listPlans(scope, {})
		]);
		return products.flatMap(({ id, slug, name, mark }) => {
			const row = rows.find((candidate) => candidate.product_id === id);
			const plan = plans.find((candidate) => candidate.id === row?.plan_id);
			if (!row || !plan) return [];
			return {
				id: row.id,
				product: { id, slug, name, mark },
				plan: {
					id: plan.id,
					slug: plan.slug,
					name: plan.name,
					includedBytes: plan.includedBytes
				},
				status: row.status as SubscriptionStatus,
				seats: row.seats,
				startedOn: row.started_on,
				period: { start: row.period_start, end: row.period_end },
				renewsOn: row.renews_on,
				trialEndsOn: row.trial_ends_on,
				suspendedAt: row.suspended_at,
				endedOn: row.ended_on,
				cancelsOn: row.cancels_on,
				pausedOn: row.paused_on,
				resumesOn: row.resumes_on
			};
		});
	}
);

/** How a business stands with a product: its latest subscription, or null. A system door names the business. */
export const readSubscriptionState = usecase(
	'subscription.read',
	v.object({ productId: v.string(), businessId: v.optional(BusinessId) }),
	async (scope, { productId, businessId }) => {
		const row = await scope.db
			.selectFrom('billing.subscriptions')
			.select([
				'id',
				'plan_id as planId',
				'status',
				'seats',
				'trial_ends_on as trialEndsOn',
				'suspended_at as suspendedAt',
				'ended_on as endedOn'
			])
			.where(
				'business_id',
				'=',
				scope.actor.kind === 'system' && businessId ? businessId : businessOf(scope)
			)
			.where('product_id', '=', productId)
			.orderBy('ended_on', (order) => order.desc().nullsFirst())
			.limit(1)
			.executeTakeFirst();
		return row ? { ...row, status: row.status as SubscriptionStatus } : null;
	}
);

/** Which of these businesses hold a product. */
export const listProductHolders = usecase(
	'subscription.read',
	v.object({ productId: v.string(), businessIds: v.array(v.string()) }),
	async ({ db }, { productId, businessIds }): Promise<string[]> => {
		if (businessIds.length === 0) return [];
		const rows = await db
			.selectFrom('billing.subscriptions')
			.select('business_id')
			.where('business_id', '=', sql<string>`any(${businessIds})`)
			.where('product_id', '=', productId)
			.where('status', '<>', 'ended')
			.execute();
		return rows.map((row) => row.business_id);
	}
);

/** Use is told of up to 35 days late, also of what has ended meanwhile; a day more, since zones differ. */
const lateDays = 36;

const isCounted = (now: Date) => sql<boolean>`
	(status <> 'ended' or ended_on > (${now}::timestamptz - make_interval(days => ${lateDays}))::date)`;

/** Which of these businesses hold a product, or held it so lately that use of it may still be told of. */
export const listCountedHolders = usecase(
	'subscription.read',
	v.object({ productId: v.string(), businessIds: v.array(v.string()) }),
	async ({ db, now }, { productId, businessIds }): Promise<string[]> => {
		const rows = await db
			.selectFrom('billing.subscriptions')
			.select('business_id')
			.distinct()
			.where('business_id', '=', sql<string>`any(${businessIds})`)
			.where('product_id', '=', productId)
			.where(isCounted(now))
			.execute();
		return rows.map((row) => row.business_id);
	}
);

/**
 * Lets the caller's transaction fail when use of the product is not counted for one of these businesses, each named
 * once: asked in every commit of usage.
 */
export const requireCountedHolders = usecase(
	'subscription.read',
	v.object({ productId: v.string(), businessIds: v.array(v.string()) }),
	async ({ db, now }, { productId, businessIds }): Promise<void> => {
		// The inner select keeps the plan: knowing how many there are, PostgreSQL would plan anew each time.
		await sql`select platform.require(
				count(distinct business_id) = ${businessIds.length}::int, 'businesses hold the product')
			from billing.subscriptions
			where business_id = any((select ${businessIds}::text[])::text[]) and product_id = ${productId}
				and ${isCounted(now)}`.execute(db);
	}
);

/** Every business that holds a product: for jobs that tell them all of it. */
export const listHoldersOf = usecase(
	'billing.manage',
	v.object({ productId: v.string() }),
	async ({ db }, { productId }): Promise<string[]> => {
		const rows = await db
			.selectFrom('billing.subscriptions')
			.select('business_id')
			.where('product_id', '=', productId)
			.where('status', '<>', 'ended')
			.orderBy('business_id')
			.execute();
		return rows.map((row) => row.business_id);
	}
);

/** The subscriptions that are suspended, over all businesses: for reminders of what closes soon. */
export const listSuspended = usecase('billing.manage', v.object({}), async ({ db }) => {
	return db
		.selectFrom('billing.subscriptions')
		.select([
			'business_id as businessId',
			'id as subscriptionId',
			'product_id as productId',
			'suspended_at as suspendedAt'
		])
		.where('status', '=', 'suspended')
		.orderBy('id')
		.execute();
});
