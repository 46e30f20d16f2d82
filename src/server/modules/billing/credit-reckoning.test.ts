import { describe, expect, it } from 'vitest';
import { Conflict } from '../../platform/errors.ts';
import { taxRates, type TaxClass } from '../rating/index.ts';
import { leftOf, reckonCredit, type Billed, type CreditAsked } from './credit-reckoning.ts';
import { addUpLines, type ClassTax } from './totals.ts';

const line = (
	position: number,
	amountMinor: bigint,
	{
		taxClass = 'standard',
		taxIncluded = false,
		discountMinor = 0n,
		taxRate = taxRates[taxClass]
	}: {
		taxClass?: TaxClass;
		taxIncluded?: boolean;
		discountMinor?: bigint;
		taxRate?: string;
	} = {}
) => ({
	position,
	amountMinor,
	discountMinor,
	taxClass,
	taxRate,
	taxIncluded,
	creditedMinor: 0n,
	notedMinor: 0n
});

const bill = (lines: ReturnType<typeof line>[]): Billed & { totalMinor: bigint } => {
	const { taxes, totalMinor } = addUpLines(lines);
	return { lines, taxes, noted: [], totalMinor };
};

/** The invoice as it stands after a note. */
function after<B extends Billed>(billed: B, credit: ReturnType<typeof reckonCredit>): B {
	const noted = new Map<string, ClassTax>(billed.noted.map((tax) => [tax.taxClass, tax]));
	for (const tax of credit.taxes) {
		const before = noted.get(tax.taxClass) ?? { ...tax, baseMinor: 0n, taxMinor: 0n };
		noted.set(tax.taxClass, {
			...tax,
			baseMinor: before.baseMinor + tax.baseMinor,
			taxMinor: before.taxMinor + tax.taxMinor
		});
	}
	return {
		...billed,
		noted: [...noted.values()],
		lines: billed.lines.map((one) => {
			const given =
				credit.lines.find(({ position }) => position === one.position)?.amountMinor ?? 0n;
			return {
				...one,
				creditedMinor: one.creditedMinor + given,
				notedMinor: one.notedMinor + given
			};
		})
	};
}

describe('a credit note', () => {
	it('of the whole is the invoice turned round', () => {
		const invoice = bill([
			line(1, 1_850_001n, { discountMinor: 1n }),
			line(2, 116n, { taxIncluded: true }),
			line(3, 777n, { taxClass: 'exempt' }),
			line(4, -40_000n)
		]);
		const note = reckonCredit(invoice, { whole: true });
		expect(note.totalMinor).toBe(invoice.totalMinor);
		expect(note.taxes).toEqual(invoice.taxes);
		expect(note.lines.map(({ amountMinor }) => amountMinor)).toEqual([
			1_850_000n,
			116n,
			777n,
			-40_000n
		]);
		expect(() => reckonCredit(after(invoice, note), { whole: true })).toThrow(Conflict);
	});

	// Lago's, by the name that the case has in the collection.
	it('in two parts comes to what was billed (credit-note-04)', () => {
		const invoice = bill([line(1, 76_900n, { taxRate: '20' })]);
		const first = reckonCredit(invoice, { lines: [{ position: 1, amountMinor: 72_686n }] });
		expect(first).toMatchObject({ taxMinor: 14_537n, totalMinor: 87_223n });
		const second = reckonCredit(after(invoice, first), {
			lines: [{ position: 1, amountMinor: 4214n }]
		});
		expect(second).toMatchObject({ taxMinor: 843n, totalMinor: 5057n });
		expect(first.totalMinor + second.totalMinor).toBe(92_280n);
	});

	it.each([
		['credit-note-01', 19_333n, '25', 4833n],
		['credit-note-02', 15_467n, '25', 3867n],
		['credit-note-03', 2571n, '23.33', 600n],
		['credit-note-termination-01', 1600n, '20', 320n],
		['credit-note-termination-10', 600n, '20', 120n]
	])('of a line has the tax of its own base (%s)', (_, amountMinor, taxRate, taxMinor) => {
		const invoice = bill([line(1, amountMinor * 2n, { taxRate })]);
		expect(reckonCredit(invoice, { lines: [{ position: 1, amountMinor }] })).toMatchObject({
			taxMinor
		});
	});

	it('of an amount comes to that amount, to the cent, parted by subtraction', () => {
		const invoice = bill([line(1, 1_000_000n), line(2, 500_000n)]);
		expect(reckonCredit(invoice, { amountMinor: 50_000n })).toMatchObject({
			totalMinor: 50_000n,
			subtotalMinor: 43_103n,
			taxMinor: 6897n,
			lines: [
				{ position: 1, amountMinor: 28_735n },
				{ position: 2, amountMinor: 14_368n }
			]
		});
	});

	it.each<[string, CreditAsked]>([
		['more than a line', { lines: [{ position: 1, amountMinor: 101n }] }],
		['nothing of a line', { lines: [{ position: 1, amountMinor: 0n }] }],
		['a credit', { lines: [{ position: 2, amountMinor: 1n }] }],
		['a line that there is not', { lines: [{ position: 3, amountMinor: 1n }] }],
		[
			'a line twice',
			{
				lines: [
					{ position: 1, amountMinor: 1n },
					{ position: 1, amountMinor: 1n }
				]
			}
		],
		['more than was billed', { amountMinor: 117n }],
		['nothing', { amountMinor: 0n }]
	])('of %s is refused', (_, asked) => {
		expect(() => reckonCredit(bill([line(1, 100n), line(2, -40n)]), asked)).toThrow();
	});
});

