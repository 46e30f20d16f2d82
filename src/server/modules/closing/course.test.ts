import { describe, expect, it } from 'vitest';
import type { Agreement } from '../billing/index.ts';
import { courseOf } from './course.ts';

const terms = (more: Partial<Agreement['terms']> = {}): Agreement['terms'] => ({
	planId: 'pla_1',
	plan: { slug: 'growth', name: 'Growth' },
	version: 1,
	onOfferFrom: new Date(0),
	note: '',
	madeBy: 'test',
	madeAt: new Date(0),
	interval: 'month',
	inAdvance: true,
	currency: 'KES',
	seats: null,
	includedBytes: null,
	trialDays: null,
	upgrade: 'at_once',
	downgrade: 'period_end',
	cancellation: 'period_end',
	proration: 'day',
	prices: [],
	...more
});
const agreement = (more: Partial<Agreement> = {}): Agreement => ({
	businessId: 'biz_1',
	id: 'sub_1',
	version: 1,
	product: { id: 'prd_1', slug: 'erp', name: 'ERP' },
	plan: { id: 'pla_1', slug: 'one', name: 'One' },
	terms: terms(),
	status: 'active',
	seats: 2,
	startedOn: '2026-01-31',
	anchorOn: '2026-01-31',
	period: { start: '2026-01-31', end: '2026-02-28' },
	trialEndsOn: null,
	endedOn: null,
	next: null,
	cancelsOn: null,
	cancelReason: null,
	pausedOn: null,
	resumesOn: null,
	advanceBilledUntil: '2026-02-28',
	closesOn: '2026-02-28',
	...more
});
const yearly = {
	seats: 5,
	plan: {
		id: 'pla_2',
		slug: 'two',
		name: 'Two',
		terms: terms({ planId: 'pla_2', interval: 'year' })
	}
};
const trial: Partial<Agreement> = {
	status: 'trial',
	trialEndsOn: '2026-02-14',
	period: { start: '2026-01-31', end: '2026-02-14' },
	advanceBilledUntil: '2026-01-31'
};

interface Told {
	/** What falls due: when, before or after which period. */
	due: string[];
	turns?: string[];
	after: Partial<Agreement>;
}

