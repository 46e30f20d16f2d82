import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import {
	exploreUsage,
	figureUnit,
	isGroupCursor,
	rankUsage,
	type Ranked,
	type Ranking
} from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { dimensionName } from '../parts/dimensions.ts';
import type { ExploreView } from './explore-view.ts';
import { viewFigures, viewGroups, viewProducts } from './figures.server.ts';
import type { Look } from './look.server.ts';
import { addsUp, chooseMeasure, listMeasures, type Measure } from './measures.server.ts';
import { longestByHours, questionAddress, stepsFor, type Question } from './question.ts';

/** What was read, and what of the address made no sense, in words. */
export interface Explored {
	view: ExploreView;
	problems: string[];
}

/** Series told apart by colour, besides the rest. */
const most = 5;
/** Rows of the table's page. */
const rowsOnPage = 50;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Null where nothing is measured. */
export async function readExploration(scope: MemberScope, look: Look): Promise<Explored | null> {
	const { range, products, members, names, params } = look;
	const measures = await listMeasures(scope, products);
	const measure = chooseMeasure(measures, look.question.measure);
	if (!measure) return null;
	const { asked: wanted, problems, dimensions } = settle(look, measure);
	const cursor = params.get('after');
	const known = cursor !== null && isGroupCursor(cursor) ? cursor : undefined;
	if (cursor !== null && cursor !== '' && known === undefined)
		problems.push(m.usage_page_unknown());
	const query = queryOf(scope, wanted, measure, { range, products });
	const [found, ranking, filters] = await Promise.all([
		exploreUsage(scope, query),
		wanted.by === ''
			? null
			: rankUsage(scope, {
					...query,
					by: wanted.by,
					leading: most,
					limit: rowsOnPage,
					...(known === undefined ? {} : { cursor: known })
				}),
		readFilters(scope, query, wanted, dimensions)
	]);
	// Hours that are kept as days are told by the day.
	const asked: Question = { ...wanted, step: found.granularity };
	const address = (more: Partial<Question>): string =>
		questionAddress({ ...asked, ...more }, range);
	const figures = viewFigures(found, scope.now);
	return {
		problems,
		view: {
			...figures,
			...(ranking
				? viewGroups(ranking, figures, {
						nameOf: (value) => (asked.by === 'user' ? (names.get(value) ?? value) : value),
						narrow: (value) =>
							address(
								asked.by === 'user'
									? { person: value, by: '' }
									: { where: [...without(asked, asked.by), [asked.by, value]], by: '' }
							),
						together: measure.meters.every(addsUp)
					})
				: viewProducts(found, figures, (product) => address({ product }))),
			pages: ranking && pagesOf(ranking, address({}), known !== undefined),
			asked,
			hoursFrom: found.hoursFrom && civilDate(found.hoursFrom, found.timeZone),
			label: measure.label,
			by: measure.meters[0].aggregation,
			unit: figureUnit(measure.meters[0]),
			currency: look.currency,
			addsUp: measure.meters.every(addsUp),
			choices: {
				measures: measures.map(({ value, label }) => ({ value, label })),
				dimensions: dimensions.map((one) => ({ value: one, label: dimensionName(one) })),
				people: dimensions.includes('user') ? listPeople(members, asked.person) : [],
				filters,
				steps: stepsFor(range)
			}
		}
	};
}

/** Some of what is told apart, each with its course, and where the next ones begin. */
export interface Groups {
	groups: Ranked[];
	next: string | null;
}

/** Goes through all groups of what the page shows. */
export async function readGroupsAfter(
	scope: MemberScope,
	look: Look,
	cursor: string | null
): Promise<Groups> {
	const measure = chooseMeasure(await listMeasures(scope, look.products), look.question.measure);
	if (!measure) return { groups: [], next: null };
	const { asked } = settle(look, measure);
	const { page, next } = await rankUsage(scope, {
		...queryOf(scope, asked, measure, look),
		by: asked.by,
		courses: true,
		limit: 100,
		...(cursor === null ? {} : { cursor })
	});
	return { groups: page, next };
}

