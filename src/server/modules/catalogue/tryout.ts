import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { parse, usecase } from '../../platform/usecase.ts';
import {
	addUp,
	Currency,
	lineMinor,
	netOf,
	rate,
	taxRates,
	Used,
	type Step,
	type TaxClass,
	type TaxSum,
	type Totals
} from '../rating/index.ts';
import { PlanPrice, type PriceKind } from './plan-fields.ts';

export interface TriedLine {
	label: string;
	kind: PriceKind;
	/** Exact, in major units, before the one rounding. */
	exactAmount: string;
	amountMinor: bigint;
	taxClass: TaxClass;
	taxIncluded: boolean;
	/** How the amount came about; none for what is missing to a minimum. */
	steps: Step[];
}

interface TriedLines {
	lines: TriedLine[];
	totals: Totals;
}

export interface Tried {
	currency: string;
	/** What a whole period comes to. */
	period: TriedLines;
	/** What is asked at the start besides; null where nothing is. */
	once: TriedLines | null;
}

const TryPrices = v.pipe(
	v.strictObject({
		currency: Currency,
		prices: v.pipe(v.array(PlanPrice), v.maxLength(50, 'Give at most 50 prices.')),
		/** What each of them is tried with, in the same order. */
		used: v.array(v.unknown())
	}),
	v.check(({ prices, used }) => prices.length === used.length, 'Say of each price what was used.')
);

/**
 * What prices would ask for what was used, reckoned as an invoice reckons it: before they are on offer. A minimum
 * holds all that is asked for the period, before tax.
 * @throws Invalid; what is wrong with the use of the third price is at `used.2.…`
 */
export const tryPrices = usecase(
	'catalogue.manage',
	TryPrices,
	(_, { currency, prices, used }): Promise<Tried> => {
		const lines = prices.map((price, index) => lineOf(price, used[index], index, currency));
		const minimum = lines.find(({ kind }) => kind === 'minimum');
		const period = lines.filter(({ kind }) => kind !== 'one_off' && kind !== 'minimum');
		const once = lines.filter(({ kind }) => kind === 'one_off');
		return Promise.resolve({
			currency,
			period: added(minimum ? withMinimum(period, minimum) : period),
			once: once.length > 0 ? added(once) : null
		});
	}
);

function lineOf(
	{ label, kind, price, taxClass, taxIncluded }: PlanPrice,
	used: unknown,
	index: number,
	currency: string
): TriedLine {
	try {
		const { amount, steps } = rate(price, parse(Used, used));
		const amountMinor = lineMinor(amount, currency);
		return { label, kind, exactAmount: amount, amountMinor, taxClass, taxIncluded, steps };
	} catch (failure) {
		if (!(failure instanceof Invalid)) throw failure;
		throw new Invalid(
			failure.issues.map((issue) => ({ ...issue, path: `used.${index}.${issue.path}` }))
		);
	}
}

function withMinimum(lines: TriedLine[], minimum: TriedLine): TriedLine[] {
	const sum = lines.reduce((total, line) => total + comparable(line, minimum.taxIncluded), 0n);
	if (sum >= minimum.amountMinor) return lines;
	return [...lines, { ...minimum, amountMinor: minimum.amountMinor - sum, steps: [] }];
}

/** An amount as the minimum says its own: with its tax or without. */
function comparable({ amountMinor, taxClass, taxIncluded }: TriedLine, included: boolean): bigint {
	if (taxIncluded === included) return amountMinor;
	const taxRate = taxRates[taxClass];
	return included ? addUp([{ amountMinor, taxRate }]).totalMinor : netOf(amountMinor, taxRate);
}

/** Amounts with their tax and without it may stand beside each other: each is reckoned in its own way. */
function added(lines: TriedLine[]): TriedLines {
	const sums = [false, true].map((included) =>
		addUp(
			lines
				.filter(({ taxIncluded }) => taxIncluded === included)
				.map(({ amountMinor, taxClass }) => ({
					amountMinor,
					taxClass,
					taxRate: taxRates[taxClass]
				})),
			included ? 'inclusive' : 'exclusive'
		)
	);
	const taxes = new Map<TaxClass | undefined, TaxSum>();
	for (const tax of sums.flatMap((sum) => sum.taxes)) {
		const before = taxes.get(tax.taxClass);
		taxes.set(tax.taxClass, {
			...tax,
			baseMinor: tax.baseMinor + (before?.baseMinor ?? 0n),
			taxMinor: tax.taxMinor + (before?.taxMinor ?? 0n)
		});
	}
	const sumOf = (field: 'subtotalMinor' | 'taxMinor' | 'totalMinor') =>
		sums.reduce((total, sum) => total + sum[field], 0n);
	return {
		lines,
		totals: {
			subtotalMinor: sumOf('subtotalMinor'),
			taxes: [...taxes.values()],
			taxMinor: sumOf('taxMinor'),
			totalMinor: sumOf('totalMinor')
		}
	};
}