const cases: [string, Agreement, { today: string; counted?: string }, Told][] = [
	[
		'nothing, before its day',
		agreement(),
		{ today: '2026-02-27' },
		{ due: [], after: { closesOn: '2026-02-28' } }
	],
	[
		'nothing while its last events are waited for',
		agreement(),
		{ today: '2026-02-28', counted: '2026-02-27' },
		{ due: [], after: { closesOn: '2026-02-28' } }
	],
	[
		'a period that ends and one that begins',
		agreement(),
		{ today: '2026-02-28' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28', '2026-02-28 before 2026-02-28–2026-03-31'],
			after: {
				closesOn: '2026-03-31',
				advanceBilledUntil: '2026-03-31',
				period: { start: '2026-02-28', end: '2026-03-31' }
			}
		}
	],
	[
		'each period by itself after a standstill, from the anchor',
		agreement(),
		{ today: '2026-05-01' },
		{
			due: [
				'2026-02-28 after 2026-01-31–2026-02-28',
				'2026-02-28 before 2026-02-28–2026-03-31',
				'2026-03-31 after 2026-02-28–2026-03-31',
				'2026-03-31 before 2026-03-31–2026-04-30',
				'2026-04-30 after 2026-03-31–2026-04-30',
				'2026-04-30 before 2026-04-30–2026-05-31'
			],
			after: { closesOn: '2026-05-31' }
		}
	],
	[
		'the first period, at its start',
		agreement({ advanceBilledUntil: '2026-01-31', closesOn: '2026-01-31' }),
		{ today: '2026-01-31' },
		{ due: ['2026-01-31 first before 2026-01-31–2026-02-28'], after: { closesOn: '2026-02-28' } }
	],
	[
		'nothing of one that begins later',
		agreement({ advanceBilledUntil: '2026-01-31', closesOn: '2026-01-31' }),
		{ today: '2026-01-30' },
		{ due: [], after: { closesOn: '2026-01-31' } }
	],
	[
		'the end of one that was cancelled',
		agreement({ cancelsOn: '2026-02-28' }),
		{ today: '2026-05-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28'],
			turns: ['2026-02-28 active → ended'],
			after: { status: 'ended', endedOn: '2026-02-28', closesOn: null }
		}
	],
	[
		'its use alone, of one that waits for its money',
		agreement({ status: 'suspended' }),
		{ today: '2026-05-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28'],
			after: { status: 'suspended', closesOn: null }
		}
	],
	[
		'a renewal of one that is past due',
		agreement({ status: 'past_due' }),
		{ today: '2026-03-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28', '2026-02-28 before 2026-02-28–2026-03-31'],
			after: { status: 'past_due' }
		}
	],
	[
		'another plan and other seats, from the day on if periods are others',
		agreement({ next: yearly }),
		{ today: '2026-03-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28', '2026-02-28 before 2026-02-28–2027-02-28'],
			turns: ['2026-02-28 One → Two, 2 → 5'],
			after: {
				anchorOn: '2026-02-28',
				seats: 5,
				next: null,
				plan: { id: 'pla_2', slug: 'two', name: 'Two' }
			}
		}
	],
	[
		'other seats alone',
		agreement({ next: { plan: null, seats: 9 } }),
		{ today: '2026-03-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28', '2026-02-28 before 2026-02-28–2026-03-31'],
			turns: ['2026-02-28 2 → 9'],
			after: { seats: 9, anchorOn: '2026-01-31', next: null }
		}
	],
	[
		'an open pause',
		agreement({ pausedOn: '2026-02-28' }),
		{ today: '2026-05-01' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28'],
			turns: ['2026-02-28 active → paused'],
			after: { status: 'paused', closesOn: null }
		}
	],
	[
		'a pause and the period after it, which begins anew',
		agreement({ pausedOn: '2026-02-28', resumesOn: '2026-03-10' }),
		{ today: '2026-03-20' },
		{
			due: ['2026-02-28 after 2026-01-31–2026-02-28', '2026-03-10 before 2026-03-10–2026-04-10'],
			turns: ['2026-02-28 active → paused', '2026-03-10 paused → active'],
			after: {
				status: 'active',
				anchorOn: '2026-03-10',
				pausedOn: null,
				resumesOn: null,
				closesOn: '2026-04-10'
			}
		}
	],
	[
		'nothing before a pause is over',
		agreement({ status: 'paused', pausedOn: '2026-02-28', resumesOn: '2026-03-10' }),
		{ today: '2026-03-09' },
		{ due: [], after: { status: 'paused', closesOn: '2026-03-10' } }
	],
	[
		'nothing of a trial that runs',
		agreement(trial),
		{ today: '2026-02-13' },
		{ due: [], after: { status: 'trial', closesOn: '2026-02-14' } }
	],
	[
		'the end of a trial that nobody goes on with, without waiting for events',
		agreement(trial),
		{ today: '2026-02-14', counted: '2026-02-13' },
		{
			due: [],
			turns: ['2026-02-14 trial → ended'],
			after: { status: 'ended', endedOn: '2026-02-14', closesOn: null }
		}
	],
	[
		'the first period after a trial, with what was chosen',
		agreement({ ...trial, next: yearly }),
		{ today: '2026-02-20' },
		{
			due: ['2026-02-14 first before 2026-02-14–2027-02-14'],
			turns: ['2026-02-14 One → Two, 2 → 5', '2026-02-14 trial → active'],
			after: { status: 'active', anchorOn: '2026-02-14', closesOn: '2027-02-14' }
		}
	],
	[
		'the end of a trial that was cancelled, whatever was chosen before',
		agreement({ ...trial, next: yearly, cancelsOn: '2026-02-14' }),
		{ today: '2026-02-20' },
		{ due: [], turns: ['2026-02-14 trial → ended'], after: { status: 'ended' } }
	],
	[
		'nothing of one that has ended',
		agreement({ status: 'ended', endedOn: '2026-02-10', closesOn: '2026-02-10' }),
		{ today: '2026-02-20' },
		{ due: [], after: { status: 'ended', closesOn: null } }
	]
];

describe('what becomes of a subscription by itself', () => {
	it.each(cases)('%s', (_, before, { today, counted = today }, told) => {
		const { due, turns, after } = courseOf(before, { today, counted });
		expect(
			due.map(({ day, asked, first, period }) =>
				[day, ...(first ? ['first'] : []), asked, `${period.start}–${period.end}`].join(' ')
			)
		).toEqual(told.due);
		expect(
			turns.map((turn) => {
				if (turn.kind === 'status') return `${turn.day} ${turn.from} → ${turn.to}`;
				const plan = turn.plan && `${turn.plan.from.name} → ${turn.plan.to.name}`;
				const seats = turn.seats && `${turn.seats.from} → ${turn.seats.to}`;
				return `${turn.day} ${[plan, seats].filter((part) => part !== null).join(', ')}`;
			})
		).toEqual(told.turns ?? []);
		expect(after).toMatchObject(told.after);
	});

	it('is the same in one look as in a look each day', () => {
		for (const [, before] of cases) {
			const whole = courseOf(before, { today: '2026-06-30', counted: '2026-06-30' });
			let now = before;
			const due: unknown[] = [];
			for (let day = 0; day < 181; day++) {
				const today = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
				const course = courseOf(now, { today, counted: today });
				due.push(...course.due.map(({ day: on, asked, period }) => [on, asked, period]));
				now = course.after;
			}
			expect(due).toEqual(whole.due.map(({ day, asked, period }) => [day, asked, period]));
			expect(now).toEqual(whole.after);
		}
	});
});
