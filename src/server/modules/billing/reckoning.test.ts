import { describe, expect, it } from 'vitest';
import type { PlanPrice } from '../catalogue/index.ts';
import type { Period } from '../rating/index.ts';
import type { DraftLine } from './draft-lines.ts';
import { reckonAdvance, reckonArrears, type Metered, type ReckonedAgreement } from './reckoning.ts';

const november: Period = { start: '2026-11-01', end: '2026-12-01' };

const price = (
	kind: PlanPrice['kind'],
	asked: PlanPrice['price'],
	more: Partial<PlanPrice> = {}
): PlanPrice => ({
	slug: kind,
	kind,
	label: kind,
	meter: kind === 'usage' ? 'sms' : null,
	price: asked,
	taxClass: 'standard',
	taxIncluded: false,
	...more
});
const flat = (amount: string, more: Partial<PlanPrice> = {}) =>
	price('flat', { model: 'flat', amount }, more);
const minimum = (amount: string, more: Partial<PlanPrice> = {}) =>
	price('minimum', { model: 'flat', amount }, more);

const agreement = (
	prices: PlanPrice[],
	more: Partial<Omit<ReckonedAgreement, 'terms'>> & {
		terms?: Partial<ReckonedAgreement['terms']>;
	} = {}
): ReckonedAgreement => ({
	id: 'sub_1',
	product: { id: 'prd_sacco', name: 'SACCO' },
	seats: null,
	anchorOn: '2026-01-01',
	...more,
	terms: {
		interval: 'month',
		inAdvance: true,
		currency: 'KES',
		proration: 'day',
		prices,
		...more.terms
	}
});

/** Kind, quantity, unit, exact amount, rounded amount. */
type Row = [string, string | null, string | null, string, bigint];
const rows = (lines: readonly DraftLine[]): Row[] =>
	lines.map(({ kind, quantity, unitMinor, exactAmount, amountMinor }) => [
		kind,
		quantity,
		unitMinor,
		exactAmount,
		amountMinor
	]);

const tiers = [
	{ up_to: '100', unit_amount: '3' },
	{ up_to: '1000', unit_amount: '2.5', flat_amount: '10' },
	{ up_to: null, unit_amount: '1.111' }
];

