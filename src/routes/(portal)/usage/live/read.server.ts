import { civilDate, formatTime } from '#lib/format/dates.ts';
import { listSubscriptions } from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { keptByMinute, listMeters, readMinutes, type Meter } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { MeterView } from '../../parts/view.ts';
import type { ProductName } from '../view.ts';

export interface LiveView {
	/** Those that the business has or had. */
	products: ProductName[];
	/** The one that the page is narrowed to. */
	product: ProductName | null;
	/** The last hour by minute, of each meter that read something in it; the minute that runs comes last. */
	charts: MeterView[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The last hour by minute, held against the hour before: `?product=slug`. */
export async function readLive(scope: MemberScope, params: URLSearchParams): Promise<LiveView> {
	const { now, actor } = scope;
	const [subscriptions, meters, { currency }] = await Promise.all([
		listSubscriptions(scope, {}),
		listMeters(scope, {}),
		readBusiness(scope, {})
	]);
	const products = subscriptions.map(({ product }) => product);
	const product = products.find(({ slug }) => slug === params.get('product')) ?? null;
	const shown = product ? [product] : products;
	const to = new Date((Math.floor(now.getTime() / minuteMs) + 1) * minuteMs);
	const from = new Date(to.getTime() - 2 * hourMs);
	const charts = await Promise.all(
		shown.flatMap((of) =>
			meters
				.filter((meter) => meter.productId === of.id && keptByMinute(meter))
				.map(async (meter): Promise<MeterView> => {
					const minutes = await readMinutes(scope, {
						meter: { productId: of.id, meter: meter.slug },
						from,
						to
					});
					const last = minutes.slice(-60);
					return {
						id: meter.id,
						label: product ? meter.name : `${of.name}: ${meter.name}`,
						mark: of.mark,
						unit: meter.unit,
						currency,
						value: totalOf(meter, last),
						previous: totalOf(meter, minutes.slice(0, 60)),
						steps: last.map(
							({ start }) =>
								`${civilDate(start, actor.timeZone)}T${formatTime(start, actor.timeZone)}`
						),
						readings: courseOf(meter, minutes).slice(-60)
					};
				})
		)
	);
	return { products, product, charts: charts.filter(({ value }) => value !== null) };
}

/** Where nothing happened nothing was added, and a level stood as it was last read; a peak is a gap. */
function courseOf(
	{ aggregation }: Pick<Meter, 'aggregation'>,
	minutes: { value: number | null }[]
): (number | null)[] {
	if (aggregation === 'sum' || aggregation === 'count')
		return minutes.map(({ value }) => value ?? 0);
	if (aggregation === 'max') return minutes.map(({ value }) => value);
	let level: number | null = null;
	return minutes.map(({ value }) => (level = value ?? level));
}

/** Null where nothing was read. */
function totalOf(
	{ aggregation }: Pick<Meter, 'aggregation'>,
	minutes: { value: number | null }[]
): number | null {
	const values = minutes.flatMap(({ value }) => (value === null ? [] : [value]));
	if (values.length === 0) return null;
	if (aggregation === 'sum' || aggregation === 'count')
		return values.reduce((sum, value) => sum + value, 0);
	return aggregation === 'max' ? Math.max(...values) : (values.at(-1) ?? null);
}
