import Big from 'big.js';
import { Hono } from 'hono';
import * as v from 'valibot';
import { BusinessId } from '#server/modules/businesses/index.ts';
import { exploreUsage, type Exploration } from '#server/modules/usage/index.ts';
import { PageSize } from '#server/platform/cursor.ts';
import { withBusiness } from '#server/platform/doors.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import type { Env } from './env.ts';
import { heldBusiness } from './held-business.ts';
import { describe, type Noun, type Parameter } from './noun.ts';
import { limitReading } from './reading-limit.ts';
import { reply } from './reply.ts';
import { Count, Instant, Moment } from './wire.ts';

const Step = v.object({
	key: v.pipe(
		v.string(),
		v.description(
			'The hour or minute in the business’s time zone, or the date on which the step begins.'
		)
	),
	start: Moment('Its first instant.')
});

const Figure = v.nullable(v.string());

const course = {
	total: v.pipe(
		Figure,
		v.description(
			'Of the span, by the meter’s aggregation. With `weighted` it is in units times hours: a level times the time for which it held, to 12 places, half away from zero.'
		)
	),
	previous: v.pipe(Figure, v.description('Of the span that it is compared with.')),
	points: v.pipe(v.array(Figure), v.description('One for each of `steps`.')),
	earlier: v.pipe(v.array(Figure), v.description('One for each of `earlier_steps`.'))
};

const Answer = v.pipe(
	v.object({
		business: v.string(),
		time_zone: v.pipe(v.string(), v.description('In which days, weeks and months are reckoned.')),
		from: Moment('The span is half-open.'),
		to: Moment('It takes in every hour (UTC) that it touches.'),
		compared: v.nullable(v.object({ from: Moment('Half-open too.'), to: Moment('Its end.') })),
		granularity: v.string(),
		hours_from: v.pipe(
			v.nullable(Moment('The first hour that is kept.')),
			v.description(
				'By hour was asked and by day is answered, since hours are kept from this moment on. Null otherwise.'
			)
		),
		by: v.nullable(v.string()),
		steps: v.array(Step),
		earlier_steps: v.array(Step),
		meters: v.pipe(
			v.array(
				v.object({
					meter: v.pipe(v.string(), v.description('The meter’s slug.')),
					name: v.string(),
					aggregation: v.string(),
					unit: v.string(),
					...course,
					otherwise_until: v.pipe(
						v.nullable(v.string()),
						v.description(
							'Until then, within the span, the meter counted in another way; those hours are read as it counts now.'
						)
					),
					peak: v.pipe(
						v.nullable(v.object({ step: v.string(), value: v.string() })),
						v.description('The greatest of the steps, by its `key`.')
					),
					average: v.pipe(
						Figure,
						v.description(
							'Of the steps that have begun; with `weighted` the mean level, in the unit.'
						)
					),
					forecast: v.pipe(
						v.nullable(v.object({ value: v.string(), method: v.string(), day: v.string() })),
						v.description(
							'For the end of the running month, where the span is that month. `weekdays`: each day to come like that weekday in the last four weeks; `rate`: as the month went so far; `stays`: as it is.'
						)
					),
					period_forecast: v.pipe(
						v.nullable(
							v.object({
								value: v.string(),
								method: v.string(),
								day: v.string(),
								from: v.string(),
								total: v.string()
							})
						),
						v.description(
							'The same for the end of the subscription’s period, where that is not the month: from its first day, with what was counted in it so far.'
						)
					),
					included: v.pipe(Figure, v.description('What the plan includes of a month.')),
					groups: v.pipe(
						v.array(v.object({ value: v.nullable(v.string()), ...course })),
						v.description('With `by`: each value of the dimension, the greatest first.')
					),
					group_count: v.pipe(Count, v.description('On all pages together.'))
				})
			),
			v.description(
				'Figures are exact decimal text; null where nothing was read. Averages and forecasts are rounded.'
			)
		),
		left_out: v.pipe(
			v.array(v.string()),
			v.description('Meters that do not have the dimensions that were asked for.')
		),
		next: v.pipe(
			v.nullable(v.string()),
			v.description('Ask again with this as `cursor` for the next groups; null at the end.')
		)
	}),
	v.metadata({ ref: 'Usage' })
);

const Several = v.optional(v.array(v.string()), []);

/** `branch:Nakuru`; the value may hold colons itself. */
const Where = v.pipe(
	v.string(),
	v.regex(/^[^:]+:/, 'Write a dimension and its value as branch:Nakuru.'),
	v.transform((text) => {
		const colon = text.indexOf(':');
		return { dimension: text.slice(0, colon), value: text.slice(colon + 1) };
	})
);

const Query = v.object({
	business: v.pipe(BusinessId, v.metadata({ type: 'string' })),
	from: Instant,
	to: Instant,
	granularity: v.optional(v.picklist(['minute', 'hour', 'day', 'week', 'month']), 'day'),
	compare: v.optional(v.picklist(['previous', 'none']), 'none'),
	by: v.optional(v.string()),
	limit: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), PageSize), '20'),
	cursor: v.optional(v.string())
});

const Lists = v.object({ meter: Several, person: Several, where: v.optional(v.array(Where), []) });

const business = 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8';
const required = (description: string, example: string): Parameter => ({
	in: 'query',
	description,
	example
});
const optional = (description: string, example: string): Parameter => ({
	...required(description, example),
	optional: true
});

const routes = new Hono<Env>();

