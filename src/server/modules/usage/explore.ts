import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { PageSize } from '../../platform/cursor.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';
import { readAllowances, type Allowance } from './explore-allowances.ts';
import { addsUp, averageOf, figuresOf, peakOf, type Figures } from './explore-figures.ts';
import { cutGroups, GroupCursor } from './explore-groups.ts';
import { readCourses, readGroups, type Look, type Row } from './explore-rows.ts';
import {
	dayOf,
	granularities,
	stepsIn,
	tooManySteps,
	type Granularity,
	type Step
} from './explore-steps.ts';
import { forecastMonth, type Forecast } from './forecast.ts';
import { selectMeters, type Meter } from './meters.ts';
import type { Span } from './spans.ts';

const Dimension = v.pipe(v.string(), v.nonEmpty(), v.maxLength(60));
const Values = v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(100));
const SpanFields = { from: v.date(), to: v.date() };
const backward = 'A span ends after it began.';

export const ExploreUsage = v.pipe(
	v.object({
		...SpanFields,
		/** `previous` is as long a span immediately before; a span of its own may be named instead. */
		compare: v.optional(
			v.union([
				v.picklist(['previous', 'none']),
				v.pipe(
					v.object(SpanFields),
					v.check(({ from, to }) => from < to, backward)
				)
			]),
			'none'
		),
		granularity: v.optional(v.picklist(granularities), 'day'),
		/** Slugs. Without any, all. */
		products: v.optional(v.array(v.string())),
		/** Slugs, of whichever product. */
		meters: v.optional(v.array(v.string())),
		/** Values of the dimension `user`. */
		people: v.optional(Values),
		/** Values of other dimensions, by the dimension. */
		where: v.optional(v.record(Dimension, Values), {}),
		/** The dimension by which figures are told apart: `user`, `branch`, whatever a meter names. */
		by: v.optional(Dimension),
		/** Groups in one answer, over all meters. */
		limit: v.optional(PageSize, 20),
		cursor: v.optional(GroupCursor)
	}),
	v.check(({ from, to }) => from < to, backward)
);

export interface Group extends Figures {
	/** A value of the dimension; null for what carried none. */
	value: string | null;
}

export interface Explored extends Figures, Allowance {
	meter: Meter;
	product: { id: string; slug: string; name: string };
	/** The greatest of the steps. */
	peak: { step: Step; value: string } | null;
	/** Of the steps that have begun: what adds up is divided among all, anything else among those with a reading. */
	average: number | null;
	/** For the end of the running month, where the span is that month so far. */
	forecast: Forecast | null;
	/** Where figures are told apart: those of this page, the greatest first. */
	groups: Group[];
	/** Of all groups of this meter, those of other pages included. */
	groupCount: number;
}

export interface Exploration {
	from: Date;
	to: Date;
	compared: Span | null;
	granularity: Granularity;
	timeZone: string;
	by: string | null;
	steps: Step[];
	earlierSteps: Step[];
	meters: Explored[];
	/** Meters that were asked for and cannot be told apart or narrowed down in this way. */
	leftOut: Pick<Meter, 'id' | 'productId' | 'slug'>[];
	/** Where the next page of groups begins. */
	next: string | null;
}

/**
 * What the usage page shows and the API answers, read from totals alone. Days, weeks and months are those
 * of the business.
 * @throws Invalid for a span of too many steps
 */
