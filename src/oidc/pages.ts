import { readFileSync } from 'node:fs';
import type { Context, Next } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { m } from '#lib/paraglide/messages.js';
import { listClients } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';

/** Where the pages' style sheet is, under the provider's mount. */
export const sheetPath = '/pages.css';

let sheet: string | undefined;

export function readSheet(): string {
	return (sheet ??= ['../lib/styles/tokens.css', './pages.css']
		.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
		.join('\n'));
}

/**
 * Nothing inline and nothing from elsewhere; the provider adds the hash of its own one script where it
 * has one. Forms of a page that is drawn may lead to the products, since signing out at the request of
 * one goes back to it.
 */
export async function securePage(ctx: Context, next: Next): Promise<void> {
	ctx.set('content-security-policy', strict);
	ctx.set('referrer-policy', 'no-referrer');
	ctx.set('x-content-type-options', 'nosniff');
	ctx.set('cross-origin-opener-policy', 'same-origin');
	await next();
	if (ctx.type !== 'text/html') return;
	const clients = await withSystem('oidc.origins', (scope) => listClients(scope));
	const origins = new Set(
		clients.flatMap(({ redirectUrls }) => redirectUrls.map((url) => new URL(url).origin))
	);
	const policy = ctx.response.get('content-security-policy');
	ctx.set(
		'content-security-policy',
		policy.replace("form-action 'self'", ["form-action 'self'", ...origins].join(' '))
	);
}

const strict = [
	"default-src 'none'",
	"style-src 'self'",
	"img-src 'self'",
	"font-src 'self'",
	"script-src 'self'",
	"form-action 'self'",
	"base-uri 'none'",
	"frame-ancestors 'none'"
].join('; ');

/** What went wrong, with a way on: the portal, from which every product can be opened anew. */
export function drawError(
	ctx: Context,
	out: { error: string; error_description?: string | undefined },
	error: Error
): void {
	if (error.name === 'SessionNotFound') return drawExpired(ctx);
	draw(
		ctx,
		m.oidc_error_title(),
		`<p>${safe(m.oidc_error_words())}</p>
		<p><code>${safe(out.error)}</code> ${safe(out.error_description ?? '')}</p>${toPortal()}`
	);
}

/** A request that was left open too long, or that another browser began. */
export function drawExpired(ctx: Context): void {
	ctx.status = 400;
	draw(ctx, m.oidc_expired_title(), `<p>${safe(m.oidc_expired_words())}</p>${toPortal()}`);
}

/** Asked before anything ends: a link from elsewhere signs nobody out. */
export function drawSignOut(ctx: KoaContextWithOIDC, form: string): void {
	const product = ctx.oidc.client?.clientName;
	const choices = [
		button(m.oidc_sign_out_everywhere(), 'primary', 'name="logout" value="yes"'),
		product ? button(m.oidc_sign_out_product({ product })) : ''
	].join('');
	draw(
		ctx,
		product ? m.oidc_sign_out_of_title({ product }) : m.oidc_sign_out_title(),
		`<p>${safe(m.oidc_sign_out_words())}</p>${form}
		<div class="actions">${choices}<a href="/">${safe(m.oidc_stay())}</a></div>`
	);
}

/**
 * After signing out of one product, when it named no address to go back to. Whoever signed out of
 * everything is where one signs in.
 */
export function drawSignedOut(ctx: KoaContextWithOIDC): void {
	const product = ctx.oidc.client?.clientName;
	if (!product) return ctx.redirect('/login?signed_out=1');
	draw(ctx, m.oidc_signed_out_of_title({ product }), toPortal());
}

function toPortal(): string {
	return `<div class="actions"><a class="primary" href="/">${safe(m.oidc_to_portal())}</a></div>`;
}

function button(words: string, kind = '', attributes = ''): string {
	return `<button class="${kind}" form="op.logoutForm" type="submit" ${attributes}>${safe(words)}</button>`;
}

function draw(ctx: Context, title: string, body: string): void {
	const theme = ctx.cookies.get('theme', { signed: false });
	const chosen = theme === 'light' || theme === 'dark' ? ` data-theme="${theme}"` : '';
	ctx.type = 'html';
	ctx.body = `<!doctype html>
<html lang="en-KE"${chosen}>
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<meta name="color-scheme" content="light dark">
	<title>${safe(title)} · Evolve Business</title>
	<link rel="icon" href="/icon.svg" type="image/svg+xml">
	<link rel="stylesheet" href="/oidc${sheetPath}">
</head>
<body>
	<main>
		<h1>${safe(title)}</h1>
		${body}
	</main>
</body>
</html>`;
}

function safe(words: string): string {
	return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
