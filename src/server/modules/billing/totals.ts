import { Invalid } from '../../platform/errors.ts';
import { greatestMinor } from '../ledger/index.ts';
import { addUp, discount, taxRates, type TaxClass, type Totals } from '../rating/index.ts';
import type { DraftDiscount, DraftLine } from './draft-lines.ts';

/** What of a line its tax is reckoned from. */
export interface TaxedLine {
	/** Rounded, before discounts; with tax where `taxIncluded`. */
	amountMinor: bigint;
	discountMinor: bigint;
	taxClass: TaxClass;
	/** Per cent. */
	taxRate: string;
	taxIncluded: boolean;
}

export interface ClassTax {
	taxClass: TaxClass;
	/** Per cent. */
	rate: string;
	/** Before tax. */
	baseMinor: bigint;
	taxMinor: bigint;
}

export interface InvoiceTotals extends Totals {
	taxes: ClassTax[];
}

/**
 * Adds up lines, those before tax and those with it on one invoice. Each kind is reckoned by its own rule, class by
 * class: on the sum of the lines where tax comes on top, by subtraction from each line where it is in it.
 */
export function addUpLines(lines: readonly TaxedLine[]): InvoiceTotals {
	const parts = [false, true].map((included) =>
		addUp(
			lines
				.filter(({ taxIncluded }) => taxIncluded === included)
				.map(({ amountMinor, discountMinor, taxClass, taxRate }) => ({
					amountMinor: amountMinor - discountMinor,
					taxRate,
					taxClass
				})),
			included ? 'inclusive' : 'exclusive'
		)
	);
	const sums = new Map<string, ClassTax>();
	for (const { rate, taxClass = 'standard', baseMinor, taxMinor } of parts.flatMap(
		({ taxes }) => taxes
	)) {
		const key = `${taxClass} ${rate}`;
		const before = sums.get(key);
		sums.set(key, {
			taxClass,
			rate,
			baseMinor: (before?.baseMinor ?? 0n) + baseMinor,
			taxMinor: (before?.taxMinor ?? 0n) + taxMinor
		});
	}
	return totalsOf([...sums.values()].sort(highestFirst));
}

/** Totals are sums of what is printed. */
export function totalsOf(taxes: ClassTax[]): InvoiceTotals {
	const subtotalMinor = taxes.reduce((sum, { baseMinor }) => sum + baseMinor, 0n);
	const taxMinor = taxes.reduce((sum, tax) => sum + tax.taxMinor, 0n);
	return { subtotalMinor, taxes, taxMinor, totalMinor: subtotalMinor + taxMinor };
}

function highestFirst(one: ClassTax, other: ClassTax): number {
	return Number(other.rate) - Number(one.rate) || one.taxClass.localeCompare(other.taxClass);
}

export interface ReckonedDraft extends InvoiceTotals {
	lines: (DraftLine & TaxedLine)[];
	/** What each discount took, in their order. */
	discounts: (DraftDiscount & { appliedMinor: bigint })[];
	discountMinor: bigint;
}

/**
 * What a draft comes to: discounts spread over its lines, then tax on what is left.
 * @throws Invalid for a discount of another subscription than the lines', for more than 15 digits
 */
export function reckonDraft({
	lines,
	discounts = []
}: {
	lines: readonly DraftLine[];
	discounts?: readonly DraftDiscount[] | undefined;
}): ReckonedDraft {
	const left = lines.map(({ amountMinor }) => amountMinor);
	const applied = discounts.map((one, index) => {
		const reached = lines.flatMap((line, place) =>
			one.subscriptionId === undefined || line.subscriptionId === one.subscriptionId ? [place] : []
		);
		const { appliedMinor, sharesMinor } = discount(
			reached.map((place) => left[place] ?? 0n),
			howMuch(one, index)
		);
		for (const [share, place] of reached.entries())
			left[place] = (left[place] ?? 0n) - (sharesMinor[share] ?? 0n);
		return { ...one, appliedMinor };
	});
	const reckoned = lines.map((line, place) => ({
		...line,
		discountMinor: line.amountMinor - (left[place] ?? 0n),
		taxRate: taxRates[line.taxClass]
	}));
	const totals = addUpLines(reckoned);
	const amounts = [totals.totalMinor, ...lines.map(({ amountMinor }) => amountMinor)];
	if (amounts.some((amount) => amount > greatestMinor || amount < -greatestMinor))
		throw new Invalid([{ path: 'lines', message: 'The lines come to more than 15 digits.' }]);
	return {
		...totals,
		lines: reckoned,
		discounts: applied,
		discountMinor: applied.reduce((sum, { appliedMinor }) => sum + appliedMinor, 0n)
	};
}

function howMuch({ percent, amountMinor }: DraftDiscount, index: number) {
	if (percent !== undefined && amountMinor === undefined) return { percent };
	if (percent === undefined && amountMinor !== undefined && amountMinor >= 0n)
		return { amountMinor };
	throw new Invalid([
		{ path: `discounts.${index}`, message: 'A discount is per cent or an amount, one of both.' }
	]);
}
