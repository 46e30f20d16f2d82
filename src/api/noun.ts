import type { Hono } from 'hono';
import { describeRoute, resolver, type DescribeRouteOptions } from 'hono-openapi';
import type * as v from 'valibot';
import type { KeyScope } from '#server/modules/catalogue/index.ts';
import { titles, type Code } from './codes.ts';
import type { Env } from './env.ts';
import { Problem } from './problem.ts';
import { limitHeaders } from './reading-limit.ts';

/** What products can say something about: one file each, mounted by app.ts. */
export interface Noun {
	/** How the documents call it. */
	name: string;
	description: string;
	routes: Hono<Env>;
}

interface Media {
	schema: v.GenericSchema;
	/** Shown in the documents, and held against the schema by a test. */
	example: unknown;
	/** Headers that a request of this content type carries besides its key, with their examples. */
	headers?: Record<string, string>;
}

export interface Parameter {
	in: 'path' | 'query';
	description: string;
	example: string;
	optional?: true;
}

export interface Operation {
	/** Unique, in camel case. */
	id: string;
	summary: string;
	description: string;
	/** What stands in its address: a segment of the path, or the query. */
	parameters?: Record<string, Parameter>;
	/** What it takes, by content type; nothing where it only reads. */
	takes?: Record<string, Media>;
	gives: Media & { description: string };
	/** Its answers say how many requests the key has left. */
	limited?: true;
	/** It takes an integrator's key that was made for this, instead of a product's. */
	scope?: KeyScope;
	/** It takes a product's key, and an integrator's that was made for this. */
	alsoFor?: KeyScope;
	/** Failures of its own; those of every request with a key are added. */
	failures?: readonly Code[];
}

/** Failures of every request that carries a key. */
const common = [
	'missing_key',
	'unknown_key',
	'revoked_key',
	'internal'
] as const satisfies readonly Code[];
/** Failures of every request that carries a body. */
const ofBodies = [
	'unsupported_media_type',
	'unsupported_encoding',
	'body_too_large',
	'incomplete_body',
	'invalid_json',
	'too_many'
] as const satisfies readonly Code[];

/** Failures of every change that an integrator may send again with its idempotency key. */
const ofKept = [
	'invalid_header',
	'idempotency_key_in_use',
	'idempotency_key_reused'
] as const satisfies readonly Code[];

const statuses: Partial<Record<Code, number>> = {
	missing_key: 401,
	unknown_key: 401,
	revoked_key: 401,
	key_not_for_this: 403,
	not_found: 404,
	subscribed_already: 409,
	plan_retired: 409,
	subscription_changed: 409,
	subscription_suspended: 409,
	being_billed: 409,
	cancelled_already: 409,
	pause_planned: 409,
	paused_already: 409,
	payment_overdue: 409,
	on_trial: 409,
	not_paused: 409,
	not_cancelled: 409,
	nothing_planned: 409,
	preview_old: 409,
	payment_known: 409,
	payment_reversed: 409,
	refund_known: 409,
	credit_too_small: 409,
	certificate_known: 409,
	idempotency_key_in_use: 409,
	idempotency_key_reused: 422,
	export_cancelled: 409,
	credited_too_much: 409,
	draft_changed: 409,
	invoice_not_open: 409,
	invoice_settled: 409,
	invoice_void: 409,
	seller_unknown: 409,
	too_early: 409,
	export_settled: 409,
	unsupported_media_type: 415,
	unsupported_encoding: 415,
	body_too_large: 413,
	too_many_events: 413,
	invalid_events: 422,
	unknown_business: 422,
	unknown_type: 422,
	time_too_far_ahead: 422,
	time_too_long_ago: 422,
	invalid_value: 422,
	invalid_dimension: 422,
	too_many: 429,
	internal: 500
};

/** Everything that was described, by id. */
export const operations = new Map<string, Operation>();

/** Describes a route that is called with a key, from the schemas that check it. */
export function describe(operation: Operation): ReturnType<typeof describeRoute> {
	operations.set(operation.id, operation);
	const {
		id,
		summary,
		description,
		parameters = {},
		takes,
		gives,
		scope,
		alsoFor,
		limited = scope === undefined ? undefined : true,
		failures = []
	} = operation;
	const codes = [
		...common,
		...((scope ?? alsoFor) ? (['key_not_for_this'] as const) : []),
		...(takes ? ofBodies : []),
		...(takes && scope ? ofKept : []),
		...(limited ? (['too_many'] as const) : []),
		...failures
	];
	const responses: NonNullable<DescribeRouteOptions['responses']> = {
		200: {
			description: gives.description,
			...(limited ? { headers: limitHeaders } : {}),
			content: { 'application/json': { schema: resolver(gives.schema), example: gives.example } }
		}
	};
	for (const status of new Set(codes.map((code) => statuses[code] ?? 400).sort())) {
		const of = codes.filter((code) => (statuses[code] ?? 400) === status);
		responses[status] = {
			description: of.map((code) => `\`${code}\` ${titles[code]}`).join('; '),
			...(limited && status === 429 ? { headers: limitHeaders } : {}),
			content: { 'application/problem+json': { schema: resolver(Problem) } }
		};
	}
	return describeRoute({
		operationId: id,
		summary,
		description,
		security: scope
			? [{ integrator: [] }]
			: [{ key: [] }, ...(alsoFor ? [{ integrator: [] }] : [])],
		parameters: [
			...(takes && scope
				? [
						{
							in: 'header' as const,
							name: 'Idempotency-Key',
							description:
								'Chosen by you, such as a UUID. The same request with the same key is carried out once, and gets the same answer for 24 hours.',
							example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
							schema: { type: 'string' as const }
						}
					]
				: []),
			...Object.entries(parameters).map(([name, { optional, ...parameter }]) => ({
				...parameter,
				name,
				required: optional !== true,
				schema: { type: 'string' as const }
			})),
			...Object.entries(takes ?? {}).flatMap(([type, { headers = {} }]) =>
				Object.entries(headers).map(([name, example]) => ({
					in: 'header' as const,
					name,
					description: `With a body of ${type}.`,
					example,
					schema: { type: 'string' as const }
				}))
			)
		],
		...(takes
			? {
					requestBody: {
						required: true,
						content: Object.fromEntries(
							Object.entries(takes).map(([type, { schema, example }]) => [
								type,
								{ schema: resolver(schema), example }
							])
						)
					}
				}
			: {}),
		responses
	});
}

/** As OpenAPI writes an address that Hono writes with a colon. */
export function templateOf(path: string): string {
	return path.replace(/:(\w+)/g, '{$1}');
}
