import { describe, expect, it } from 'vitest';
import { doorwayOf, withKeys } from './doorway.ts';
import type { ProductHealth, ProductStatus, ProductView } from './view.ts';

const zone = 'Africa/Nairobi';
const now = new Date('2026-11-25T11:02:00Z');
const due = { amountMinor: 4_758_900n, currency: 'KES', href: '/billing' };
const out = { allowed: false, ask: 'Wanjiku Kamau', askedAt: null } as const;
const works: ProductHealth = { now: null, planned: [] };

function product(status: ProductStatus, rest: Partial<ProductView> = {}): ProductView {
	return {
		slug: 'erp',
		name: 'ERP System',
		mark: 'erp',
		planName: 'Business',
		status,
		health: works,
		headline: null,
		activeUsers: null,
		lastAccess: null,
		continueLabel: 'Stock › Receipts',
		access: { allowed: true },
		newTab: false,
		key: null,
		requests: 0,
		settingsHref: null,
		...rest
	};
}

function suspended(
	mode: 'read_only' | 'export_only' | 'closed',
	pay: typeof due | null,
	closesAt: Date | null = null
): ProductStatus {
	return { kind: 'suspended', mode, closesAt, pay };
}

function ailing(
	state: 'degraded' | 'maintenance' | 'outage',
	until: Date | null = null
): ProductHealth {
	return {
		now: { state, message: '', since: new Date('2026-11-25T10:40:00Z'), until },
		planned: []
	};
}

describe('what the large button of a product does', () => {
	it.each([
		[{ kind: 'active' }, 'Continue in Stock › Receipts'],
		[{ kind: 'trial', endsOn: '2026-12-01' }, 'Continue in Stock › Receipts'],
		[{ kind: 'past_due' }, 'Still works: pay to keep it so']
	] as [ProductStatus, string][])('%o launches: %s', (status, detail) => {
		expect(doorwayOf(product(status), now, zone)).toEqual({
			kind: 'launch',
			quiet: false,
			beside: null,
			title: 'Launch ERP System',
			detail
		});
	});

	it('opens at the start page where nothing else is known', () => {
		const fresh = product({ kind: 'active' }, { continueLabel: null });
		expect(doorwayOf(fresh, now, zone).detail).toBe('Opens at its start page');
	});

	it('offers to start again what has ended', () => {
		expect(doorwayOf(product({ kind: 'ended', endedOn: '2026-10-31' }), now, zone)).toMatchObject({
			kind: 'way',
			title: 'Start again',
			href: '/products/erp#again'
		});
	});
});

describe('the button of a suspended product', () => {
	it.each([
		['read_only', null, 'Open read-only', 'Everything once the bill is paid'],
		['read_only', new Date('2026-11-28T22:30:00Z'), 'Open read-only', 'Closes on 29 Nov 2026'],
		['export_only', null, 'Open to export your data', 'Everything once the bill is paid']
	] as const)(
		'of %s, closing %s, still launches, with the bill beside it',
		(mode, at, title, detail) => {
			expect(doorwayOf(product(suspended(mode, due, at)), now, zone)).toEqual({
				kind: 'launch',
				quiet: true,
				title,
				detail,
				beside: { title: 'Pay KES 47,589.00', href: '/billing' }
			});
		}
	);

	it('shows no bill to those who see no money', () => {
		for (const mode of ['read_only', 'closed'] as const) {
			const door = doorwayOf(product(suspended(mode, null)), now, zone);
			expect(JSON.stringify(door)).not.toContain('KES');
			expect(door.kind).toBe(mode === 'closed' ? 'shut' : 'launch');
		}
	});

	it('leads to the bill once it is closed, whoever asks', () => {
		for (const access of [{ allowed: true } as const, out]) {
			expect(doorwayOf(product(suspended('closed', due), { access }), now, zone)).toEqual({
				kind: 'way',
				title: 'Pay KES 47,589.00 to open',
				detail: 'Your data is kept',
				href: '/billing'
			});
		}
	});

	it('leads those who may pay but not enter to the bill, the others to ask', () => {
		const inside = (pay: typeof due | null) =>
			doorwayOf(product(suspended('read_only', pay), { access: out }), now, zone);
		expect(inside(due)).toMatchObject({ kind: 'way', href: '/billing' });
		expect(inside(null)).toMatchObject({ kind: 'way', href: '/products/erp#ask' });
	});
});

