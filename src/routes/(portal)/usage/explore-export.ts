import { csvMark, csvRows } from '#lib/format/csv.ts';
import type { ExploreView } from './explore-view.ts';

export interface ExportRow {
	/** `range`, or the step: `hour`, `day`, `week`, `month`. */
	span: string;
	/** Civil dates for the range; where a step begins. */
	from: string;
	measure: string;
	/** Whose it is: a product, a person, a branch; empty for all. */
	of: string;
	unit: string;
	value: number | null;
	/** In the span that it is compared with. */
	previous: number | null;
}

/**
 * What the page shows of the measure, row by row: the figures of the range, then each step. Money is in
 * minor units of the currency that its unit names.
 */
export function* exploreRows(view: ExploreView, from: string): Generator<ExportRow> {
	const unit = view.unit.startsWith('money') ? `${view.unit} ${view.currency}` : view.unit;
	const measure = view.label;
	yield {
		span: 'range',
		from,
		measure,
		of: '',
		unit,
		value: view.total,
		previous: view.previous
	};
	for (const { name, value, previous } of view.rows)
		yield { span: 'range', from, measure, of: name, unit, value, previous };
	for (const [place, step] of view.steps.entries()) {
		for (const { name, readings } of view.series)
			yield {
				span: view.asked.step,
				from: step,
				measure,
				of: name,
				unit,
				value: readings[place] ?? null,
				previous: null
			};
		if (view.earlier)
			yield {
				span: view.asked.step,
				from: step,
				measure,
				of: '',
				unit,
				value: sum(view.series.map(({ readings }) => readings[place] ?? null)),
				previous: view.earlier[place] ?? null
			};
	}
}

export function* csvPieces(rows: Iterable<ExportRow>): Generator<string> {
	yield csvMark + csvRows([['span', 'from', 'measure', 'of', 'unit', 'value', 'previous']]);
	for (const { span, from, measure, of, unit, value, previous } of rows)
		yield csvRows([[span, from, measure, of, unit, value, previous]]);
}

export function* jsonPieces(rows: Iterable<ExportRow>): Generator<string> {
	let before = '[\n';
	for (const row of rows) {
		yield before + JSON.stringify(row);
		before = ',\n';
	}
	yield before === '[\n' ? '[]\n' : '\n]\n';
}

function sum(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
