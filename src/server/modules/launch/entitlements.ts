import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';
import type { ProductKey, Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readSubscriptionState, type SubscriptionStatus } from '../billing/index.ts';
import { listMembers, readBusiness } from '../businesses/index.ts';
import { listPlans, readProduct } from '../catalogue/index.ts';
import { listPersons } from '../identity/index.ts';
import { listSuspensions } from '../usage/index.ts';
import { subscriptionRefusal } from './launchers.ts';
import { accessMode, type Access, type AccessMode } from './modes.ts';
import { readSettings, type ProductSettings } from './settings.ts';

/** What a person may claim at a product, at this moment. */
export interface Entitlement {
	person: { id: string; name: string; email: string };
	business: { id: string; name: string };
	/** The person's role in the product. */
	role: string;
	/** `trial`, `active`, `past_due`, `suspended` or `paused`. */
	subscription: SubscriptionStatus;
	/** What of the product can be used; never `closed`. */
	mode: AccessMode;
	/** When that ends, if it is known to: a product closes, or a trial is over. */
	subscriptionEnds: Date | null;
}

/**
 * Read behind the product's own door to the business. Null for somebody who may not be in the product
 * now: no access, or a subscription or a limit of the business's own that leaves it closed. Access is given to members alone and goes with
 * the membership.
 */
export async function readEntitlement(
	scope: Scope<ProductKey>,
	{ personId }: { personId: string }
): Promise<Entitlement | null> {
	const { businessId, productId, slug } = scope.actor;
	const [business, product, [person], access, subscription, suspensions] = await Promise.all([
		readBusiness(scope, {}),
		readProduct(scope, { slug }),
		listPersons(scope, { ids: [personId] }),
		scope.db
			.selectFrom('launch.accesses')
			.select('role')
			.where('business_id', '=', businessId)
			.where('product_id', '=', productId)
			.where('person_id', '=', personId)
			.executeTakeFirst(),
		readSubscriptionState(scope, { productId }),
		listSuspensions(scope, { productId })
	]);
	const open = accessMode(subscription, product, scope.now, suspensions);
	if (!access || !person || !subscription || subscriptionRefusal(subscription.status, open))
		return null;
	return {
		person: { id: person.id, name: person.name, email: person.email },
		business: { id: business.id, name: business.name },
		role: access.role,
		subscription: subscription.status,
		mode: open.mode,
		subscriptionEnds: open.closesAt ?? trialEnd(subscription, business.timeZone)
	};
}

/** A trial is over when its first day without begins at the business. */
function trialEnd(
	{ status, trialEndsOn }: { status: SubscriptionStatus; trialEndsOn: string | null },
	timeZone: string
): Date | null {
	if (status !== 'trial' || trialEndsOn === null) return null;
	const { epochMilliseconds } = Temporal.PlainDate.from(trialEndsOn).toZonedDateTime(timeZone);
	return new Date(epochMilliseconds);
}

/** How a business stands with a product, as the product's key reads it. */
export interface Entitlements extends Access {
	business: { id: string; name: string; timeZone: string };
	/** Null for a business that never had the product. */
	subscription: {
		status: SubscriptionStatus;
		/** The plan's slug. */
		plan: string;
		seats: number | null;
		/** The first day without trial, in the zone of the business. */
		trialEndsOn: string | null;
	} | null;
	settings: ProductSettings;
	/** Who may open the product; nobody while it is closed. */
	people: { id: string; name: string; email: string; role: string }[];
}

/** Behind a product's own door to a business. */
export const readEntitlements = usecase(
	'entitlement.read',
	v.object({}),
	async (scope): Promise<Entitlements> => {
		const { actor } = scope;
		if (actor.kind !== 'product') throw new Error('Only a product reads what it is entitled to.');
		const { businessId, productId, slug } = actor;
		const [business, product, plans, subscription, settings, accesses, members, suspensions] =
			await Promise.all([
				readBusiness(scope, {}),
				readProduct(scope, { slug }),
				listPlans(scope, {}),
				readSubscriptionState(scope, { productId }),
				readSettings(scope, businessId, productId),
				scope.db
					.selectFrom('launch.accesses')
					.select(['person_id', 'role'])
					.where('business_id', '=', businessId)
					.where('product_id', '=', productId)
					.execute(),
				listMembers(scope, {}),
				listSuspensions(scope, { productId })
			]);
		const access = accessMode(subscription, product, scope.now, suspensions);
		const roles = new Map(accesses.map((row) => [row.person_id, row.role]));
		return {
			business: { id: business.id, name: business.name, timeZone: business.timeZone },
			subscription: subscription && {
				status: subscription.status,
				plan: plans.find(({ id }) => id === subscription.planId)?.slug ?? '',
				seats: subscription.seats,
				trialEndsOn: subscription.trialEndsOn
			},
			...access,
			settings,
			people:
				access.mode === 'closed'
					? []
					: members.flatMap(({ personId: id, name, email }) => {
							const role = roles.get(id);
							return role === undefined ? [] : [{ id, name, email, role }];
						})
		};
	}
);
