import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { toMajor, toMinorDecimal } from '../catalogue/index.ts';
import { exactLine, minorDigits, rateLine, taxClasses } from '../rating/index.ts';
import { lineKinds, type DraftDiscount, type DraftLine } from './draft-lines.ts';
import { CivilDate, PositiveDecimal } from './schemas.ts';

const text = (longest: number, empty: string) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty(empty),
		v.maxLength(longest, `At most ${longest} characters.`)
	);

/** A line that somebody writes: what it is for, how much, and what one costs. */
export const WrittenLine = v.object({
	kind: v.optional(v.picklist(lineKinds), 'other'),
	description: text(200, 'Write what the line is for.'),
	productId: v.optional(v.string()),
	/** What it pays for, half-open. */
	period: v.optional(
		v.pipe(
			v.object({ start: CivilDate, end: CivilDate }),
			v.forward(
				v.check(({ start, end }) => start < end, 'The period ends after it begins.'),
				['end']
			)
		)
	),
	quantity: v.optional(PositiveDecimal, '1'),
	/** What one costs, in major units; may be finer than the currency. What is given back is a credit note. */
	unitAmount: PositiveDecimal,
	taxClass: v.optional(v.picklist(taxClasses), 'standard'),
	taxIncluded: v.optional(v.boolean(), false)
});
export type WrittenLine = v.InferOutput<typeof WrittenLine>;

export const WrittenDiscount = v.pipe(
	v.object({
		label: text(120, 'Write what the discount is for.'),
		/** Per cent, or an amount in major units: one of both. */
		percent: v.optional(PositiveDecimal),
		amount: v.optional(PositiveDecimal)
	}),
	v.check(
		({ percent, amount }) => (percent === undefined) !== (amount === undefined),
		'A discount is per cent or an amount, one of both.'
	),
	v.forward(
		v.check(
			({ percent }) => percent === undefined || (Number(percent) > 0 && Number(percent) <= 100),
			'A discount takes more than nothing and at most all.'
		),
		['percent']
	)
);
export type WrittenDiscount = v.InferOutput<typeof WrittenDiscount>;

export const Reference = text(80, 'Write the reference.');

/** Rates a written line. @throws Invalid with the line's place for amounts beyond 15 digits */
export function ratedLine(line: WrittenLine, index: number, currency: string): DraftLine {
	const unitMinor = toMinorDecimal(line.unitAmount, currency);
	const amountMinor = rateLine(line.quantity, unitMinor);
	if (amountMinor > 999_999_999_999_999n)
		throw new Invalid([
			{ path: `lines.${index}`, message: 'This comes to an amount of more than 15 digits.' }
		]);
	return {
		kind: line.kind,
		description: line.description,
		...(line.productId === undefined ? {} : { productId: line.productId }),
		...(line.period === undefined ? {} : { period: line.period }),
		quantity: line.quantity,
		unitMinor,
		exactAmount: exactLine(line.quantity, unitMinor, currency),
		amountMinor,
		taxClass: line.taxClass,
		taxIncluded: line.taxIncluded
	};
}

/** @throws Invalid with the discount's place for an amount finer than the currency */
export function ratedDiscount(
	{ label, percent, amount }: WrittenDiscount,
	index: number,
	currency: string
): DraftDiscount {
	if (amount === undefined) return { label, percent: percent ?? '0' };
	const minor = toMinorDecimal(amount, currency);
	if (minor.includes('.') || minor.length > 15)
		throw new Invalid([
			{
				path: `discounts.${index}.amount`,
				message: `Write an amount with at most ${minorDigits(currency)} decimals, such as ${toMajor('150000', currency)}.`
			}
		]);
	return { label, amountMinor: BigInt(minor) };
}
