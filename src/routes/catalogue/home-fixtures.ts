import { daysAfter } from '#lib/format/dates.ts';
import { readRange } from '#lib/format/ranges.ts';
import { readHomeQuery } from '../(portal)/home/address.ts';
import type { HomeView, OfferView } from '../(portal)/home/view.ts';
import type { ProductView } from '../(portal)/parts/view.ts';

/*
 * What the catalogue draws the parts of home from, at a moment that stands still: 25 November 2026,
 * 14:02 in Nairobi. No page that customers see takes anything from here.
 */

export const now = new Date('2026-11-25T11:02:00Z');
export const zone = 'Africa/Nairobi';

function at(clock: string, day = '2026-11-25'): Date {
	return new Date(`${day}T${clock}:00+03:00`);
}

function days(from: string, count: number): string[] {
	return Array.from({ length: count }, (_, day) => daysAfter(from, day));
}

const megabyte = 1_000_000;

/** Megabytes a day: quiet Sundays, no reading on the 14th. */
const november = [
	...[23, 95, 94, 84, 110, 102, 42, 28, 103, 104, 95, 108, 108],
	null,
	...[27, 106, 114, 109, 109, 112, 48, 34, 117, 112, 106]
].map((size) => (size === null ? null : size * megabyte));

const october = [
	...[105, 88, 43, 24, 89, 90, 83, 95, 100, 48, 22, 102, 88, 88, 93, 87, 50, 25, 103, 93, 93],
	...[111, 93, 53, 32, 77, 81, 77, 81, 78, 65]
].map((size) => size * megabyte);

const erp: ProductView = {
	slug: 'erp',
	name: 'ERP System',
	mark: 'erp',
	planName: 'Business',
	status: { kind: 'active' },
	health: { now: null, planned: [] },
	headline: { value: 156, label: 'Records' },
	activeUsers: 12,
	lastAccess: at('12:01'),
	continueLabel: 'Stock › Receipts',
	access: { allowed: true },
	newTab: false,
	key: null,
	requests: 0,
	settingsHref: '/products/erp/settings'
};

const sacco: ProductView = {
	...erp,
	slug: 'sacco',
	name: 'SACCO',
	mark: 'sacco',
	planName: 'Growth',
	headline: { value: 89, label: 'Members' },
	activeUsers: 13,
	lastAccess: at('09:01'),
	continueLabel: 'Loans › Applications',
	settingsHref: '/products/sacco/settings'
};

const payroll: ProductView = {
	...erp,
	slug: 'payroll',
	name: 'Payroll',
	mark: 'payroll',
	planName: 'Start',
	status: { kind: 'trial', endsOn: '2026-12-01' },
	headline: { value: 34, label: 'Employees' },
	activeUsers: 9,
	lastAccess: at('11:01'),
	continueLabel: 'November run › Review',
	settingsHref: '/products/payroll/settings'
};

export const products = [erp, sacco, payroll];

export const payrollOffer: OfferView = {
	slug: 'payroll',
	name: 'Payroll',
	mark: 'payroll',
	summary: 'Pay runs, PAYE, SHIF and NSSF returns.',
	from: { amountMinor: 750_000n, currency: 'KES' },
	trialDays: 90,
	href: '/products/payroll'
};

const bill = { amountMinor: 4_758_900n, currency: 'KES', href: '/billing' };

function suspended(
	mode: 'read_only' | 'export_only' | 'closed',
	pay: typeof bill | null,
	closesAt: Date | null = null
): ProductView['status'] {
	return { kind: 'suspended', mode, closesAt, pay };
}