/** Numbers that look like chance and are the same each time (mulberry32). */
function chance(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
	};
}

describe('credit notes of any invoice', () => {
	const classes: TaxClass[] = ['standard', 'standard', 'reduced', 'zero', 'exempt'];

	it('never come to more than was billed, class by class, and all together come to it', () => {
		for (let seed = 1; seed <= 300; seed++) {
			const below = chance(seed);
			let invoice = bill(
				Array.from({ length: 1 + below(5) }, (_, index) => {
					const amountMinor = BigInt(1 + below(40_000));
					return line(index + 1, amountMinor, {
						taxClass: classes[below(classes.length)] ?? 'standard',
						taxIncluded: below(3) === 0,
						discountMinor: below(3) === 0 ? BigInt(below(Number(amountMinor))) : 0n
					});
				})
			);
			const { totalMinor } = invoice;
			let given = 0n;
			const give = (asked: CreditAsked): void => {
				const note = reckonCredit(invoice, asked);
				for (const { baseMinor, taxMinor } of note.taxes)
					expect([baseMinor < 0n, taxMinor < 0n], `seed ${seed}`).toEqual([false, false]);
				expect(note.totalMinor).toBe(note.subtotalMinor + note.taxMinor);
				for (const { taxClass, baseMinor } of note.taxes) {
					const own = invoice.lines.filter((one) => one.taxClass === taxClass);
					if (own.some(({ taxIncluded }) => taxIncluded)) continue;
					const amounts = note.lines.filter(({ position }) =>
						own.some((one) => one.position === position)
					);
					const printed = amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
					expect(baseMinor, `seed ${seed}`).toBe(printed);
				}
				if ('amountMinor' in asked) expect(note.totalMinor, `seed ${seed}`).toBe(asked.amountMinor);
				given += note.totalMinor;
				invoice = after(invoice, note);
				for (const tax of invoice.noted) {
					const billed = invoice.taxes.find(({ taxClass }) => taxClass === tax.taxClass);
					expect(tax.taxMinor <= (billed?.taxMinor ?? 0n), `seed ${seed}`).toBe(true);
				}
				expect(invoice.lines.every((one) => leftOf(one) >= 0n)).toBe(true);
			};
			for (let turn = below(4); turn > 0 && given < totalMinor; turn--) {
				const open = invoice.lines.filter((one) => leftOf(one) > 0n);
				const one = open[below(open.length)];
				if (!one) break;
				if (below(2) === 0) give({ amountMinor: BigInt(1 + below(Number(totalMinor - given))) });
				else
					give({
						lines: [{ position: one.position, amountMinor: BigInt(1 + below(Number(leftOf(one)))) }]
					});
			}
			expect(given <= totalMinor, `seed ${seed}`).toBe(true);
			if (invoice.lines.some((one) => leftOf(one) > 0n)) {
				give({ whole: true });
				expect(given, `seed ${seed}`).toBe(totalMinor);
			}
		}
	});
});
