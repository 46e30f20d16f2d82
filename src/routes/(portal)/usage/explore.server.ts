import { civilDate } from '#lib/format/dates.ts';
import type { DateRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MemberView } from '#server/modules/businesses/index.ts';
import {
	exploreUsage,
	figureUnit,
	listMeters,
	type Exploration,
	type Explored,
	type Meter
} from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { movesBytes } from '../parts/meters.server.ts';
import type { ExploreView, Row, Series } from './explore-view.ts';
import { stepsFor, type Question } from './question.ts';
import type { ProductName } from './view.ts';

/** Series told apart by colour, besides the rest. */
const most = 5;

interface Look {
	range: DateRange;
	question: Question;
	products: readonly ProductName[];
	members: readonly MemberView[];
	currency: string;
}

/** Null where nothing is measured. */
export async function readExploration(scope: MemberScope, look: Look): Promise<ExploreView | null> {
	const { range, products, members } = look;
	const measures = await listMeasures(scope, products);
	const measure =
		measures.find(({ value }) => value === look.question.measure) ??
		measures.find(({ meters }) => meters.some(movesBytes)) ??
		measures[0];
	const [meter] = measure?.meters ?? [];
	if (!measure || !meter) return null;
	const dimensions = [...new Set(measure.meters.flatMap((one) => one.dimensions))].sort();
	const asked = settle(look.question, measure, dimensions);
	const span = { from: range.start, to: range.end };
	const of = {
		...span,
		products: products
			.filter(({ id }) => measure.meters.some(({ productId }) => productId === id))
			.map(({ slug }) => slug),
		meters: [meter.slug]
	};
	const [found, branches] = await Promise.all([
		exploreUsage(scope, {
			...of,
			granularity: asked.step,
			compare: asked.compare ? { from: range.previous.start, to: range.previous.end } : 'none',
			...(asked.by ? { by: asked.by } : {}),
			...(asked.person ? { people: [asked.person] } : {}),
			...(asked.branch ? { where: { branch: [asked.branch] } } : {}),
			limit: 100
		}),
		dimensions.includes('branch')
			? exploreUsage(scope, { ...of, granularity: 'month', by: 'branch', limit: 100 })
			: null
	]);
	const names = new Map(members.map(({ email, name }) => [email, name]));
	return {
		...viewFigures(found, names, range, scope.now),
		asked: { ...asked, step: found.granularity },
		hoursFrom: found.hoursFrom && civilDate(found.hoursFrom, found.timeZone),
		label: measure.label,
		unit: figureUnit(meter),
		currency: look.currency,
		choices: {
			measures: measures.map(({ value, label }) => ({ value, label })),
			dimensions: dimensions.map((one) => ({ value: one, label: dimensionName(one) })),
			people: dimensions.includes('user')
				? members.map(({ email, name }) => ({ value: email, label: name }))
				: [],
			branches: valuesOf(branches).map((value) => ({ value, label: value })),
			steps: stepsFor(range)
		}
	};
}

interface Measure {
	value: string;
	label: string;
	/** Several of one slug where they add up. */
	meters: Meter[];
}

/** What adds up is offered once for all products; anything else for each. */
async function listMeasures(
	scope: MemberScope,
	products: readonly ProductName[]
): Promise<Measure[]> {
	const measures = new Map<string, Measure>();
	const all = await listMeters(scope, {});
	for (const { id, slug, name } of products)
		for (const meter of all.filter(({ productId }) => productId === id)) {
			const together = addsUp(meter);
			const value = together ? meter.slug : `${slug}/${meter.slug}`;
			const known = measures.get(value);
			if (known && known.meters[0]?.unit === meter.unit) known.meters.push(meter);
			else
				measures.set(known ? `${slug}/${meter.slug}` : value, {
					value: known ? `${slug}/${meter.slug}` : value,
					label:
						together || products.length === 1
							? meter.name
							: m.usage_figure_of({ product: name, figure: meter.name }),
					meters: [meter]
				});
		}
	return [...measures.values()];
}

/** What the address asks and the measure does not know is not asked. */
function settle(asked: Question, measure: Measure, dimensions: readonly string[]): Question {
	const known = (dimension: string): boolean => dimensions.includes(dimension);
	return {
		...asked,
		measure: asked.measure === measure.value ? asked.measure : '',
		by: known(asked.by) ? asked.by : '',
		person: known('user') ? asked.person : '',
		branch: known('branch') ? asked.branch : ''
	};
}

