import { Hono } from 'hono';
import * as v from 'valibot';
import { BusinessId } from '#server/modules/businesses/index.ts';
import {
	listEvents,
	traceEvent,
	type EventPosition,
	type StoredEvent,
	type Trace
} from '#server/modules/usage/index.ts';
import { PageSize } from '#server/platform/cursor.ts';
import { withSystem } from '#server/platform/doors.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import type { Env } from './env.ts';
import { heldBusiness } from './held-business.ts';
import { describe, type Noun, type Parameter } from './noun.ts';
import { limitReading } from './reading-limit.ts';
import { reply } from './reply.ts';
import { Count, Instant, Moment } from './wire.ts';

const Attributes = v.record(v.string(), v.unknown());

const Event = v.object({
	source: v.string(),
	id: v.string(),
	type: v.string(),
	subject: v.pipe(v.string(), v.description('The business.')),
	time: Moment('When it happened.'),
	received_at: Moment('When it came; nothing is counted by it.'),
	data: v.pipe(v.unknown(), v.description('Its data where that is JSON, otherwise null.')),
	attributes: v.pipe(
		v.nullable(Attributes),
		v.description('Attributes that no meter reads, such as extensions.')
	),
	corrects: v.pipe(
		v.nullable(v.string()),
		v.description(
			'The id of the event that it names as corrected; null for one that corrects none.'
		)
	),
	sent_time: v.pipe(
		v.nullable(v.string()),
		v.description(
			'The `time` that a correction itself gave: its `time` here is that of its original, where it counts.'
		)
	),
	corrected_by: v.pipe(
		v.nullable(v.string()),
		v.description('The id of the event that took its place: it counts no more.')
	)
});

const Page = v.pipe(
	v.object({
		events: v.array(Event),
		next: v.pipe(
			v.nullable(v.string()),
			v.description(
				'Ask again with this as `cursor` for what is older; null at the end. A page may have fewer events than `limit`, or none, and still go on.'
			)
		)
	}),
	v.metadata({ ref: 'EventPage' })
);

const Traced = v.pipe(
	v.object({
		source: v.string(),
		id: v.string(),
		time: Moment('When it happened: this chooses where it counts.'),
		hour: Moment('The hour (UTC) that it was added to.'),
		day: v.pipe(v.string(), v.description('The day, in the business’s time zone.')),
		stored: v.pipe(
			v.boolean(),
			v.description(
				'Whether the event itself is still there. Old ones are dropped; they stay counted, and a repetition stays known.'
			)
		),
		dropped_at: v.nullable(Moment('When it was dropped.')),
		event: v.nullable(Event),
		counted: v.pipe(
			v.array(
				v.object({
					meter: v.pipe(v.string(), v.description('The meter’s slug.')),
					version: v.pipe(
						Count,
						v.description('Which of the meter’s versions: that of the event’s hour.')
					),
					aggregation: v.string(),
					unit: v.string(),
					value: v.pipe(
						v.nullable(v.string()),
						v.description(
							'What the meter read, as exact decimal text; null where it counts events.'
						)
					),
					dimensions: v.pipe(
						v.nullable(v.record(v.string(), v.string())),
						v.description('The slice that it was added to; null for a meter without.')
					),
					adjusts: v.pipe(
						v.array(v.object({ start: v.string(), end: v.string() })),
						v.description(
							'Closed periods (dates, half-open) that it came too late for: it is an adjustment there.'
						)
					)
				})
			),
			v.description(
				'What each meter took from it; empty once the event was dropped, or another took its place.'
			)
		),
		corrections: v.pipe(
			v.array(
				v.object({
					id: v.string(),
					time: Moment('The time that it gave itself.'),
					received_at: Moment('When it came.'),
					counts: v.pipe(
						v.boolean(),
						v.description('Whether it is what counts; none does when the last came without data.')
					)
				})
			),
			v.description(
				'The original and all its corrections, in the order in which they came; empty where there are none.'
			)
		)
	}),
	v.metadata({ ref: 'TracedEvent' })
);

/** The form that a cursor has in an address, such as `1795597200000.5f0c…`. */
const EventCursor = v.pipe(
	v.string(),
	v.rawTransform<string, EventPosition>(({ dataset, addIssue, NEVER }) => {
		const [, time = '', key] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(dataset.value) ?? [];
		if (!key) {
			addIssue({ message: 'This is not where a page left off.' });
			return NEVER;
		}
		return { time: new Date(Number(time)), key };
	})
);

const Business = v.pipe(BusinessId, v.metadata({ type: 'string' }));

const ListQuery = v.object({
	business: Business,
	type: v.optional(v.string()),
	source: v.optional(v.string()),
	from: v.optional(Instant),
	to: v.optional(Instant),
	cursor: v.optional(EventCursor),
	limit: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), PageSize), '50')
});

const business = 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8';
const ofBusiness: Parameter = {
	in: 'query',
	description: 'The id of the business.',
	example: business
};

