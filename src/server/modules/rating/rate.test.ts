import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { lineMinor, major } from './currencies.ts';
import { Price } from './price.ts';
import { rate, type Rated } from './rate.ts';
import { Used } from './used.ts';

/**
 * Cases from elsewhere, under where they come from: what others' tests and manuals say an amount is.
 *
 * Left out, since the rules here are others: parts of a period billed one after the other and what a
 * first part leaves out (`lago-volume-09`, `openmeter-flat-04`, `openmeter-unit-03`,
 * `openmeter-volume-01`); tiers of packages of different sizes (`killbill-blocks-02`, `-05`, `-06`) and
 * prices that multiply what something cost (`openmeter-dynamic-03`), which are no models here; refusing
 * an amount finer than its currency (`openmeter-allocate-09`), which cannot be said in minor units.
 */
interface Case {
	id: string;
	price: v.InferInput<typeof Price>;
	used: v.InferInput<typeof Used>;
	/** Exact, in major units. */
	amount: string;
	/** What was charged for, or how many packages. */
	quantity?: string;
	/** The amount of each step. */
	lines?: string[];
	/** The tier that prices a volume. */
	tier?: number;
	/** The currency, and what is printed in it. */
	rounded?: [string, string];
}

const lagoGraduatedTiers = [
	{ up_to: '10', unit_amount: '10', flat_amount: '2' },
	{ up_to: '20', unit_amount: '5', flat_amount: '3' },
	{ up_to: null, unit_amount: '5', flat_amount: '3' }
];
const lagoVolumeTiers = [
	{ up_to: '100', unit_amount: '2', flat_amount: '10' },
	{ up_to: '200', unit_amount: '1', flat_amount: '0' },
	{ up_to: null, unit_amount: '0.5', flat_amount: '50' }
];
const lagoGraduatedPercentageTiers = [
	{ up_to: '10', rate_percent: '1', flat_amount: '200' },
	{ up_to: '20', rate_percent: '2', flat_amount: '300' },
	{ up_to: null, rate_percent: '3', flat_amount: '400' }
];
const openmeterVolumeTiers = [
	{ up_to: '5', unit_amount: '0', flat_amount: '100' },
	{ up_to: '10', unit_amount: '0', flat_amount: '150' },
	{ up_to: '15', unit_amount: '10', flat_amount: '0' },
	{ up_to: null, unit_amount: '5', flat_amount: '0' }
];
const openmeterGraduatedTiers = [
	{ up_to: '5', unit_amount: '0', flat_amount: '100' },
	{ up_to: '10', unit_amount: '0', flat_amount: '50' },
	{ up_to: '15', unit_amount: '10', flat_amount: '0' },
	{ up_to: null, unit_amount: '5', flat_amount: '0' }
];
const docsTiersTiers = [
	{ up_to: '1000', unit_amount: '0.10', flat_amount: '0' },
	{ up_to: '10000', unit_amount: '0.05', flat_amount: '0' },
	{ up_to: null, unit_amount: '0.01', flat_amount: '0' }
];