/** The card in every state and every standing. */
export const standings: {
	name: string;
	product: ProductView;
	state?: 'hover' | 'active' | 'focus' | 'launching';
}[] = [
	{ name: 'Product card', product: erp },
	{ name: 'Hover', product: erp, state: 'hover' },
	{ name: 'Active', product: erp, state: 'active' },
	{ name: 'Focus on Launch', product: erp, state: 'focus' },
	{
		name: 'No access for this person',
		product: {
			...erp,
			access: { allowed: false, ask: 'Wanjiku Kamau', askedAt: null },
			settingsHref: null
		}
	},
	{
		name: 'Access asked for',
		product: {
			...erp,
			access: { allowed: false, ask: 'Wanjiku Kamau', askedAt: at('09:41') },
			settingsHref: null
		}
	},
	{ name: 'With its key', product: { ...erp, key: 1 } },
	{ name: 'Launching', product: erp, state: 'launching' },
	{ name: 'Trial', product: payroll },
	{ name: 'Past due', product: { ...erp, status: { kind: 'past_due' } } },
	{
		name: 'Suspended, read-only, closing soon',
		product: { ...erp, status: suspended('read_only', bill, at('09:00', '2026-11-29')) }
	},
	{
		name: 'Suspended, export only, for those who see no money',
		product: { ...erp, status: suspended('export_only', null) }
	},
	{ name: 'Suspended, closed', product: { ...erp, status: suspended('closed', bill) } },
	{
		name: 'Suspended, closed, for those who see no money',
		product: { ...erp, status: suspended('closed', null) }
	},
	{
		name: 'Read-only by a limit',
		product: {
			...erp,
			status: { kind: 'limited', mode: 'read_only', until: at('00:00', '2026-12-01'), ask: null }
		}
	},
	{
		name: 'Closed by a limit, for those who lead',
		product: {
			...erp,
			status: { kind: 'limited', mode: 'closed', until: at('00:00', '2026-12-01'), ask: null }
		}
	},
	{
		name: 'Closed by a limit, for everybody else',
		product: {
			...erp,
			status: {
				kind: 'limited',
				mode: 'closed',
				until: at('00:00', '2026-12-01'),
				ask: 'Wanjiku Kamau'
			}
		}
	},
	{
		name: 'Degraded',
		product: {
			...erp,
			health: {
				now: {
					state: 'degraded',
					message: 'Reports are slow. Everything else works.',
					since: at('13:10'),
					until: null
				},
				planned: []
			}
		}
	},
	{
		name: 'Maintenance',
		product: {
			...erp,
			health: {
				now: { state: 'maintenance', message: '', since: at('14:00'), until: at('14:30') },
				planned: []
			}
		}
	},
	{
		name: 'Maintenance ahead',
		product: {
			...erp,
			health: {
				now: null,
				planned: [
					{
						id: 'sta_1',
						message: 'We move to larger servers.',
						from: at('02:00', '2026-11-29'),
						until: at('02:30', '2026-11-29')
					}
				]
			}
		}
	},
	{
		name: 'Outage',
		product: {
			...erp,
			health: {
				now: {
					state: 'outage',
					message: 'A cable was cut in Nairobi. We work on another way in.',
					since: at('13:40'),
					until: at('15:00')
				},
				planned: []
			}
		}
	},
	{ name: 'Ended', product: { ...erp, status: { kind: 'ended', endedOn: '2026-10-31' } } },
	{
		name: 'Never opened, its own mark',
		product: {
			...erp,
			name: 'Field Sales',
			mark: 'initials',
			headline: null,
			activeUsers: null,
			lastAccess: null,
			continueLabel: null,
			newTab: true
		}
	}
];

interface ShownChart {
	name: string;
	steps: string[];
	current: (number | null)[];
	previous?: number[];
	expected?: number;
	limit?: number;
	note?: string;
}

const hours = Array.from(
	{ length: 24 },
	(_, hour) => `2026-11-25T${String(hour).padStart(2, '0')}:00`
);

export const charts: ShownChart[] = [
	{
		name: 'Chart with a gap, a limit and the month before',
		steps: days('2026-11-01', 30),
		current: november,
		previous: october,
		expected: 2_530 * megabyte,
		limit: 3_000 * megabyte,
		note: 'No reading on 14 Nov'
	},
	{
		name: 'Over the limit',
		steps: days('2026-11-01', 30),
		current: november.map((size) => size && size * 1.7),
		expected: 4_300 * megabyte,
		limit: 3_000 * megabyte
	},
	{
		name: 'Hours of one day',
		steps: hours,
		current: [0, 0, 0, 0, 0, 1, 4, 9, 14, 12, 13, 11, 8, 9].map((size) => size * megabyte)
	},
	{ name: 'Nothing measured', steps: days('2026-11-01', 30), current: [] }
];

const erpOffer: OfferView = {
	slug: 'erp',
	name: 'ERP System',
	mark: 'erp',
	summary: 'Stock, sales, purchases and books in one place.',
	from: { amountMinor: 1_850_000n, currency: 'KES' },
	trialDays: 30,
	href: '/products/erp'
};

const saccoOffer: OfferView = {
	slug: 'sacco',
	name: 'SACCO',
	mark: 'sacco',
	summary: 'Members, savings, loans and dividends.',
	from: { amountMinor: 1_200_000n, currency: 'KES' },
	trialDays: null,
	href: '/products/sacco'
};

const marks = { ERP: 'erp', SACCO: 'sacco', Payroll: 'payroll' } as const;

function entry(
	product: keyof typeof marks,
	who: string,
	what: string,
	where: string,
	moment: Date
): HomeView['activity']['entries'][number] {
	return {
		id: `act-${moment.getTime()}`,
		who,
		what,
		where,
		place: { product, mark: marks[product] },
		at: moment,
		href: null
	};
}

const noParameters = new URLSearchParams();
const month = readRange(noParameters, now, zone);

