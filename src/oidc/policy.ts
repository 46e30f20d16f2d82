import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { readSecondFactor } from '#server/modules/identity/index.ts';
import { startSignIn, type Entitlement } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { TooMany } from '#server/platform/errors.ts';
import { limit } from '#server/platform/limits.ts';
import { entitlementOf } from './accounts.ts';
import { fitting, stepTo, wantedIn } from './acr.ts';
import { portalSession } from './portal-session.ts';
import { grantedClaims, grantedScope } from './scopes.ts';

const { Check, Prompt } = interactionPolicy;

/**
 * Sign in first, as the person and in the way that the product asked for; then access is asked for, and
 * only a product that insists on it asks for consent.
 */
export function policy(): interactionPolicy.DefaultPolicy {
	const prompts = interactionPolicy.base();
	const login = prompts.get('login');
	// Ours, below, knows a way to what is missing.
	login?.checks.remove('essential_acr');
	login?.checks.remove('essential_acrs');
	login?.checks.add(
		new Check('session_ended', 'The session ended on the way.', () => portalSession() === null)
	);
	prompts.add(pace, 0);
	prompts.add(account, 2);
	prompts.add(secondFactor, 3);
	prompts.add(access, 4);
	return prompts;
}

/** One browser and product. Nobody clicks as often; a product that cannot keep its session comes back at once. */
const requests = limit('sign-ins-to-a-product', 10, 30);

/** A product asks for the same person again and again: the browser would go round for ever. See pages.ts. */
class Circles extends errors.CustomOIDCProviderError {
	override status = 429;
	override statusCode = 429;
	override expose = true;
	override allow_redirect = false;

	constructor() {
		super('slow_down', 'The product asked to sign in too often.');
	}
}

const pace = new Prompt(
	{ name: 'pace' },
	new Check('circles', 'The product asked to sign in too often.', async (ctx) => {
		const portal = portalSession();
		const { client, route } = ctx.oidc;
		// What a person has done in between, such as signing in, is no request of the product's.
		if (!portal || !client || route !== 'authorization') return false;
		try {
			await requests.take(`${portal.sessionId} ${client.clientId}`);
			return false;
		} catch (failure) {
			if (!(failure instanceof TooMany)) throw failure;
			if (ctx.oidc.promptPending('none')) throw new errors.TemporarilyUnavailable();
			throw new Circles();
		}
	})
);

/** The product expects one person, and another is signed in here. */
const account = new Prompt(
	{ name: 'select_account', requestable: true },
	(ctx) => ({ login_hint: ctx.oidc.params?.['login_hint'] }),
	new Check('other_account', 'Somebody else is signed in.', (ctx) => {
		const portal = portalSession();
		const hint = ctx.oidc.params?.['login_hint'];
		if (!portal || typeof hint !== 'string' || ctx.oidc.result?.['select_account']) return false;
		return namesSomebodyElse(hint, portal);
	})
);

/** A hint that is neither an e-mail address nor an id of ours names nobody that we could tell. */
export function namesSomebodyElse(
	hint: string,
	{ email, personId }: { email: string; personId: string }
): boolean {
	const named = hint.trim().toLowerCase();
	if (!named.includes('@') && !named.startsWith('per_')) return false;
	return named !== email.toLowerCase() && named !== personId.toLowerCase();
}

const secondFactor = new Prompt(
	{ name: 'second_factor' },
	new Check(
		'second_factor',
		'The person did not sign in in the way that was asked for.',
		'unmet_authentication_requirements',
		async (ctx) => {
			const portal = portalSession();
			if (!portal) return false;
			const wanted = wantedIn(ctx);
			const step = stepTo(wanted, portal);
			if (step === 'impossible') throw new errors.UnmetAuthenticationRequirements();
			const { session, result } = ctx.oidc;
			const fits = fitting(wanted, portal);
			if (step === 'none' && fits && session) session.acr = fits;
			if (step === 'none' || wanted.essential) return step === 'second-factor';
			// A wish is never a reason to fail, to ask twice, or to have somebody set up what they do without.
			if (ctx.oidc.promptPending('none') || result?.['second_factor']) return false;
			return (await readSecondFactor(portal)) !== null;
		},
		(ctx) => ({ essential: wantedIn(ctx).essential })
	)
);

const access = new Prompt(
	{ name: 'access' },
	new Check(
		'no_access',
		'This person may not open this product.',
		'access_denied',
		async (ctx) => (await entitlementIn(ctx)) === null
	)
);

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

/**
 * The vendor's own products need no consent: whoever may open one is signed in to it. The grant and the
 * `sid` of its tokens are the sign-in's id, so that two tabs at once come to the same.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC) {
	const portal = portalSession();
	const { client, session, account: person, provider } = ctx.oidc;
	if (!portal?.businessId || !client || !session || !person || !(await entitlementIn(ctx)))
		return undefined;
	const { businessId, personId, sessionId } = portal;
	const signIn = await withSystem('oidc.sign-in', (scope) =>
		startSignIn(scope, { businessId, sessionId, personId, productId: client.clientId })
	);
	session.sidFor(client.clientId, signIn.id);
	const grant = new provider.Grant({
		accountId: person.accountId,
		clientId: client.clientId
	});
	grant.jti = signIn.id;
	grant.addOIDCScope(grantedScope);
	grant.addOIDCClaims(grantedClaims);
	return grant;
}
