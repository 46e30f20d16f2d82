import { Conflict, Invalid } from '../../platform/errors.ts';
import { allocate, netOf } from '../rating/index.ts';
import {
	addUpLines,
	totalsOf,
	type ClassTax,
	type InvoiceTotals,
	type TaxedLine
} from './totals.ts';

/** A billed line, and what was given back of it so far. */
export interface BilledLine extends TaxedLine {
	position: number;
	/** By credit notes and by lines of later invoices. */
	creditedMinor: bigint;
	/** Of that, by credit notes. */
	notedMinor: bigint;
}

/** An invoice as far as giving back of it goes. */
export interface Billed {
	lines: readonly BilledLine[];
	/** As printed on the invoice. */
	taxes: readonly ClassTax[];
	/** What credit notes gave back so far, class by class. */
	noted: readonly ClassTax[];
}

/** All that is left; an amount with its tax; or so much of some lines, each before or with tax as it is. */
export type CreditAsked =
	| { whole: true }
	| { amountMinor: bigint }
	| { lines: readonly { position: number; amountMinor: bigint }[] };

export interface ReckonedCredit extends InvoiceTotals {
	/** In the order of the invoice; less than nothing where a credit on the invoice is taken back. */
	lines: { position: number; amountMinor: bigint }[];
}

/**
 * What a credit note comes to. Its tax is that of its own base, by the rules of the invoice; the note that gives back
 * the last of a class takes what is left of its tax, so that all notes together come to what was billed, and none
 * goes beyond it.
 *
 * @throws Conflict `credited_too_much`; Invalid for a line that there is not, or that asks for nothing
 */
export function reckonCredit(billed: Billed, asked: CreditAsked): ReckonedCredit {
	const classes = billed.taxes.map((tax) => classOf(billed, tax));
	const { shares, grosses } =
		'amountMinor' in asked
			? spread(classes, asked.amountMinor)
			: { shares: chosen(billed, asked), grosses: new Map<TaxedClass, bigint>() };
	const taxes = classes.flatMap((one) => {
		const own = shares.filter(({ line }) => one.lines.includes(line));
		if (own.length === 0) return [];
		const untouched = 'whole' in asked && one.untouched;
		const { baseMinor, taxMinor } = untouched ? one : taxOf(one, own, grosses.get(one));
		return { taxClass: one.taxClass, rate: one.rate, baseMinor, taxMinor };
	});
	const totals = totalsOf(taxes);
	if (totals.totalMinor <= 0n)
		throw new Conflict('credited_too_much', 'Nothing of this invoice is left to give back.');
	return {
		...totals,
		lines: shares
			.map(({ line, amountMinor }) => ({ position: line.position, amountMinor }))
			.sort((one, other) => one.position - other.position)
	};
}

/** What of a line was billed and not given back yet. */
export function leftOf({ amountMinor, discountMinor, creditedMinor }: BilledLine): bigint {
	return amountMinor - discountMinor - creditedMinor;
}

/** What is given back of a line. */
interface Share {
	line: BilledLine;
	amountMinor: bigint;
}

interface TaxedClass extends ClassTax {
	lines: BilledLine[];
	/** What is left of base and tax of the lines that ask for something. */
	leftBaseMinor: bigint;
	leftTaxMinor: bigint;
	/** Whether nothing of it was given back before. */
	untouched: boolean;
}

function classOf({ lines, noted }: Billed, tax: ClassTax): TaxedClass {
	const alike = (rate: string, taxClass: string) =>
		taxClass === tax.taxClass && Number(rate) === Number(tax.rate);
	const own = lines.filter(({ taxRate, taxClass }) => alike(taxRate, taxClass));
	const asking = own.filter(({ amountMinor }) => amountMinor > 0n);
	// Credits on the invoice made less of its tax, and do not make less of what can be given back of a line.
	const billed =
		asking.length === own.length
			? tax
			: sumOf(asking, ({ amountMinor, discountMinor }) => amountMinor - discountMinor);
	// What later invoices gave back is taxed as if it stood alone.
	const later = sumOf(asking, ({ creditedMinor, notedMinor }) => creditedMinor - notedMinor);
	const notes = noted.find(({ rate, taxClass }) => alike(rate, taxClass));
	const leftTaxMinor = billed.taxMinor - later.taxMinor - (notes?.taxMinor ?? 0n);
	return {
		...tax,
		lines: own,
		leftBaseMinor: billed.baseMinor - later.baseMinor - (notes?.baseMinor ?? 0n),
		leftTaxMinor: leftTaxMinor < 0n ? 0n : leftTaxMinor,
		untouched: own.every(({ creditedMinor }) => creditedMinor === 0n)
	};
}

/** Base and tax of amounts of lines of one class. */
function sumOf<T extends TaxedLine>(
	lines: readonly T[],
	amountOf: (line: T) => bigint
): { baseMinor: bigint; taxMinor: bigint } {
	const { subtotalMinor, taxMinor } = addUpLines(
		lines.map((line) => ({ ...line, amountMinor: amountOf(line), discountMinor: 0n }))
	);
	return { baseMinor: subtotalMinor, taxMinor };
}

