import { m } from '#lib/paraglide/messages.js';
import type { Subscription } from '#server/modules/billing/index.ts';
import { listProducts, type Product } from '#server/modules/catalogue/index.ts';
import {
	figureUnit,
	listAdjustments,
	readSeries,
	type Adjustment
} from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import {
	countsPeople,
	movesBytes,
	readMeterFigures,
	readMeterView,
	type MeterFigure
} from '../parts/meters.server.ts';
import { stepAt, stepsOf } from '../parts/steps.ts';
import { viewUsage } from '../parts/usage.server.ts';
import type { MeterView, UsageView } from '../parts/view.ts';
import { readConsumptionView } from './consumption.server.ts';
import { readExploration } from './explore.server.ts';
import { readLimits } from './limits.server.ts';
import { readLook, type Look } from './look.server.ts';
import { meterAddress } from './measures.server.ts';
import type { AdjustmentView, FigureView, ProductName, UsagePageView } from './view.ts';

/** Reads what the address asks for: `?range=…&product=slug` and what question.ts knows. */
export async function readUsagePage(
	scope: MemberScope,
	params: URLSearchParams
): Promise<UsagePageView> {
	const look = await readLook(scope, params);
	const { range, all, product, products, currency } = look;
	const [catalogue, measured] = await Promise.all([
		listProducts(scope, {}),
		readMeterFigures(
			scope,
			range,
			products.map(({ id }) => id)
		)
	]);
	const [charts, explored, limits, consumption, adjustments] = await Promise.all([
		product ? readCharts(scope, measured, look, product) : [],
		readExploration(scope, look),
		readLimits(scope, look),
		readConsumptionView(scope, look),
		listAdjustments(scope, product ? { productId: product.id } : {})
	]);
	const asked = params.get('product');
	return {
		now: scope.now,
		zone: scope.actor.timeZone,
		currency,
		range,
		problems: [
			...(asked !== null && asked !== '' && !product ? [m.usage_product_unknown()] : []),
			...(explored?.problems ?? [])
		],
		products: all,
		product,
		data: addUp(measured.filter(({ meter }) => movesBytes(meter))),
		people: addUpPeople(measured),
		figures: products.flatMap((one) => viewFigures(one, catalogue, measured, look)),
		charts,
		explore: explored?.view ?? null,
		limits,
		consumption,
		adjustments: adjustments.flatMap((adjustment) => viewAdjustment(adjustment, products))
	};
}

/** The data of one product added up over the range, against what its plan includes. */
export async function readRunningTotal(
	scope: MemberScope,
	{ range, data }: Pick<UsagePageView, 'range' | 'data'>,
	{ product, plan, status }: Subscription
): Promise<UsageView> {
	const zone = scope.actor.timeZone;
	const steps = stepsOf(range, zone);
	const read = async (from: Date, to: Date): Promise<Map<string, number>> => {
		const points = await readSeries(scope, {
			of: { unit: 'bytes', productId: product.id },
			from,
			to,
			bucket: steps.bucket
		});
		return new Map(
			points.flatMap(({ start, value }) =>
				value === null ? [] : [[stepAt(start, steps.bucket, zone), value]]
			)
		);
	};
	const [current, earlier] = await Promise.all([
		read(range.start, range.end),
		read(range.previous.start, steps.previousEnd)
	]);
	const included = range.key === 'month' && status !== 'ended' ? plan.includedBytes : null;
	return viewUsage(
		{
			total: data?.value ?? null,
			previous: data?.previous ?? null,
			steps: current,
			previousSteps: earlier
		},
		range,
		steps,
		included === null ? null : Number(included),
		null
	);
}

function viewAdjustment(
	{ productId, name, unit, start, end, closed, now, difference }: Adjustment,
	products: readonly ProductName[]
): AdjustmentView[] {
	const product = products.find(({ id }) => id === productId);
	return product
		? [
				{
					product: product.name,
					meter: name,
					unit,
					start,
					end,
					closed: Number(closed),
					now: Number(now),
					difference: Number(difference)
				}
			]
		: [];
}

/** Everything that one product measures, but its data, which the large chart shows. */
function readCharts(
	scope: MemberScope,
	measured: readonly MeterFigure[],
	{ range, currency }: Look,
	{ mark }: ProductName
): Promise<MeterView[]> {
	const steps = stepsOf(range, scope.actor.timeZone);
	return Promise.all(
		measured
			.filter(({ meter }) => !movesBytes(meter))
			.map((figure) => readMeterView(scope, figure, { range, steps, currency, mark }))
	);
}

function addUp(figures: readonly MeterFigure[]): UsagePageView['data'] {
	if (figures.length === 0) return null;
	const sum = (values: (number | null)[]): number | null =>
		values.every((value) => value === null)
			? null
			: values.reduce<number>((total, value) => total + (value ?? 0), 0);
	return {
		value: sum(figures.map(({ value }) => value)),
		previous: sum(figures.map(({ previous }) => previous))
	};
}

function addUpPeople(measured: readonly MeterFigure[]): UsagePageView['people'] {
	const counted = measured.filter(({ meter }) => countsPeople(meter));
	const sum = addUp(counted);
	return sum && { value: sum.value ?? 0, previous: sum.previous ?? 0, products: counted.length };
}

function viewFigures(
	product: ProductName,
	catalogue: readonly Product[],
	measured: readonly MeterFigure[],
	look: Look
): FigureView[] {
	const { headlineMeter = null } = catalogue.find(({ id }) => id === product.id) ?? {};
	return measured
		.filter(({ meter }) => meter.productId === product.id)
		.map(({ meter, value, previous }) => ({
			id: meter.id,
			label: meter.name,
			meter: meter.slug,
			unit: figureUnit(meter),
			by: meter.aggregation,
			headline: meter.slug === headlineMeter,
			product,
			value,
			previous,
			href: meterAddress(meter, product.slug, look, look.range)
		}));
}