const example: v.InferOutput<typeof Event> = {
	source: '/erp/nairobi',
	id: '7f0a4c1e',
	type: 'example.erp.data.transferred',
	subject: business,
	time: '2026-11-25T09:00:00.000Z',
	received_at: '2026-11-25T09:00:00.210Z',
	data: { bytes: 4096, user: 'otieno@mavuno.example', branch: 'Nakuru' },
	attributes: null,
	corrects: null,
	sent_time: null,
	corrected_by: null
};

const optional = (description: string, sample: string): Parameter => ({
	in: 'query',
	description,
	example: sample,
	optional: true
});

const routes = new Hono<Env>();

routes.get(
	'/events',
	describe({
		id: 'listEvents',
		summary: 'List events',
		description:
			'The events that your product sent for a business and that are still stored, newest first, page by page.',
		parameters: {
			business: ofBusiness,
			type: optional('Only events of this type.', example.type),
			source: optional('Only events of this source.', example.source),
			from: optional('Only events that happened at this moment or later.', '2026-11-01T00:00:00Z'),
			to: optional('Only events that happened before this moment.', '2026-12-01T00:00:00Z'),
			limit: optional('Events on a page, 1 to 100; 50 without it.', '50'),
			cursor: optional(
				'`next` of the page before.',
				'1795597200000.5f0c1b9a7d3e48215f0c1b9a7d3e4821'
			)
		},
		gives: {
			description: 'A page of events.',
			schema: Page,
			example: { events: [example], next: null }
		},
		limited: true,
		failures: ['invalid', 'not_found']
	}),
	authenticate,
	limitReading,
	async (c) => {
		const { business: businessId, cursor, ...query } = parse(ListQuery, c.req.query());
		await heldBusiness(c, businessId);
		const { productId } = c.get('key');
		const { events, next } = await withSystem(
			'api.events',
			(scope) =>
				listEvents(scope, {
					businessId,
					productId,
					...query,
					...(cursor ? { before: cursor } : {})
				}),
			{ unseen: true }
		);
		return reply(c, {
			events: events.map((event) => toEvent(event, businessId)),
			next: next ? `${next.time.getTime()}.${next.key}` : null
		} satisfies v.InferOutput<typeof Page>);
	}
);

routes.get(
	'/events/:source/:id',
	describe({
		id: 'traceEvent',
		summary: 'See where an event was counted',
		description:
			'An event that your product sent for a business, and where it was counted: by which meters, in which hour, day and slice. It is found by its receipt, so also after the event itself was dropped. Percent-encode `source` and `id`: a source such as `/erp/nairobi` is `%2Ferp%2Fnairobi`.',
		parameters: {
			source: { in: 'path', description: 'The event’s source.', example: example.source },
			id: { in: 'path', description: 'The event’s id.', example: example.id },
			business: ofBusiness
		},
		gives: {
			description: 'The event and where it was counted.',
			schema: Traced,
			example: {
				source: example.source,
				id: example.id,
				time: example.time,
				hour: '2026-11-25T09:00:00.000Z',
				day: '2026-11-25',
				stored: true,
				dropped_at: null,
				event: example,
				counted: [
					{
						meter: 'data',
						version: 1,
						aggregation: 'sum',
						unit: 'bytes',
						value: '4096',
						dimensions: { user: 'otieno@mavuno.example', branch: 'Nakuru' },
						adjusts: []
					}
				],
				corrections: []
			}
		},
		limited: true,
		failures: ['invalid', 'not_found']
	}),
	authenticate,
	limitReading,
	async (c) => {
		const { business: businessId } = parse(v.object({ business: Business }), c.req.query());
		await heldBusiness(c, businessId);
		const { source, id } = c.req.param();
		const { productId } = c.get('key');
		const trace = await withSystem(
			'api.trace-event',
			(scope) => traceEvent(scope, { businessId, productId, source, id }),
			{ unseen: true }
		);
		return reply(c, toTraced({ source, id }, trace, businessId));
	}
);

function toEvent(event: StoredEvent, businessId: string): v.InferOutput<typeof Event> {
	return {
		source: event.source,
		id: event.id,
		type: event.type,
		subject: businessId,
		time: event.time.toISOString(),
		received_at: event.receivedAt.toISOString(),
		data: event.data,
		attributes: event.attributes,
		corrects: event.corrects,
		sent_time: event.sentAt?.toISOString() ?? null,
		corrected_by: event.correctedBy
	};
}

function toTraced(
	name: { source: string; id: string },
	{ time, hour, day, event, droppedAt, counted, corrections }: Trace,
	businessId: string
): v.InferOutput<typeof Traced> {
	return {
		...name,
		time: time.toISOString(),
		hour: hour.toISOString(),
		day,
		stored: event !== null,
		dropped_at: droppedAt?.toISOString() ?? null,
		event: event && toEvent(event, businessId),
		counted,
		corrections: corrections.map(({ id, sentAt, receivedAt, counts }) => ({
			id,
			time: sentAt.toISOString(),
			received_at: receivedAt.toISOString(),
			counts
		}))
	};
}

export const usageEvents: Noun = {
	name: 'Events that came',
	description: 'What was sent, and where it was counted.',
	routes
};
