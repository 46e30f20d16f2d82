import { sql } from 'kysely';
import * as v from 'valibot';
import type { Member, Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { readProduct, type Product } from '../catalogue/index.ts';
import { listGranters } from './accesses.ts';
import { listPlaces } from './places.ts';

/** What a card needs to know of launching one product. */
export interface Launcher {
	productId: string;
	/** Whether this person has access; the subscription may still stand in the way. */
	allowed: boolean;
	newTab: boolean;
	/** How many people of the business have access. */
	people: number;
	lastAccess: Date | null;
	lastAccessOfAnybody: Date | null;
	/** Where Launch lands, as the product calls it; null before the product reported a place. */
	continueLabel: string | null;
}

/**
 * The launchers of every product that anybody of the business has access to, by product id; a product
 * that is not among them is open to nobody. One query, whatever the number of visits.
 */
export const listLaunchers = usecase(
	'launch.open',
	v.object({}),
	async (scope): Promise<Map<string, Launcher>> => {
		const { businessId, personId } = memberIn(scope);
		const { rows } = await sql<{
			product_id: string;
			people: number;
			allowed: boolean;
			new_tab: boolean;
			last_access: Date | null;
			last_access_of_anybody: Date | null;
			continue_label: string | null;
		}>`
			select a.product_id, a.people, a.allowed, a.new_tab,
				mine.visited_at as last_access, anybody.visited_at as last_access_of_anybody,
				place.label as continue_label
			from (
				select product_id, count(*)::int as people, bool_or(person_id = ${personId}) as allowed,
					bool_or(person_id = ${personId} and new_tab) as new_tab
				from launch.accesses where business_id = ${businessId} group by product_id
			) a
			left join lateral (
				select visited_at from launch.visits v
				where v.business_id = ${businessId} and v.person_id = ${personId} and v.product_id = a.product_id
				order by visited_at desc limit 1
			) mine on true
			left join lateral (
				select visited_at from launch.visits v
				where v.business_id = ${businessId} and v.product_id = a.product_id
				order by visited_at desc limit 1
			) anybody on true
			left join lateral (
				select label from launch.places p
				where p.business_id = ${businessId} and p.person_id = ${personId} and p.product_id = a.product_id
				order by reported_at desc limit 1
			) place on true`.execute(scope.db);
		return new Map(
			rows.map((row) => [
				row.product_id,
				{
					productId: row.product_id,
					allowed: row.allowed,
					newTab: row.new_tab,
					people: row.people,
					lastAccess: row.last_access,
					lastAccessOfAnybody: row.last_access_of_anybody,
					continueLabel: row.continue_label
				}
			])
		);
	}
);

/** Why a product cannot be launched, or null. */
export type LaunchRefusal = 'no_access' | 'not_subscribed' | 'suspended' | 'ended' | 'no_address';

export interface LaunchView {
	product: Product;
	refusal: LaunchRefusal | null;
	newTab: boolean;
	/** Newest first; the first is where Launch lands. */
	places: { path: string; label: string; reportedAt: Date }[];
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
		const [access, subscription, places, granters] = await Promise.all([
			scope.db
				.selectFrom('launch.accesses')
				.select('new_tab')
				.where('business_id', '=', businessId)
				.where('product_id', '=', product.id)
				.where('person_id', '=', personId)
				.executeTakeFirst(),
			readSubscriptionState(scope, { productId: product.id }),
			listPlaces(scope, { businessId, personId, productId: product.id }),
			listGranters(scope, {})
		]);
		return {
			product,
			refusal: access
				? (subscriptionRefusal(subscription?.status) ?? (product.loginUrl ? null : 'no_address'))
				: 'no_access',
			newTab: access?.new_tab ?? false,
			places,
			granters
		};
	}
);

/** What keeps a product shut when access itself is given. */
export function subscriptionRefusal(
	status: string | undefined
): 'not_subscribed' | 'suspended' | 'ended' | null {
	if (status === undefined) return 'not_subscribed';
	return status === 'suspended' || status === 'ended' ? status : null;
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

/** @throws Error when nobody of the business is at the door: only people launch. */
export function memberIn({ actor }: Scope): Member {
	if (actor.kind !== 'member') throw new Error(`A ${actor.kind} door launches nothing.`);
	return actor;
}
