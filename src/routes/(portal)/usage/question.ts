import { daysBetween } from '#lib/format/dates.ts';
import type { DateRange } from '#lib/format/ranges.ts';
import { rangeFields } from './address.ts';

export const stepKinds = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type StepKind = (typeof stepKinds)[number];

/** What the address asks of the usage page besides the dates. Empty text asks for nothing in particular. */
export interface Question {
	/** A product's slug. */
	product: string;
	/** A meter's slug, or `product/meter` where the figure is of one product alone. */
	measure: string;
	/** The dimension by which it is told apart. */
	by: string;
	/** A value of the dimension `user`. */
	person: string;
	/** A value of each other dimension that it is narrowed to. */
	where: [dimension: string, value: string][];
	step: StepKind;
	compare: boolean;
}

/** Stands before a dimension in the address, so that no product's word meets one of ours. */
const narrowed = 'in-';
/** Bars of more hours than a month has are too thin to be seen. */
export const longestByHours = 31;

export function readQuestion(params: URLSearchParams, range: DateRange): Question {
	const text = (name: string): string => params.get(name) ?? '';
	return {
		product: text('product'),
		measure: text('measure'),
		by: text('by'),
		person: text('person'),
		where: [...params].flatMap(([name, value]): Question['where'] =>
			name.startsWith(narrowed) && value !== '' ? [[name.slice(narrowed.length), value]] : []
		),
		step: readStep(params.get('step'), range),
		compare: params.get('compare') !== 'none'
	};
}

/** The steps that make sense over a range. Minutes are of the last two hours, which are today's. */
export function stepsFor({ key, from, to }: DateRange): StepKind[] {
	const days = daysBetween(from, to) + 1;
	return stepKinds.filter(
		(kind) =>
			kind === 'day' ||
			(kind === 'minute' && key === 'today') ||
			(kind === 'hour' && days <= longestByHours) ||
			(kind === 'week' && days > 7) ||
			(kind === 'month' && days > 28)
	);
}

/** The name of the field that narrows a dimension down. */
export function fieldOf(dimension: string): string {
	return `${narrowed}${dimension}`;
}

/** The fields of the address that say the same again; what needs no saying is left out. */
export function questionFields(asked: Question, range: DateRange): [name: string, value: string][] {
	const { product, measure, by, person, where, step, compare } = asked;
	const fields: [string, string][] = [
		['product', product],
		['measure', measure],
		['by', by],
		['person', person],
		...where.map(([dimension, value]): [string, string] => [fieldOf(dimension), value]),
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