const cases: Record<string, Case[]> = {
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/standard_service_spec.rb': [
		{
			id: 'lago-standard-01',
			price: { model: 'per_unit', unit_amount: '5.12345' },
			used: { quantity: '10' },
			amount: '51.2345'
		},
		{
			id: 'lago-standard-03',
			price: { model: 'per_unit', unit_amount: '10' },
			used: { quantity: '10' },
			amount: '100'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/graduated_service_spec.rb': [
		{
			id: 'lago-graduated-01',
			price: { model: 'graduated', tiers: lagoGraduatedTiers },
			used: { quantity: '0' },
			amount: '2'
		},
		{
			id: 'lago-graduated-04',
			price: { model: 'graduated', tiers: lagoGraduatedTiers },
			used: { quantity: '11' },
			amount: '110'
		},
		{
			id: 'lago-graduated-06',
			price: { model: 'graduated', tiers: lagoGraduatedTiers },
			used: { quantity: '21' },
			amount: '163'
		},
		{
			id: 'lago-graduated-07',
			price: {
				model: 'graduated',
				tiers: [
					{ up_to: '0.1', unit_amount: '10', flat_amount: '0' },
					{ up_to: '1', unit_amount: '5', flat_amount: '0' },
					{ up_to: null, unit_amount: '2', flat_amount: '0' }
				]
			},
			used: { quantity: '0.05' },
			amount: '0.5'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/package_service_spec.rb': [
		{
			id: 'lago-package-02',
			price: { model: 'package', package_size: '10', package_amount: '100', free_units: '10' },
			used: { quantity: '121' },
			amount: '1200'
		},
		{
			id: 'lago-package-03',
			price: { model: 'package', package_size: '10', package_amount: '100', free_units: '200' },
			used: { quantity: '121' },
			amount: '0'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charges/calculate_price_service_spec.rb': [
		{
			id: 'lago-package-04',
			price: { model: 'package', package_size: '2', package_amount: '10', free_units: '1' },
			used: { quantity: '5' },
			amount: '20'
		},
		{
			id: 'lago-volume-11',
			price: {
				model: 'volume',
				tiers: [
					{ up_to: '2', unit_amount: '2', flat_amount: '0' },
					{ up_to: null, unit_amount: '3', flat_amount: '0' }
				]
			},
			used: { quantity: '5' },
			amount: '15'
		},
		{
			id: 'lago-graduated-percentage-07',
			price: {
				model: 'graduated_percentage',
				tiers: [
					{ up_to: '2', rate_percent: '10', flat_amount: '10' },
					{ up_to: null, rate_percent: '20', flat_amount: '20' }
				]
			},
			used: { total: '5' },
			amount: '30.8'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/volume_service_spec.rb': [
		{
			id: 'lago-volume-01',
			price: { model: 'volume', tiers: lagoVolumeTiers },
			used: { quantity: '0' },
			amount: '10'
		},
		{
			id: 'lago-volume-03',
			price: { model: 'volume', tiers: lagoVolumeTiers },
			used: { quantity: '100' },
			amount: '210'
		},
		{
			id: 'lago-volume-05',
			price: { model: 'volume', tiers: lagoVolumeTiers },
			used: { quantity: '101' },
			amount: '101'
		},
		{
			id: 'lago-volume-07',
			price: { model: 'volume', tiers: lagoVolumeTiers },
			used: { quantity: '300' },
			amount: '200'
		},
		{
			id: 'lago-volume-08',
			price: { model: 'volume', tiers: lagoVolumeTiers },
			used: { quantity: '210' },
			amount: '155'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/percentage_service_spec.rb': [
		{
			id: 'lago-percentage-01',
			price: {
				model: 'percentage',
				rate_percent: '1.3',
				fixed_per_event: '2.0',
				free_events: 3,
				free_total: '250.0'
			},
			used: { events: 4, total: '800', running_totals_of_free_events: ['50', '150', '400'] },
			amount: '11.15'
		},
		{
			id: 'lago-percentage-02',
			price: { model: 'percentage', rate_percent: '2.9', fixed_per_event: null },
			used: { events: 4, total: '4' },
			amount: '0.116'
		},
		{
			id: 'lago-percentage-04',
			price: {
				model: 'percentage',
				rate_percent: '1.3',
				fixed_per_event: '2.0',
				free_events: null,
				free_total: '250.0'
			},
			used: { events: 4, total: '800', running_totals_of_free_events: ['50', '150', '400'] },
			amount: '11.15'
		},
		{
			id: 'lago-percentage-05',
			price: {
				model: 'percentage',
				rate_percent: '1.3',
				fixed_per_event: '2.0',
				free_events: 3,
				free_total: null
			},
			used: { events: 4, total: '800', running_totals_of_free_events: ['50', '150', '400'] },
			amount: '7.2'
		},
		{
			id: 'lago-percentage-06',
			price: {
				model: 'percentage',
				rate_percent: '1.3',
				fixed_per_event: '2.0',
				free_events: null,
				free_total: null
			},
			used: { events: 4, total: '800' },
			amount: '18.4'
		},
		{
			id: 'lago-percentage-07',
			price: {
				model: 'percentage',
				rate_percent: '1.3',
				fixed_per_event: '2.0',
				free_events: 3,
				free_total: '500.0'
			},
			used: { events: 4, total: '800', running_totals_of_free_events: ['50', '150', '400'] },
			amount: '7.2'
		},
		{
			id: 'lago-percentage-10',
			price: {
				model: 'percentage',
				rate_percent: '2.99',
				fixed_per_event: '0',
				per_event_min: '1.75',
				per_event_max: '12',
				free_events: 0,
				free_total: '0'
			},
			used: { event_values: ['10', '80', '10000'] },
			amount: '16.142'
		},
		{
			id: 'lago-percentage-11',
			price: {
				model: 'percentage',
				rate_percent: '2.99',
				fixed_per_event: '2.0',
				per_event_min: '1.75',
				per_event_max: '12',
				free_events: 0,
				free_total: '0'
			},
			used: { event_values: ['10', '80', '10000'] },
			amount: '18.691'
		},
		{
			id: 'lago-percentage-14',
			price: {
				model: 'percentage',
				rate_percent: '2.99',
				fixed_per_event: '0',
				per_event_min: '1.75',
				per_event_max: '12',
				free_events: 3,
				free_total: '10000'
			},
			used: { event_values: ['10', '80', '10000'] },
			amount: '2.691'
		},
		{
			id: 'lago-percentage-15',
			price: { model: 'percentage', rate_percent: '2.99' },
			used: { total: '10090', events: 3 },
			amount: '301.691'
		}
	],
	'getlago/lago-api@1b1c24a6a6 spec/services/charge_models/graduated_percentage_service_spec.rb': [
		{
			id: 'lago-graduated-percentage-02',
			price: { model: 'graduated_percentage', tiers: lagoGraduatedPercentageTiers },
			used: { total: '1' },
			amount: '200.01'
		},
		{
			id: 'lago-graduated-percentage-04',
			price: { model: 'graduated_percentage', tiers: lagoGraduatedPercentageTiers },
			used: { total: '11' },
			amount: '500.12'
		},
		{
			id: 'lago-graduated-percentage-05',
			price: { model: 'graduated_percentage', tiers: lagoGraduatedPercentageTiers },
			used: { total: '12' },
			amount: '500.14'
		},
		{
			id: 'lago-graduated-percentage-06',
			price: { model: 'graduated_percentage', tiers: lagoGraduatedPercentageTiers },
			used: { total: '21' },
			amount: '900.33'
		}
	],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/flat_test.go': [
		{ id: 'openmeter-flat-01', price: { model: 'flat', amount: '100' }, used: {}, amount: '100' },
		{ id: 'openmeter-flat-05', price: { model: 'flat', amount: '100' }, used: {}, amount: '100' }
	],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/unit_test.go': [
		{
			id: 'openmeter-unit-01',
			price: { model: 'per_unit', unit_amount: '10' },
			used: { quantity: '0' },
			amount: '0'
		},
		{
			id: 'openmeter-unit-04',
			price: { model: 'per_unit', unit_amount: '10', minimum_spend: '100' },
			used: { quantity: '0' },
			amount: '100'
		},
		{
			id: 'openmeter-unit-05',
			price: { model: 'per_unit', unit_amount: '100' },
			used: { quantity: '10' },
			amount: '1000'
		}
	],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/package_test.go': [
		{
			id: 'openmeter-package-01',
			price: { model: 'package', package_size: '10', package_amount: '15' },
			used: { quantity: '0' },
			amount: '0'
		},
		{
			id: 'openmeter-package-06',
			price: { model: 'package', package_size: '10', package_amount: '15', maximum_spend: '100' },
			used: { quantity: '10' },
			amount: '15',
			quantity: '1'
		},
		{
			id: 'openmeter-package-08',
			price: { model: 'package', package_size: '10', package_amount: '15' },
			used: { quantity: '0' },
			amount: '0',
			quantity: '0'
		},
		{
			id: 'openmeter-package-09',
			price: { model: 'package', package_size: '10', package_amount: '15' },
			used: { quantity: '1' },
			amount: '15',
			quantity: '1'
		},
		{
			id: 'openmeter-package-11',
			price: { model: 'package', package_size: '10', package_amount: '15' },
			used: { quantity: '10' },
			amount: '15',
			quantity: '1'
		}
	],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/tieredvolume_test.go': [
		{
			id: 'openmeter-volume-02',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '0' },
			amount: '100',
			tier: 1
		},
		{
			id: 'openmeter-volume-04',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '3' },
			amount: '100',
			tier: 1
		},
		{
			id: 'openmeter-volume-05',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '5' },
			amount: '100',
			tier: 1
		},
		{
			id: 'openmeter-volume-08',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '15' },
			amount: '150',
			tier: 3
		},
		{
			id: 'openmeter-volume-09',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '16' },
			amount: '80',
			tier: 4
		},
		{
			id: 'openmeter-volume-10',
			price: { model: 'volume', tiers: openmeterVolumeTiers },
			used: { quantity: '100' },
			amount: '500',
			tier: 4
		},
		{
			id: 'openmeter-volume-16',
			price: { model: 'volume', tiers: openmeterVolumeTiers, maximum_spend: '125' },
			used: { quantity: '7' },
			amount: '125'
		}
	],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/tieredgraduated_test.go':
		[
			{
				id: 'openmeter-graduated-01',
				price: {
					model: 'graduated',
					tiers: [
						{ up_to: '5', unit_amount: '0', flat_amount: '100' },
						{ up_to: '10', unit_amount: '0', flat_amount: '50' },
						{ up_to: '15', unit_amount: '5', flat_amount: '0' },
						{ up_to: null, unit_amount: '1', flat_amount: '0' }
					]
				},
				used: { quantity: '22' },
				amount: '182',
				lines: ['100', '50', '25', '7']
			},
			{
				id: 'openmeter-graduated-11',
				price: { model: 'graduated', tiers: openmeterGraduatedTiers },
				used: { quantity: '5.001' },
				amount: '150'
			},
			{
				id: 'openmeter-graduated-13',
				price: { model: 'graduated', tiers: openmeterGraduatedTiers },
				used: { quantity: '12' },
				amount: '170'
			}
		],
	'openmeterio/openmeter@7e57a394a0 openmeter/billing/rating/service/rate/unitconfig_rating_test.go':
		[
			{
				id: 'openmeter-transform-01',
				price: {
					model: 'per_unit',
					unit_amount: '10',
					transform: { divide_by: '1000', round: 'up' }
				},
				used: { quantity: '1400' },
				amount: '20',
				quantity: '2'
			},
			{
				id: 'openmeter-transform-04',
				price: {
					model: 'graduated',
					tiers: [
						{ up_to: '5', unit_amount: '1', flat_amount: '0' },
						{ up_to: null, unit_amount: '0.5', flat_amount: '0' }
					],
					transform: { divide_by: '1000', round: 'up' }
				},
				used: { quantity: '7400' },
				amount: '6.5',
				quantity: '8',
				lines: ['5', '1.5']
			}
		],
	'docs: https://zuplo.com/docs/articles/monetization/pricing-models (Pricing Models)': [
		{
			id: 'docs-tiers-01',
			price: { model: 'graduated', tiers: docsTiersTiers },
			used: { quantity: '15000' },
			amount: '600'
		},
		{
			id: 'docs-tiers-02',
			price: { model: 'volume', tiers: docsTiersTiers },
			used: { quantity: '15000' },
			amount: '150'
		},
		{
			id: 'docs-tiers-03',
			price: { model: 'per_unit', unit_amount: '0.001' },
			used: { quantity: '100000' },
			amount: '100'
		}
	],
	'docs: https://www.chargebee.com/docs/billing/2.0/product-catalog/package-pricing (Package Pricing)':
		[
			{
				id: 'docs-package-03',
				price: { model: 'package', package_size: '1000000', package_amount: '1.25' },
				used: { quantity: '10' },
				amount: '1.25',
				quantity: '1'
			},
			{
				id: 'docs-package-04',
				price: { model: 'package', package_size: '1000000', package_amount: '1.25' },
				used: { quantity: '1000000' },
				amount: '1.25',
				quantity: '1'
			}
		],
	'docs: https://chargebee.com/docs/2.0/site-configuration/articles-and-faq/what-is-the-rounding-logic-for-line-item-amounts.html':
		[
			{
				id: 'docs-round-01',
				price: { model: 'per_unit', unit_amount: '4.4556' },
				used: { quantity: '10.625' },
				amount: '47.34075',
				rounded: ['USD', '47.34']
			},
			{
				id: 'docs-round-02',
				price: { model: 'per_unit', unit_amount: '4.4556' },
				used: { quantity: '10.625' },
				amount: '47.34075',
				rounded: ['JPY', '47']
			}
		]
};

