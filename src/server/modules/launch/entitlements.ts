import type { ProductKey, Scope } from '../../platform/scope.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { listPersons } from '../identity/index.ts';
import { subscriptionRefusal } from './launchers.ts';

/** What a person may claim at a product, at this moment. */
export interface Entitlement {
	person: { id: string; name: string; email: string };
	business: { id: string; name: string };
	/** The person's role in the product. */
	role: string;
	/** `trial`, `active` or `past_due`. */
	subscription: string;
}

/**
 * Read behind the product's own door to the business. Null for somebody who may not be in the product
 * now: no access, or no subscription that runs. Access is given to members alone and goes with the
 * membership.
 */
export async function readEntitlement(
	scope: Scope<ProductKey>,
	{ personId }: { personId: string }
): Promise<Entitlement | null> {
	const { businessId, productId } = scope.actor;
	const [business, [person], access, subscription] = await Promise.all([
		readBusiness(scope, {}),
		listPersons(scope, { ids: [personId] }),
		scope.db
			.selectFrom('launch.accesses')
			.select('role')
			.where('business_id', '=', businessId)
			.where('product_id', '=', productId)
			.where('person_id', '=', personId)
			.executeTakeFirst(),
		readSubscriptionState(scope, { productId })
	]);
	if (!access || !person || !subscription || subscriptionRefusal(subscription.status)) return null;
	return {
		person: { id: person.id, name: person.name, email: person.email },
		business: { id: business.id, name: business.name },
		role: access.role,
		subscription: subscription.status
	};
}
