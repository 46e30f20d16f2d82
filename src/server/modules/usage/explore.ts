import * as v from 'valibot';
import { PageSize } from '../../platform/cursor.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readAllowances, type Allowance } from './explore-allowances.ts';
import { readChanges } from './explore-changes.ts';
import { averageOf, figuresOf, peakOf, type Figures } from './explore-figures.ts';
import { readExpectations, type PeriodForecast } from './explore-forecasts.ts';
import { readMinuteCourses, readMinuteTotals } from './explore-minutes.ts';
import { cutGroups, GroupCursor } from './explore-groups.ts';
import { readCourses, readGroups, type Look, type Row } from './explore-rows.ts';
import { backward, Dimension, selectLook, SelectionFields } from './explore-selection.ts';
import { stepsIn, type Granularity, type Step } from './explore-steps.ts';
import type { Forecast } from './forecast.ts';
import type { Meter } from './meters.ts';
import type { Span } from './spans.ts';

export const ExploreUsage = v.pipe(
	v.object({
		...SelectionFields,
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
	/**
	 * Of the steps that have begun: what adds up is divided among all, anything else among those with a reading.
	 * Of a level over time, its mean level.
	 */
	average: number | null;
	/** For the end of the running month, where the span is that month so far. */
	forecast: Forecast | null;
	/** Then also for the end of the subscription's period, where that is not the month. */
	periodForecast: PeriodForecast | null;
	/**
	 * Until then, within the span, the meter counted in another way: those hours are read as its newest version
	 * says, and of a level over time there is nothing. Null where it always counted like this.
	 */
	otherwiseUntil: Date | null;
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
	/** By hour was asked, and by day is answered: from this moment on there are hours. Null otherwise. */
	hoursFrom: Date | null;
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
 * @throws Invalid for a span of too many steps, or of minutes that are kept no more
 */
export const exploreUsage = usecase(
	'usage.read',
	ExploreUsage,
	async (scope, input): Promise<Exploration> => {
		const { from, to, by = null, limit, cursor } = input;
		const { products, asked, meters, leftOut, look, before, hoursFrom } = await selectLook(
			scope,
			input
		);
		const { zone, span, granularity } = look;
		const compared = before && before.span;
		const none: Row[] = [];
		const read =
			granularity === 'minute'
				? { totals: readMinuteTotals, courses: readMinuteCourses }
				: { totals: readGroups, courses: (of: Scope, at: Look) => readCourses(of, at, 'all') };
		const [
			totals,
			totalsBefore,
			courses,
			coursesBefore,
			groups,
			groupsBefore,
			allowances,
			expect,
			changed
		] = await Promise.all([
			read.totals(scope, look),
			before ? read.totals(scope, before) : none,
			read.courses(scope, look),
			before ? read.courses(scope, before) : none,
			by === null ? none : readGroups(scope, { ...look, by }),
			by === null || !before ? none : readGroups(scope, { ...before, by }),
			readAllowances(scope, asked),
			readExpectations(scope, look),
			readChanges(scope, look)
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
			from,
			to,
			compared,
			granularity,
			hoursFrom,
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
					average: averageOf(
						meter,
						figures,
						begun,
						totals.find(({ meterId }) => meterId === meter.id)?.level
					),
					...expect(meter, figures.total),
					otherwiseUntil: changed(meter.id),
					groups: page
						.filter(({ meterId }) => meterId === meter.id)
						.map(({ group }) => ({ value: group, ...apart(meter.id, group) })),
					groupCount: groups.filter(({ meterId }) => meterId === meter.id).length
				};
			}),
			leftOut: leftOut.map(({ id, productId, slug }) => ({ id, productId, slug })),
			next
		};
	}
);
