import { Hono } from 'hono';
import * as v from 'valibot';
import { listProductHolders, subscriptionStatuses } from '#server/modules/billing/index.ts';
import { BusinessId } from '#server/modules/businesses/index.ts';
import { listLiveKeys } from '#server/modules/catalogue/index.ts';
import { readEntitlements, type Entitlements } from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { NotFound, Unauthorized } from '#server/platform/errors.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const Moment = (what: string) =>
	v.nullable(v.pipe(v.string(), v.metadata({ format: 'date-time' }), v.description(what)));

const Answer = v.pipe(
	v.object({
		business: v.object({
			id: v.string(),
			name: v.string(),
			time_zone: v.pipe(v.string(), v.description('In which the business reckons its days.'))
		}),
		subscription: v.object({
			status: v.picklist(subscriptionStatuses),
			plan: v.pipe(v.string(), v.description('The plan’s slug.')),
			seats: v.nullable(v.pipe(v.number(), v.integer())),
			trial_ends_on: v.nullable(v.pipe(v.string(), v.description('The first day without trial.')))
		}),
		mode: v.pipe(
			v.picklist(['full', 'read_only', 'export_only', 'closed']),
			v.description('What of the product the business can use, as in the claim `access_mode`.')
		),
		closes_at: Moment('When a suspended product closes, while that lies ahead.'),
		settings: v.object({
			landing: v.pipe(
				v.object({
					to: v.picklist(['last', 'start', 'place']),
					path: v.optional(v.string()),
					label: v.optional(v.string()),
					always: v.boolean()
				}),
				v.description('Where launches land: always, or for those who were nowhere yet.')
			),
			contact: v.nullable(v.object({ name: v.string(), email: v.string(), phone: v.string() }))
		}),
		people: v.pipe(
			v.array(
				v.object({
					id: v.pipe(v.string(), v.description('`sub` of the ID token.')),
					name: v.string(),
					email: v.string(),
					role: v.string()
				})
			),
			v.description('Who may open the product, by name; nobody while it is closed.')
		)
	}),
	v.metadata({ ref: 'Entitlements' })
);

const Query = v.object({
	business: v.pipe(BusinessId, v.metadata({ type: 'string' }))
});

const business = 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8';

const routes = new Hono<Env>();

routes.get(
	'/entitlements',
	describe({
		id: 'readEntitlements',
		summary: 'Read how a business stands',
		description:
			'What a business may do with the product at this moment, who of it may open it, and what it has set for it. Webhooks tell of changes; this answers at any time.',
		parameters: {
			business: { in: 'query', description: 'The id of the business.', example: business }
		},
		gives: {
			description: 'How the business stands with the product.',
			schema: Answer,
			example: {
				business: { id: business, name: 'Mavuno Traders Ltd', time_zone: 'Africa/Nairobi' },
				subscription: { status: 'active', plan: 'business', seats: 20, trial_ends_on: null },
				mode: 'full',
				closes_at: null,
				settings: {
					landing: {
						to: 'place',
						path: '/stock/receipts',
						label: 'Stock › Receipts',
						always: false
					},
					contact: { name: 'Otieno Ouma', email: 'otieno@mavuno.example', phone: '' }
				},
				people: [
					{
						id: 'per_06ebk3w5q8x1y2z3a4b5c6d7e8',
						name: 'Wanjiku Kamau',
						email: 'wanjiku@mavuno.example',
						role: 'manager'
					}
				]
			}
		},
		failures: ['invalid', 'not_found']
	}),
	authenticate,
	async (c) => {
		const { business: businessId } = parse(Query, c.req.query());
		const { id, productId, slug } = c.get('key');
		const [live, holders] = await withSystem(
			'api.entitlements',
			(scope) =>
				Promise.all([
					listLiveKeys(scope, { ids: [id] }),
					listProductHolders(scope, { productId, businessIds: [businessId] })
				]),
			{ unseen: true }
		);
		if (live.length === 0)
			throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
		if (holders.length === 0) throw new NotFound('This business');
		const read = await withBusiness({ kind: 'product', businessId, productId, slug }, (scope) =>
			readEntitlements(scope, {})
		);
		return reply(c, toAnswer(read));
	}
);

function toAnswer(read: Entitlements): v.InferOutput<typeof Answer> {
	const { subscription, settings } = read;
	// A holder has a subscription; it may have ended between the two doors.
	if (!subscription) throw new NotFound('This business');
	return {
		business: {
			id: read.business.id,
			name: read.business.name,
			time_zone: read.business.timeZone
		},
		subscription: {
			status: subscription.status,
			plan: subscription.plan,
			seats: subscription.seats,
			trial_ends_on: subscription.trialEndsOn
		},
		mode: read.mode,
		closes_at: read.closesAt?.toISOString() ?? null,
		settings: {
			landing: { ...settings.landing, always: settings.always },
			contact: settings.contact
		},
		people: read.people
	};
}

export const entitlements: Noun = {
	name: 'Entitlements',
	description: 'How a business stands with a product.',
	routes
};
