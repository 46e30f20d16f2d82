import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { listSubscriptions, readSubscriptionState } from '../billing/index.ts';
import {
	listProducts,
	listProductStates,
	readProduct,
	type Product,
	type ProductState
} from '../catalogue/index.ts';
import { listGranters } from './accesses.ts';
import { memberIn } from './business.ts';
import { landingFor, type Landing } from './landing.ts';
import { listSuspensions } from '../usage/index.ts';
import { accessMode, type Access } from './modes.ts';
import { listPlaces } from './places.ts';
import { landingOf, readSettings, type ProductSettings } from './settings.ts';

/** What a card needs to know of launching one product. */
export interface Launcher extends Access {
	productId: string;
	/** Whether this person has access; the subscription may still stand in the way. */
	allowed: boolean;
	/** This person's role in the product. */
	role: string | null;
	/** This person's open request for access. */
	request: { id: string; askedAt: Date } | null;
	newTab: boolean;
	/** How many people of the business have access. */
	people: number;
	lastAccess: Date | null;
	lastAccessOfAnybody: Date | null;
	/** Where Launch lands, as the product calls it; null at its beginning. */
	continueLabel: string | null;
	landing: Landing;
	state: ProductState;
}

const operational: ProductState = { now: null, planned: [] };

interface Row {
	product_id: string;
	people: number | null;
	allowed: boolean | null;
	new_tab: boolean | null;
	role: string | null;
	request_id: string | null;
	asked_at: Date | null;
	landing_path: string | null;
	landing_label: string | null;
	landing_always: boolean | null;
	last_access: Date | null;
	last_access_of_anybody: Date | null;
	place_path: string | null;
	place_label: string | null;
}

/**
 * The launchers, by product id, of every product that the business has or had, or that anybody of it has
 * access to. One query of launches, whatever the number of visits.
 */
export const listLaunchers = usecase(
	'launch.open',
	v.object({}),
	async (scope): Promise<Map<string, Launcher>> => {
		const { businessId, personId } = memberIn(scope);
		const [{ rows }, subscriptions, products, states, suspensions] = await Promise.all([
			sql<Row>`
				select product_id, a.people, a.allowed, a.new_tab, a.role, r.request_id, r.asked_at,
					s.landing_path, s.landing_label, s.landing_always,
					mine.visited_at as last_access, anybody.visited_at as last_access_of_anybody,
					place.path as place_path, place.label as place_label
				from (
					select product_id, count(*)::int as people, bool_or(person_id = ${personId}) as allowed,
						bool_or(person_id = ${personId} and new_tab) as new_tab,
						max(role) filter (where person_id = ${personId}) as role
					from launch.accesses where business_id = ${businessId} group by product_id
				) a
				full join (
					select product_id, id as request_id, asked_at from launch.access_requests
					where business_id = ${businessId} and person_id = ${personId} and answer is null
				) r using (product_id)
				full join (
					select product_id, landing_path, landing_label, landing_always
					from launch.product_settings where business_id = ${businessId}
				) s using (product_id)
				left join lateral (
					select visited_at from launch.visits v
					where v.business_id = ${businessId} and v.person_id = ${personId}
						and v.product_id = coalesce(a.product_id, r.product_id, s.product_id)
					order by visited_at desc limit 1
				) mine on true
				left join lateral (
					select visited_at from launch.visits v
					where v.business_id = ${businessId}
						and v.product_id = coalesce(a.product_id, r.product_id, s.product_id)
					order by visited_at desc limit 1
				) anybody on true
				left join lateral (
					select path, label from launch.places p
					where p.business_id = ${businessId} and p.person_id = ${personId}
						and p.product_id = coalesce(a.product_id, r.product_id, s.product_id)
					order by reported_at desc limit 1
				) place on true`.execute(scope.db),
			listSubscriptions(scope, {}),
			listProducts(scope, {}),
			listProductStates(scope, {}),
			listSuspensions(scope, {})
		]);
		const known = new Map(rows.map((row) => [row.product_id, row]));
		const held = new Map(subscriptions.map((each) => [each.product.id, each]));
		return new Map(
			products
				.filter(({ id }) => known.has(id) || held.has(id))
				.map((product) => {
					const row = known.get(product.id);
					const landing = landingFor(
						{
							landing: landingOf(row?.landing_path ?? null, row?.landing_label ?? null),
							always: row?.landing_always ?? false
						},
						row?.place_path && row.place_label
							? { path: row.place_path, label: row.place_label }
							: undefined
					);
					return [
						product.id,
						{
							productId: product.id,
							allowed: row?.allowed ?? false,
							role: row?.role ?? null,
							request:
								row?.request_id && row.asked_at
									? { id: row.request_id, askedAt: row.asked_at }
									: null,
							newTab: row?.new_tab ?? false,
							people: row?.people ?? 0,
							lastAccess: row?.last_access ?? null,
							lastAccessOfAnybody: row?.last_access_of_anybody ?? null,
							continueLabel: landing.label,
							landing,
							state: states.get(product.id) ?? operational,
							...accessMode(
								held.get(product.id) ?? null,
								product,
								scope.now,
								suspensions.filter(({ productId }) => productId === product.id)
							)
						}
					];
				})
		);
	}
);

