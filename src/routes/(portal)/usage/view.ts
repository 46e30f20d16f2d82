import type { DateRange } from '#lib/format/ranges.ts';
import type { Mark, MeterView } from '../parts/view.ts';
import type { ExploreView, ForecastView, Row } from './explore-view.ts';

/** Everything that the usage page shows, and that its download holds. */
export interface UsagePageView {
	now: Date;
	zone: string;
	/** Of amounts of money. */
	currency: string;
	range: DateRange;
	/** What of the address made no sense, in words; something else stands in for it. */
	problems: string[];
	/** Those that the business has or had. */
	products: ProductName[];
	/** The one that the page is narrowed to. */
	product: ProductName | null;
	/** Null where no product adds data up. */
	data: { value: number | null; previous: number | null } | null;
	/** Added up product by product; null where none counts people. */
	people: { value: number; previous: number; products: number } | null;
	figures: FigureView[];
	/** Of one product, each of its meters but its data. */
	charts: MeterView[];
	/** The measure that the address asks for; null where nothing is measured. */
	explore: ExploreView | null;
	/** What plans include of the running month, and the business's own limits. */
	limits: LimitView[];
	/** Whose data it was; null where no product measures any. */
	consumption: ConsumptionView | null;
	/** Of closed periods, where something came late. */
	adjustments: AdjustmentView[];
}

export interface LimitView extends Pick<MeterView, 'id' | 'label' | 'unit' | 'currency'> {
	kind: 'included' | 'own';
	value: number;
	of: number;
	/** By the end of the month; null where nothing is known of it. */
	expected: Pick<ForecastView, 'value' | 'day'> | null;
	href: string;
}

export interface ConsumptionView {
	/** What changed, in a sentence. */
	changed: string;
	/** The ten of each kind that moved or hold most. */
	tables: { id: string; heading: string; rows: Row[] }[];
}

export interface AdoptionView {
	product: Omit<ProductName, 'id'>;
	/** How many may open it, and how many of them were there in the last 30 days. */
	taken: number;
	seen: number;
	/** Null where the plan holds any number. */
	seats: number | null;
	/** Names of those who were not there for 30 days, and how many more there are. */
	quiet: string[];
	quietMore: number;
}

export interface AdjustmentView extends Pick<MeterView, 'unit'> {
	product: string;
	meter: string;
	/** Civil dates, half-open. */
	start: string;
	end: string;
	closed: number;
	now: number;
	difference: number;
}

export interface ProductName {
	id: string;
	slug: string;
	name: string;
	mark: Mark;
}

export interface FigureView extends Pick<MeterView, 'id' | 'label' | 'unit'> {
	product: ProductName;
	/** The meter's slug. */
	meter: string;
	/** What the figure is of the readings in the range. */
	by: 'count' | 'sum' | 'max' | 'latest' | 'unique' | 'weighted';
	/** The product's own figure, which its card shows too. */
	headline: boolean;
	value: number | null;
	previous: number | null;
	/** Where it is shown step by step. */
	href: string;
}
