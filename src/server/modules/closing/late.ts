import type { Scope } from '../../platform/scope.ts';
import { listBilledUsage, type Agreement, type DraftLine } from '../billing/index.ts';
import { listVersionsOf } from '../catalogue/index.ts';
import { recountPeriods, type MeteredPeriod } from '../usage/index.ts';
import { changeBilled, readOpenUsage, type BilledUsage } from './billed-usage.ts';
import { keyOf, meteredBy } from './counted.ts';
import { isFinal, reckonLate } from './late-usage.ts';

/** What came late: lines of a currency. */
export interface LateLines {
	currency: string;
	lines: DraftLine[];
}

/**
 * Looks again at what these subscriptions were billed for use, and bills what it is otherwise by now: once, since what
 * is billed is written down with it.
 * @returns by subscription
 */
export async function billLate(
	scope: Scope,
	subscriptions: readonly { agreement: Agreement; today: string }[]
): Promise<Map<string, LateLines[]>> {
	const of = subscriptions.map(({ agreement }) => ({
		businessId: agreement.businessId,
		subscriptionId: agreement.id
	}));
	const open = await readOpenUsage(scope, of);
	if (open.length === 0) return new Map();
	const subjects = new Map(subscriptions.map((one) => [one.agreement.id, one]));
	const counted = new Map(
		(
			await recountPeriods(scope, {
				periods: open.map(periodOf),
				events: open.some(({ events }) => events !== null)
			})
		).map((row) => [keyOf(row), row])
	);
	const looked = open.map((usage) => ({
		usage,
		now: counted.get(keyOf(periodOf(usage))),
		final: isFinal(usage.period.end, subjects.get(usage.subscriptionId)?.today ?? '')
	}));
	const differs = looked.filter(
		({ usage, now }) =>
			now &&
			(now.quantity !== usage.quantity || (usage.events !== null && now.events !== usage.events))
	);
	const changed = new Set(differs.map(({ usage }) => usage));
	const [versions, billed] =
		differs.length === 0
			? [[], []]
			: [
					await listVersionsOf(scope, {
						planIds: [...new Set(differs.map(({ usage }) => usage.planId))]
					}),
					await listBilledUsage(
						scope,
						differs.map(({ usage }) => usage)
					)
				];
	const late = new Map<string, LateLines[]>();
	const after: BilledUsage[] = looked.flatMap(({ usage, final }) =>
		final && !changed.has(usage) ? [{ ...usage, final }] : []
	);
	for (const { usage, now, final } of differs) {
		const terms = versions.find(
			({ planId, version }) => planId === usage.planId && version === usage.planVersion
		);
		const subject = subjects.get(usage.subscriptionId);
		const price = terms?.prices.find(({ slug }) => slug === usage.priceSlug);
		if (!terms || !subject || !price || !now) throw new Error('What was billed is not there.');
		const agreement = { ...subject.agreement, terms };
		const its = billed.filter(
			({ subscriptionId, priceSlug, period }) =>
				subscriptionId === usage.subscriptionId &&
				priceSlug === usage.priceSlug &&
				period.start === usage.period.start &&
				period.end === usage.period.end
		);
		const reckoned = reckonLate(agreement, usage, await meteredBy(scope, price, now), its);
		after.push({ ...reckoned.usage, final });
		const { currency } = terms;
		late.set(usage.subscriptionId, [
			...(late.get(usage.subscriptionId) ?? []),
			{ currency, lines: reckoned.lines }
		]);
	}
	await changeBilled(scope, after);
	return late;
}

export function periodOf({ businessId, productId, meter, period }: BilledUsage): MeteredPeriod {
	return { businessId, productId, meter, start: period.start, end: period.end };
}
