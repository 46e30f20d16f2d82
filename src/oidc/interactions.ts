import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { listClients } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { byPassword } from './adapter.ts';
import { drawExpired } from './pages.ts';
import { portalSession } from './portal-session.ts';

type Interaction = NonNullable<Awaited<ReturnType<Provider['interactionDetails']>>>;

export function interactionUrl(_ctx: unknown, { uid }: { uid: string }): string {
	return `/oidc/interaction/${uid}`;
}

/**
 * What stands between a product's request and its answer: signing in to the portal, or being told that
 * this product is not open to this person. `…/refusal` sends the product its refusal.
 */
export function interactions(provider: Provider): Middleware {
	return async (ctx, next) => {
		const [, uid, refusal] = /^\/interaction\/([\w-]+)(\/refusal)?$/.exec(ctx.path) ?? [];
		if (!uid || ctx.method !== (refusal ? 'POST' : 'GET')) return next();
		ctx.set('cache-control', 'no-store');
		const interaction = await find(provider, ctx, uid);
		if (!interaction) return drawExpired(ctx);
		if (refusal) return finish(ctx, interaction, { error: 'access_denied' });
		switch (interaction.prompt.name) {
			case 'login':
				return signIn(ctx, interaction);
			case 'access':
				return leadTo(ctx, `/launch/${await slugOf(interaction)}?request=${uid}`);
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
	if (portal && (!again || (before !== undefined && before !== portal.sessionId))) {
		return finish(ctx, interaction, {
			login: {
				accountId: portal.personId,
				ts: Math.floor(portal.startedAt.getTime() / 1000),
				remember: true,
				...byPassword
			}
		});
	}
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
	const back = encodeURIComponent(interactionUrl(ctx, interaction));
	return leadTo(ctx, `/login?${again ? 'again=1&' : ''}return_to=${back}`);
}

async function finish(
	ctx: Context,
	interaction: Interaction,
	result: InteractionResults
): Promise<void> {
	// The provider would hold the request to the session it began under; here the portal's own session
	// decides, and signing in again has just made another.
	interaction.session = undefined;
	interaction.result = result;
	await interaction.persist();
	return leadTo(ctx, interaction.returnTo);
}

function leadTo(ctx: Context, address: string): void {
	ctx.redirect(address);
	ctx.status = 303;
}

async function slugOf(interaction: Interaction): Promise<string> {
	const clients = await withSystem('oidc.client', (scope) => listClients(scope));
	return clients.find(({ productId }) => productId === interaction.params['client_id'])?.slug ?? '';
}