/** The same under a model of ours that says it in other words. */
const restated: Case[] = [
	// Blocks of one size: begun hundreds, of which the tier reached prices all.
	{
		id: 'killbill-blocks-08',
		price: {
			model: 'volume',
			transform: { divide_by: '100', round: 'up' },
			tiers: [
				{ up_to: '10', unit_amount: '10' },
				{ up_to: null, unit_amount: '1' }
			]
		},
		used: { quantity: '2000' },
		amount: '20'
	},
	{
		id: 'killbill-blocks-09',
		price: {
			model: 'volume',
			tiers: [
				{ up_to: '10', unit_amount: '1.5' },
				{ up_to: '110', unit_amount: '1.0' },
				{ up_to: null, unit_amount: '0.5' }
			]
		},
		used: { quantity: '111' },
		amount: '55.5'
	},
	{
		id: 'docs-transform-01',
		price: { model: 'per_unit', unit_amount: '1', transform: { divide_by: '60', round: 'up' } },
		used: { quantity: '61' },
		amount: '2',
		quantity: '2'
	},
	{
		id: 'lago-prorated-graduated-04',
		price: {
			model: 'graduated',
			tiers: [
				{ up_to: '5', unit_amount: '10', flat_amount: '100' },
				{ up_to: null, unit_amount: '5', flat_amount: '50' }
			]
		},
		used: { quantity: '0' },
		amount: '100'
	}
];

