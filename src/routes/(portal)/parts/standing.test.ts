import { describe, expect, it } from 'vitest';
import { doorwayOf, standingOf } from './standing.ts';
import type { ProductStatus, ProductView } from './view.ts';

const zone = 'Africa/Nairobi';
const now = new Date('2026-11-25T11:02:00Z');
const due = { amountMinor: 4_758_900n, currency: 'KES', href: '/billing' };

function product(status: ProductStatus, rest: Partial<ProductView> = {}): ProductView {
	return {
		slug: 'erp',
		name: 'ERP System',
		mark: 'erp',
		planName: 'Business',
		status,
		headline: null,
		activeUsers: null,
		lastAccess: null,
		continueLabel: 'Stock › Receipts',
		access: { allowed: true },
		newTab: false,
		analyticsHref: '/usage',
		settingsHref: null,
		...rest
	};
}

describe('how a product stands', () => {
	it.each([
		[{ kind: 'active' }, 'Active', 'Business plan'],
		[{ kind: 'trial', endsOn: '2026-12-01' }, 'Trial, 6 days left', 'Ends 1 Dec 2026'],
		[{ kind: 'trial', endsOn: '2026-11-26' }, 'Trial, 1 day left', 'Ends 26 Nov 2026'],
		[{ kind: 'trial', endsOn: '2026-11-25' }, 'Trial, last day', 'Ends 25 Nov 2026'],
		[{ kind: 'past_due', worksUntil: null }, 'Past due', 'Business plan'],
		[{ kind: 'suspended', keptUntil: null, pay: null }, 'Suspended', 'Business plan'],
		[{ kind: 'maintenance', from: now, until: now }, 'Maintenance', 'Business plan'],
		[
			{ kind: 'ended', endedOn: '2026-10-31', exportUntil: null, againHref: null },
			'Ended',
			'Ended 31 Oct 2026'
		]
	] as [ProductStatus, string, string][])('%o reads %s, %s', (status, words, line) => {
		expect(standingOf(product(status), now, zone)).toMatchObject({ words, line });
	});

	it('counts the days of a trial by the calendar of the business', () => {
		const lateEvening = new Date('2026-11-25T21:30:00Z'); // the 26th in Nairobi
		const trial = product({ kind: 'trial', endsOn: '2026-11-27' });
		expect(standingOf(trial, lateEvening, zone).words).toBe('Trial, 1 day left');
	});
});

describe('what the large button of a product does', () => {
	it.each([
		[{ kind: 'active' }, 'Continue in Stock › Receipts'],
		[{ kind: 'trial', endsOn: '2026-12-01' }, 'Continue in Stock › Receipts'],
		[{ kind: 'past_due', worksUntil: '2026-12-07' }, 'Works until 7 Dec 2026'],
		[{ kind: 'past_due', worksUntil: null }, 'Still works: pay to keep it so']
	] as [ProductStatus, string][])('%o launches: %s', (status, detail) => {
		expect(doorwayOf(product(status), now, zone)).toEqual({
			kind: 'launch',
			title: 'Launch ERP System',
			detail
		});
	});

	it('opens at the start page before the first visit', () => {
		const fresh = product({ kind: 'active' }, { continueLabel: null });
		expect(doorwayOf(fresh, now, zone).detail).toBe('Opens at its start page');
	});

	it.each([
		['Wanjiku Kamau', 'Ask Wanjiku Kamau for access'],
		[null, 'Ask an owner for access']
	])('is shut to those without access, who are told to ask %s', (ask, detail) => {
		const shut = product({ kind: 'active' }, { access: { allowed: false, ask } });
		expect(doorwayOf(shut, now, zone)).toMatchObject({ kind: 'shut', detail, icon: 'lock' });
	});

	it('leads to the bill while the product is suspended', () => {
		const suspended = product({ kind: 'suspended', keptUntil: '2027-01-30', pay: due });
		expect(doorwayOf(suspended, now, zone)).toEqual({
			kind: 'way',
			title: 'Pay KES 47,589.00 to open',
			detail: 'Your data is kept until 30 Jan 2027',
			href: '/billing'
		});
	});

	it('names no amount to those who see no money', () => {
		const suspended = product({ kind: 'suspended', keptUntil: null, pay: null });
		const door = doorwayOf(suspended, now, zone);
		expect(door.kind).toBe('shut');
		expect(JSON.stringify(door)).not.toContain('KES');
	});

	it('says that the product is suspended before it says that the reader has no access', () => {
		const both = product(
			{ kind: 'suspended', keptUntil: null, pay: due },
			{ access: { allowed: false, ask: null } }
		);
		expect(doorwayOf(both, now, zone).kind).toBe('way');
	});

	it.each([
		['2026-11-25T11:30:00Z', 'Back at 14:30'],
		['2026-11-28T23:30:00Z', 'Back on 29 Nov 2026, 02:30']
	])('waits for the end of maintenance at %s: %s', (until, title) => {
		const resting = product({
			kind: 'maintenance',
			from: new Date(Date.parse(until) - 1_800_000),
			until: new Date(until)
		});
		expect(doorwayOf(resting, now, zone)).toMatchObject({ kind: 'shut', title });
	});

	it('offers to start again what has ended, and nothing to those who may not', () => {
		const ended = { kind: 'ended', endedOn: '2026-10-31', exportUntil: '2027-01-30' } as const;
		expect(doorwayOf(product({ ...ended, againHref: '/products/erp' }), now, zone)).toEqual({
			kind: 'way',
			title: 'Start again',
			detail: 'Export your data until 30 Jan 2027',
			href: '/products/erp'
		});
		expect(doorwayOf(product({ ...ended, againHref: null }), now, zone).kind).toBe('shut');
	});
});