function queryOf(
	scope: MemberScope,
	asked: Question,
	{ meters }: Measure,
	{ range, products }: Pick<Look, 'range' | 'products'>
) {
	const minutes = asked.step === 'minute';
	// The minute that runs is part of what is shown.
	const end = new Date((Math.floor(scope.now.getTime() / minuteMs) + 1) * minuteMs);
	return {
		...(minutes
			? { from: new Date(end.getTime() - 2 * hourMs), to: end }
			: { from: range.start, to: range.end }),
		granularity: asked.step,
		compare:
			asked.compare && !minutes
				? { from: range.previous.start, to: range.previous.end }
				: ('none' as const),
		products: products
			.filter(({ id }) => meters.some(({ productId }) => productId === id))
			.map(({ slug }) => slug),
		meters: [meters[0].slug],
		...(asked.person ? { people: [asked.person] } : {}),
		where: Object.fromEntries(asked.where.map(([dimension, value]) => [dimension, [value]]))
	};
}

/** What the address asks and the measure does not know is not asked, and said. */
function settle(
	{ question, params, products }: Look,
	measure: Measure
): { asked: Question; problems: string[]; dimensions: string[] } {
	const problems: string[] = [];
	const { label } = measure;
	let { step } = question;
	const askedStep = params.get('step');
	if (step === 'minute' && measure.meters.some(({ aggregation }) => aggregation === 'unique')) {
		step = 'hour';
		problems.push(m.usage_step_no_minutes({ measure: label }));
	} else if (askedStep && askedStep !== step)
		problems.push(
			askedStep === 'hour'
				? m.usage_step_too_small({ days: longestByHours })
				: m.usage_step_unknown()
		);
	if (question.measure !== '' && question.measure !== measure.value)
		problems.push(m.usage_measure_unknown({ measure: label }));
	// Minutes are of each meter as a whole.
	const dimensions =
		step === 'minute' ? [] : [...new Set(measure.meters.flatMap((one) => one.dimensions))].sort();
	const known = (dimension: string): boolean => dimensions.includes(dimension);
	const narrows = [...(question.person ? ['user'] : []), ...question.where.map(([one]) => one)];
	for (const one of new Set([...(question.by ? [question.by] : []), ...narrows]))
		if (!known(one))
			problems.push(
				step === 'minute'
					? m.usage_minutes_whole()
					: m.usage_dimension_unknown({ measure: label, dimension: dimensionName(one) })
			);
	return {
		problems: [...new Set(problems)],
		dimensions,
		asked: {
			...question,
			product: products.length === 1 ? question.product : '',
			measure: question.measure === measure.value ? question.measure : '',
			by: known(question.by) ? question.by : '',
			person: known('user') ? question.person : '',
			where: question.where.filter(([one]) => known(one) && one !== 'user'),
			step
		}
	};
}

/** Whoever is asked for stands among the choices, also when they left the business. */
function listPeople(members: Look['members'], asked: string): ExploreView['choices']['people'] {
	const people = members.map(({ email, name }) => ({ value: email, label: name }));
	return asked === '' || people.some(({ value }) => value === asked)
		? people
		: [...people, { value: asked, label: asked }];
}

/** The values of each dimension besides people, those that used most. */
async function readFilters(
	scope: MemberScope,
	query: ReturnType<typeof queryOf>,
	asked: Question,
	dimensions: readonly string[]
): Promise<ExploreView['choices']['filters']> {
	const others = dimensions.filter((dimension) => dimension !== 'user');
	return Promise.all(
		others.map(async (dimension) => {
			const { page } = await rankUsage(scope, {
				...query,
				people: undefined,
				where: {},
				compare: 'none',
				granularity: 'month',
				by: dimension,
				limit: 100
			});
			const chosen = asked.where.flatMap(([one, value]) => (one === dimension ? [value] : []));
			const values = [...page.flatMap(({ value }) => (value === null ? [] : [value])), ...chosen];
			return {
				dimension,
				label: dimensionName(dimension),
				values: [...new Set(values)].sort().map((value) => ({ value, label: value }))
			};
		})
	);
}

function without({ where }: Question, dimension: string): Question['where'] {
	return where.filter(([one]) => one !== dimension);
}

function pagesOf({ count, next }: Ranking, address: string, behind: boolean): ExploreView['pages'] {
	if (count <= rowsOnPage) return null;
	const joint = address.includes('?') ? '&' : '?';
	return {
		count,
		older: next && `${address}${joint}after=${encodeURIComponent(next)}#explore-table`,
		newest: behind ? `${address}#explore-table` : null
	};
}
