import { describe, expect, it } from 'vitest';
import type { PlanPrice } from '../catalogue/index.ts';
import type { Agreement } from './agreements.ts';
import { estimateNextBill, type BilledAgreement, type MeteredQuantity } from './estimate.ts';
import type { PendingLine } from './waiting.ts';

const flat = (label: string, amount: string): PlanPrice => ({
	slug: 'base',
	kind: 'flat',
	label,
	meter: null,
	price: { model: 'flat', amount },
	taxClass: 'standard',
	taxIncluded: false
});
const use = (meter: string, label: string, unit: string, included?: string): PlanPrice => ({
	slug: meter,
	kind: 'usage',
	label,
	meter,
	price: { model: 'per_unit', unit_amount: unit, ...(included ? { included } : {}) },
	taxClass: 'standard',
	taxIncluded: false
});

type More = Partial<Omit<Agreement, 'terms'>> & { terms?: Partial<Agreement['terms']> };

function billed(
	prices: PlanPrice[],
	more: More = {},
	rest: Partial<BilledAgreement> = {}
): BilledAgreement {
	const { terms, ...agreement } = more;
	return {
		agreement: {
			businessId: 'biz_1',
			id: 'sub_erp',
			version: 1,
			product: { id: 'prd_erp', slug: 'erp', name: 'ERP System' },
			plan: { id: 'pla_1', slug: 'business', name: 'Business' },
			terms: {
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
				prices,
				...terms
			},
			status: 'active',
			seats: null,
			startedOn: '2025-12-01',
			anchorOn: '2025-12-01',
			period: { start: '2026-11-01', end: '2026-12-01' },
			trialEndsOn: null,
			endedOn: null,
			next: null,
			cancelsOn: null,
			cancelReason: null,
			pausedOn: null,
			resumesOn: null,
			advanceBilledUntil: '2026-12-01',
			closesOn: '2026-12-01',
			...agreement
		},
		pending: [],
		coupons: [],
		...rest
	};
}

const etims = use('etims', 'eTIMS invoices', '2');
const erp = billed([flat('Business', '18500'), etims]);
const saccoPrices = [
	flat('Growth', '14000'),
	use('members', 'Members', '120', '100'),
	use('mpesa', 'M-Pesa collections', '3'),
	use('sms', 'SMS', '0.9')
];
const ofSacco: More = {
	id: 'sub_sacco',
	product: { id: 'prd_sacco', slug: 'sacco', name: 'SACCO' }
};
const sacco = billed(saccoPrices, ofSacco);
const metered: MeteredQuantity[] = [
	{ productId: 'prd_erp', meter: 'etims', quantity: '361' },
	{ productId: 'prd_sacco', meter: 'sms', quantity: '4800' },
	{ productId: 'prd_sacco', meter: 'mpesa', quantity: '1486' },
	{ productId: 'prd_sacco', meter: 'members', quantity: '89' }
];

