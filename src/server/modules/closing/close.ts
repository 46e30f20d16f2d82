import { emitAll } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import {
	applyCredit,
	readSeller,
	reckonAdvance,
	reckonArrears,
	saveClosed,
	takeDue,
	type Agreement,
	type DraftLine,
	type DueSubscription,
	type Reached,
	type UsedCoupon
} from '../billing/index.ts';
import { listBusinesses } from '../businesses/index.ts';
import { keepBilled, type BilledUsage } from './billed-usage.ts';
import { countPeriods, type Counted, type UsagePeriod } from './counted.ts';
import { courseOf, type Course } from './course.ts';
import { dayIn, furthestDay } from './days.ts';
import { papersOf, type Charge, type Paper } from './drafts.ts';
import { happeningsOf } from './happenings.ts';
import { planLastLooks, restsNow } from './last-look.ts';
import { isFinal } from './late-usage.ts';
import { billLate, type LateLines } from './late.ts';
import { issuePapers } from './papers.ts';

/** What was closed in one turn. */
export interface Closed {
	businesses: number;
	subscriptions: number;
	invoices: number;
	creditNotes: number;
}

export const nothingClosed: Closed = {
	businesses: 0,
	subscriptions: 0,
	invoices: 0,
	creditNotes: 0
};

/** A subscription that is being closed. */
interface Work extends DueSubscription {
	day: Reached;
	course: Course;
}

/**
 * Closes all that is due of some businesses, in the scope's transaction: either all of it is billed and written down
 * or nothing, so it may end at any moment and be begun again, here or by somebody else. Whoever closes a
 * subscription holds it.
 *
 * @param wait for whoever holds some of it just now; otherwise a business that somebody is at is left to them
 * @throws Conflict `seller_unknown`; Invalid for amounts beyond 15 digits
 */
export async function closeBusinesses(
	scope: Scope<System>,
	{
		businessIds,
		wait,
		graceHours
	}: { businessIds: readonly string[]; wait: boolean; graceHours: number }
): Promise<Closed> {
	const works = await takeWork(scope, { businessIds, wait, graceHours });
	if (works.length === 0) return nothingClosed;
	const counted = await countPeriods(scope, works.flatMap(usagePeriodsOf));
	const late = await billLate(
		scope,
		works
			.filter((work) => usagePeriodsOf(work).length > 0 || restsNow(work.agreement))
			.map(({ agreement, day }) => ({ agreement, today: day.today }))
	);
	const { daysToPay } = await readSeller(scope, {});
	const papers: (Paper & { businessId: string; today: string })[] = [];
	const coupons: UsedCoupon[] = [];
	const billed: BilledUsage[] = [];
	const its = Map.groupBy(works, ({ agreement }) => agreement.businessId);
	for (const [businessId, together] of its) {
		const charges = together.flatMap((work) => {
			const charged = chargesOf(work, counted, late.get(work.agreement.id) ?? []);
			billed.push(...charged.billed);
			return charged.charges;
		});
		const today = together[0]?.day.today ?? '';
		const made = papersOf(
			{ businessId, today, daysToPay },
			charges,
			together.flatMap((work) => work.coupons)
		);
		papers.push(...made.papers.map((paper) => ({ ...paper, businessId, today })));
		coupons.push(...made.used);
	}
	await keepBilled(scope, billed);
	await saveWork(scope, await planLastLooks(scope, works), coupons);
	// The last, since whoever takes numbers keeps others waiting for theirs.
	const issued = await issuePapers(scope, papers);
	await applyCredit(scope, { businessId: [...its.keys()] });
	await announce(scope, [...its.keys()], 'billing');
	return { businesses: its.size, subscriptions: works.length, ...issued };
}

async function takeWork(
	scope: Scope<System>,
	{
		businessIds,
		wait,
		graceHours
	}: { businessIds: readonly string[]; wait: boolean; graceHours: number }
): Promise<Work[]> {
	const { now } = scope;
	const businesses = await listBusinesses(scope, { ids: [...businessIds] });
	const zones = new Map(businesses.map(({ id, timeZone }) => [id, timeZone]));
	const reached = furthestDay([...new Set(zones.values())], now, graceHours);
	const due = await takeDue(scope, { businessIds, reached, wait });
	return due.flatMap((one): Work[] => {
		const { closesOn, businessId } = one.agreement;
		const day = dayIn(zones.get(businessId) ?? 'UTC', now, graceHours);
		// Of several zones the furthest was asked about.
		if (closesOn === null || closesOn > day.today) return [];
		return [{ ...one, day, course: courseOf(one.agreement, day) }];
	});
}

