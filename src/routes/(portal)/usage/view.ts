import type { DateRange } from '#lib/format/ranges.ts';
import type { Mark, MeterView, UsageView } from '../parts/view.ts';

/** Everything that the usage page shows, and that its download holds. */
export interface UsagePageView {
	now: Date;
	zone: string;
	/** Of amounts of money. */
	currency: string;
	range: DateRange;
	/** What was wrong with the product in the address; all products are then shown. */
	problem: string | null;
	/** Those that the business has or had. */
	products: ProductName[];
	/** The one that the page is narrowed to. */
	product: ProductName | null;
	/** Null where no product adds data up. */
	data: { value: number | null; previous: number | null } | null;
	/** Added up product by product; null where none counts people. */
	people: { value: number; previous: number; products: number } | null;
	figures: FigureView[];
	usage: UsageView;
	/** The data of each product; of one product, each of its meters. */
	charts: MeterView[];
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
	by: 'count' | 'sum' | 'max' | 'latest' | 'unique';
	/** The product's own figure, which its card shows too. */
	headline: boolean;
	value: number | null;
	previous: number | null;
}
