import type { Context, Next } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { m } from '#lib/paraglide/messages.js';
import { listClients } from '#server/modules/catalogue/index.ts';
import { findFarewell } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { actions, draw, link, paragraph, readSheet, safe, sheetPath } from './document.ts';
import type { PortalSession } from './portal-session.ts';

/** Only these are asked by browsers; the rest is products speaking for themselves, without cookies. */
export function facesPeople({ path }: Context): boolean {
	return /^\/(auth|interaction|session|signed-out)(\/|$)/.test(path);
}

export function farewellPath(token: string): string {
	return `/oidc/signed-out/${token}`;
}

/** The pages' headers, their style sheet, and the one page that no request of a product's leads to. */
export async function pages(ctx: Context, next: Next): Promise<void> {
	if (ctx.method === 'GET' && ctx.path === sheetPath) {
		ctx.type = 'css';
		ctx.set('cache-control', 'public, max-age=3600');
		ctx.body = readSheet();
		return;
	}
	if (!facesPeople(ctx)) return next();
	const [, farewell] = /^\/signed-out\/([\w-]+)$/.exec(ctx.path) ?? [];
	return securePage(ctx, farewell ? () => drawFarewell(ctx, farewell) : next);
}

/**
 * Nothing inline and nothing from elsewhere; the provider adds the hash of its own one script where it
 * has one. Forms of a page that is drawn may lead to the products, since signing out at the request of
 * one goes back to it.
 */
async function securePage(ctx: Context, next: () => Promise<void>): Promise<void> {
	ctx.set('content-security-policy', strict);
	ctx.set('referrer-policy', 'no-referrer');
	ctx.set('x-content-type-options', 'nosniff');
	ctx.set('cross-origin-opener-policy', 'same-origin');
	await next();
	const leadsOn = ctx.status >= 300 && ctx.status < 400;
	if (leadsOn || ctx.type !== 'text/html') return;
	const clients = await withSystem('oidc.origins', (scope) => listClients(scope));
	allow(
		ctx,
		'form-action',
		clients.flatMap(({ redirectUrls, postLogoutUrls }) => [...redirectUrls, ...postLogoutUrls])
	);
}

const strict = [
	"default-src 'none'",
	"style-src 'self'",
	"img-src 'self'",
	"font-src 'self'",
	"script-src 'self'",
	"frame-src 'none'",
	"form-action 'self'",
	"base-uri 'none'",
	"frame-ancestors 'none'"
].join('; ');

function allow(ctx: Context, what: 'form-action' | 'frame-src', urls: string[]): void {
	const origins = [...new Set(urls.map((url) => new URL(url).origin))].join(' ');
	const policy = ctx.response.get('content-security-policy');
	ctx.set(
		'content-security-policy',
		policy.replace(/(form-action|frame-src) '(self|none)'/g, (own, name: string, base: string) => {
			if (name !== what || origins === '') return own;
			return base === 'none' ? `${name} ${origins}` : `${own} ${origins}`;
		})
	);
}

/** What went wrong, with a way on: the portal, from which every product can be opened anew. */
export function drawError(
	ctx: KoaContextWithOIDC,
	out: { error: string; error_description?: string | undefined },
	error: Error
): void {
	if (error.name === 'SessionNotFound') return drawExpired(ctx);
	const { client } = ctx.oidc;
	const support = link(m.oidc_tell_support(), supportPath(client?.['slug']));
	if (error.name === 'Circles') {
		ctx.set('retry-after', '30');
		return draw(
			ctx,
			m.oidc_circles_title({ product: client?.clientName ?? '' }),
			paragraph(m.oidc_circles_words()) + actions(toPortal(), support)
		);
	}
	draw(
		ctx,
		m.oidc_error_title(),
		`${paragraph(m.oidc_error_words())}
		<p><code>${safe(out.error)}</code> ${safe(out.error_description ?? '')}</p>
		${actions(toPortal(), support)}`
	);
}

