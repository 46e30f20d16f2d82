import type { ForecastMethod } from '#server/modules/usage/index.ts';
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
	/** Whether its steps add up to its total. */
	addsUp: boolean;
	choices: {
		measures: Choice[];
		dimensions: Choice[];
		people: Choice[];
		branches: Choice[];
		steps: StepKind[];
	};
	/** Civil dates, or hours; up to now. */
	steps: string[];
	/** The greatest first; at most five and the rest. */
	series: Series[];
	/** All of the table's rows, where it is told apart. */
	rows: Row[];
	earlier: (number | null)[] | null;
	total: number | null;
	previous: number | null;
	peak: { step: string; value: number } | null;
	/** Of a level over time, the level. */
	average: number | null;
	/** For the end of the running month; several methods where several products are added up. */
	forecast: { value: number; methods: ForecastMethod[]; day: string } | null;
	/** The civil date on which it began to count as now, where that is within the range. */
	otherwiseUntil: string | null;
	/** In the running month. */
	included: number | null;
	limit: number | null;
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
