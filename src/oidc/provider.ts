import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Next } from 'koa';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { endSession, lifetimeDays, sessionCookieName } from '#server/modules/identity/index.ts';
import {
	issuer,
	listSigningKeys,
	postLogout,
	type SigningKey
} from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { findAccount } from './accounts.ts';
import { adapterFor, byPassword } from './adapter.ts';
import { interactions, interactionUrl } from './interactions.ts';
import {
	drawError,
	drawSignedOut,
	drawSignOut,
	readSheet,
	securePage,
	sheetPath
} from './pages.ts';
import { loadExistingGrant, policy } from './policy.ts';
import { readPortalSession, sessionToken, withPortalSession } from './portal-session.ts';
import { claimsByScope } from './scopes.ts';

const mount = '/oidc';

export interface MountedProvider {
	/** Serves a request below `/oidc`. */
	callback(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The portal's OpenID provider: code flow with PKCE, for the products of the catalogue. */
export async function createProvider(): Promise<MountedProvider> {
	const keys = await withSystem('oidc.keys', (scope) => listSigningKeys(scope));
	const provider = new Provider(issuer(), configuration(keys));
	// The address and protocol of a request are pinned below, so what these headers say is ours.
	provider.proxy = true;
	provider.on('server_error', (ctx, error) => {
		runtime().log.error({ path: ctx.path, error }, 'the OpenID provider failed');
	});
	provider.on('backchannel.error', (_ctx, error, client) => {
		runtime().log.warn(
			{ product: client.clientId, error },
			'a product could not be told of a logout'
		);
	});
	provider.use(headers);
	provider.use(session(provider));
	provider.use(interactions(provider));

	const serve = provider.callback();
	const publicUrl = new URL(runtime().publicUrl);
	return {
		async callback(request, response) {
			// Addresses are built from these, so a client's Host header must not reach them.
			request.headers['x-forwarded-host'] = publicUrl.host;
			request.headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1);
			Object.assign(request, { originalUrl: request.url });
			request.url = request.url?.slice(mount.length) || '/';
			if (!request.url.startsWith('/')) request.url = `/${request.url}`;
			await serve(request, response);
		}
	};
}

function configuration(keys: SigningKey[]): Configuration {
	return {
		adapter: adapterFor,
		jwks: { keys },
		acrValues: [byPassword.acr],
		claims: claimsByScope,
		// Products read the business and the role where they read the name: in the ID token.
		conformIdTokenClaims: false,
		clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
		responseTypes: ['code'],
		scopes: ['openid', 'offline_access'],
		pkce: { required: () => true },
		// Everything lives as long as the sign-in, and no longer than these seconds.
		ttl: {
			AccessToken: 600,
			AuthorizationCode: 60,
			IdToken: 600,
			Interaction: 1_800,
			RefreshToken: lifetimeDays * 86_400,
			Session: 3_600
		},
		expiresWithSession: () => true,
		issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
		rotateRefreshToken: true,
		routes: { userinfo: '/userinfo', end_session: '/session/end' },
		cookies: {
			keys: [runtime().secrets.derive('openid cookies').toString('base64url')],
			names: {
				session: 'evolve_oidc',
				interaction: 'evolve_oidc_request',
				resume: 'evolve_oidc_resume'
			},
			// Its value decides nothing while somebody is signed in (see adapter.ts).
			long: { signed: false, httpOnly: true, sameSite: 'lax', path: mount },
			short: { signed: true, httpOnly: true, sameSite: 'lax' }
		},
		extraClientMetadata: { properties: ['slug'] },
		clientBasedCORS: () => false,
		features: {
			devInteractions: { enabled: false },
			dPoP: { enabled: false },
			pushedAuthorizationRequests: { enabled: false },
			resourceIndicators: { enabled: false },
			backchannelLogout: { enabled: true },
			rpInitiatedLogout: {
				enabled: true,
				logoutSource: async (ctx, form) => drawSignOut(ctx, form),
				postLogoutSuccessSource: async (ctx) => drawSignedOut(ctx)
			}
		},
		findAccount,
		loadExistingGrant,
		interactions: { policy: policy(), url: interactionUrl },
		renderError: (ctx, out, error) => drawError(ctx, out, error),
		fetch: async (url, options) => {
			// Its own dispatcher, among the options, would refuse products inside the vendor's network.
			if (!(options?.body instanceof URLSearchParams))
				throw new Error('Only logout tokens are sent.');
			return postLogout(String(url), options.body);
		}
	};
}

async function headers(ctx: Context, next: Next): Promise<void> {
	if (ctx.method === 'GET' && ctx.path === sheetPath) {
		ctx.type = 'css';
		ctx.set('cache-control', 'public, max-age=3600');
		ctx.body = readSheet();
		return;
	}
	await (facesPeople(ctx) ? securePage(ctx, next) : next());
}

/** Only these are asked by browsers; the rest is products speaking for themselves, without cookies. */
function facesPeople({ path }: Context): boolean {
	return /^\/(auth|interaction|session)(\/|$)/.test(path);
}

/** Stands the portal's session in for the provider's own, and ends it where the person signed out. */
function session(provider: Provider) {
	return async (ctx: Context, next: Next): Promise<void> => {
		if (!facesPeople(ctx)) return next();
		const portal = await readPortalSession(ctx.req);
		const cookie = provider.cookieName('session');
		if (portal) {
			const others = (ctx.req.headers.cookie ?? '')
				.split(/;\s*/)
				.filter((pair) => !pair.startsWith(`${cookie}=`));
			ctx.req.headers.cookie = [...others, `${cookie}=portal`].join('; ');
		}
		await withPortalSession(portal, next);

		const { oidc } = ctx as Partial<KoaContextWithOIDC>;
		// Only an answer that the provider took for the person's own leads on; a forged one ends on a page.
		const answered = oidc?.route === 'end_session_confirm' && ctx.status === 303;
		if (answered && oidc.params?.['logout']) await signOut(ctx);
	};
}

/** Ends the portal's own session with the provider's; the products hear of it by `session.ended`. */
async function signOut(ctx: Context): Promise<void> {
	const token = sessionToken(ctx.req);
	if (!token) return;
	await withSystem('oidc.sign-out', (scope) => endSession(scope, token));
	const { publicUrl } = runtime();
	ctx.cookies.set(sessionCookieName(publicUrl), null, {
		signed: false,
		httpOnly: true,
		sameSite: 'lax',
		secure: publicUrl.startsWith('https:')
	});
	ctx.set('clear-site-data', '"cache"');
}
