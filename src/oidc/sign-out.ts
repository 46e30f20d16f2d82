import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { endSession, sessionCookieName } from '#server/modules/identity/index.ts';
import { listSignIns, prepareFarewell, type SignIn } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { facesPeople, farewellPath } from './pages.ts';
import {
	readPortalSession,
	sessionToken,
	withPortalSession,
	type PortalSession
} from './portal-session.ts';

/** Stands the portal's session in for the provider's own, and ends it where the person signed out. */
export function asPortalSession(provider: Provider): Middleware {
	return async (ctx, next) => {
		if (!facesPeople(ctx)) return next();
		const portal = await readPortalSession(ctx.req);
		const cookie = provider.cookieName('session');
		if (portal) {
			const others = (ctx.req.headers.cookie ?? '')
				.split(/;\s*/)
				.filter((pair) => !pair.startsWith(`${cookie}=`));
			ctx.req.headers.cookie = [...others, `${cookie}=portal`].join('; ');
		}
		// The provider ends sign-ins on its own, so what there was must be known before.
		const before = portal && ctx.path === '/session/end/confirm' ? await signInsOf(portal) : [];
		await withPortalSession(portal, next);

		const { oidc } = ctx as Partial<KoaContextWithOIDC>;
		// Only an answer that the provider took for the person's own leads on; a forged one ends on a page.
		if (oidc?.route !== 'end_session_confirm' || ctx.status !== 303) return;
		const everything = Boolean(oidc.params?.['logout']);
		const ended = everything
			? before
			: before.filter(
					({ productId, businessId }) =>
						productId === oidc.client?.clientId && businessId === portal?.businessId
				);
		if (everything) await signOut(ctx);
		await leadByFarewell(ctx, ended);
	};
}

/** Of every business: the session ends for all of them. */
function signInsOf({ sessionId }: PortalSession): Promise<SignIn[]> {
	return withSystem('oidc.sign-out', (scope) => listSignIns(scope, { sessionId }));
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

/** Products that want to hear of it from the browser are told on the way to where it was going. */
async function leadByFarewell(ctx: Context, signIns: SignIn[]): Promise<void> {
	const next = ctx.response.get('location');
	const token = await withSystem('oidc.farewell', (scope) =>
		prepareFarewell(scope, { signIns, next })
	);
	if (!token) return;
	ctx.redirect(farewellPath(token));
	ctx.status = 303;
}
