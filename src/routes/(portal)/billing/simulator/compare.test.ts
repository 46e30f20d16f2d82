import { expect, it } from 'vitest';
import { simulate } from '#server/modules/billing/index.ts';
import { compareMonths } from './compare.ts';

const product = { id: 'prd_1', name: 'SACCO' };
const base = { interval: 'month', inAdvance: true, currency: 'KES', proration: 'day' } as const;
const price = { taxClass: 'standard', taxIncluded: false } as const;
const small = {
	...base,
	prices: [
		{
			...price,
			slug: 'base',
			kind: 'flat' as const,
			label: 'Growth',
			meter: null,
			price: { model: 'flat' as const, amount: '14000' }
		},
		{
			...price,
			slug: 'sms',
			kind: 'usage' as const,
			label: 'SMS',
			meter: 'sms',
			price: { model: 'per_unit' as const, unit_amount: '0.90' }
		}
	]
};
const large = {
	...base,
	prices: [
		{
			...price,
			slug: 'base',
			kind: 'flat' as const,
			label: 'Scale',
			meter: null,
			taxIncluded: true,
			price: { model: 'flat' as const, amount: '17400' }
		},
		{
			...price,
			slug: 'sms',
			kind: 'usage' as const,
			label: 'SMS',
			meter: 'sms',
			price: { model: 'per_unit' as const, unit_amount: '0.50', included: '2000' }
		}
	]
};
const months = [
	{
		period: { start: '2026-09-01', end: '2026-10-01' },
		metered: [{ meter: 'sms', quantity: '6000' }]
	},
	{ period: { start: '2026-10-01', end: '2026-11-01' }, metered: [] }
];

it('holds two plans against each other, month by month and line by line, before tax', () => {
	const of = (terms: Parameters<typeof simulate>[0]['terms']) =>
		simulate({ product, terms, seats: null }, months);
	expect(compareMonths(of(small), of(large))).toEqual([
		{
			month: '2026-09-01',
			nowMinor: 1940000n,
			thenMinor: 1700000n,
			lines: [
				{
					key: 'plan',
					label: 'SACCO, Growth',
					now: { quantity: '1', amountMinor: 1400000n },
					then: { quantity: '1', amountMinor: 1500000n }
				},
				{
					key: 'sms',
					label: 'SMS',
					now: { quantity: '6000', amountMinor: 540000n },
					then: { quantity: '4000', amountMinor: 200000n }
				}
			]
		},
		{
			month: '2026-10-01',
			nowMinor: 1400000n,
			thenMinor: 1500000n,
			lines: [expect.objectContaining({ key: 'plan' })]
		}
	]);
});