describe('what is asked in advance', () => {
	it.each<[string, ReckonedAgreement, Row[], boolean?]>([
		['a flat amount', agreement([flat('14000')]), [['plan', '1', '1400000', '14000', 1_400_000n]]],
		['nothing where nothing is asked', agreement([flat('0')]), []],
		[
			'nothing of a plan that is paid afterwards',
			agreement([flat('9')], { terms: { inAdvance: false } }),
			[]
		],
		[
			'no usage and no minimum',
			agreement([price('usage', { model: 'per_unit', unit_amount: '1' }), minimum('50')]),
			[]
		],
		[
			'seats by the unit, beyond those included',
			agreement([price('seat', { model: 'per_unit', unit_amount: '250.50', included: '5' })], {
				seats: 12
			}),
			[['seat', '7', '25050', '1753.5', 175_350n]]
		],
		[
			'graduated seats',
			agreement([price('seat', { model: 'graduated', tiers })], { seats: 101 }),
			[['seat', '101', null, '312.5', 31_250n]]
		],
		[
			'seats by volume',
			agreement([price('seat', { model: 'volume', tiers })], { seats: 101 }),
			[['seat', '101', null, '262.5', 26_250n]]
		],
		[
			'seats in packages',
			agreement(
				[price('seat', { model: 'package', package_size: '10', package_amount: '99.99' })],
				{ seats: 21 }
			),
			[['seat', '21', null, '299.97', 29_997n]]
		],
		[
			'one seat where nobody said how many',
			agreement([price('seat', { model: 'per_unit', unit_amount: '1' })]),
			[['seat', '1', '100', '1', 100n]]
		],
		[
			'what is asked once, with the first period that is paid for',
			agreement([flat('100'), price('one_off', { model: 'flat', amount: '5000' })]),
			[
				['plan', '1', '10000', '100', 10_000n],
				['one_off', '1', '500000', '5000', 500_000n]
			],
			true
		],
		[
			'what is asked once of a plan that is paid afterwards, too',
			agreement([flat('100'), price('one_off', { model: 'flat', amount: '5000' })], {
				terms: { inAdvance: false }
			}),
			[['one_off', '1', '500000', '5000', 500_000n]],
			true
		],
		[
			'what is asked once, with no later period',
			agreement([price('one_off', { model: 'flat', amount: '5000' })]),
			[]
		],
		[
			'a currency without minor units',
			agreement([flat('14000')], { terms: { currency: 'UGX' } }),
			[['plan', '1', '14000', '14000', 14_000n]]
		]
	])('%s', (_, agreed, expected, first = false) => {
		expect(rows(reckonAdvance(agreed, november, { first }))).toEqual(expected);
	});

	it.each<
		[
			string,
			Partial<Omit<ReckonedAgreement, 'terms'>> & {
				terms?: Partial<ReckonedAgreement['terms']>;
			},
			Period,
			string,
			bigint
		]
	>([
		[
			'a first period up to the anchor',
			{ anchorOn: '2026-12-01' },
			{ start: '2026-11-20', end: '2026-12-01' },
			'366.666666666667',
			36_667n
		],
		[
			'a first period after the anchor',
			{},
			{ start: '2026-11-16', end: '2026-12-01' },
			'500',
			50_000n
		],
		[
			'a last period that was broken off',
			{},
			{ start: '2026-11-01', end: '2026-11-08' },
			'233.333333333333',
			23_333n
		],
		[
			'by the second it is the same, since days are whole',
			{ terms: { proration: 'second' } },
			{ start: '2026-11-16', end: '2026-12-01' },
			'500',
			50_000n
		],
		[
			'without proration the whole',
			{ terms: { proration: 'none' } },
			{ start: '2026-11-16', end: '2026-12-01' },
			'1000',
			100_000n
		],
		[
			'February from the 31st is whole',
			{ anchorOn: '2026-01-31' },
			{ start: '2026-02-28', end: '2026-03-31' },
			'1000',
			100_000n
		],
		[
			'a part of a year',
			{ terms: { interval: 'year' } },
			{ start: '2026-07-01', end: '2027-01-01' },
			'504.109589041096',
			50_411n
		],
		[
			'a part of a quarter',
			{ terms: { interval: 'quarter' } },
			{ start: '2026-12-01', end: '2027-01-01' },
			'336.95652173913',
			33_696n
		],
		[
			'a part of a week',
			{ anchorOn: '2026-11-02', terms: { interval: 'week' } },
			{ start: '2026-11-05', end: '2026-11-09' },
			'571.428571428571',
			57_143n
		]
	])('costs its days’ part: %s', (_, more, period, exactAmount, amountMinor) => {
		const [line] = reckonAdvance(agreement([flat('1000')], more), period);
		expect(line).toMatchObject({ exactAmount, amountMinor, period });
	});

	it('parts of a period come to the whole, whatever day parts them', () => {
		for (let day = 2; day <= 30; day++) {
			const middle = `2026-11-${String(day).padStart(2, '0')}`;
			const agreed = agreement([flat('999.99')]);
			const parts = [
				{ start: november.start, end: middle },
				{ start: middle, end: november.end }
			].map((part) => reckonAdvance(agreed, part)[0]?.amountMinor ?? 0n);
			// Each is rounded by itself: at most a cent lies between.
			const off = parts.reduce((sum, part) => sum + part, 0n) - 99_999n;
			expect(off >= -1n && off <= 1n, middle).toBe(true);
		}
	});

	it('says what it is for', () => {
		const [line] = reckonAdvance(
			agreement([flat('1', { label: 'Growth plan', slug: 'base' })]),
			november
		);
		expect(line).toEqual({
			kind: 'plan',
			description: 'SACCO, Growth plan',
			productId: 'prd_sacco',
			subscriptionId: 'sub_1',
			priceSlug: 'base',
			period: november,
			quantity: '1',
			unitMinor: '100',
			exactAmount: '1',
			amountMinor: 100n,
			taxClass: 'standard',
			taxIncluded: false
		});
	});
});

