import { describe, expect, it } from 'vitest';
import { addUp, standardTaxRate } from './taxes.ts';

describe('adding up', () => {
	const taxed = (amounts: (number | bigint)[], taxRate = standardTaxRate) =>
		amounts.map((amount) => ({ amountMinor: BigInt(amount), taxRate }));

	it.each([
		// lines, subtotal, tax, total
		[[1850000, 1400000, 445800, 432000, 72200], 4200000n, 672000n, 4872000n],
		[[1850000, 1400000, 396600, 391500, 64400], 4102500n, 656400n, 4758900n],
		[[12345], 12345n, 1975n, 14320n],
		// On the sum and not on each line: three times 0.03 would be taxed 0.00 each.
		[[3, 3, 3], 9n, 1n, 10n],
		[[-12345], -12345n, -1975n, -14320n],
		[[], 0n, 0n, 0n]
	])('%s come to %s before tax, %s tax and %s', (amounts, subtotal, tax, total) => {
		expect(addUp(taxed(amounts))).toMatchObject({
			subtotalMinor: subtotal,
			taxMinor: tax,
			totalMinor: total
		});
	});

	it('works out the tax of each rate on its own sum', () => {
		const { taxes, taxMinor, totalMinor } = addUp([
			...taxed([942, 58]),
			...taxed([942], '8'),
			...taxed([1000], '0'),
			...taxed([1000], '16.00')
		]);
		expect(taxes).toEqual([
			{ rate: '16', baseMinor: 2000n, taxMinor: 320n },
			{ rate: '8', baseMinor: 942n, taxMinor: 75n },
			{ rate: '0', baseMinor: 1000n, taxMinor: 0n }
		]);
		expect(taxMinor).toBe(395n);
		expect(totalMinor).toBe(3942n + 395n);
	});
});
