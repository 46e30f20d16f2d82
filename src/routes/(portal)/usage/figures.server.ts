import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Exploration, Forecast, Ranked, Ranking } from '#server/modules/usage/index.ts';
import { addsUp } from './measures.server.ts';
import type { ExploreView, ForecastView, LinkedRow, Series } from './explore-view.ts';

type Figures = Pick<
	ExploreView,
	| 'steps'
	| 'totals'
	| 'earlier'
	| 'total'
	| 'previous'
	| 'peak'
	| 'average'
	| 'forecast'
	| 'periodForecast'
	| 'otherwiseUntil'
>;

/** The figures of a measure, which may be the meters of several products, as one. */
export function viewFigures(found: Exploration, now: Date): Figures {
	const { meters } = found;
	const steps = found.steps.filter(({ start }) => start <= now);
	const quiet = quietOf(found);
	const totals = steps.map(
		(_, place) => add(meters.map(({ points }) => number(points[place]))) ?? quiet
	);
	let peak: Figures['peak'] = null;
	for (const [place, { key }] of steps.entries()) {
		const value = totals[place] ?? null;
		if (value !== null && (peak === null || value > peak.value)) peak = { step: key, value };
	}
	const changes = meters.flatMap(({ otherwiseUntil }) =>
		otherwiseUntil ? [civilDate(otherwiseUntil, found.timeZone)] : []
	);
	const told = meters.filter(({ total }) => total !== null);
	return {
		steps: steps.map(({ key }) => key),
		totals,
		earlier: found.compared
			? steps.map((_, place) => add(meters.map(({ earlier }) => number(earlier[place]))))
			: null,
		total: add(meters.map(({ total }) => number(total))),
		previous: add(meters.map(({ previous }) => number(previous))),
		peak,
		average: add(meters.map(({ average }) => average)),
		forecast: viewForecast(told.map(({ forecast }) => forecast)),
		periodForecast: viewForecast(told.map(({ periodForecast }) => periodForecast)),
		otherwiseUntil: changes.sort().at(-1) ?? null
	};
}

/** A minute without events is no gap, where there are others with some: nothing was added in it. */
function quietOf({ meters, granularity }: Exploration): 0 | null {
	return granularity === 'minute' &&
		meters.every(({ meter }) => addsUp(meter)) &&
		meters.some(({ total }) => total !== null)
		? 0
		: null;
}

/** As one where all are for the same day; otherwise nothing can be said of them together. */
function viewForecast(forecasts: readonly (Forecast | null)[]): ForecastView | null {
	const known = forecasts.filter((forecast) => forecast !== null);
	const [first] = known;
	if (!first || known.length < forecasts.length || known.some(({ day }) => day !== first.day))
		return null;
	return {
		value: known.reduce((sum, { value }) => sum + value, 0),
		methods: [...new Set(known.map(({ method }) => method))],
		day: first.day
	};
}

type Told = Pick<ExploreView, 'series' | 'rows'>;

/** Told apart by product. */
export function viewProducts(
	found: Exploration,
	{ steps }: Figures,
	narrow: (product: string) => string
): Told {
	const { meters } = found;
	const quiet = quietOf(found);
	return {
		series: meters.map(({ product, points }) => ({
			name: product.name,
			readings: points.slice(0, steps.length).map((point) => number(point) ?? quiet)
		})),
		rows: meters.map(({ product, total, previous }) => ({
			name: product.name,
			value: number(total),
			previous: number(previous),
			href: meters.length > 1 ? narrow(product.slug) : null
		}))
	};
}

/** Told apart by a dimension: the greatest by colour and the rest as one, where they add up. */
export function viewGroups(
	{ leading, page, count }: Ranking,
	{ steps, totals }: Figures,
	how: {
		nameOf: (value: string) => string;
		narrow: (value: string) => string;
		/** Whether they add up. */
		together: boolean;
	}
): Told {
	const shown = leading.map((one) => viewSeries(one, steps.length, how.nameOf));
	const rest: Series[] =
		!how.together || count <= leading.length
			? []
			: [
					{
						name: m.usage_others({ count: count - leading.length }),
						readings: totals.map((total, place) => {
							const told = shown.reduce((sum, { readings }) => sum + (readings[place] ?? 0), 0);
							return total === null ? null : Math.max(0, total - told);
						})
					}
				];
	return {
		series: [...shown, ...rest],
		rows: page.map(({ value, total, previous }): LinkedRow => ({
			name: value === null ? m.usage_untold() : how.nameOf(value),
			value: number(total),
			previous: number(previous),
			href: value === null ? null : how.narrow(value)
		}))
	};
}

export function viewSeries(
	{ value, points }: Ranked,
	begun: number,
	nameOf: (value: string) => string
): Series {
	return {
		name: value === null ? m.usage_untold() : nameOf(value),
		readings: points.slice(0, begun).map(number)
	};
}

function add(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

export function number(text: string | null | undefined): number | null {
	return text === null || text === undefined ? null : Number(text);
}
