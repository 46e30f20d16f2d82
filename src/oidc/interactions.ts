import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { listClients, type Client } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { contextOf } from './acr.ts';
import { drawAccount, drawExpired } from './pages.ts';
import { namesSomebodyElse } from './policy.ts';
import { portalSession, type PortalSession } from './portal-session.ts';

type Interaction = NonNullable<Awaited<ReturnType<Provider['interactionDetails']>>>;

export function interactionUrl(_ctx: unknown, { uid }: { uid: string }): string {
	return `/oidc/interaction/${uid}`;
}

/**
 * What stands between a product's request and its answer: signing in to the portal, as the one or in the
 * way that the product wants, or being told that this product is not open to this person. `…/refusal`
 * sends the product its refusal, `…/account` goes on as whoever is signed in.
 */
export function interactions(provider: Provider): Middleware {
	return async (ctx, next) => {
		const [, uid, answer] =
			/^\/interaction\/([\w-]+)(?:\/(refusal|account))?$/.exec(ctx.path) ?? [];
		if (!uid || ctx.method !== (answer ? 'POST' : 'GET')) return next();
		ctx.set('cache-control', 'no-store');
		const interaction = await find(provider, ctx, uid);
		if (!interaction) return drawExpired(ctx);
		if (answer === 'refusal') return finish(ctx, interaction, { error: 'access_denied' });
		const portal = portalSession();
		const { name } = interaction.prompt;
		// The session may have ended while a page was open.
		if (name === 'login' || !portal) return signIn(ctx, interaction);
		switch (name) {
			case 'select_account':
				return answer || (await hasSignedInAnew(interaction, portal))
					? finish(ctx, interaction, { select_account: {} })
					: chooseAccount(ctx, interaction, portal);
			case 'second_factor':
				return confirm(ctx, interaction, portal);
			case 'access':
				return leadTo(ctx, `/launch/${(await clientOf(interaction))?.slug}?request=${uid}`);
			default:
				return finish(ctx, interaction, { consent: {} });
		}
	};
}

/** Only the browser that the request came from may answer it: its cookie names the same request. */
async function find(provider: Provider, ctx: Context, uid: string): Promise<Interaction | null> {
	if (ctx.cookies.get(provider.cookieName('interaction')) !== uid) return null;
	return (await provider.Interaction.find(uid)) ?? null;
}

async function signIn(ctx: Context, interaction: Interaction): Promise<void> {
	const portal = portalSession();
	const { reasons } = interaction.prompt;
	if (portal && reasons.includes('id_token_hint')) {
		return finish(ctx, interaction, {
			error: 'login_required',
			error_description: 'Somebody else is signed in.'
		});
	}
	// `prompt=login` and `max_age` want the password again. Giving it makes a new session, so a session
	// that was there before the person was asked does not do.
	const before = interaction.result?.['askedOf'];
	const again = reasons.includes('login_prompt') || reasons.includes('max_age');
	if (portal && (!again || (before !== undefined && before !== portal.sessionId)))
		return finish(ctx, interaction, { login: loginOf(portal) });
	if (portal && before !== undefined) {
		return finish(ctx, interaction, {
			error: 'login_required',
			error_description: 'The person did not sign in again.'
		});
	}
	if (again && before === undefined) {
		interaction.result = { askedOf: portal?.sessionId ?? '' };
		await interaction.persist();
	}
	return leadTo(ctx, signInPage(ctx, interaction, { again }));
}

/** The portal's page, which comes back here; with the address that the product expects. */
function signInPage(ctx: Context, interaction: Interaction, { again }: { again: boolean }): string {
	const query = new URLSearchParams(again ? { again: '1' } : {});
	const hint = hintOf(interaction);
	if (hint?.includes('@')) query.set('email', hint);
	query.set('return_to', interactionUrl(ctx, interaction));
	return `/login?${query}`;
}

function hintOf({ params }: Interaction): string | undefined {
	const hint = params['login_hint'];
	// No address is longer.
	return typeof hint === 'string' ? hint.trim().slice(0, 254) : undefined;
}

/** Whoever signs in while they are asked who they are has answered. */
async function hasSignedInAnew(interaction: Interaction, portal: PortalSession): Promise<boolean> {
	const before = interaction.result?.['askedOf'];
	if (before !== undefined) return before !== portal.sessionId;
	interaction.result = { askedOf: portal.sessionId };
	await interaction.persist();
	return false;
}

async function chooseAccount(
	ctx: Context,
	interaction: Interaction,
	portal: PortalSession
): Promise<void> {
	const client = await clientOf(interaction);
	const hint = hintOf(interaction);
	drawAccount(ctx, {
		product: client?.name ?? '',
		portal,
		expected: hint && namesSomebodyElse(hint, portal) ? hint : null,
		goOn: `${interactionUrl(ctx, interaction)}/account`,
		signIn: signInPage(ctx, interaction, { again: true })
	});
}

/** The portal's own page asks for the second factor and comes back here, with or without it. */
async function confirm(
	ctx: Context,
	interaction: Interaction,
	portal: PortalSession
): Promise<void> {
	const done = portal.secondFactorAt !== null;
	const back = interaction.result?.['confirming'] === true;
	if (!done && !back) {
		interaction.result = { confirming: true };
		await interaction.persist();
		const query = new URLSearchParams({ return_to: interactionUrl(ctx, interaction) });
		return leadTo(ctx, `/security/confirm?${query}`);
	}
	if (!done && interaction.prompt.details['essential'] === true) {
		return finish(ctx, interaction, {
			error: 'unmet_authentication_requirements',
			error_description: 'The person did not give a second factor.'
		});
	}
	return finish(ctx, interaction, { second_factor: {}, login: loginOf(portal) });
}

function loginOf(portal: PortalSession) {
	return {
		accountId: portal.personId,
		ts: Math.floor(portal.startedAt.getTime() / 1000),
		remember: true,
		...contextOf(portal)
	};
}

async function finish(
	ctx: Context,
	interaction: Interaction,
	result: InteractionResults
): Promise<void> {
	// The provider would hold the request to the session it began under; here the portal's own session
	// decides, and signing in again has just made another.
	interaction.session = undefined;
	interaction.result = result.error ? result : { ...answered(interaction), ...result };
	await interaction.persist();
	return leadTo(ctx, interaction.returnTo);
}

/** What the person has answered to this request before: asked for two things, they have done both. */
function answered({ lastSubmission }: Interaction): InteractionResults {
	const portal = portalSession();
	// By now somebody else may have signed in.
	return {
		...lastSubmission,
		...(lastSubmission?.login && portal ? { login: loginOf(portal) } : {})
	};
}

function leadTo(ctx: Context, address: string): void {
	ctx.redirect(address);
	ctx.status = 303;
}

async function clientOf({ params }: Interaction): Promise<Client | undefined> {
	const clients = await withSystem('oidc.client', (scope) => listClients(scope));
	return clients.find(({ productId }) => productId === params['client_id']);
}