routes.get(
	'/usage',
	describe({
		id: 'readUsage',
		summary: 'Read usage',
		description:
			'What your product’s meters counted for a business: the totals of a span and their course, compared, told apart by a dimension, with peak, average and forecast. The same figures as the business sees on its usage page. A span has at most 10,000 steps.',
		parameters: {
			business: required('The id of the business.', business),
			from: required('The first moment of the span.', '2026-11-24T21:00:00Z'),
			to: required('The moment at which it ends.', '2026-11-25T21:00:00Z'),
			granularity: optional(
				'`hour`, `day`, `week` or `month`; `day` without it. `minute` for what began at most two hours ago, without `by`, `person` and `where`.',
				'day'
			),
			compare: optional('`previous`: with as long a span immediately before.', 'previous'),
			meter: optional('Only this meter, by its slug; may stand more than once.', 'data'),
			person: optional(
				'Only this value of the dimension `user`; may stand more than once.',
				'otieno@mavuno.example'
			),
			where: optional(
				'Only this value of a dimension; may stand more than once: values of one dimension are alternatives.',
				'branch:Nakuru'
			),
			by: optional('The dimension by which figures are told apart, such as `user`.', 'user'),
			limit: optional('Groups on a page, 1 to 100; 20 without it.', '20'),
			cursor: optional('`next` of the page before.', 'WyJtdHJf…')
		},
		gives: {
			description: 'The usage.',
			schema: Answer,
			example: {
				business,
				time_zone: 'Africa/Nairobi',
				from: '2026-11-24T21:00:00.000Z',
				to: '2026-11-25T21:00:00.000Z',
				compared: { from: '2026-11-23T21:00:00.000Z', to: '2026-11-24T21:00:00.000Z' },
				granularity: 'day',
				hours_from: null,
				by: 'user',
				steps: [{ key: '2026-11-25', start: '2026-11-24T21:00:00.000Z' }],
				earlier_steps: [{ key: '2026-11-24', start: '2026-11-23T21:00:00.000Z' }],
				meters: [
					{
						meter: 'data',
						name: 'Data',
						aggregation: 'sum',
						unit: 'bytes',
						total: '4608',
						previous: '4096',
						points: ['4608'],
						earlier: ['4096'],
						otherwise_until: null,
						peak: { step: '2026-11-25', value: '4608' },
						average: '4608',
						forecast: null,
						period_forecast: null,
						included: '10000000000',
						groups: [
							{
								value: 'otieno@mavuno.example',
								total: '4608',
								previous: '4096',
								points: ['4608'],
								earlier: ['4096']
							}
						],
						group_count: 1
					}
				],
				left_out: [],
				next: null
			}
		},
		limited: true,
		failures: ['invalid', 'not_found']
	}),
	authenticate,
	limitReading,
	async (c) => {
		const { business: businessId, by, cursor, ...query } = parse(Query, c.req.query());
		const { meter, person, where } = parse(Lists, c.req.queries());
		await heldBusiness(c, businessId);
		const { productId, slug } = c.get('key');
		const values = Map.groupBy(where, ({ dimension }) => dimension);
		const found = await withBusiness({ kind: 'product', businessId, productId, slug }, (scope) =>
			exploreUsage(scope, {
				...query,
				products: [slug],
				...(meter.length > 0 ? { meters: meter } : {}),
				...(person.length > 0 ? { people: person } : {}),
				where: Object.fromEntries(
					[...values].map(([dimension, of]) => [dimension, of.map(({ value }) => value)])
				),
				...(by === undefined ? {} : { by }),
				...(cursor === undefined ? {} : { cursor })
			})
		);
		return reply(c, toAnswer(found, businessId));
	}
);

function toAnswer(found: Exploration, businessId: string): v.InferOutput<typeof Answer> {
	const { from, to, compared, granularity, timeZone, by, next } = found;
	const step = ({ key, start }: Exploration['steps'][number]) => ({
		key,
		start: start.toISOString()
	});
	return {
		business: businessId,
		time_zone: timeZone,
		from: from.toISOString(),
		to: to.toISOString(),
		compared: compared && { from: compared.from.toISOString(), to: compared.to.toISOString() },
		granularity,
		hours_from: found.hoursFrom?.toISOString() ?? null,
		by,
		steps: found.steps.map(step),
		earlier_steps: found.earlierSteps.map(step),
		meters: found.meters.map(
			({ meter, total, previous, points, earlier, peak, average, forecast, ...more }) => ({
				meter: meter.slug,
				name: meter.name,
				aggregation: meter.aggregation,
				unit: meter.unit,
				total,
				previous,
				points,
				earlier,
				otherwise_until: more.otherwiseUntil?.toISOString() ?? null,
				peak: peak && { step: peak.step.key, value: peak.value },
				average: average === null ? null : plain(average),
				forecast: forecast && { ...forecast, value: plain(forecast.value) },
				period_forecast: more.periodForecast && {
					...more.periodForecast,
					value: plain(more.periodForecast.value),
					total: plain(more.periodForecast.total)
				},
				included: more.included,
				groups: more.groups,
				group_count: more.groupCount
			})
		),
		left_out: found.leftOut.map(({ slug }) => slug),
		next
	};
}

/** A number as decimal text, without exponent. */
function plain(value: number): string {
	return new Big(value).toFixed();
}

export const usage: Noun = {
	name: 'Usage',
	description: 'What was counted, as the business sees it.',
	routes
};
