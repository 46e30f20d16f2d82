import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { startSignIn, type Entitlement } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { entitlementOf } from './accounts.ts';
import { portalSession } from './portal-session.ts';
import { grantedScope } from './scopes.ts';

const asked = new WeakMap<KoaContextWithOIDC, Promise<Entitlement | null>>();

/** What the asking person may claim at the asking product, read once a request. */
async function entitlementIn(ctx: KoaContextWithOIDC): Promise<Entitlement | null> {
	const portal = portalSession();
	const { client } = ctx.oidc;
	if (!portal?.businessId || !client) return null;
	const { businessId, personId } = portal;
	const answer = asked.get(ctx) ?? entitlementOf(client, { businessId, personId });
	asked.set(ctx, answer);
	return answer;
}

/** Sign in first; then access is asked for, and only a product that insists on it asks for consent. */
export function policy(): interactionPolicy.DefaultPolicy {
	const prompts = interactionPolicy.base();
	prompts.add(
		new interactionPolicy.Prompt(
			{ name: 'access' },
			new interactionPolicy.Check(
				'no_access',
				'This person may not open this product.',
				'access_denied',
				async (ctx) => (await entitlementIn(ctx)) === null
			)
		),
		1
	);
	return prompts;
}

/**
 * The vendor's own products need no consent: whoever may open one is signed in to it. The grant and the
 * `sid` of its tokens are the sign-in's id, so that two tabs at once come to the same.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC) {
	const portal = portalSession();
	const { client, session, account, provider } = ctx.oidc;
	if (!portal?.businessId || !client || !session || !account || !(await entitlementIn(ctx)))
		return undefined;
	const { businessId, personId, sessionId } = portal;
	const signIn = await withSystem('oidc.sign-in', (scope) =>
		startSignIn(scope, { businessId, sessionId, personId, productId: client.clientId })
	);
	session.sidFor(client.clientId, signIn.id);
	const grant = new provider.Grant({
		accountId: account.accountId,
		clientId: client.clientId
	});
	grant.jti = signIn.id;
	grant.addOIDCScope(grantedScope);
	return grant;
}
