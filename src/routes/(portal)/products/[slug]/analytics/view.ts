import type { MeterView, ProductView, UsageView } from '../../../parts/view.ts';
import type { UsagePageView } from '../../../usage/view.ts';
import type { PersonView, VisitView } from '../view.ts';

/** How a business uses one product, over a range. */
export interface AnalyticsView {
	product: ProductView;
	/** What its meters have counted. */
	usage: UsagePageView;
	/** Its data added up day by day; null where it measures none. */
	data: UsageView | null;
	/** How often it was opened, step by step. */
	visits: MeterView;
	/** The same by kind of device, the most used first; shares add up to one. */
	devices: { kind: 'phone' | 'tablet' | 'computer'; count: number }[];
	/** How many may open it, of how many places that the plan holds. */
	seats: { taken: number; of: number | null };
	/** With their visits in the range; who was there last comes first. */
	people: PersonView[];
	/** The visits themselves, newest first, page by page and whatever the range. */
	latest: { visits: VisitView[]; older: string | null; newest: string | null };
}