describe('what is asked afterwards', () => {
	const usage = (asked: PlanPrice['price'], more: Partial<PlanPrice> = {}) =>
		agreement([price('usage', asked, more)]);
	const used = (quantity: string, more: Partial<Metered> = {}): Metered[] => [
		{ meter: 'sms', quantity, ...more }
	];

	it.each<[string, ReckonedAgreement, Metered[], Row[]]>([
		[
			'use by the unit',
			usage({ model: 'per_unit', unit_amount: '0.9' }),
			used('4800'),
			[['usage', '4800', '90', '4320', 432_000n]]
		],
		[
			'use beyond what is included',
			usage({ model: 'per_unit', unit_amount: '120', included: '100' }),
			used('102'),
			[['usage', '2', '12000', '240', 24_000n]]
		],
		[
			'nothing within what is included',
			usage({ model: 'per_unit', unit_amount: '120', included: '100' }),
			used('100'),
			[]
		],
		[
			'nothing of a meter that was not brought',
			usage({ model: 'per_unit', unit_amount: '1' }),
			[],
			[]
		],
		[
			'nothing of the meter of another price',
			usage({ model: 'per_unit', unit_amount: '1' }),
			[{ meter: 'calls', quantity: '9' }],
			[]
		],
		[
			'a rate finer than a cent, rounded once',
			usage({ model: 'per_unit', unit_amount: '0.005' }),
			used('3'),
			[['usage', '3', '0.5', '0.015', 2n]]
		],
		[
			'graduated use',
			usage({ model: 'graduated', tiers }),
			used('1500'),
			[['usage', '1500', null, '3115.5', 311_550n]]
		],
		[
			'graduated use beyond what is included',
			usage({ model: 'graduated', tiers, included: '500' }),
			used('1500'),
			[['usage', '1000', null, '2560', 256_000n]]
		],
		[
			'use by volume',
			usage({ model: 'volume', tiers }),
			used('1001'),
			[['usage', '1001', null, '1112.111', 111_211n]]
		],
		[
			'use in packages',
			usage({ model: 'package', package_size: '1000', package_amount: '750' }),
			used('1001'),
			[['usage', '1001', null, '1500', 150_000n]]
		],
		[
			'a percentage of what was counted',
			usage({ model: 'percentage', rate_percent: '1.5' }),
			used('1000.10'),
			[['usage', null, null, '15.0015', 1_500n]]
		],
		[
			'a percentage with a part for each event',
			usage({ model: 'percentage', rate_percent: '1', fixed_per_event: '5' }),
			used('1000', { events: '3' }),
			[['usage', null, null, '25', 2_500n]]
		],
		[
			'a percentage with bounds of each event',
			usage({ model: 'percentage', rate_percent: '1', per_event_min: '2', per_event_max: '50' }),
			used('10100', { eventValues: ['100', '10000'] }),
			[['usage', null, null, '52', 5_200n]]
		],
		[
			'graduated percentages',
			usage({
				model: 'graduated_percentage',
				tiers: [
					{ up_to: '1000', rate_percent: '2' },
					{ up_to: null, rate_percent: '1' }
				]
			}),
			used('3000'),
			[['usage', null, null, '40', 4_000n]]
		],
		[
			'a least amount, also of nothing',
			usage({ model: 'per_unit', unit_amount: '1', minimum_spend: '30' }),
			[],
			[['usage', '0', null, '30', 3_000n]]
		],
		[
			'a greatest amount',
			usage({ model: 'per_unit', unit_amount: '1', maximum_spend: '30' }),
			used('31'),
			[['usage', '31', null, '30', 3_000n]]
		],
		[
			'flat amounts and seats of a plan that is paid afterwards',
			agreement([flat('100'), price('seat', { model: 'per_unit', unit_amount: '10' })], {
				seats: 3,
				terms: { inAdvance: false }
			}),
			[],
			[
				['plan', '1', '10000', '100', 10_000n],
				['seat', '3', '1000', '30', 3_000n]
			]
		],
		['no flat amounts of a plan that was paid in advance', agreement([flat('100')]), [], []]
	])('%s', (_, agreed, metered, expected) => {
		expect(rows(reckonArrears(agreed, november, metered))).toEqual(expected);
	});

	it('keeps the steps where quantity and unit do not say the amount', () => {
		const lines = (asked: PlanPrice['price'], quantity: string) =>
			reckonArrears(usage(asked), november, used(quantity));
		expect(lines({ model: 'per_unit', unit_amount: '1' }, '2')[0]?.steps).toBeUndefined();
		expect(
			lines({ model: 'graduated', tiers }, '1500')[0]?.steps?.map(({ tier, quantity, amount }) => [
				tier,
				quantity,
				amount
			])
		).toEqual([
			[1, '100', '300'],
			[2, '900', '2260'],
			[3, '500', '555.5']
		]);
		const limited = lines({ model: 'per_unit', unit_amount: '1', maximum_spend: '30' }, '31');
		expect(limited[0]?.steps?.map(({ kind, amount }) => [kind, amount])).toEqual([
			['units', '31'],
			['maximum', '-1']
		]);
	});

	it('keeps class and mode of the tax of each price', () => {
		const agreed = agreement([
			price('usage', { model: 'per_unit', unit_amount: '1' }, { taxClass: 'exempt' }),
			price(
				'usage',
				{ model: 'per_unit', unit_amount: '1' },
				{ slug: 'calls', meter: 'calls', taxIncluded: true }
			)
		]);
		const metered = [...used('1'), { meter: 'calls', quantity: '2' }];
		expect(
			reckonArrears(agreed, november, metered).map((line) => [
				line.priceSlug,
				line.meter,
				line.taxClass,
				line.taxIncluded
			])
		).toEqual([
			['usage', 'sms', 'exempt', false],
			['calls', 'calls', 'standard', true]
		]);
	});

	it('usage keeps its whole allowance in a shorter period', () => {
		const agreed = usage({ model: 'per_unit', unit_amount: '1', included: '100' });
		const part = { start: '2026-11-16', end: '2026-12-01' };
		expect(rows(reckonArrears(agreed, part, used('101')))).toEqual([
			['usage', '1', '100', '1', 100n]
		]);
	});
});

