import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { confinedTo, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, listVersionsOf, type PlanVersion } from '../catalogue/index.ts';
import type { Period } from '../rating/index.ts';
import type { SubscriptionStatus } from './statuses.ts';

/**
 * A subscription with what was agreed for it: the version of the plan that it is pinned to says the
 * interval, the currency, the prices and when changes take effect.
 */
export interface Agreement {
	businessId: string;
	id: string;
	/** Raised by every change. */
	version: number;
	product: { id: string; slug: string; name: string };
	plan: { id: string; slug: string; name: string };
	terms: PlanVersion;
	status: SubscriptionStatus;
	seats: number | null;
	startedOn: string;
	/** The day that boundaries are reckoned from. */
	anchorOn: string;
	/** The running period; shorter than that of the anchor where a plan began within it. */
	period: Period;
	/** The first day without trial. */
	trialEndsOn: string | null;
	endedOn: string | null;
	/** What comes with the next period instead: its version of a plan, its seats; null where they stay. */
	next: {
		plan: { id: string; slug: string; name: string; terms: PlanVersion } | null;
		seats: number | null;
	} | null;
	/** The first day without the subscription. */
	cancelsOn: string | null;
	cancelReason: string | null;
	/** The first day of a pause, ahead or begun, and the first after it; null where that is open. */
	pausedOn: string | null;
	resumesOn: string | null;
	/** What is asked in advance has been billed up to this day. */
	advanceBilledUntil: string;
	/** The next day on which closing has something to do, in the zone of the business. */
	closesOn: string | null;
}

export interface AgreementFilter {
	/** A door that is confined to a business reads its own, whatever is asked. */
	businessIds?: readonly string[] | undefined;
	subscriptionIds?: readonly string[] | undefined;
	/** Ended ones too. */
	ended?: boolean | undefined;
	/** Others wait to change them until this transaction ends. */
	lock?: boolean | undefined;
}

const Filter = v.object({
	businessIds: v.optional(v.array(v.string())),
	subscriptionIds: v.optional(v.array(v.string())),
	ended: v.optional(v.boolean())
});

/** Subscriptions that are not ended, the oldest first, with their terms and prices. */
export const readAgreements = usecase(
	'billing.read',
	Filter,
	(scope, filter): Promise<Agreement[]> => selectAgreements(scope, filter)
);

/** One of them, an ended one too. @throws NotFound */
export const readAgreement = usecase(
	'billing.read',
	v.object({ subscriptionId: v.string(), businessId: v.optional(v.string()) }),
	async (scope, { subscriptionId, businessId }): Promise<Agreement> => {
		const [agreement] = await selectAgreements(scope, {
			subscriptionIds: [subscriptionId],
			...(businessId === undefined ? {} : { businessIds: [businessId] }),
			ended: true
		});
		if (!agreement) throw new NotFound('This subscription');
		return agreement;
	}
);

/** Without a check: for the use cases of this module, which have made theirs. */
export async function selectAgreements(
	scope: Scope,
	{ businessIds, subscriptionIds, ended, lock }: AgreementFilter
): Promise<Agreement[]> {
	const confined = confinedTo(scope);
	const of = confined === undefined ? businessIds : [confined];
	const [rows, products] = await Promise.all([
		scope.db
			.selectFrom('billing.subscriptions')
			.select([
				'business_id',
				'id',
				'version',
				'product_id',
				'plan_id',
				'plan_version',
				'status',
				'seats',
				'started_on',
				'anchor_on',
				'period_start',
				'period_end',
				'trial_ends_on',
				'ended_on',
				'next_plan_id',
				'next_plan_version',
				'next_seats',
				'cancels_on',
				'cancel_reason',
				'paused_on',
				'resumes_on',
				'advance_billed_until',
				'closes_on'
			])
			.$if(of !== undefined, (query) =>
				query.where('business_id', '=', sql<string>`any(${[...(of ?? [])]})`)
			)
			.$if(subscriptionIds !== undefined, (query) =>
				query.where('id', '=', sql<string>`any(${[...(subscriptionIds ?? [])]})`)
			)
			.$if(!ended, (query) => query.where('status', '<>', 'ended'))
			.$if(lock === true, (query) => query.forUpdate())
			.orderBy('id')
			.execute(),
		listProducts(scope, {})
	]);
	const planIds = rows.flatMap((row) => [row.plan_id, row.next_plan_id ?? row.plan_id]);
	const versions = new Map(
		(await listVersionsOf(scope, { planIds: [...new Set(planIds)] })).map((terms) => [
			`${terms.planId} ${terms.version}`,
			terms
		])
	);
	const termsOf = (planId: string, version: number): PlanVersion => {
		const terms = versions.get(`${planId} ${version}`);
		if (!terms) throw new Error(`Version ${version} of the plan ${planId} is not there.`);
		return terms;
	};
	// By the version, since a plan that is not on offer at this moment is agreed all the same.
	const planOf = (planId: string, version: number) => ({
		id: planId,
		...termsOf(planId, version).plan
	});
	return rows.map((row) => {
		const { id, slug, name } = found(products, row.product_id);
		const next =
			row.next_plan_id && row.next_plan_version
				? {
						...planOf(row.next_plan_id, row.next_plan_version),
						terms: termsOf(row.next_plan_id, row.next_plan_version)
					}
				: null;
		return {
			businessId: row.business_id,
			id: row.id,
			version: row.version,
			product: { id, slug, name },
			plan: planOf(row.plan_id, row.plan_version),
			terms: termsOf(row.plan_id, row.plan_version),
			status: row.status as SubscriptionStatus,
			seats: row.seats,
			startedOn: row.started_on,
			anchorOn: row.anchor_on,
			period: { start: row.period_start, end: row.period_end },
			trialEndsOn: row.trial_ends_on,
			endedOn: row.ended_on,
			next: next || row.next_seats !== null ? { plan: next, seats: row.next_seats } : null,
			cancelsOn: row.cancels_on,
			cancelReason: row.cancel_reason,
			pausedOn: row.paused_on,
			resumesOn: row.resumes_on,
			advanceBilledUntil: row.advance_billed_until,
			closesOn: row.closes_on
		};
	});
}

function found<T extends { id: string }>(all: readonly T[], id: string): T {
	const one = all.find((each) => each.id === id);
	if (!one) throw new Error(`${id} is not in the catalogue.`);
	return one;
}
