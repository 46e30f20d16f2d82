import { civilDate, daysAfter, daysBetween } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Agreement } from '#server/modules/billing/index.ts';
import { listMembers } from '#server/modules/businesses/index.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { startOfDay } from '#server/modules/rating/index.ts';
import {
	exploreUsage,
	figureUnit,
	isGroupCursor,
	listAdjustments,
	listMeterEvents,
	listMeters,
	readClosedQuantity,
	readQuantities,
	type Aggregation,
	type FigureUnit,
	type MeterEvent
} from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { dimensionName } from '../../parts/dimensions.ts';
import type { Mark, MeterView } from '../../parts/view.ts';
import { placeText, type LineQuestion } from './question.ts';

/** What a line for use pays for. */
export interface LineOf {
	productId: string;
	/** The meter's slug. */
	meter: string;
	/** Civil dates, half-open. */
	period: { start: string; end: string };
}

export interface LineView {
	product: { slug: string; name: string; mark: Mark };
	name: string;
	unit: FigureUnit;
	aggregation: Aggregation;
	period: { start: string; end: string };
	/** Whether days of it are still to come. */
	running: boolean;
	zone: string;
	/** Of the business, in whose minor units money is counted. */
	currency: string;
	/** Exact: what the meter has counted in the period by now. */
	counted: string;
	/** What it had counted when the period was closed; null where it was not. */
	closed: { quantity: string; on: string; later: string | null } | null;
	chart: MeterView;
	/** The first and the last day of as many before the period, with which it is compared. */
	before: { from: string; to: string };
	/** That have begun, with what was counted; null where nothing was. The newest first. */
	days: { day: string; value: string | null; soFar: string | null }[];
	apart: {
		by: string;
		dimensions: { value: string; label: string }[];
		/** How much of all that is told apart each is, 0 to 1; null where parts do not add up. */
		rows: { name: string; value: string; share: number | null }[];
		count: number;
		next: string | null;
	} | null;
	events: {
		day: string;
		list: {
			id: string;
			at: Date;
			value: string | null;
			about: string[];
			late: boolean;
			corrects: string | null;
		}[];
		next: string | null;
		first: boolean;
		/** Older ones are kept no more; the day before which. */
		keptFrom: string | null;
	} | null;
	dimensions: string[];
	/** Events before this day are kept no more; null where all of the period are. */
	keptFrom: string | null;
}

const shownGroups = 15;
const shownEvents = 50;

