import type { Agreement } from '../billing/index.ts';
import { boundaryAfter, type Period } from '../rating/index.ts';

/** What has to be billed of a subscription, and on which day it fell due. */
export interface Due {
	/** In advance: the period's first day. Afterwards: the day after its last. */
	day: string;
	asked: 'before' | 'after';
	/** As it was agreed at that time. */
	agreement: Agreement;
	period: Period;
	/** Of what is asked before: whether nothing was ever paid for before it. */
	first: boolean;
}

/** Something that happened to a subscription by itself, on its day. */
export type Turn =
	| { kind: 'status'; day: string; from: Agreement['status']; to: Agreement['status'] }
	| {
			kind: 'planned';
			day: string;
			/** Null where they stay as they were. */
			plan: { from: PlanName; to: PlanName } | null;
			seats: { from: number | null; to: number | null } | null;
	  };
interface PlanName {
	name: string;
	version: number;
}

export interface Course {
	due: Due[];
	turns: Turn[];
	/** How the subscription stands afterwards. */
	after: Agreement;
}

/**
 * What becomes of a subscription by itself up to a day, however long nobody looked: what falls due in which order,
 * and what begins and ends. Boundaries are reckoned from the anchor.
 *
 * @param today the day that it is for the business
 * @param counted the first day of which usage may still come that belongs to it: periods that end by then are closed
 */
export function courseOf(
	agreement: Agreement,
	{ today, counted }: { today: string; counted: string }
): Course {
	let now = agreement;
	const due: Due[] = [];
	const turns: Turn[] = [];
	const become = (status: Agreement['status'], day: string, more: Partial<Agreement> = {}) => {
		turns.push({ kind: 'status', day, from: now.status, to: status });
		now = { ...now, ...more, status };
	};
	const begin = (day: string, anchorOn: string) => {
		now = {
			...now,
			anchorOn,
			period: { start: day, end: boundaryAfter(anchorOn, day, now.terms.interval) },
			advanceBilledUntil: day
		};
	};
	const end = (day: string) => become('ended', day, { endedOn: day, next: null });
	const takePlanned = (day: string): string => {
		const { next, terms } = now;
		if (!next) return now.anchorOn;
		const anchorOn = next.plan && next.plan.terms.interval !== terms.interval ? day : now.anchorOn;
		turns.push(planned(now, day));
		now = {
			...now,
			...(next.plan ? { plan: nameOf(next.plan), terms: next.plan.terms } : {}),
			seats: next.seats ?? now.seats,
			next: null
		};
		return anchorOn;
	};

	// All that there was has been closed: the last period of one that waits for its money too, whose late use may
	// be looked for on a later day.
	if (agreement.closesOn === null) return { due, turns, after: agreement };
	if (agreement.status === 'suspended' && agreement.closesOn > agreement.period.end)
		return { due, turns, after: { ...agreement, closesOn: null } };
	for (;;) {
		const stays = (closesOn: string | null): Course => ({
			due,
			turns,
			after: { ...now, closesOn }
		});
		if (now.status === 'ended') return stays(null);
		if (now.status === 'paused') {
			if (now.resumesOn === null || now.resumesOn > today) return stays(now.resumesOn);
			const day = now.resumesOn;
			become('active', day, { pausedOn: null, resumesOn: null });
			begin(day, day);
			continue;
		}
		if (now.status === 'trial') {
			const day = now.trialEndsOn ?? now.period.end;
			if (day > today) return stays(day);
			// A trial costs nothing and nothing follows by itself: whoever wants it to go on has said so.
			if (!now.next || (now.cancelsOn !== null && now.cancelsOn <= day)) {
				end(day);
				continue;
			}
			takePlanned(day);
			become('active', day);
			begin(day, day);
			continue;
		}
		const { period } = now;
		const since = later(now.advanceBilledUntil, period.start);
		if (now.status !== 'suspended' && since < period.end) {
			if (since > today) return stays(since);
			due.push({
				day: since,
				asked: 'before',
				agreement: now,
				period: { start: since, end: period.end },
				first: isFirst(now, since)
			});
			now = { ...now, advanceBilledUntil: period.end };
		}
		if (period.end > counted) return stays(period.end);
		due.push({ day: period.end, asked: 'after', agreement: now, period, first: false });
		const day = period.end;
		if (now.cancelsOn !== null && now.cancelsOn <= day) {
			end(day);
			continue;
		}
		// It waits for its money. When that comes, a period begins anew.
		if (now.status === 'suspended') return stays(null);
		if (now.pausedOn !== null && now.pausedOn <= day) {
			become('paused', day);
			continue;
		}
		begin(day, takePlanned(day));
	}
}

/** Nothing was paid for before: the subscription begins, or its trial is over. */
function isFirst({ startedOn, trialEndsOn, anchorOn }: Agreement, day: string): boolean {
	// A trial may have become active before its end; from that day on boundaries are reckoned.
	return trialEndsOn === null ? day === startedOn : day <= trialEndsOn && day === anchorOn;
}

function later(one: string, other: string): string {
	return one > other ? one : other;
}

function nameOf({ id, slug, name }: Agreement['plan']): Agreement['plan'] {
	return { id, slug, name };
}

function planned({ plan, terms, seats, next }: Agreement, day: string): Turn {
	return {
		kind: 'planned',
		day,
		plan: next?.plan
			? {
					from: { name: plan.name, version: terms.version },
					to: { name: next.plan.name, version: next.plan.terms.version }
				}
			: null,
		seats: next && next.seats !== null ? { from: seats, to: next.seats } : null
	};
}