/** Why a product cannot be launched, or null. */
export type LaunchRefusal =
	| 'no_access'
	| 'not_subscribed'
	| 'suspended'
	/** By a limit of the business's own. */
	| 'limited'
	| 'ended'
	| 'no_address';

export interface LaunchView extends Access {
	product: Product;
	refusal: LaunchRefusal | null;
	/** This person's role in the product. */
	role: string | null;
	/** This person's open request for access. */
	request: { id: string; askedAt: Date } | null;
	newTab: boolean;
	/** Where Launch lands. */
	landing: Landing;
	settings: ProductSettings;
	/** Newest first. */
	places: { path: string; label: string; reportedAt: Date }[];
	state: ProductState;
	/** Names of those who can give access, owners first. */
	granters: string[];
}

/** All that stands between this person and one product. @throws NotFound for an unknown product. */
export const readLauncher = usecase(
	'launch.open',
	v.object({ slug: v.string() }),
	async (scope, { slug }): Promise<LaunchView> => {
		const { businessId, personId } = memberIn(scope);
		const product = await readProduct(scope, { slug });
		const [access, request, subscription, settings, places, states, granters, suspensions] =
			await Promise.all([
				scope.db
					.selectFrom('launch.accesses')
					.select(['role', 'new_tab'])
					.where('business_id', '=', businessId)
					.where('product_id', '=', product.id)
					.where('person_id', '=', personId)
					.executeTakeFirst(),
				scope.db
					.selectFrom('launch.access_requests')
					.select(['id', 'asked_at as askedAt'])
					.where('business_id', '=', businessId)
					.where('product_id', '=', product.id)
					.where('person_id', '=', personId)
					.where('answer', 'is', null)
					.executeTakeFirst(),
				readSubscriptionState(scope, { productId: product.id }),
				readSettings(scope, businessId, product.id),
				listPlaces(scope, { businessId, personId, productId: product.id }),
				listProductStates(scope, {}),
				listGranters(scope, {}),
				listSuspensions(scope, { productId: product.id })
			]);
		const mode = accessMode(subscription, product, scope.now, suspensions);
		return {
			product,
			refusal: access
				? (subscriptionRefusal(subscription?.status, mode) ??
					(product.loginUrl ? null : 'no_address'))
				: 'no_access',
			...mode,
			role: access?.role ?? null,
			request: request ?? null,
			newTab: access?.new_tab ?? false,
			landing: landingFor(settings, places[0]),
			settings,
			places,
			state: states.get(product.id) ?? operational,
			granters
		};
	}
);

/** What keeps a product shut when access itself is given: nothing but its being closed. */
export function subscriptionRefusal(
	status: string | undefined,
	{ mode, limitedUntil }: Access
): 'not_subscribed' | 'suspended' | 'limited' | 'ended' | null {
	if (status === undefined) return 'not_subscribed';
	if (mode !== 'closed') return null;
	if (limitedUntil) return 'limited';
	return status === 'ended' ? 'ended' : 'suspended';
}

/** Whether this product opens in a new tab for this person. False when there is no access to keep the choice on. */
export const chooseTab = usecase(
	'launch.open',
	v.object({ slug: v.string(), newTab: v.boolean() }),
	async (scope, { slug, newTab }) => {
		const { businessId, personId } = memberIn(scope);
		const product = await readProduct(scope, { slug });
		const { numUpdatedRows } = await scope.db
			.updateTable('launch.accesses')
			.set({ new_tab: newTab })
			.where('business_id', '=', businessId)
			.where('product_id', '=', product.id)
			.where('person_id', '=', personId)
			.executeTakeFirst();
		return { kept: numUpdatedRows > 0n };
	}
);
