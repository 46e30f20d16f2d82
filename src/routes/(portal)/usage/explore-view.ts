import type { Aggregation, ForecastMethod } from '#server/modules/usage/index.ts';
import type { MeterView } from '../parts/view.ts';
import type { Question, StepKind } from './question.ts';

interface Choice {
	value: string;
	label: string;
}

/** One measure over the range, told apart as the address asks. Figures are numbers to be shown. */
export interface ExploreView extends Pick<MeterView, 'unit' | 'currency'> {
	/** What is asked, with what stands in for what makes no sense. */
	asked: Question;
	/** By hour was asked, and by day is shown: hours are kept from this civil date on. */
	hoursFrom: string | null;
	label: string;
	/** What its total is of its readings. */
	by: Aggregation;
	/** Whether its steps add up to its total. */
	addsUp: boolean;
	choices: {
		measures: Choice[];
		dimensions: Choice[];
		people: Choice[];
		/** The dimensions besides people by which it can be narrowed down. */
		filters: { dimension: string; label: string; values: Choice[] }[];
		steps: StepKind[];
	};
	/** Civil dates, hours or minutes; up to now. */
	steps: string[];
	/** Of each step, of all together. */
	totals: (number | null)[];
	/** The greatest first; at most five and the rest. */
	series: Series[];
	/** The rows of the table's page, where it is told apart. */
	rows: LinkedRow[];
	/** Where the rows are more than a page holds. */
	pages: { count: number; older: string | null; newest: string | null } | null;
	earlier: (number | null)[] | null;
	total: number | null;
	previous: number | null;
	peak: { step: string; value: number } | null;
	/** Of a level over time, the level. */
	average: number | null;
	/** For the end of the running month, and of the subscription's period where that is another. */
	forecast: ForecastView | null;
	periodForecast: ForecastView | null;
	/** The civil date on which it began to count as now, where that is within the range. */
	otherwiseUntil: string | null;
}

export interface ForecastView {
	value: number;
	/** Several where several products are added up. */
	methods: ForecastMethod[];
	/** The last civil date. */
	day: string;
}

export interface Series {
	name: string;
	readings: (number | null)[];
}

export interface Row {
	name: string;
	value: number | null;
	previous: number | null;
}

export interface LinkedRow extends Row {
	/** The same page narrowed to this row; null for what is not told. */
	href: string | null;
}
