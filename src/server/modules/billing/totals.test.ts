import { describe, expect, it } from 'vitest';
import { Invalid } from '../../platform/errors.ts';
import { taxRates, type TaxClass } from '../rating/index.ts';
import type { DraftDiscount, DraftLine } from './draft-lines.ts';
import { addUpLines, reckonDraft } from './totals.ts';

const taxed = (
	amountMinor: bigint,
	{ rate = '16', taxClass = 'standard' as TaxClass, taxIncluded = false, discountMinor = 0n } = {}
) => ({ amountMinor, discountMinor, taxClass, taxRate: rate, taxIncluded });

const line = (amountMinor: bigint, more: Partial<DraftLine> = {}): DraftLine => ({
	kind: 'other',
	description: 'x',
	quantity: null,
	unitMinor: null,
	exactAmount: '0',
	amountMinor,
	taxClass: 'standard',
	taxIncluded: false,
	...more
});

describe('tax', () => {
	// Sources by the names that the cases have in the collection.
	it.each<[string, Parameters<typeof addUpLines>[0], { tax: bigint; total?: bigint }]>([
		[
			'is on the sum of the lines of a rate (GOBL, gobl-02)',
			[taxed(942n, { rate: '24' }), taxed(942n, { rate: '13', taxClass: 'reduced' })],
			{ tax: 348n }
		],
		[
			'within, is what is left (Kenya, kenya-inclusive-01)',
			[taxed(116_000n, { taxIncluded: true })],
			{ tax: 16_000n, total: 116_000n }
		],
		[
			'within, of four cents (Kenya, kenya-inclusive-06)',
			[taxed(4n, { taxIncluded: true })],
			{ tax: 1n, total: 4n }
		],
		['on top (Kenya, kenya-exclusive-05)', [taxed(12_345n)], { tax: 1975n, total: 14_320n }],
		[
			'within, rounds what is before it first (Zuora, zuora-01)',
			[taxed(299n, { rate: '4', taxIncluded: true })],
			{ tax: 11n, total: 299n }
		],
		[
			'is nothing when all is discounted (Lago, lago-coupon-tax-02)',
			[taxed(10_000n, { discountMinor: 10_000n })],
			{ tax: 0n, total: 0n }
		],
		[
			'on top and within, each by its rule',
			[taxed(10_000n), taxed(11_600n, { taxIncluded: true })],
			{ tax: 3200n, total: 23_200n }
		],
		[
			'of what is given back is turned round',
			[taxed(10_003n), taxed(-10_003n)],
			{ tax: 0n, total: 0n }
		]
	])('%s', (_, lines, { tax, total }) => {
		const totals = addUpLines(lines);
		expect(totals.taxMinor).toBe(tax);
		if (total !== undefined) expect(totals.totalMinor).toBe(total);
		expect(totals.totalMinor).toBe(totals.subtotalMinor + totals.taxMinor);
	});

	it('of classes with one rate is told apart, and both kinds of a class are one sum', () => {
		const { taxes } = addUpLines([
			taxed(100n, { rate: taxRates.zero, taxClass: 'zero' }),
			taxed(200n, { rate: taxRates.exempt, taxClass: 'exempt' }),
			taxed(1000n),
			taxed(1160n, { taxIncluded: true })
		]);
		expect(taxes).toEqual([
			{ taxClass: 'standard', rate: '16', baseMinor: 2000n, taxMinor: 320n },
			{ taxClass: 'exempt', rate: '0', baseMinor: 200n, taxMinor: 0n },
			{ taxClass: 'zero', rate: '0', baseMinor: 100n, taxMinor: 0n }
		]);
	});
});

describe('discounts', () => {
	const shares = (lines: DraftLine[], discounts: DraftDiscount[]) =>
		reckonDraft({ lines, discounts }).lines.map(({ discountMinor }) => discountMinor);

	it.each<[string, bigint[], DraftDiscount[], bigint[]]>([
		[
			'are spread by weight (Lago, lago-coupon-01)',
			[200n, 100n],
			[{ label: 'x', amountMinor: 12n }],
			[8n, 4n]
		],
		[
			'never take more than there is (Lago, lago-coupon-06)',
			[6n],
			[{ label: 'x', amountMinor: 12n }],
			[6n]
		],
		[
			'give the odd cent to the largest remainder (allocation-02)',
			[3333n, 3333n, 3334n],
			[{ label: 'x', amountMinor: 1000n }],
			[333n, 333n, 334n]
		],
		[
			'come one after the other',
			[10_000n],
			[
				{ label: 'x', percent: '50' },
				{ label: 'y', percent: '50' }
			],
			[7500n]
		],
		['leave credits alone', [10_000n, -4000n], [{ label: 'x', percent: '10' }], [1000n, 0n]]
	])('%s', (_, amounts, discounts, expected) => {
		expect(
			shares(
				amounts.map((amount) => line(amount)),
				discounts
			)
		).toEqual(expected);
	});

	it('of a subscription are taken off its lines alone', () => {
		const lines = [
			line(1000n, { subscriptionId: 'sub_1' }),
			line(1000n),
			line(500n, { subscriptionId: 'sub_2' })
		];
		expect(shares(lines, [{ label: 'x', percent: '100', subscriptionId: 'sub_1' }])).toEqual([
			1000n,
			0n,
			0n
		]);
	});

	it('are per cent or an amount', () => {
		for (const wrong of [
			{ label: 'x' },
			{ label: 'x', percent: '1', amountMinor: 1n },
			{ label: 'x', amountMinor: -1n }
		])
			expect(() => shares([line(1n)], [wrong])).toThrow(Invalid);
	});
});
