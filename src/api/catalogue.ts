import { Hono } from 'hono';
import * as v from 'valibot';
import { listPlans, listProducts, listVersionsOf } from '#server/modules/catalogue/index.ts';
import { asVendor, integrator } from './integrators.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';
import { Moment } from './wire.ts';

const Price = v.object({
	slug: v.string(),
	kind: v.pipe(v.string(), v.description('`flat`, `seat`, `usage`, `minimum` or `one_off`.')),
	label: v.string(),
	meter: v.pipe(v.nullable(v.string()), v.description('The slug of the meter, for usage.')),
	price: v.pipe(
		v.record(v.string(), v.unknown()),
		v.description('As `POST /rating-previews` takes it; amounts in major units.')
	),
	tax_class: v.string(),
	tax_included: v.boolean()
});

const Version = v.object({
	version: v.pipe(v.number(), v.integer()),
	on_offer_from: Moment('From when on it is what the plan asks.'),
	interval: v.pipe(v.string(), v.description('`day`, `week`, `month`, `quarter` or `year`.')),
	in_advance: v.pipe(v.boolean(), v.description('Usage is always paid for afterwards.')),
	currency: v.string(),
	seats: v.pipe(v.nullable(v.number()), v.description('Included; null where nothing is said.')),
	trial_days: v.nullable(v.number()),
	upgrade: v.pipe(
		v.string(),
		v.description('When a change to more takes effect: `at_once` or `period_end`.')
	),
	downgrade: v.string(),
	cancellation: v.string(),
	proration: v.pipe(v.string(), v.description('`day`, `second` or `none`.')),
	prices: v.array(Price)
});

const Catalogue = v.pipe(
	v.object({
		products: v.array(
			v.object({
				id: v.string(),
				slug: v.string(),
				name: v.string(),
				plans: v.array(
					v.object({
						id: v.string(),
						slug: v.string(),
						name: v.string(),
						current: v.pipe(v.number(), v.integer(), v.description('The version on offer now.')),
						versions: v.pipe(v.array(Version), v.description('The newest first.'))
					})
				)
			})
		)
	}),
	v.metadata({ ref: 'Catalogue' })
);
type Catalogue = v.InferOutput<typeof Catalogue>;

const routes = new Hono<Env>();

routes.get(
	'/catalogue',
	describe({
		id: 'readCatalogue',
		summary: 'Read the catalogue',
		description:
			'Products, their plans, and what each version of a plan asks. A version never changes; subscriptions stay with the one they began with.',
		scope: 'catalogue:read',
		gives: {
			description: 'In the vendor’s order.',
			schema: Catalogue,
			example: {
				products: [
					{
						id: 'prd_06ebk3w5q8x1y2z3a4b5c6d7e8',
						slug: 'erp',
						name: 'ERP System',
						plans: [
							{
								id: 'pla_06ebk3w5q8x1y2z3a4b5c6d7e8',
								slug: 'business',
								name: 'Business',
								current: 2,
								versions: [
									{
										version: 2,
										on_offer_from: '2026-11-01T00:00:00.000Z',
										interval: 'month',
										in_advance: true,
										currency: 'KES',
										seats: 20,
										trial_days: null,
										upgrade: 'at_once',
										downgrade: 'period_end',
										cancellation: 'period_end',
										proration: 'day',
										prices: [
											{
												slug: 'base',
												kind: 'flat',
												label: 'Business',
												meter: null,
												price: { model: 'flat', amount: '18500' },
												tax_class: 'standard',
												tax_included: false
											}
										]
									}
								]
							}
						]
					}
				]
			}
		}
	}),
	integrator('catalogue:read'),
	async (c) => reply(c, await asVendor(c, readCatalogue))
);

async function readCatalogue(
	scope: Parameters<Parameters<typeof asVendor>[1]>[0]
): Promise<Catalogue> {
	const [products, plans] = await Promise.all([listProducts(scope, {}), listPlans(scope, {})]);
	const versions = await listVersionsOf(scope, { planIds: plans.map(({ id }) => id) });
	return {
		products: products.map(({ id, slug, name }) => ({
			id,
			slug,
			name,
			plans: plans
				.filter(({ productId }) => productId === id)
				.map((plan) => ({
					id: plan.id,
					slug: plan.slug,
					name: plan.name,
					current: plan.version,
					versions: versions
						.filter(({ planId }) => planId === plan.id)
						.map((version) => ({
							version: version.version,
							on_offer_from: version.onOfferFrom?.toISOString() ?? '',
							interval: version.interval,
							in_advance: version.inAdvance,
							currency: version.currency,
							seats: version.seats,
							trial_days: version.trialDays,
							upgrade: version.upgrade,
							downgrade: version.downgrade,
							cancellation: version.cancellation,
							proration: version.proration,
							prices: version.prices.map((price) => ({
								slug: price.slug,
								kind: price.kind,
								label: price.label,
								meter: price.meter,
								price: { ...price.price },
								tax_class: price.taxClass,
								tax_included: price.taxIncluded
							}))
						}))
				}))
		}))
	};
}

export const catalogue: Noun = {
	name: 'Catalogue',
	description: 'What the vendor sells. For integrators.',
	routes
};
