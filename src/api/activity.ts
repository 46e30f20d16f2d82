import { Hono } from 'hono';
import * as v from 'valibot';
import { ActivityReport, recordActivity } from '#server/modules/activity/index.ts';
import { listProductHolders } from '#server/modules/billing/index.ts';
import { BusinessId } from '#server/modules/businesses/index.ts';
import { listLiveKeys, type ApiKey } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Invalid, Unauthorized, type Issue } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { authenticate } from './authentication.ts';
import { fault, isUtf8, parseJson, readBody, readContentType } from './body.ts';
import { Time } from './cloudevents/schema.ts';
import { readTime } from './cloudevents/time.ts';
import type { Env } from './env.ts';
import { Counted } from './events.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const { key, what, where, path, personEmail, personName } = ActivityReport.entries;

const Activity = v.pipe(
	v.strictObject({
		business: v.pipe(
			BusinessId,
			v.metadata({ type: 'string' }),
			v.description('The id of the business.')
		),
		id: v.pipe(
			key,
			v.description('The product’s own name for what happened: told again, it counts once.')
		),
		time: v.optional(Time),
		what: v.pipe(what, v.description('What follows the name, such as `added 5 new employees`.')),
		person: v.optional(
			v.pipe(
				v.strictObject({
					email: v.pipe(personEmail, v.description('An address that the portal knows.')),
					name: v.pipe(personName, v.description('For somebody whom the portal does not know.'))
				}),
				v.description('Who did it; without it, the product itself.')
			)
		),
		where: v.pipe(
			where,
			v.description('Where in the product, outermost first: `Employees › New`.')
		),
		path: v.pipe(path, v.description('The path of that place in the product.'))
	}),
	v.metadata({ ref: 'Activity' })
);
type Activity = v.InferOutput<typeof Activity>;

const longestList = 100;
const ActivityList = v.pipe(
	v.array(Activity),
	v.minLength(1, 'A list has at least one entry.'),
	v.maxLength(longestList, 'A list has at most 100 entries.'),
	v.metadata({ ref: 'ActivityList' })
);
const Report = v.union([Activity, ActivityList]);

const example = {
	business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
	id: 'employees-2026-11-25-1',
	time: '2026-11-25T09:00:00Z',
	what: 'added 5 new employees',
	person: { email: 'otieno@mavuno.example' },
	where: 'Employees › New',
	path: '/employees'
};

const routes = new Hono<Env>();

routes.post(
	'/activity',
	describe({
		id: 'sendActivity',
		summary: 'Send activity',
		description:
			'Takes what somebody did in a product, for the activity feed of the business: one entry, or a list of up to 100. An entry counts once, by its id: after a failure, send the same again. A list with a fault in it is not taken.',
		takes: { 'application/json': { schema: Report, example: [example] } },
		gives: { description: 'Stored.', schema: Counted, example: { received: 1, new: 1, known: 0 } },
		failures: [
			'empty_batch',
			'too_many_events',
			'invalid',
			'unknown_business',
			'time_too_far_ahead'
		]
	}),
	authenticate,
	async (c) => {
		const contentType = readContentType(c.req.header('Content-Type'));
		if (contentType?.type !== 'application/json' || !isUtf8(contentType))
			throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
		const entries = readEntries(parseJson(await readBody(c)));
		const apiKey = c.get('key');
		await check(apiKey, entries);
		const { productId, slug } = apiKey;
		let count = 0;
		for (const [businessId, ofBusiness] of Map.groupBy(entries, ({ business }) => business)) {
			const written = await withBusiness(
				{ kind: 'product', businessId, productId, slug },
				(scope) => recordActivity(scope, { entries: ofBusiness.map(toReport) })
			);
			count += written.new;
		}
		return reply(c, { received: entries.length, new: count, known: entries.length - count });
	}
);

/** @throws Invalid with the position and field of each fault */
function readEntries(body: unknown): Activity[] {
	const list = Array.isArray(body) ? body : [body];
	if (list.length === 0) throw fault('empty_batch', 400, 'A list has at least one entry.');
	if (list.length > longestList)
		throw fault('too_many_events', 413, 'A list has at most 100 entries.');
	const issues: Issue[] = [];
	const entries: Activity[] = [];
	for (const [index, item] of list.entries()) {
		const {
			success,
			output,
			issues: found = []
		} = v.safeParse(Activity, item, {
			abortPipeEarly: true
		});
		if (success) entries.push(output);
		for (const issue of found)
			issues.push({
				index,
				path: v.getDotPath(issue) ?? '',
				code: 'invalid',
				message: issue.message
			});
	}
	if (issues.length > 0) throw new Invalid(issues, 'invalid', 400);
	return entries;
}

/**
 * Everything that could refuse an entry is asked before the first is written, since each business has a
 * door and a transaction of its own.
 */
async function check({ id, productId }: ApiKey, entries: Activity[]): Promise<void> {
	const businessIds = [...new Set(entries.map(({ business }) => business))];
	const [live, holders] = await withSystem('api.activity', (scope) =>
		Promise.all([
			listLiveKeys(scope, { ids: [id] }),
			listProductHolders(scope, { productId, businessIds })
		])
	);
	if (live.length === 0)
		throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
	const unknown = entries.flatMap(({ business }, index): Issue[] =>
		holders.includes(business)
			? []
			: [
					{
						index,
						path: 'business',
						code: 'unknown_business',
						message: 'No business of this id has this product.'
					}
				]
	);
	if (unknown.length > 0) throw new Invalid(unknown, 'unknown_business', 422);
	const latest = runtime().clock.now().getTime() + aheadMs;
	const ahead = entries.flatMap(({ time }, index): Issue[] =>
		time !== undefined && (readTime(time) ?? 0) > latest
			? [
					{
						index,
						path: 'time',
						code: 'time_too_far_ahead',
						message: 'The time lies more than 5 minutes ahead of the portal’s clock.'
					}
				]
			: []
	);
	if (ahead.length > 0) throw new Invalid(ahead, 'time_too_far_ahead', 422);
}

const aheadMs = 5 * 60_000;

function toReport({
	id,
	time,
	what,
	person,
	where,
	path
}: Activity): v.InferInput<typeof ActivityReport> {
	const at = time === undefined ? null : readTime(time);
	return {
		key: id,
		occurredAt: at === null ? runtime().clock.now() : new Date(at),
		what,
		personEmail: person?.email,
		personName: person?.name,
		where,
		path
	};
}

export const activity: Noun = {
	name: 'Activity',
	description: 'What people do in products, for the activity feed.',
	routes
};