/**
 * What comes after something was billed is what all of it costs, less what was billed. Nothing was
 * billed before the first event of a price in advance.
 */
const after: {
	id: string;
	price: v.InferInput<typeof Price>;
	before: v.InferInput<typeof Used> | null;
	all: v.InferInput<typeof Used>;
	amount: string;
}[] = [
	{
		id: 'openmeter-unit-07',
		price: { model: 'per_unit', unit_amount: '10', maximum_spend: '100' },
		before: { quantity: '7' },
		all: { quantity: '12' },
		amount: '30'
	},
	{
		id: 'openmeter-package-05',
		price: { model: 'package', package_size: '10', package_amount: '15' },
		before: { quantity: '17' },
		all: { quantity: '22' },
		amount: '15'
	},
	{
		id: 'openmeter-package-07',
		price: { model: 'package', package_size: '10', package_amount: '15', maximum_spend: '100' },
		before: { quantity: '60' },
		all: { quantity: '110' },
		amount: '10'
	},
	{
		id: 'openmeter-usage-discount-01',
		price: { model: 'per_unit', unit_amount: '1', free_units: '10' },
		before: { quantity: '5' },
		all: { quantity: '20' },
		amount: '10'
	},
	{
		id: 'openmeter-usage-discount-02',
		price: { model: 'per_unit', unit_amount: '1', free_units: '10' },
		before: { quantity: '20' },
		all: { quantity: '35' },
		amount: '15'
	},
	{
		id: 'lago-graduated-percentage-08',
		price: { model: 'graduated_percentage', tiers: inAdvance() },
		before: null,
		all: { total: '500' },
		amount: '205'
	},
	{
		id: 'lago-graduated-percentage-10',
		price: { model: 'graduated_percentage', tiers: inAdvance() },
		before: { total: '1050' },
		all: { total: '5050' },
		amount: '80'
	}
];

