import type { Account, FindAccount } from 'oidc-provider';
import { findSignIn, readEntitlement, type Entitlement } from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';

/** What the person may claim at the product in the business, or null; behind the product's door to it. */
export function entitlementOf(
	client: { clientId: string; slug?: unknown },
	{ businessId, personId }: { businessId: string; personId: string }
): Promise<Entitlement | null> {
	return withBusiness(
		{ kind: 'product', businessId, productId: client.clientId, slug: String(client.slug) },
		(scope) => readEntitlement(scope, { personId })
	);
}

/**
 * The person behind a request. With a code or token it is whoever signed in, if they may still be in
 * the product: losing access ends every token at once. Without one, a browser is on its way in, and
 * the provider's policy asks for access before anything is given out.
 */
export const findAccount: FindAccount = async (
	ctx,
	personId,
	token
): Promise<Account | undefined> => {
	if (!token) return { accountId: personId, claims: () => ({ sub: personId }) };
	const id = 'grantId' in token && typeof token.grantId === 'string' ? token.grantId : '';
	const signIn = await withSystem('oidc.account', (scope) => findSignIn(scope, { id }));
	const { client } = ctx.oidc;
	if (!signIn || !client || signIn.personId !== personId || signIn.productId !== client.clientId)
		return undefined;
	const entitlement = await entitlementOf(client, signIn);
	if (!entitlement) return undefined;
	const { person, business, role, subscription, mode, subscriptionEnds } = entitlement;
	return {
		accountId: personId,
		claims: () => ({
			sub: personId,
			name: person.name,
			email: person.email,
			// An address is given by the operator or an owner; nobody has been asked to prove it yet.
			email_verified: false,
			business,
			product_role: role,
			subscription,
			access_mode: mode,
			...(subscriptionEnds ? { subscription_ends: subscriptionEnds.toISOString() } : {})
		})
	};
};
