import type { DateRange } from '#lib/format/ranges.ts';
import {
	figureUnit,
	listMeters,
	listUsage,
	readSeries,
	type Figure,
	type Meter
} from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import type { Steps } from './steps.ts';
import type { Mark, MeterView } from './view.ts';

/** A meter and what it has counted in a range and in the one before; null where there was no reading. */
export interface MeterFigure {
	meter: Meter;
	value: number | null;
	previous: number | null;
}

/** What the meters of these products have counted: product by product in this order, data first, the rest by name. */
export async function readMeterFigures(
	scope: MemberScope,
	range: DateRange,
	productIds: readonly string[]
): Promise<MeterFigure[]> {
	const [only] = productIds;
	const product = productIds.length === 1 && only !== undefined ? { productId: only } : {};
	const { previous } = range;
	const [meters, now, before] = await Promise.all([
		listMeters(scope, {}),
		listUsage(scope, { ...product, from: range.start, to: range.end }),
		listUsage(scope, { ...product, from: previous.start, to: previous.end })
	]);
	const rank = (meter: Meter): number =>
		2 * productIds.indexOf(meter.productId) + (movesBytes(meter) ? 0 : 1);
	return meters
		.filter(({ productId }) => productIds.includes(productId))
		.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
		.map((meter) => ({ meter, value: totalOf(now, meter), previous: totalOf(before, meter) }));
}

/** How a meter stands in a range and how it went, step by step. */
export async function readMeterView(
	scope: MemberScope,
	{ meter, value, previous }: MeterFigure,
	look: { range: DateRange; steps: Steps; currency: string; mark: Mark; label?: string }
): Promise<MeterView> {
	const { range, steps } = look;
	const points = await readSeries(scope, {
		of: { meter: { productId: meter.productId, meter: meter.slug } },
		from: range.start,
		to: range.end,
		bucket: steps.bucket
	});
	return {
		id: meter.id,
		label: look.label ?? meter.name,
		mark: look.mark,
		unit: figureUnit(meter),
		currency: look.currency,
		value,
		previous,
		steps: steps.current,
		readings: points.map((point) => point.value)
	};
}

export function movesBytes({ unit, aggregation }: Meter): boolean {
	return unit === 'bytes' && aggregation === 'sum';
}

export function countsPeople({ unit, aggregation }: Meter): boolean {
	return unit === 'people' && aggregation === 'unique';
}

function totalOf(figures: readonly Figure[], meter: Meter): number | null {
	const figure = figures.find(
		(candidate) => candidate.productId === meter.productId && candidate.meter === meter.slug
	);
	return figure?.total == null ? null : Number(figure.total);
}