describe('a minimum', () => {
	const sms = price('usage', { model: 'per_unit', unit_amount: '1' });
	const used = (quantity: string): Metered[] => [{ meter: 'sms', quantity }];
	const missing = (agreed: ReckonedAgreement, metered: Metered[], period = november) =>
		reckonArrears(agreed, period, metered)
			.filter(({ kind }) => kind === 'minimum')
			.map(({ amountMinor, exactAmount }) => [amountMinor, exactAmount]);

	it.each<[string, ReckonedAgreement, Metered[], Period, [bigint, string][]]>([
		[
			'is made up by use',
			agreement([sms, minimum('500')]),
			used('200'),
			november,
			[[30_000n, '300']]
		],
		[
			'asks for nothing when it is reached',
			agreement([sms, minimum('500')]),
			used('500'),
			november,
			[]
		],
		['asks for nothing beyond it', agreement([sms, minimum('500')]), used('900'), november, []],
		[
			'counts what was paid in advance',
			agreement([flat('100'), sms, minimum('500')]),
			used('200'),
			november,
			[[20_000n, '200']]
		],
		[
			'counts what is paid afterwards',
			agreement([flat('100'), sms, minimum('500')], { terms: { inAdvance: false } }),
			used('200'),
			november,
			[[20_000n, '200']]
		],
		[
			'counts seats',
			agreement([price('seat', { model: 'per_unit', unit_amount: '10' }), minimum('500')], {
				seats: 5
			}),
			[],
			november,
			[[45_000n, '450']]
		],
		[
			'does not count what is asked once',
			agreement([price('one_off', { model: 'flat', amount: '500' }), minimum('500')]),
			[],
			november,
			[[50_000n, '500']]
		],
		[
			'of a shorter period is its days’ part',
			agreement([sms, minimum('500')]),
			used('200'),
			{ start: '2026-11-16', end: '2026-12-01' },
			[[5_000n, '50']]
		],
		[
			'counts what has tax in it without the tax',
			agreement([{ ...sms, taxIncluded: true }, minimum('500')]),
			used('116'),
			november,
			[[40_000n, '400']]
		],
		[
			'with tax in it counts other amounts with theirs',
			agreement([sms, minimum('500', { taxIncluded: true })]),
			used('100'),
			november,
			[[38_400n, '384']]
		],
		[
			'counts what is exempt as it is',
			agreement([{ ...sms, taxClass: 'exempt' }, minimum('500', { taxIncluded: true })]),
			used('100'),
			november,
			[[40_000n, '400']]
		]
	])('%s', (_, agreed, metered, period, expected) => {
		expect(missing(agreed, metered, period)).toEqual(expected);
	});

	it('counts what was really billed in advance, where that is told', () => {
		const agreed = agreement([flat('100'), sms, minimum('500')]);
		const advance = [
			{ amountMinor: 10_000n, taxClass: 'standard', taxIncluded: false },
			{ amountMinor: -2_500n, taxClass: 'standard', taxIncluded: false }
		] as const;
		const [, line] = reckonArrears(agreed, november, used('200'), { advance });
		expect(line?.amountMinor).toBe(22_500n);
	});
});
