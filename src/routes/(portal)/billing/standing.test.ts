import { describe, expect, it } from 'vitest';
import { invoiceStanding, subscriptionStanding } from './standing.ts';

const today = '2026-11-25';
const open = {
	status: 'open' as const,
	dueOn: '2026-11-30',
	paidOn: null,
	paidMinor: 0n,
	totalMinor: 4_758_900n,
	currency: 'KES'
};

describe('an open invoice', () => {
	it.each([
		['2026-12-20', 'Due in 25 days', 'still'],
		['2026-11-30', 'Due in 5 days', 'warn'],
		['2026-11-26', 'Due tomorrow', 'warn'],
		['2026-11-25', 'Due today', 'warn'],
		['2026-11-24', 'Overdue since yesterday', 'bad'],
		['2026-11-20', 'Overdue by 5 days', 'bad']
	])('due on %s is told as "%s"', (dueOn, words, tone) => {
		expect(invoiceStanding({ ...open, dueOn }, today)).toMatchObject({ words, tone });
	});

	it('says by when, and once a part is paid how much', () => {
		expect(invoiceStanding(open, today).line).toBe('by 30 Nov 2026');
		expect(invoiceStanding({ ...open, paidMinor: 1_000_000n }, today).line).toBe(
			'KES 10,000.00 paid'
		);
	});
});

it('a paid invoice says since when', () => {
	expect(invoiceStanding({ ...open, status: 'paid', paidOn: '2026-11-08' }, today)).toMatchObject({
		words: 'Paid',
		line: 'on 8 Nov 2026'
	});
});

describe('a subscription', () => {
	const active = {
		status: 'active' as const,
		trialEndsOn: null,
		endedOn: null,
		renewsOn: '2026-12-01',
		cancelsOn: null,
		resumesOn: null
	};

	it('says when it renews, and when it does not', () => {
		expect(subscriptionStanding(active, today).line).toBe('1 Dec 2026');
		expect(subscriptionStanding({ ...active, renewsOn: null }, today).line).toBe('Does not renew');
	});

	it.each([
		['2026-12-01', 'Trial, 6 days left'],
		['2026-11-26', 'Trial, 1 day left'],
		['2026-11-25', 'Trial, last day']
	])('on trial until %s is told as "%s"', (trialEndsOn, words) => {
		expect(subscriptionStanding({ ...active, status: 'trial', trialEndsOn }, today).words).toBe(
			words
		);
	});
});
