import type { DateRange } from '#lib/format/ranges.ts';
import { daysBetween } from '#lib/format/dates.ts';
import { rangeFields } from './address.ts';

export const stepKinds = ['hour', 'day', 'week', 'month'] as const;
export type StepKind = (typeof stepKinds)[number];

/** What the address asks of the usage page besides the dates. Empty text asks for nothing in particular. */
export interface Question {
	/** A product's slug. */
	product: string;
	/** A meter's slug, or `product/meter` where the figure is of one product alone. */
	measure: string;
	/** The dimension by which it is told apart. */
	by: string;
	/** Values of the dimensions `user` and `branch`. */
	person: string;
	branch: string;
	step: StepKind;
	compare: boolean;
}

/** Bars of more hours than a month has are too thin to be seen. */
const longestByHours = 31;

export function readQuestion(params: URLSearchParams, range: DateRange): Question {
	const text = (name: string): string => params.get(name) ?? '';
	return {
		product: text('product'),
		measure: text('measure'),
		by: text('by'),
		person: text('person'),
		branch: text('branch'),
		step: readStep(params.get('step'), range),
		compare: params.get('compare') !== 'none'
	};
}

/** The steps that make sense over a range. */
export function stepsFor({ from, to }: DateRange): StepKind[] {
	const days = daysBetween(from, to) + 1;
	return stepKinds.filter(
		(kind) =>
			kind === 'day' ||
			(kind === 'hour' && days <= longestByHours) ||
			(kind === 'week' && days > 7) ||
			(kind === 'month' && days > 28)
	);
}

/** The fields of the address that say the same again; what needs no saying is left out. */
export function questionFields(asked: Question, range: DateRange): [name: string, value: string][] {
	const { product, measure, by, person, branch, step, compare } = asked;
	const fields: [string, string][] = [
		['product', product],
		['measure', measure],
		['by', by],
		['person', person],
		['branch', branch],
		['step', step === usualStep(range) ? '' : step],
		['compare', compare ? '' : 'none']
	];
	return fields.filter(([, value]) => value !== '');
}

/** The address of the page, or of what hangs from it, that asks this. */
export function questionAddress(asked: Question, range: DateRange, path = '/usage'): string {
	const query = new URLSearchParams([...rangeFields(range), ...questionFields(asked, range)]);
	return query.size > 0 ? `${path}?${query.toString()}` : path;
}

function readStep(asked: string | null, range: DateRange): StepKind {
	return stepsFor(range).find((kind) => kind === asked) ?? usualStep(range);
}

function usualStep({ from, to }: DateRange): StepKind {
	return from === to ? 'hour' : 'day';
}
