import { describe, expect, it } from 'vitest';
import { discount } from './allocation.ts';
import { addUp, netOf, standardTaxRate, taxRates, type TaxClass } from './taxes.ts';

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

const of = (taxClass: TaxClass, amountMinor: bigint) => ({
	amountMinor,
	taxClass,
	taxRate: taxRates[taxClass]
});

/*
 * Cases from elsewhere under their names: KRA's rates (`kenya-`), GOBL, Zuora and Lago. Left out, since
 * the rules here are others: the taxes of all rates summed before rounding (`gobl-02`), tax rounded
 * before what it is taken from (`zuora-02`), amounts before tax finer than the currency
 * (`gobl-inclusive-09`), taxes rounded up (`round-line-vs-total-03`), and the split of a credit into
 * money paid back and balance (`credit-note-termination-03` to `-08`), which is no reckoning of tax.
 */
describe('tax on top', () => {
	it.each([
		['kenya-exclusive-05', '16', [12345n], 1975n],
		['lago-multi-tax-01', '10', [1000n, 2000n], 300n],
		['lago-multi-tax-01', '12', [2000n], 240n],
		['credit-note-01', '25', [19333n], 4833n],
		['credit-note-02', '25', [15467n], 3867n],
		['credit-note-03', '23.33', [2571n], 600n],
		['credit-note-04', '20', [76900n], 15380n],
		['credit-note-04', '20', [72686n], 14537n],
		['credit-note-04', '20', [4214n], 843n],
		['credit-note-termination-01', '20', [1600n], 320n],
		['credit-note-termination-10', '20', [600n], 120n],
		['credit-note-termination-12', '20', [1700n], 340n],
		['en16931-02', '16', [-12345n], -1975n]
	])('%s: at %s of %s is %d', (_id, taxRate, amounts, tax) => {
		const lines = amounts.map((amountMinor) => ({ amountMinor, taxRate }));
		expect(addUp(lines).taxMinor).toBe(tax);
	});

	it('is worked out for each class by itself, zero-rated and exempt told apart', () => {
		const lines = [
			of('exempt', 500n),
			of('standard', 3n),
			of('zero', 700n),
			of('reduced', 1000n),
			of('standard', 6n)
		];
		expect(addUp(lines)).toEqual({
			subtotalMinor: 2209n,
			taxes: [
				{ taxClass: 'standard', rate: '16', baseMinor: 9n, taxMinor: 1n },
				{ taxClass: 'reduced', rate: '8', baseMinor: 1000n, taxMinor: 80n },
				{ taxClass: 'zero', rate: '0', baseMinor: 700n, taxMinor: 0n },
				{ taxClass: 'exempt', rate: '0', baseMinor: 500n, taxMinor: 0n }
			],
			taxMinor: 81n,
			totalMinor: 2290n
		});
	});

	it('lago-multi-tax-02: comes after the discount, which is spread over the lines', () => {
		const amounts = [1000n, 2000n];
		const { sharesMinor } = discount(amounts, { amountMinor: 1000n });
		const left = amounts.map((amount, index) => amount - (sharesMinor[index] ?? 0n));
		expect(addUp(left.map((amountMinor) => ({ amountMinor, taxRate: '10' })))).toMatchObject({
			subtotalMinor: 2000n,
			taxMinor: 200n
		});
		expect(addUp([{ amountMinor: left[1] ?? 0n, taxRate: '12' }])).toMatchObject({
			subtotalMinor: 1333n,
			taxMinor: 160n
		});
	});
});

describe('tax inside', () => {
	it.each([
		['kenya-inclusive-01', 116000n, '16', 100000n],
		['kenya-inclusive-06', 4n, '16', 3n],
		['zuora-01', 299n, '4', 288n],
		['gobl-inclusive-02', 1000n, '21', 826n],
		['gobl-inclusive-05', 444015n, '6', 418882n],
		['a credit', -299n, '4', -288n],
		['zero-rated', 999n, '0', 999n]
	])('%s: %d at %s is %d before it', (_id, gross, rate, net) => {
		expect(netOf(gross, rate)).toBe(net);
		const totals = addUp([{ amountMinor: gross, taxRate: rate }], 'inclusive');
		expect(totals).toMatchObject({
			subtotalMinor: net,
			taxMinor: gross - net,
			totalMinor: gross
		});
	});

	it('is taken from each line, so that they still come to what was asked', () => {
		const { subtotalMinor, taxMinor, totalMinor } = addUp(
			[of('standard', 4n), of('standard', 4n), of('standard', 4n), of('exempt', 8000n)],
			'inclusive'
		);
		expect([subtotalMinor, taxMinor, totalMinor]).toEqual([8009n, 3n, 8012n]);
	});
});