export const exploreUsage = usecase(
	'usage.read',
	ExploreUsage,
	async (scope, input): Promise<Exploration> => {
		const { from, to, granularity, by = null, limit, cursor } = input;
		const span = { from, to };
		if (tooManySteps(span, granularity))
			throw new Invalid([{ path: 'to', message: 'The span is too long for steps this small.' }]);
		const zone = await readZone(scope);
		const where = { ...input.where, ...(input.people ? { user: input.people } : {}) };
		const { products, asked } = await selectAsked(scope, input);
		const needed = [...Object.keys(where), ...(by === null ? [] : [by])];
		const can = ({ dimensions }: Meter): boolean => needed.every((one) => dimensions.includes(one));
		const meters = asked.filter(can);
		const compared = comparedWith(span, input.compare);
		const look: Look = { meters, span, granularity, zone, by: null, where };
		const before = compared && { ...look, span: compared };
		const none: Row[] = [];
		const [totals, totalsBefore, courses, coursesBefore, groups, groupsBefore, allowances, expect] =
			await Promise.all([
				readGroups(scope, look),
				before ? readGroups(scope, before) : none,
				readCourses(scope, look, 'all'),
				before ? readCourses(scope, before, 'all') : none,
				by === null ? none : readGroups(scope, { ...look, by }),
				by === null || !before ? none : readGroups(scope, { ...before, by }),
				readAllowances(scope, asked),
				readExpectations(scope, look)
			]);
		const { page, next } = cutGroups(meters, groups, limit, cursor ?? null);
		const shown = [...new Set(page.map(({ group }) => group))];
		const [told, toldBefore] =
			shown.length === 0
				? [none, none]
				: await Promise.all([
						readCourses(scope, { ...look, by }, shown),
						before ? readCourses(scope, { ...before, by }, shown) : none
					]);

		const steps = stepsIn(span, granularity, zone);
		const earlierSteps = compared ? stepsIn(compared, granularity, zone) : [];
		const begun = steps.filter(({ start }) => start <= scope.now).length;
		const whole = figuresOf(
			{ totals, before: totalsBefore, courses, earlier: coursesBefore },
			steps,
			earlierSteps
		);
		const apart = figuresOf(
			{ totals: groups, before: groupsBefore, courses: told, earlier: toldBefore },
			steps,
			earlierSteps
		);
		return {
			...span,
			compared,
			granularity,
			timeZone: zone,
			by,
			steps,
			earlierSteps,
			meters: meters.map((meter): Explored => {
				const figures = whole(meter.id, null);
				return {
					meter,
					product: products.get(meter.productId) ?? { id: meter.productId, slug: '', name: '' },
					...figures,
					...(allowances.get(meter.id) ?? { included: null, limit: null }),
					peak: peakOf(steps, figures.points),
					average: averageOf(meter, figures, begun),
					forecast: expect(meter, figures.total),
					groups: page
						.filter(({ meterId }) => meterId === meter.id)
						.map(({ group }) => ({ value: group, ...apart(meter.id, group) })),
					groupCount: groups.filter(({ meterId }) => meterId === meter.id).length
				};
			}),
			leftOut: asked
				.filter((meter) => !can(meter))
				.map(({ id, productId, slug }) => ({ id, productId, slug })),
			next
		};
	}
);

/** The meters that were asked for, product by product in the vendor's order; a product's key sees its own alone. */
async function selectAsked(
	scope: Scope,
	{ products, meters }: { products?: string[] | undefined; meters?: string[] | undefined }
): Promise<{ products: Map<string, Explored['product']>; asked: Meter[] }> {
	const { actor } = scope;
	const [all, listed] = await Promise.all([
		selectMeters(scope, actor.kind === 'product' ? actor.productId : undefined),
		listProducts(scope, {})
	]);
	const chosen = listed.filter(({ slug }) => !products || products.includes(slug));
	return {
		products: new Map(chosen.map(({ id, slug, name }) => [id, { id, slug, name }])),
		asked: chosen.flatMap(({ id }) =>
			all.filter(({ productId, slug }) => productId === id && (!meters || meters.includes(slug)))
		)
	};
}

function comparedWith(
	{ from, to }: Span,
	compare: v.InferOutput<typeof ExploreUsage>['compare']
): Span | null {
	if (compare === 'none') return null;
	if (compare !== 'previous') return compare;
	return { from: new Date(2 * from.getTime() - to.getTime()), to: from };
}

async function readZone(scope: Scope): Promise<string> {
	if (scope.actor.kind === 'member') return scope.actor.timeZone;
	const row = await scope.db
		.selectFrom('usage.zones')
		.select('time_zone')
		.where('business_id', '=', businessOf(scope))
		.executeTakeFirst();
	return row?.time_zone ?? 'UTC';
}

const historyDays = 28;

/** What each figure is expected to come to, where the span is the running month so far. */
async function readExpectations(
	scope: Scope,
	look: Look
): Promise<(meter: Meter, total: string | null) => Forecast | null> {
	const { now } = scope;
	const { span, zone, meters } = look;
	const today = dayOf(now, zone);
	const startOf = (day: typeof today): Date =>
		new Date(day.toZonedDateTime(zone).epochMilliseconds);
	const isMonth = span.from.getTime() === startOf(today.with({ day: 1 })).getTime();
	if (!isMonth || span.to < now) return () => null;
	const begun = startOf(today);
	const rows = await readCourses(
		scope,
		{
			...look,
			meters: meters.filter(addsUp),
			granularity: 'day',
			span: { from: startOf(today.subtract({ days: historyDays })), to: begun }
		},
		'all'
	);
	const gone =
		(now.getTime() - begun.getTime()) /
		(startOf(today.add({ days: 1 })).getTime() - begun.getTime());
	return (meter, total) =>
		total === null
			? null
			: forecastMonth({
					aggregation: meter.aggregation,
					total: Number(total),
					today: String(today),
					gone,
					days: new Map(
						rows.flatMap(({ meterId, start, value }) =>
							meterId === meter.id && start !== null && value !== null
								? [[String(dayOf(start, zone)), Number(value)] as const]
								: []
						)
					)
				});
}