function viewFigures(
	found: Exploration,
	names: ReadonlyMap<string, string>,
	range: DateRange,
	now: Date
): Omit<ExploreView, 'asked' | 'hoursFrom' | 'label' | 'unit' | 'currency' | 'choices'> {
	const { meters, by } = found;
	const steps = found.steps.filter(({ start }) => start <= now);
	const together = meters.every(({ meter }) => addsUp(meter));
	const told = by === null ? byProduct(meters, steps.length) : byGroup(meters, steps.length, names);
	const totals = steps.map((_, place) => add(meters.map(({ points }) => number(points[place]))));
	const only = meters.length === 1 ? meters[0] : undefined;
	const changes = meters
		.flatMap(({ otherwiseUntil }) =>
			otherwiseUntil ? [civilDate(otherwiseUntil, found.timeZone)] : []
		)
		.sort();
	const month = range.key === 'month';
	const forecasts = meters.flatMap(({ forecast }) => (forecast ? [forecast] : []));
	let peak: ExploreView['peak'] = null;
	for (const [place, { key }] of steps.entries()) {
		const value = totals[place] ?? null;
		if (value !== null && (peak === null || value > peak.value)) peak = { step: key, value };
	}
	return {
		addsUp: together,
		steps: steps.map(({ key }) => key),
		series: together ? cut(told, totals) : told.map(({ name, readings }) => ({ name, readings })),
		rows: told.map(({ name, value, previous }) => ({ name, value, previous })),
		earlier: found.compared
			? steps.map((_, place) => add(meters.map(({ earlier }) => number(earlier[place]))))
			: null,
		total: add(meters.map(({ total }) => number(total))),
		previous: add(meters.map(({ previous }) => number(previous))),
		peak,
		average: add(meters.map(({ average }) => average)),
		forecast:
			forecasts.length > 0 && forecasts[0]
				? {
						value: forecasts.reduce((sum, { value }) => sum + value, 0),
						methods: [...new Set(forecasts.map(({ method }) => method))],
						day: forecasts[0].day
					}
				: null,
		otherwiseUntil: changes.at(-1) ?? null,
		included: month ? add(meters.map(({ included }) => number(included))) : null,
		limit: month && only ? number(only.limit) : null
	};
}

type Told = Series & Row;

function byProduct(meters: readonly Explored[], begun: number): Told[] {
	return meters.map(({ product, total, previous, points }) => ({
		name: product.name,
		value: number(total),
		previous: number(previous),
		readings: points.slice(0, begun).map(number)
	}));
}

/** A person who uses two products is one row. */
function byGroup(
	meters: readonly Explored[],
	begun: number,
	names: ReadonlyMap<string, string>
): Told[] {
	const found = new Map<string | null, Told>();
	for (const { groups } of meters)
		for (const { value, total, previous, points } of groups) {
			const before = found.get(value);
			found.set(value, {
				name: value === null ? m.usage_untold() : (names.get(value) ?? value),
				value: add([before?.value ?? null, number(total)]),
				previous: add([before?.previous ?? null, number(previous)]),
				readings: points
					.slice(0, begun)
					.map((point, place) => add([before?.readings[place] ?? null, number(point)]))
			});
		}
	return [...found.values()].sort((one, other) => (other.value ?? 0) - (one.value ?? 0));
}

/** The greatest, and what is left of the totals. */
function cut(told: readonly Told[], totals: readonly (number | null)[]): Series[] {
	const shown = told.slice(0, most).map(({ name, readings }) => ({ name, readings }));
	if (told.length <= most) return shown;
	return [
		...shown,
		{
			name: m.usage_others({ count: told.length - most }),
			readings: totals.map((total, place) => {
				const rest =
					(total ?? 0) - shown.reduce((sum, { readings }) => sum + (readings[place] ?? 0), 0);
				return total === null ? null : Math.max(0, rest);
			})
		}
	];
}

function valuesOf(found: Exploration | null): string[] {
	const values = found?.meters.flatMap(({ groups }) => groups.map(({ value }) => value)) ?? [];
	return [...new Set(values)].filter((value) => value !== null).sort();
}

/** Dimensions that products commonly name have a word; others are called as the product calls them. */
function dimensionName(dimension: string): string {
	if (dimension === 'user') return m.usage_dimension_user();
	if (dimension === 'branch') return m.usage_dimension_branch();
	if (dimension === 'feature') return m.usage_dimension_feature();
	return dimension;
}

function addsUp({ aggregation }: Meter): boolean {
	return aggregation === 'count' || aggregation === 'sum';
}

function add(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function number(text: string | null | undefined): number | null {
	return text === null || text === undefined ? null : Number(text);
}
