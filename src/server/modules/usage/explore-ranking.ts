import Big from 'big.js';
import * as v from 'valibot';
import { PageSize } from '../../platform/cursor.ts';
import { Invalid } from '../../platform/errors.ts';
import { usecase } from '../../platform/usecase.ts';
import { addsUp, figuresOf, type Figures } from './explore-figures.ts';
import { cutGroups, GroupCursor } from './explore-groups.ts';
import { readCourses, readGroups, type Row } from './explore-rows.ts';
import { backward, Dimension, selectLook, SelectionFields } from './explore-selection.ts';
import { stepsIn } from './explore-steps.ts';

export const RankUsage = v.pipe(
	v.object({
		...SelectionFields,
		/** The dimension whose values are ranked. */
		by: Dimension,
		/** How many of the first are given with their course, whichever page is asked for. */
		leading: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 0),
		/** Whether those of the page have one too. */
		courses: v.optional(v.boolean(), false),
		limit: v.optional(PageSize, 50),
		cursor: v.optional(GroupCursor)
	}),
	v.check(({ from, to }) => from < to, backward)
);

export interface Ranked extends Figures {
	/** A value of the dimension; null for what carried none. */
	value: string | null;
}

export interface Ranking {
	leading: Ranked[];
	/** The greatest first. `points` are empty where no courses were asked for. */
	page: Ranked[];
	/** On all pages together. */
	count: number;
	/** Where the next page begins; null at the end. */
	next: string | null;
}

/**
 * Values of a dimension by what they used, over several meters as one: whoever uses two products stands
 * once. Meters that do not have the dimension are left out.
 * @throws Invalid where several meters do not add up to one figure, or a span has too many steps
 */
export const rankUsage = usecase(
	'usage.read',
	RankUsage,
	async (scope, input): Promise<Ranking> => {
		const { by, leading, courses, limit, cursor } = input;
		const { meters, look, before } = await selectLook(scope, input);
		if (meters.length > 1 && !meters.every(addsUp))
			throw new Invalid([{ path: 'meters', message: 'These meters do not add up to one figure.' }]);
		if (meters.length === 0) return { leading: [], page: [], count: 0, next: null };
		const none: Row[] = [];
		const [totals, totalsBefore] = await Promise.all([
			readGroups(scope, { ...look, by }),
			before ? readGroups(scope, { ...before, by }) : none
		]);
		const groups = together(totals);
		const first = cutGroups([], groups, Math.max(leading, 1), null).page.slice(0, leading);
		const { page, next } = cutGroups([], groups, limit, cursor ?? null);
		const drawn = [...new Set([...first, ...(courses ? page : [])].map(({ group }) => group))];
		const [told, toldBefore] =
			drawn.length === 0
				? [none, none]
				: await Promise.all([
						readCourses(scope, { ...look, by }, drawn),
						before ? readCourses(scope, { ...before, by }, drawn) : none
					]);
		const figures = figuresOf(
			{
				totals: groups,
				before: together(totalsBefore),
				courses: together(told),
				earlier: together(toldBefore)
			},
			stepsIn(look.span, look.granularity, look.zone),
			before ? stepsIn(before.span, before.granularity, before.zone) : []
		);
		const rank = ({ group }: Row): Ranked => ({ value: group, ...figures(whole, group) });
		return {
			leading: first.map(rank),
			page: page.map((row) => (courses ? rank(row) : { ...rank(row), points: [], earlier: [] })),
			count: groups.length,
			next
		};
	}
);

/** Stands for all meters together. */
const whole = '';

/** Rows of several meters as rows of one. */
function together(rows: readonly Row[]): Row[] {
	const found = new Map<string, Row>();
	for (const { group, start, value } of rows) {
		if (value === null) continue;
		const name = `${start?.getTime() ?? ''} ${group === null ? '' : `=${group}`}`;
		const met = found.get(name);
		if (met?.value != null) met.value = new Big(met.value).plus(value).toFixed();
		else found.set(name, { meterId: whole, group, start, value });
	}
	return [...found.values()];
}