/** The lines that are given back of, wholly or as far as is asked. */
function chosen({ lines }: Billed, asked: Exclude<CreditAsked, { amountMinor: bigint }>): Share[] {
	if ('whole' in asked) {
		const shares = lines.map((line) => ({ line, amountMinor: leftOf(line) }));
		return shares.filter(({ amountMinor }) => amountMinor !== 0n);
	}
	const met = new Set<number>();
	return asked.lines.map(({ position, amountMinor }, index) => {
		const refuse = (field: string, message: string): Invalid =>
			new Invalid([{ path: `lines.${index}.${field}`, message }]);
		const line = lines.find((one) => one.position === position);
		if (!line) throw refuse('position', `The invoice has no line ${position}.`);
		if (met.has(position)) throw refuse('position', `Line ${position} is named twice.`);
		met.add(position);
		if (line.amountMinor <= 0n)
			throw refuse('position', `Line ${position} is a credit itself: nothing of it is given back.`);
		if (amountMinor <= 0n) throw refuse('amount', 'Give back more than nothing.');
		if (amountMinor > leftOf(line))
			throw new Conflict(
				'credited_too_much',
				`Of line ${position} less than that was billed and not given back yet.`
			);
		return { line, amountMinor };
	});
}

/**
 * Spreads an amount with its tax over what is left of all lines, by largest remainder: over each line that has its
 * tax in it, and over the others class by class, whose share is parted into base and tax by subtraction.
 */
function spread(
	classes: readonly TaxedClass[],
	amountMinor: bigint
): { shares: Share[]; grosses: Map<TaxedClass, bigint> } {
	const buckets = classes.flatMap((one) => {
		const asking = one.lines.filter(({ amountMinor: asked }) => asked > 0n);
		const within = asking.filter(({ taxIncluded }) => taxIncluded);
		const onTop = asking.filter(({ taxIncluded }) => !taxIncluded);
		const baseMinor = sum(onTop.map(leftOf));
		const grossMinor = one.leftBaseMinor + one.leftTaxMinor - sum(within.map(leftOf));
		return [
			...within.map((line) => ({ one, lines: [line], baseMinor: 0n, grossMinor: leftOf(line) })),
			{ one, lines: onTop, baseMinor, grossMinor: baseMinor > 0n ? grossMinor : 0n }
		];
	});
	const weights = buckets.map(({ grossMinor }) => grossMinor);
	const most = sum(weights);
	if (amountMinor <= 0n)
		throw new Invalid([{ path: 'amount', message: 'Give back more than nothing.' }]);
	if (amountMinor > most)
		throw new Conflict('credited_too_much', 'Less than that was billed and not given back yet.');
	const grosses = new Map<TaxedClass, bigint>();
	const shares = allocate(amountMinor, weights).flatMap((part, index): Share[] => {
		const bucket = buckets[index];
		if (!bucket || part === 0n) return [];
		const { one, lines, baseMinor, grossMinor } = bucket;
		grosses.set(one, (grosses.get(one) ?? 0n) + part);
		if (baseMinor === 0n) return lines.map((line) => ({ line, amountMinor: part }));
		const least = part - (grossMinor - baseMinor);
		const net = netOf(part, one.rate);
		const base = net < least ? least : net > baseMinor ? baseMinor : net;
		const parts = allocate(base, lines.map(leftOf));
		return lines.map((line, place) => ({ line, amountMinor: parts[place] ?? 0n }));
	});
	return { shares: shares.filter((share) => share.amountMinor !== 0n), grosses };
}

/** @param grossMinor what is to be given back with its tax, where that was asked */
function taxOf(
	one: TaxedClass,
	shares: readonly Share[],
	grossMinor: bigint | undefined
): { baseMinor: bigint; taxMinor: bigint } {
	const amounts = new Map(shares.map(({ line, amountMinor }) => [line, amountMinor]));
	const amountOf = (line: BilledLine): bigint => amounts.get(line) ?? 0n;
	const given = one.lines.filter((line) => amountOf(line) > 0n);
	const back = sumOf(
		one.lines.filter((line) => amountOf(line) < 0n),
		amountOf
	);
	const own = sumOf(given, amountOf);
	const last =
		given.length > 0 &&
		(grossMinor ?? one.leftBaseMinor + one.leftTaxMinor) === one.leftBaseMinor + one.leftTaxMinor &&
		one.lines.every((line) => line.amountMinor <= 0n || leftOf(line) === amountOf(line));
	const ownTax = grossMinor === undefined ? own.taxMinor : grossMinor - own.baseMinor;
	const taxMinor = last || ownTax > one.leftTaxMinor ? one.leftTaxMinor : ownTax;
	// With its tax in it an amount stays what it is, and what is before tax is the rest.
	const gross =
		grossMinor ??
		(given.every(({ taxIncluded }) => taxIncluded) ? own.baseMinor + own.taxMinor : undefined);
	const baseMinor =
		gross === undefined ? (last ? one.leftBaseMinor : own.baseMinor) : gross - taxMinor;
	return { baseMinor: baseMinor + back.baseMinor, taxMinor: taxMinor + back.taxMinor };
}

function sum(amounts: readonly bigint[]): bigint {
	return amounts.reduce((total, amount) => total + amount, 0n);
}