describe('the next bill', () => {
	it('is the plans of the coming period and the usage so far, with VAT on their sum', () => {
		const bill = estimateNextBill([erp, sacco], metered);
		expect(bill).toMatchObject({
			amountMinor: 4_872_000n,
			subtotalMinor: 4_200_000n,
			taxMinor: 672_000n,
			currency: 'KES',
			on: '2026-12-01',
			estimated: true
		});
		expect(
			bill?.lines.map(({ label, quantity, amountMinor, period }) => [
				label,
				quantity,
				amountMinor,
				period.start
			])
		).toEqual([
			['Business', '1', 1_850_000n, '2026-12-01'],
			['Growth', '1', 1_400_000n, '2026-12-01'],
			['M-Pesa collections', '1486', 445_800n, '2026-11-01'],
			['SMS', '4800', 432_000n, '2026-11-01'],
			['eTIMS invoices', '361', 72_200n, '2026-11-01']
		]);
		expect(bill?.lines[0]?.period).toEqual({ start: '2026-12-01', end: '2027-01-01' });
	});

	const next = (
		seats: number | null,
		plan: PlanPrice[] | null,
		terms = {}
	): NonNullable<Agreement['next']> => ({
		seats,
		plan: plan && {
			id: 'pla_2',
			slug: 'other',
			name: 'Other',
			terms: { ...billed(plan).agreement.terms, ...terms }
		}
	});
	const seat: PlanPrice = {
		...flat('Seat', '0'),
		slug: 'seat',
		kind: 'seat',
		price: { model: 'per_unit', unit_amount: '100' }
	};
	const waiting = (amountMinor: bigint): PendingLine => ({
		businessId: 'biz_1',
		id: 'pen_1',
		subscriptionId: 'sub_erp',
		productId: 'prd_erp',
		kind: amountMinor < 0n ? 'credit' : 'charge',
		description: 'Change',
		quantity: null,
		unitMinor: null,
		exactAmount: '0',
		amountMinor,
		currency: 'KES',
		taxClass: 'standard',
		taxIncluded: false,
		atOnce: false
	});
	const coupon = {
		subscriptionId: 'sub_erp',
		couponId: 'cou_1',
		name: 'Early bird',
		percent: '10',
		amountMinor: null,
		currency: null,
		periodsLeft: 1
	};

	it.each<[string, BilledAgreement[], MeteredQuantity[], bigint | null]>([
		['is null when nothing is there', [], metered, null],
		['takes a meter that was not brought as unused', [erp], [], 2_146_000n],
		[
			'charges members beyond those included',
			[sacco],
			[{ productId: 'prd_sacco', meter: 'members', quantity: '102' }],
			1_400_000n + 24_000n + 227_840n
		],
		[
			'does not take the meter of one product for another’s',
			[erp],
			[{ productId: 'prd_sacco', meter: 'etims', quantity: '900' }],
			2_146_000n
		],
		[
			'leaves out what is billed later',
			[
				erp,
				billed(saccoPrices, {
					...ofSacco,
					anchorOn: '2025-12-15',
					period: { start: '2026-11-15', end: '2026-12-15' }
				})
			],
			metered,
			2_146_000n + 83_752n
		],
		[
			'leaves out what is in another currency',
			[erp, billed(saccoPrices, { ...ofSacco, terms: { currency: 'USD' } })],
			metered,
			2_146_000n + 83_752n
		],
		[
			'rounds a rate finer than a cent once a line',
			[billed([use('etims', 'x', '0.005')])],
			[{ productId: 'prd_erp', meter: 'etims', quantity: '3' }],
			2n
		],
		[
			'of one that ends is its usage',
			[billed(erp.agreement.terms.prices, { cancelsOn: '2026-12-01' })],
			metered,
			83_752n
		],
		[
			'of one that pauses is its usage',
			[billed(erp.agreement.terms.prices, { pausedOn: '2026-12-01' })],
			metered,
			83_752n
		],
		[
			'of one that ends without usage is none',
			[billed([flat('x', '1')], { cancelsOn: '2026-12-01' })],
			metered,
			null
		],
		[
			'of one that is suspended is none',
			[billed([flat('x', '1')], { status: 'suspended' })],
			metered,
			null
		],
		['of a trial is none', [billed([flat('x', '1')], { status: 'trial' })], metered, null],
		[
			'of a trial that goes on is what was chosen',
			[billed([flat('x', '1'), etims], { status: 'trial', next: next(null, [flat('y', '200')]) })],
			metered,
			23_200n
		],
		[
			'is of the plan that comes',
			[billed([flat('x', '1'), etims], { next: next(null, [flat('y', '200')]) })],
			metered,
			23_200n + 83_752n
		],
		[
			'is for the seats that come',
			[billed([seat], { seats: 2, next: next(5, null) })],
			[],
			58_000n
		],
		[
			'is a whole period of another interval',
			[billed([flat('x', '1')], { next: next(null, [flat('y', '200')], { interval: 'year' }) })],
			[],
			23_200n
		],
		[
			'asks for the running period, of a plan that is paid afterwards',
			[billed([flat('x', '100')], { terms: { inAdvance: false } })],
			[],
			11_600n
		],
		[
			'takes what changes charged along',
			[billed([flat('x', '100')], {}, { pending: [waiting(5_000n)] })],
			[],
			17_400n
		],
		[
			'takes what changes gave back along',
			[billed([flat('x', '100')], {}, { pending: [waiting(-5_000n)] })],
			[],
			5_800n
		],
		[
			'is less what a coupon takes off',
			[billed([flat('x', '100')], {}, { coupons: [coupon] })],
			[],
			10_440n
		],
		[
			'leaves out a price that asks for each event',
			[
				billed([
					flat('x', '100'),
					{ ...etims, price: { model: 'percentage', rate_percent: '1', per_event_min: '1' } }
				])
			],
			metered,
			11_600n
		]
	])('%s', (_, subscriptions, quantities, amount) => {
		expect(estimateNextBill(subscriptions, quantities)?.amountMinor ?? null).toBe(amount);
	});

	it('adds up what is taxed otherwise apart, and amounts with their tax beside those before it', () => {
		const bill = estimateNextBill(
			[
				billed([
					flat('Platform', '100'),
					{ ...flat('Support', '116'), slug: 'support', taxIncluded: true },
					{ ...flat('Books', '50'), slug: 'books', taxClass: 'zero' }
				])
			],
			[]
		);
		expect(bill?.taxes).toEqual([
			{ taxClass: 'standard', rate: '16', baseMinor: 20_000n, taxMinor: 3_200n },
			{ taxClass: 'zero', rate: '0', baseMinor: 5_000n, taxMinor: 0n }
		]);
		expect(bill?.totalMinor).toBe(28_200n);
	});

	it('is not an estimate when no use is charged', () => {
		expect(estimateNextBill([billed([flat('x', '1')])], [])).toMatchObject({ estimated: false });
	});
});