function inAdvance() {
	return [
		{ up_to: '1000', rate_percent: '1', flat_amount: '200' },
		{ up_to: '10000', rate_percent: '2', flat_amount: '300' },
		{ up_to: null, rate_percent: '3', flat_amount: '400' }
	];
}

function rated(price: v.InferInput<typeof Price>, used: v.InferInput<typeof Used>): Rated {
	return rate(v.parse(Price, price), v.parse(Used, used));
}

/** Exact differences of amounts whose decimals are few. */
function difference(one: string, other: string): string {
	return major(lineMinor(one, 'CLF') - lineMinor(other, 'CLF'), 'CLF');
}

describe.each(Object.entries(cases))('as %s says', (_origin, ofOrigin) => {
	it.each(ofOrigin)('$id: $amount', check);
});

describe('restated', () => {
	it.each(restated)('$id: $amount', check);

	it.each(after)('$id: $amount more', ({ price, before, all, amount }) => {
		const billed = before ? rated(price, before).amount : '0';
		expect(Number(difference(rated(price, all).amount, billed))).toBe(Number(amount));
	});
});

function check({ price, used, amount, quantity, lines, tier, rounded }: Case): void {
	const found = rated(price, used);
	expect(found.amount).toBe(amount.includes('.') ? amount.replace(/0+$/, '') : amount);
	const [first] = found.steps;
	if (quantity !== undefined)
		expect(first?.kind === 'packages' ? first?.quantity : found.quantity).toBe(quantity);
	if (lines) expect(found.steps.map((step) => step.amount)).toEqual(lines);
	if (tier !== undefined) expect(first?.tier).toBe(tier);
	if (rounded) expect(major(lineMinor(found.amount, rounded[0]), rounded[0])).toBe(rounded[1]);
}
