import { describe, expect, it } from 'vitest';
import type { SubscriptionStatus } from '../billing/index.ts';
import { landingFor } from './landing.ts';
import { accessMode, type AccessMode } from './modes.ts';
import type { ProductSettings } from './settings.ts';

const suspendedAt = new Date('2026-11-20T08:30:00Z');
const closing = new Date('2026-11-27T08:30:00Z');
const before = (at: Date) => new Date(at.getTime() - 1);

type Case = [
	what: string,
	status: SubscriptionStatus | null,
	set: AccessMode,
	at: Date,
	mode: AccessMode,
	closesAt: Date | null
];

describe('the access mode', () => {
	it.each<Case>([
		['never had', null, 'read_only', suspendedAt, 'closed', null],
		['a trial', 'trial', 'closed', suspendedAt, 'full', null],
		['active', 'active', 'closed', suspendedAt, 'full', null],
		['past due', 'past_due', 'closed', suspendedAt, 'full', null],
		['ended', 'ended', 'read_only', suspendedAt, 'closed', null],
		['suspended, read-only', 'suspended', 'read_only', closing, 'read_only', null],
		['suspended, export-only', 'suspended', 'export_only', closing, 'export_only', null],
		['suspended, closed, at once', 'suspended', 'closed', suspendedAt, 'read_only', closing],
		['… a millisecond before', 'suspended', 'closed', before(closing), 'read_only', closing],
		['… at that moment', 'suspended', 'closed', closing, 'closed', null],
		['… long after', 'suspended', 'closed', new Date('2027-11-27T08:30:00Z'), 'closed', null]
	])('of %s', (_what, status, suspendedMode, at, mode, closesAt) => {
		const subscription = status && {
			status,
			suspendedAt: status === 'suspended' ? suspendedAt : null
		};
		const product = { suspendedMode: suspendedMode as 'closed', closingNoticeDays: 7 };
		expect(accessMode(subscription, product, at, [])).toEqual({
			mode,
			closesAt,
			limitedUntil: null
		});
	});

	it('gives the notice that the vendor set, to the hour, also over a change of clocks', () => {
		const product = { suspendedMode: 'closed' as const, closingNoticeDays: 1 };
		const subscription = { status: 'suspended' as const, suspendedAt };
		expect(accessMode(subscription, product, suspendedAt, []).closesAt).toEqual(
			new Date('2026-11-21T08:30:00Z')
		);
	});
});

describe('the access mode under limits of the business', () => {
	const [noon, later] = [new Date('2026-11-25T12:00:00Z'), new Date('2026-12-01T00:00:00Z')];
	type Limit = { mode: 'read_only' | 'export_only' | 'closed'; until: Date };
	it.each<[string, SubscriptionStatus, Limit[], AccessMode, Date | null]>([
		[
			'one of a running subscription',
			'active',
			[{ mode: 'read_only', until: noon }],
			'read_only',
			noon
		],
		['one of a trial', 'trial', [{ mode: 'closed', until: noon }], 'closed', noon],
		[
			'the strictest of several',
			'active',
			[
				{ mode: 'read_only', until: later },
				{ mode: 'closed', until: noon }
			],
			'closed',
			noon
		],
		[
			'the longest of alike ones',
			'active',
			[
				{ mode: 'read_only', until: noon },
				{ mode: 'read_only', until: later }
			],
			'read_only',
			later
		],
		[
			'one that leaves more than the bill',
			'suspended',
			[{ mode: 'read_only', until: noon }],
			'export_only',
			null
		],
		[
			'one that leaves less than the bill',
			'suspended',
			[{ mode: 'closed', until: noon }],
			'closed',
			noon
		],
		['one of what has ended', 'ended', [{ mode: 'closed', until: noon }], 'closed', null]
	])('is that of %s', (_what, status, limits, mode, limitedUntil) => {
		const subscription = { status, suspendedAt: status === 'suspended' ? suspendedAt : null };
		const product = { suspendedMode: 'export_only' as const, closingNoticeDays: 7 };
		expect(accessMode(subscription, product, noon, limits)).toEqual({
			mode,
			closesAt: null,
			limitedUntil
		});
	});
});

describe('where a launch lands', () => {
	const stock = { path: '/stock', label: 'Stock' };
	const sales = { to: 'place' as const, path: '/sales', label: 'Sales' };
	it.each<[string, Pick<ProductSettings, 'landing' | 'always'>, boolean, string, string]>([
		['nothing set, nowhere yet', { landing: { to: 'last' }, always: false }, false, '/', 'start'],
		['nothing set', { landing: { to: 'last' }, always: false }, true, '/stock', 'place'],
		['a place for newcomers', { landing: sales, always: false }, false, '/sales', 'setting'],
		['… who were somewhere', { landing: sales, always: false }, true, '/stock', 'place'],
		['a place for everybody', { landing: sales, always: true }, true, '/sales', 'setting'],
		['the start for everybody', { landing: { to: 'start' }, always: true }, true, '/', 'setting'],
		['the start', { landing: { to: 'start' }, always: false }, true, '/stock', 'place']
	])('with %s', (_what, settings, been, path, by) => {
		expect(landingFor(settings, been ? stock : undefined)).toMatchObject({ path, by });
	});
});
