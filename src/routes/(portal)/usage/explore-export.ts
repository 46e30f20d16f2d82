import { csvMark, csvRows } from '#lib/format/csv.ts';
import { m } from '#lib/paraglide/messages.js';
import { figureUnit, type Exploration, type Ranked } from '#server/modules/usage/index.ts';
import type { ExploreView } from './explore-view.ts';

export interface ExportRow {
	/** `range`, or the step: `minute`, `hour`, `day`, `week`, `month`. */
	span: string;
	/** Civil dates for the range; where a step begins. */
	from: string;
	/** Empty where the figure is of all. */
	product: string;
	measure: string;
	/** Whose it is: a product, a person, a branch; empty for all. */
	of: string;
	unit: string;
	value: number | null;
	/** In the span that it is compared with. */
	previous: number | null;
}

const columns = ['span', 'from', 'product', 'measure', 'of', 'unit', 'value', 'previous'] as const;

type Course = { of: string; value: number | null; previous: number | null } & Record<
	'points' | 'earlier',
	readonly (number | null)[]
>;

/**
 * What the page shows of the measure, row by row: all of it over the range and step by step, then each
 * product or group in the same way, the greatest first. Money is in minor units of the currency that its
 * unit names.
 *
 * @param groups where it is told apart by a dimension: all of them, read as they are written
 */
export async function* exploreRows(
	view: ExploreView,
	from: string,
	groups: AsyncIterable<Ranked> | null,
	names: ReadonlyMap<string, string>
): AsyncGenerator<ExportRow> {
	const { asked, steps, series, rows } = view;
	const write = ({ of, value, previous, points, earlier }: Course): ExportRow[] => {
		const same = { product: asked.product, measure: view.label, of, unit: unitOf(view) };
		return [
			{ span: 'range', from, ...same, value, previous },
			...steps.map((step, place) => ({
				span: asked.step,
				from: step,
				...same,
				value: points[place] ?? null,
				previous: earlier[place] ?? null
			}))
		];
	};
	const { totals: points, earlier, total: value, previous } = view;
	yield* write({ of: '', value, previous, points, earlier: earlier ?? [] });
	if (groups)
		for await (const group of groups) {
			const name =
				group.value === null ? m.usage_untold() : (names.get(group.value) ?? group.value);
			yield* write({
				of: name,
				value: number(group.total),
				previous: number(group.previous),
				points: group.points.map(number),
				earlier: group.earlier.map(number)
			});
		}
	else if (rows.length > 1)
		for (const [place, { name, value, previous }] of rows.entries())
			yield* write({
				of: name,
				value,
				previous,
				points: series[place]?.readings ?? [],
				earlier: []
			});
}

/** Every measure over the range and step by step. */
export function* figureRows(
	{ meters, steps, granularity }: Exploration,
	from: string,
	now: Date,
	currency: string
): Generator<ExportRow> {
	for (const { meter, product, total, previous, points, earlier } of meters) {
		const same = {
			product: product.slug,
			measure: meter.name,
			of: '',
			unit: unitOf({ unit: figureUnit(meter), currency })
		};
		yield { span: 'range', from, ...same, value: number(total), previous: number(previous) };
		for (const [place, { key, start }] of steps.entries())
			if (start <= now)
				yield {
					span: granularity,
					from: key,
					...same,
					value: number(points[place]),
					previous: number(earlier[place])
				};
	}
}

type Rows = Iterable<ExportRow> | AsyncIterable<ExportRow>;

export async function* csvPieces(rows: Rows): AsyncGenerator<string> {
	yield csvMark + csvRows([columns]);
	for await (const row of rows) yield csvRows([columns.map((name) => row[name])]);
}

export async function* jsonPieces(rows: Rows): AsyncGenerator<string> {
	let before = '[\n';
	for await (const row of rows) {
		yield before + JSON.stringify(row);
		before = ',\n';
	}
	yield before === '[\n' ? '[]\n' : '\n]\n';
}

function unitOf({ unit, currency }: Pick<ExploreView, 'unit' | 'currency'>): string {
	return unit.startsWith('money') ? `${unit} ${currency}` : unit;
}

function number(text: string | null | undefined): number | null {
	return text === null || text === undefined ? null : Number(text);
}
