import { describe, expect, it } from 'vitest';
import type { PlanPrice } from '../catalogue/index.ts';
import type { Interval } from '../rating/index.ts';
import { simulate } from './simulation.ts';

const price = (kind: PlanPrice['kind'], asked: PlanPrice['price']): PlanPrice => ({
	slug: kind.replace('_', '-'),
	kind,
	label: kind,
	meter: kind === 'usage' ? 'sms' : null,
	price: asked,
	taxClass: 'standard',
	taxIncluded: false
});

const plan = (interval: Interval, inAdvance: boolean, prices: PlanPrice[]) => ({
	product: { id: 'prd_sacco', name: 'SACCO' },
	seats: 4,
	terms: { interval, inAdvance, currency: 'KES', proration: 'day' as const, prices }
});

const asked = [
	price('flat', { model: 'flat', amount: '1200' }),
	price('seat', { model: 'per_unit', unit_amount: '36', included: '1' }),
	price('usage', { model: 'per_unit', unit_amount: '1', included: '100' }),
	price('minimum', { model: 'flat', amount: '2400' }),
	price('one_off', { model: 'flat', amount: '9999' })
];
const months = [
	{
		period: { start: '2026-09-01', end: '2026-10-01' },
		metered: [{ meter: 'sms', quantity: '90' }]
	},
	{
		period: { start: '2026-10-01', end: '2026-11-01' },
		metered: [{ meter: 'sms', quantity: '2500' }]
	}
];

describe('what months would have cost by a plan', () => {
	it.each<[Interval, bigint[][]]>([
		[
			'month',
			[
				[120_000n, 10_800n, 109_200n],
				[120_000n, 10_800n, 240_000n]
			]
		],
		// A third and a twelfth; the minimum too.
		[
			'quarter',
			[
				[40_000n, 3_600n, 36_400n],
				[40_000n, 3_600n, 240_000n]
			]
		],
		[
			'year',
			[
				[10_000n, 900n, 9_100n],
				[10_000n, 900n, 240_000n]
			]
		],
		// Thirty and thirty-one sevenths.
		[
			'week',
			[
				[514_286n, 46_286n, 467_999n],
				[531_429n, 47_829n, 240_000n, 243_599n]
			]
		],
		[
			'day',
			[
				[3_600_000n, 324_000n, 3_276_000n],
				[3_720_000n, 334_800n, 240_000n, 3_145_200n]
			]
		]
	])('by the %s', (interval, amounts) => {
		for (const inAdvance of [true, false]) {
			const simulated = simulate(plan(interval, inAdvance, asked), months);
			expect(simulated.map(({ lines }) => lines.map(({ amountMinor }) => amountMinor))).toEqual(
				amounts
			);
			expect(simulated.map(({ period }) => period)).toEqual(months.map(({ period }) => period));
		}
	});

	it('is nobody’s, and keeps what makes a line up', () => {
		const [month] = simulate(plan('month', true, asked), months.slice(1));
		expect(month?.lines.map(({ kind, quantity }) => [kind, quantity])).toEqual([
			['plan', '1'],
			['seat', '3'],
			['usage', '2400']
		]);
		expect(month?.lines.some((line) => 'subscriptionId' in line)).toBe(false);
	});

	it('counts a fixed part by the events, and names what bounds each of them', () => {
		const fixed: PlanPrice = price('usage', {
			model: 'percentage',
			rate_percent: '1',
			fixed_per_event: '2'
		});
		const bounded: PlanPrice = price('usage', {
			model: 'percentage',
			rate_percent: '1',
			per_event_min: '5'
		});
		const used = [
			{
				period: { start: '2026-09-01', end: '2026-10-01' },
				metered: [{ meter: 'sms', quantity: '1000', events: '30' }]
			}
		];
		const [told] = simulate(plan('month', true, [fixed]), used);
		expect(told?.lines.map(({ amountMinor }) => amountMinor)).toEqual([7_000n]);
		expect(told?.unreckoned).toEqual([]);
		const [untold] = simulate(plan('month', true, [bounded]), used);
		expect(untold?.lines).toEqual([]);
		expect(untold?.unreckoned).toEqual(['usage']);
	});
});
