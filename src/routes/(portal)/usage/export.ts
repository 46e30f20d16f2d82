import type { Steps } from '../parts/steps.ts';
import type { UsagePageView } from './view.ts';

type Row = (string | number | null)[];

/**
 * What the page shows as rows of one shape: each figure over the range and over the one before, then
 * each chart step by step. Money is in minor units of the currency that its unit names.
 */
export function exportRows(view: UsagePageView): Row[] {
	const { range, usage, product } = view;
	const { previous } = range;
	const unitOf = (unit: string): string =>
		unit.startsWith('money') ? `${unit} ${view.currency}` : unit;
	const of = product?.slug ?? 'all';
	const bucket: Steps['bucket'] = range.from === range.to ? 'hour' : 'day';
	const figures = view.figures.flatMap((figure): Row[] => {
		const what = [figure.product.slug, figure.meter, figure.by, unitOf(figure.unit)];
		return [
			['range', range.from, range.to, ...what, figure.value],
			['range before', previous.from, previous.to, ...what, figure.previous]
		];
	});
	const data = usage.current.map((bytes, place): Row => {
		const step = usage.steps[place] ?? '';
		return [bucket, step, step, of, 'data', 'sum', 'bytes', bytes];
	});
	const charts = view.charts.flatMap((chart) => {
		const figure = view.figures.find(({ id }) => id === chart.id);
		return chart.readings.map((reading, place): Row => {
			const step = chart.steps[place] ?? '';
			return [
				bucket,
				step,
				step,
				figure?.product.slug ?? '',
				figure?.meter ?? '',
				figure?.by ?? '',
				unitOf(chart.unit),
				reading
			];
		});
	});
	return [
		['span', 'from', 'to', 'product', 'meter', 'by', 'unit', 'value'],
		...figures,
		...data,
		...charts
	];
}