/** The periods, and parts of some, whose use is billed now; the oldest first. */
function usagePeriodsOf({ agreement, ended, course }: Work): UsagePeriod[] {
	const { businessId, product } = agreement;
	return [
		...ended.map(({ terms, seats, anchorOn, period }) => ({
			businessId,
			agreement: { id: agreement.id, product, terms, seats, anchorOn },
			period
		})),
		...course.due
			.filter(({ asked }) => asked === 'after')
			.map((due) => ({ businessId, agreement: due.agreement, period: due.period }))
	];
}

/** All that is asked of a subscription now, and for which use it is asked. */
function chargesOf(
	work: Work,
	counted: Counted,
	late: readonly LateLines[]
): { charges: Charge[]; billed: BilledUsage[] } {
	const { agreement, pending, ended, course, day } = work;
	const { businessId, id: subscriptionId } = agreement;
	const charges: Charge[] = [];
	const billed: BilledUsage[] = [];
	const add = (charge: Partial<Charge> & Pick<Charge, 'day' | 'currency' | 'lines'>): void => {
		charges.push({ subscriptionId, waiting: [], isChange: false, ...charge });
	};
	const use = (period: UsagePeriod): DraftLine[] => {
		const metered = counted(period);
		const lines = reckonArrears(period.agreement, period.period, metered);
		billed.push(...billedOf(period, metered, lines, day.today));
		return lines;
	};
	for (const { id, terms, seats, anchorOn, period } of ended) {
		const part = { id: subscriptionId, product: agreement.product, terms, seats, anchorOn };
		add({
			day: period.end,
			currency: terms.currency,
			lines: use({ businessId, agreement: part, period }),
			waiting: [{ of: 'ended_periods', id }]
		});
	}
	for (const { day: on, asked, agreement: agreed, period, first } of course.due)
		add({
			day: on,
			currency: agreed.terms.currency,
			lines:
				asked === 'before'
					? reckonAdvance(agreed, period, { first })
					: use({ businessId, agreement: agreed, period })
		});
	const lateOn = course.due.find(({ asked }) => asked === 'after')?.day ?? day.today;
	for (const { currency, lines } of late) add({ day: lateOn, currency, lines });
	const last = course.due.at(-1)?.day;
	for (const line of pending)
		if (line.atOnce || last !== undefined || agreement.status === 'ended')
			add({
				day: last ?? day.today,
				currency: line.currency,
				lines: [line],
				waiting: [{ of: 'pending_lines', id: line.id, credits: line.credits?.invoiceId }],
				isChange: true
			});
	return { charges, billed };
}

/** What is written down of use, so that what comes late is known: also of what comes to nothing. */
function billedOf(
	{ businessId, agreement, period }: UsagePeriod,
	metered: ReturnType<Counted>,
	lines: readonly DraftLine[],
	today: string
): BilledUsage[] {
	const { terms, product, id } = agreement;
	return terms.prices.flatMap(({ slug, meter }): BilledUsage[] => {
		if (meter === null) return [];
		const count = metered.find((one) => one.meter === meter);
		return [
			{
				businessId,
				subscriptionId: id,
				priceSlug: slug,
				period,
				productId: product.id,
				meter,
				planId: terms.planId,
				planVersion: terms.version,
				quantity: count?.quantity ?? '0',
				events: count?.events ?? null,
				amountMinor:
					lines.find(({ kind, priceSlug }) => kind === 'usage' && priceSlug === slug)
						?.amountMinor ?? 0n,
				final: isFinal(period.end, today)
			}
		];
	});
}

async function saveWork(
	scope: Scope,
	works: readonly Work[],
	coupons: readonly UsedCoupon[]
): Promise<void> {
	await saveClosed(scope, {
		subscriptions: works.map(({ agreement, course }) => ({
			before: agreement,
			after: course.after,
			happenings: happeningsOf(agreement, course.turns)
		})),
		coupons
	});
	await emitAll(
		scope,
		'subscription.changed',
		works.flatMap(({ agreement, course }) =>
			course.turns.flatMap((turn) =>
				turn.kind === 'status' ? changed(agreement, turn.from, turn.to) : []
			)
		)
	);
}

function changed(
	{ businessId, id, product }: Agreement,
	from: Agreement['status'],
	to: Agreement['status']
) {
	return {
		businessId,
		data: { subscriptionId: id, productId: product.id, product: product.name, from, to }
	};
}