/** What a line for use comes from; null for a meter that there is not. */
export async function readLine(
	scope: MemberScope,
	of: LineOf,
	asked: LineQuestion,
	currency: string
): Promise<LineView | null> {
	const { productId, period } = of;
	const zone = scope.actor.timeZone;
	const [products, meters, members] = await Promise.all([
		listProducts(scope, {}),
		listMeters(scope, {}),
		listMembers(scope, {})
	]);
	const product = products.find(({ id }) => id === productId);
	const meter = meters.find((one) => one.productId === productId && one.slug === of.meter);
	if (!product || !meter) return null;
	const unit = figureUnit(meter);
	const names = new Map(members.map(({ email, name }) => [email, name]));
	const by =
		meter.dimensions.find((dimension) => dimension === asked.by) ?? meter.dimensions[0] ?? null;
	const span = { from: startOfDay(period.start, zone), to: startOfDay(period.end, zone) };
	const days = daysBetween(period.start, period.end);
	const before = { start: daysAfter(period.start, -days), end: period.start };
	const [explored, [quantity, previous], closed, adjustments] = await Promise.all([
		exploreUsage(scope, {
			...span,
			granularity: 'day',
			products: [product.slug],
			meters: [meter.slug],
			limit: shownGroups,
			...(by === null ? {} : { by }),
			...(asked.after !== null && isGroupCursor(asked.after) ? { cursor: asked.after } : {})
		}),
		readQuantities(scope, {
			meters: [period, before].map((one) => ({ productId, meter: meter.slug, period: one }))
		}),
		readClosedQuantity(scope, { productId, meter: meter.slug, ...period }),
		listAdjustments(scope, { productId })
	]);
	const [figures] = explored.meters;
	const counted = quantity?.quantity ?? '0';
	const points = figures?.points ?? [];
	const today = civilDate(scope.now, zone);
	const begun = explored.steps.filter(({ key }) => key <= today);
	const adds = meter.aggregation === 'count' || meter.aggregation === 'sum';
	const sums = adds ? runningSums(begun.map((_, place) => points[place] ?? null)) : [];
	const events =
		asked.day !== null && asked.day >= period.start && asked.day < period.end ? asked.day : null;
	const nameOf = (dimension: string, value: string): string =>
		dimension === 'user' ? (names.get(value) ?? value) : value;
	const listed = await listMeterEvents(scope, {
		productId,
		meter: meter.slug,
		...(events === null
			? span
			: { from: startOfDay(events, zone), to: startOfDay(daysAfter(events, 1), zone) }),
		...(events !== null && asked.before ? { before: asked.before } : {}),
		limit: events === null ? 1 : shownEvents
	});
	return {
		product: { slug: product.slug, name: product.name, mark: product.mark },
		name: meter.name,
		unit,
		aggregation: meter.aggregation,
		period,
		running: today < period.end,
		zone,
		currency,
		counted,
		closed: closed && {
			quantity: closed.quantity,
			on: civilDate(closed.closedAt, zone),
			later:
				adjustments.find(
					(one) => one.meter === meter.slug && one.start === period.start && one.end === period.end
				)?.difference ?? null
		},
		chart: {
			id: `${product.slug}-${meter.slug}`,
			label: m.line_by_day(),
			mark: product.mark,
			unit,
			currency,
			value: Number(counted),
			previous: Number(previous?.quantity ?? '0') || null,
			steps: explored.steps.map(({ key }) => key),
			readings: begun.map((_, place) => numberOf(points[place]) ?? (adds ? 0 : null))
		},
		before: { from: before.start, to: daysAfter(before.end, -1) },
		days: begun
			.map(({ key }, place) => ({
				day: key,
				value: points[place] ?? null,
				soFar: sums[place] ?? null
			}))
			.reverse(),
		apart:
			by === null || !figures
				? null
				: {
						by,
						dimensions: meter.dimensions.map((value) => ({ value, label: dimensionName(value) })),
						rows: figures.groups.map(({ value, total }) => ({
							name: value === null ? m.line_nobody() : nameOf(by, value),
							value: total ?? '0',
							share: adds && Number(counted) > 0 ? Number(total ?? 0) / Number(counted) : null
						})),
						count: figures.groupCount,
						next: explored.next
					},
		events:
			events === null
				? null
				: {
						day: events,
						list: listed.events.map((event) => viewEvent(event, closed?.closedAt ?? null, nameOf)),
						next: listed.next && placeText(listed.next),
						first: asked.before === null,
						keptFrom: listed.keptFrom && civilDate(listed.keptFrom, zone)
					},
		dimensions: meter.dimensions,
		keptFrom: listed.keptFrom && civilDate(listed.keptFrom, zone)
	};
}

function viewEvent(
	{ id, time, value, dimensions, receivedAt, corrects }: MeterEvent,
	closedAt: Date | null,
	nameOf: (dimension: string, value: string) => string
) {
	return {
		id,
		at: time,
		value,
		about: Object.entries(dimensions).map(([dimension, said]) =>
			m.line_event_about({ dimension: dimensionName(dimension), value: nameOf(dimension, said) })
		),
		late: closedAt !== null && receivedAt > closedAt,
		corrects
	};
}

function numberOf(text: string | null | undefined): number | null {
	return text == null ? null : Number(text);
}

/** Added up exactly, day by day. */
function runningSums(values: readonly (string | null)[]): string[] {
	const digits = Math.max(0, ...values.map((text) => text?.split('.')[1]?.length ?? 0));
	let sum = 0n;
	return values.map((text) => {
		const [whole = '0', fraction = ''] = (text ?? '0').split('.');
		sum += BigInt(whole + fraction.padEnd(digits, '0'));
		const figures = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0');
		const cut = figures.length - digits;
		return `${sum < 0n ? '-' : ''}${figures.slice(0, cut)}${digits > 0 ? `.${figures.slice(cut)}` : ''}`;
	});
}

/** The price by which an agreement asks for a meter; null where it asks nothing. */
export function priceOf(agreement: Agreement | undefined, meter: string) {
	return agreement?.terms.prices.find((price) => price.meter === meter) ?? null;
}
