import { readRange, type DateRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import { listSubscriptions, type Subscription } from '#server/modules/billing/index.ts';
import { listMembers, readBusiness } from '#server/modules/businesses/index.ts';
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
import { stepAt, stepsOf, type Steps } from '../parts/steps.ts';
import { viewUsage } from '../parts/usage.ts';
import type { MeterView } from '../parts/view.ts';
import { readConsumptionView } from './consumption.server.ts';
import { readExploration } from './explore.server.ts';
import { readQuestion } from './question.ts';
import type { AdjustmentView, FigureView, ProductName, UsagePageView } from './view.ts';

/** Reads what the address asks for: `?range=…&product=slug` and what question.ts knows. */
export async function readUsagePage(
	scope: MemberScope,
	params: URLSearchParams
): Promise<UsagePageView> {
	const { now, actor } = scope;
	const zone = actor.timeZone;
	const range = readRange(params, now, zone);
	const steps = stepsOf(range, zone);
	const [subscriptions, catalogue, { currency }, members] = await Promise.all([
		listSubscriptions(scope, {}),
		listProducts(scope, {}),
		readBusiness(scope, {}),
		listMembers(scope, {})
	]);
	const products = subscriptions.map(({ product }) => product);
	const asked = params.get('product');
	const product = products.find(({ slug }) => slug === asked) ?? null;
	const shown = product ? [product] : products;

	const measured = await readMeterFigures(
		scope,
		range,
		shown.map(({ id }) => id)
	);
	const data = addUp(measured.filter(({ meter }) => movesBytes(meter)));
	const question = { ...readQuestion(params, range), product: product?.slug ?? '' };
	const [charts, current, earlier, explore, consumption, adjustments] = await Promise.all([
		readCharts(scope, measured, { shown, product, range, steps, currency }),
		readBytesBySteps(scope, product, range.start, range.end, steps.bucket),
		readBytesBySteps(scope, product, range.previous.start, steps.previousEnd, steps.bucket),
		readExploration(scope, { range, question, products: shown, members, currency }),
		readConsumptionView(scope, { range, products: shown, members }),
		listAdjustments(scope, product ? { productId: product.id } : {})
	]);
	return {
		now,
		zone,
		currency,
		range,
		problem: asked !== null && asked !== '' && !product ? m.usage_product_unknown() : null,
		products,
		product,
		data,
		people: addUpPeople(measured),
		figures: shown.flatMap((one) => viewFigures(one, catalogue, measured)),
		usage: viewUsage(
			{
				total: data?.value ?? null,
				previous: data?.previous ?? null,
				steps: current,
				previousSteps: earlier
			},
			range,
			steps,
			includedIn(range, subscriptions, product),
			null
		),
		charts,
		explore,
		consumption,
		adjustments: adjustments.flatMap((adjustment) => viewAdjustment(adjustment, shown))
	};
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

/** The bytes of one product or of all, by step. No reading, no entry. */
async function readBytesBySteps(
	scope: MemberScope,
	product: ProductName | null,
	from: Date,
	to: Date,
	bucket: Steps['bucket']
): Promise<Map<string, number>> {
	const points = await readSeries(scope, {
		of: { unit: 'bytes', ...(product ? { productId: product.id } : {}) },
		from,
		to,
		bucket
	});
	return new Map(
		points.flatMap(({ start, value }) =>
			value === null ? [] : [[stepAt(start, bucket, scope.actor.timeZone), value]]
		)
	);
}

/** Of all products, what each moved; of one, everything that it measures. */
function readCharts(
	scope: MemberScope,
	measured: readonly MeterFigure[],
	look: {
		shown: readonly ProductName[];
		product: ProductName | null;
		range: DateRange;
		steps: Steps;
		currency: string;
	}
): Promise<MeterView[]> {
	const { shown, product, range, steps, currency } = look;
	const charted = product
		? measured.filter(({ meter }) => !movesBytes(meter))
		: measured.filter(({ meter }) => movesBytes(meter));
	// One product's data is what the large chart shows already.
	if (!product && charted.length < 2) return Promise.resolve([]);
	return Promise.all(
		charted.map((figure) => {
			const of = shown.find(({ id }) => id === figure.meter.productId);
			return readMeterView(scope, figure, {
				range,
				steps,
				currency,
				mark: of?.mark ?? 'initials',
				...(product || !of ? {} : { label: of.name })
			});
		})
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
	measured: readonly MeterFigure[]
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
			previous
		}));
}

/** What the running plans include in the month so far; other ranges have no such limit. */
function includedIn(
	range: DateRange,
	subscriptions: readonly Subscription[],
	product: ProductName | null
): number | null {
	if (range.key !== 'month') return null;
	const bytes = subscriptions
		.filter(({ status }) => status === 'active' || status === 'trial' || status === 'past_due')
		.filter((subscription) => !product || subscription.product.id === product.id)
		.reduce((sum, { plan }) => sum + (plan.includedBytes ?? 0n), 0n);
	return bytes > 0n ? Number(bytes) : null;
}