describe('the button of a product that a limit has suspended', () => {
	const limited = (mode: 'read_only' | 'export_only' | 'closed', ask: string | null) => ({
		kind: 'limited' as const,
		mode,
		until: new Date('2026-11-30T21:00:00Z'),
		ask
	});
	const opening = { title: 'Open it again', href: '/products/erp#suspended' };

	it.each([
		['read_only', 'Open read-only'],
		['export_only', 'Open to export your data']
	] as const)('of %s still launches, with the way to open it beside it', (mode, title) => {
		const door = {
			kind: 'launch',
			quiet: true,
			title,
			detail: 'Everything from 1 Dec 2026'
		};
		expect(doorwayOf(product(limited(mode, null)), now, zone)).toEqual({
			...door,
			beside: opening
		});
		expect(doorwayOf(product(limited(mode, 'Wanjiku Kamau')), now, zone)).toEqual({
			...door,
			beside: null
		});
	});

	it('closed, leads those who may open it there, and tells the others whom to ask', () => {
		for (const access of [{ allowed: true } as const, out]) {
			expect(doorwayOf(product(limited('closed', null), { access }), now, zone)).toEqual({
				kind: 'way',
				...opening,
				detail: 'Closed until 1 Dec 2026'
			});
			expect(doorwayOf(product(limited('closed', 'Wanjiku'), { access }), now, zone)).toEqual({
				kind: 'shut',
				icon: 'lock',
				title: 'Closed until 1 Dec 2026',
				detail: 'Ask Wanjiku to open it'
			});
		}
	});

	it('leads whoever has no access to ask for it, and those who may open it there', () => {
		const own = doorwayOf(product(limited('read_only', null), { access: out }), now, zone);
		expect(own).toEqual({ kind: 'way', ...opening, detail: 'Everything from 1 Dec 2026' });
		const door = doorwayOf(product(limited('read_only', 'Wanjiku'), { access: out }), now, zone);
		expect(door).toMatchObject({ kind: 'way', href: '/products/erp#ask' });
	});
});

describe('the button for somebody without access', () => {
	it.each([
		['Wanjiku Kamau', 'Wanjiku Kamau can let you in'],
		[null, 'An owner can let you in']
	])('leads to asking, where %s answers', (ask, detail) => {
		const shut = product({ kind: 'active' }, { access: { ...out, ask } });
		expect(doorwayOf(shut, now, zone)).toEqual({
			kind: 'way',
			title: 'Ask for access',
			detail,
			href: '/products/erp#ask'
		});
	});

	it('leads who lets people in to doing so', () => {
		const own = product(
			{ kind: 'active' },
			{ access: out, settingsHref: '/products/erp/settings' }
		);
		expect(doorwayOf(own, now, zone)).toMatchObject({
			kind: 'way',
			title: 'Give yourself access',
			href: '/products/erp/settings#access'
		});
	});

	it('says when they asked', () => {
		const asked = product(
			{ kind: 'active' },
			{ access: { ...out, askedAt: new Date('2026-11-24T09:00:00Z') } }
		);
		expect(doorwayOf(asked, now, zone)).toMatchObject({
			kind: 'way',
			title: 'You asked for access',
			detail: 'Asked on 24 Nov 2026, 12:00'
		});
	});

	it('asks even while the product is out: access is needed all the same', () => {
		const both = product({ kind: 'active' }, { access: out, health: ailing('outage') });
		expect(doorwayOf(both, now, zone)).toMatchObject({ title: 'Ask for access' });
	});
});

describe('the button of a product that does not work as it should', () => {
	it.each([
		[ailing('outage'), 'Outage since 13:40'],
		[ailing('maintenance', new Date('2026-11-25T11:30:00Z')), 'Maintenance until 14:30']
	])('leads to the page that says so', (health, detail) => {
		for (const status of [{ kind: 'active' }, suspended('read_only', due)] as ProductStatus[])
			expect(doorwayOf(product(status, { health }), now, zone)).toEqual({
				kind: 'way',
				title: 'Try anyway',
				detail,
				href: '/launch/erp'
			});
	});

	it('launches as ever while it is only degraded, and before what is planned', () => {
		const planned = {
			now: null,
			planned: [{ id: 'sta_1', message: '', from: now, until: new Date('2026-11-26T00:00:00Z') }]
		};
		for (const health of [ailing('degraded'), planned])
			expect(doorwayOf(product({ kind: 'active' }, { health }), now, zone)).toMatchObject({
				kind: 'launch',
				quiet: false
			});
	});
});

describe('keys', () => {
	it('go to what a click would launch, in order, nine at most', () => {
		const open = product({ kind: 'active' });
		const shut = product({ kind: 'active' }, { access: out });
		const keys = withKeys([open, shut, ...Array.from({ length: 10 }, () => open)], now, zone).map(
			({ key }) => key
		);
		expect(keys).toEqual([1, null, 2, 3, 4, 5, 6, 7, 8, 9, null, null]);
	});
});