function supportPath(product: unknown): string {
	const query = typeof product === 'string' ? `?product=${encodeURIComponent(product)}` : '';
	return `/support/new${query}`;
}

/** A request that was left open too long, or that another browser began. */
export function drawExpired(ctx: Context): void {
	ctx.status = 400;
	draw(ctx, m.oidc_expired_title(), paragraph(m.oidc_expired_words()) + actions(toPortal()));
}

/** Whether to open the product as whoever is signed in, when it asked for somebody else or for a choice. */
export function drawAccount(
	ctx: Context,
	options: {
		product: string;
		portal: PortalSession;
		/** Whom the product expects instead. */
		expected: string | null;
		goOn: string;
		signIn: string;
	}
): void {
	const { product, expected, goOn, signIn } = options;
	const { name, email } = options.portal;
	draw(
		ctx,
		expected ? m.oidc_other_account_title({ product }) : m.oidc_choose_account_title({ product }),
		`${paragraph(
			expected
				? m.oidc_other_account_words({ hint: expected, name, email })
				: m.oidc_choose_account_words({ name, email })
		)}
		<form method="post" action="${safe(goOn)}">
			${actions(
				`<button class="primary" type="submit">${safe(m.oidc_go_on_as({ name }))}</button>`,
				link(m.oidc_sign_in_as_other(), signIn)
			)}
		</form>`
	);
}

/** Asked before anything ends: a link from elsewhere signs nobody out. */
export function drawSignOut(ctx: KoaContextWithOIDC, form: string): void {
	const product = ctx.oidc.client?.clientName;
	draw(
		ctx,
		product ? m.oidc_sign_out_of_title({ product }) : m.oidc_sign_out_title(),
		`${paragraph(m.oidc_sign_out_words())}${form}
		${actions(
			answer(m.oidc_sign_out_everywhere(), 'primary', 'name="logout" value="yes"'),
			product ? answer(m.oidc_sign_out_product({ product })) : '',
			link(m.oidc_stay(), '/')
		)}`
	);
}

function answer(words: string, kind = '', attributes = ''): string {
	return `<button class="${kind}" form="op.logoutForm" type="submit" ${attributes}>${safe(words)}</button>`;
}

/**
 * After signing out of one product, when it named no address to go back to. Whoever signed out of
 * everything is where one signs in.
 */
export function drawSignedOut(ctx: KoaContextWithOIDC): void {
	const product = ctx.oidc.client?.clientName;
	if (!product) return ctx.redirect('/login?signed_out=1');
	draw(ctx, m.oidc_signed_out_of_title({ product }), actions(toPortal()));
}

/** Long enough for the frames of products that answer. */
const farewellSeconds = 2;

/**
 * Loads what products want to have loaded when the person signs out (OpenID Connect Front-Channel
 * Logout 1.0), then goes on to where the browser was going. The frames reach their own pages and nothing
 * of ours.
 */
async function drawFarewell(ctx: Context, token: string): Promise<void> {
	ctx.set('cache-control', 'no-store');
	const farewell = await withSystem('oidc.farewell', (scope) => findFarewell(scope, { token }));
	if (!farewell) return ctx.redirect('/login?signed_out=1');
	const { frames, next } = farewell;
	allow(ctx, 'frame-src', frames);
	if (next) ctx.set('refresh', `${farewellSeconds}; url=${next}`);
	draw(
		ctx,
		m.oidc_signed_out_title(),
		`${paragraph(m.oidc_signed_out_words())}
		${actions(
			next
				? link(m.oidc_go_on(), next, 'primary')
				: link(m.oidc_sign_in_again(), '/login', 'primary')
		)}
		${frames
			.map(
				(url) =>
					`<iframe hidden sandbox="allow-scripts allow-same-origin" referrerpolicy="no-referrer" src="${safe(url)}"></iframe>`
			)
			.join('\n')}`
	);
}

function toPortal(): string {
	return link(m.oidc_to_portal(), '/', 'primary');
}