export const fullHome: HomeView = {
	now,
	zone,
	firstName: 'Wanjiku',
	vendor: 'Lixnet',
	range: month,
	query: readHomeQuery(noParameters, month),
	attention: {
		number: 'INV-2026-0387',
		href: '/billing/invoices/INV-2026-0387',
		payHref: '/billing/invoices/INV-2026-0387/payment',
		amountMinor: 4_758_900n,
		currency: 'KES',
		dueOn: '2026-11-30',
		others: 0
	},
	requests: { count: 2, products: ['ERP System', 'Payroll'], href: '/products/erp#requests' },
	questions: {
		count: 1,
		meter: 'Data transferred',
		product: 'ERP System',
		href: '/usage/alerts#questions'
	},
	stats: {
		products: { active: 2, trial: 1, href: '/products' },
		users: {
			value: 34,
			previous: 31,
			trend: [27, 28, 28, 29, 30, 31, 31, 32, 34, 34],
			href: '/settings/people'
		},
		data: { bytes: 2_090_000_000, included: 3_000_000_000, lastReadingAt: now, href: '/usage' },
		bill: {
			kind: 'bill',
			amountMinor: 4_872_000n,
			currency: 'KES',
			on: '2026-12-01',
			estimated: true,
			href: '/billing'
		}
	},
	referrals: {
		total: 138,
		thisMonth: 18,
		lastMonth: 16,
		months: [9, 11, 10, 12, 13, 14, 16, 18].map((count, month) => ({
			month: `2026-${String(month + 4).padStart(2, '0')}-01`,
			count
		})),
		href: '/referrals'
	},
	products,
	offers: [],
	activity: {
		href: '/activity',
		entries: [
			entry(
				'ERP',
				'Wanjiku Kamau',
				'saved a receipt of 40 bags of maize flour',
				'ERP › Stock › Receipts',
				at('12:04')
			),
			entry('Payroll', 'Achieng Odhiambo', 'signed in to Payroll', 'Payroll', at('11:20')),
			entry(
				'Payroll',
				'Achieng Odhiambo',
				'added 5 new employees',
				'Payroll › Employees',
				at('09:45')
			),
			entry(
				'SACCO',
				'SACCO',
				'finished its nightly backup, 412 MB',
				'SACCO › Backups',
				at('06:00')
			),
			entry(
				'SACCO',
				'Peter Mwangi',
				'approved a loan of KES 80,000.00',
				'SACCO › Loans › LN-0312',
				at('17:31', '2026-11-24')
			),
			{
				id: 'act-ticket',
				who: 'Brian Kiptoo, Lixnet',
				what: 'answered your ticket',
				where: 'Support › TKT-2041',
				place: { area: 'support' },
				at: at('09:58', '2026-11-24'),
				href: '/support/TKT-2041'
			},
			entry(
				'ERP',
				'Otieno Ouma',
				'posted 14 sales invoices',
				'ERP › Sales › Invoices',
				at('09:15', '2026-11-24')
			)
		]
	},
	usage: {
		steps: days('2026-11-01', 30),
		current: november,
		previous: october,
		total: 2_090_000_000,
		previousTotal: 1_898_000_000,
		expectedTotal: 2_530_000_000,
		limit: 3_000_000_000,
		href: '/usage'
	},
	actions: [
		{ kind: 'ticket', href: '/support/new', firstReplyMinutes: 46 },
		{
			kind: 'pay',
			href: '/billing/invoices/INV-2026-0387/payment',
			amountMinor: 4_758_900n,
			currency: 'KES'
		},
		{ kind: 'invite', href: '/settings/people/new', places: { free: 8, of: 20, product: 'ERP' } },
		{ kind: 'invoice', href: '/billing/invoices/INV-2026-0387/pdf', number: 'INV-2026-0387' }
	]
};

/** A business that has signed up and done nothing since. */
export const emptyHome: HomeView = {
	...fullHome,
	firstName: 'Juma',
	attention: null,
	stats: {
		products: { active: 0, trial: 0, href: '/products' },
		users: { value: 1, previous: null, trend: [1], href: '/settings/people' },
		data: { bytes: null, included: null, lastReadingAt: null, href: '/usage' },
		bill: { kind: 'none', href: '/billing' }
	},
	referrals: { ...fullHome.referrals, total: 0, thisMonth: 0, lastMonth: null },
	products: [],
	offers: [erpOffer, saccoOffer, payrollOffer],
	activity: { entries: [], href: '/activity' },
	usage: {
		steps: days('2026-11-01', 30),
		current: [],
		previous: [],
		total: 0,
		previousTotal: null,
		expectedTotal: null,
		limit: null,
		href: '/usage'
	},
	actions: [
		{ kind: 'ticket', href: '/support/new', firstReplyMinutes: null },
		{ kind: 'invite', href: '/settings/people/new', places: null }
	]
};
