import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { endSession, lifetimeDays, sweepSessions } from '#server/modules/identity/index.ts';
import {
	findFarewell,
	listSignIns,
	postLogout,
	prepareFarewell
} from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { createClient, type TestClient } from './testing/client.ts';
import { createCustomer, signInTo, startTestPortal, type TestProduct } from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let sacco: TestProduct;
let client: TestClient;
let other: TestClient;
let mavuno: Member;

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	sacco = await portal.addProduct('sacco', 'SACCO');
	mavuno = await createCustomer(
		'Mavuno Traders Ltd',
		{ name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' },
		[erp, sacco]
	);
	client = await createClient(portal.origin, erp);
	other = await createClient(portal.origin, sacco);
});
beforeEach(() => {
	for (const product of [erp, sacco]) Object.assign(product, { logouts: [], answer: 200 });
});
afterAll(() => portal.stop());

async function signedInToBoth() {
	const browser = createBrowser();
	const { token, sessionId } = await signInTo(
		browser,
		portal.origin,
		'wanjiku@mavuno.example',
		mavuno.businessId
	);
	return {
		browser,
		token,
		sessionId,
		erp: await client.signIn(browser),
		sacco: await other.signIn(browser)
	};
}

const usable = (tokens: { access_token: string }) =>
	openid.fetchUserInfo(client.configuration, tokens.access_token, mavuno.personId).then(
		() => true,
		() => false
	);

const end = (browser: Browser, parameters: Record<string, string> = {}) =>
	browser.ask(`${portal.origin}/oidc/session/end?${new URLSearchParams(parameters)}`);

async function confirm(browser: Browser, page: string, fields: Record<string, string>) {
	const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
	return browser.ask(`${portal.origin}/oidc/session/end/confirm`, {
		method: 'POST',
		body: new URLSearchParams({ xsrf, ...fields })
	});
}

/** What a product must find in a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). */
async function verify(token: string | undefined, audience: string) {
	const { payload } = await jwtVerify(
		token ?? '',
		createRemoteJWKSet(new URL(`${portal.origin}/oidc/jwks`)),
		{ issuer: `${portal.origin}/oidc`, audience, typ: 'logout+jwt', maxTokenAge: '2 minutes' }
	);
	expect(payload['events']).toEqual({
		'http://schemas.openid.net/event/backchannel-logout': {}
	});
	expect(payload).not.toHaveProperty('nonce');
	expect(payload.jti).toEqual(expect.any(String));
	return payload;
}

describe('a session of the portal that ends', () => {
	it('ends every sign-in: products are told, tokens are refused', async () => {
		const session = await signedInToBoth();
		await withSystem('test', (scope) => endSession(scope, session.token));
		await portal.jobs.settle();
		expect(await verify(erp.logouts[0], erp.id)).toMatchObject({
			sub: mavuno.personId,
			sid: session.erp.claims()?.['sid']
		});
		expect(await verify(sacco.logouts[0], sacco.id)).toMatchObject({
			sid: session.sacco.claims()?.['sid']
		});
		expect(erp.logouts).toHaveLength(1);
		expect(await usable(session.erp)).toBe(false);
		await expect(
			openid.refreshTokenGrant(client.configuration, session.erp.refresh_token ?? '')
		).rejects.toMatchObject({ error: 'invalid_grant' });
	});

	it('lets nobody in again before anybody was told', async () => {
		const session = await signedInToBoth();
		await withSystem('test', (scope) => endSession(scope, session.token));
		await expect(client.signIn(session.browser, { prompt: 'none' })).rejects.toMatchObject({
			error: 'login_required'
		});
		await portal.jobs.settle();
	});

	it('tells the products too when it ran out', async () => {
		const session = await signedInToBoth();
		await withSystem('test', (scope) => sweepSessions(scope), {
			at: new Date(Date.now() + (lifetimeDays + 1) * 86_400_000)
		});
		await portal.jobs.settle();
		expect(erp.logouts).toHaveLength(1);
		expect(await usable(session.erp)).toBe(false);
	});

	it('is told again to a product that failed, with a token signed anew', async () => {
		const session = await signedInToBoth();
		erp.answer = 503;
		await withSystem('test', (scope) => endSession(scope, session.token));
		await expect.poll(() => erp.logouts.length, { timeout: 10_000 }).toBeGreaterThan(0);
		erp.answer = 200;
		await expect.poll(() => erp.logouts.length, { timeout: 15_000 }).toBeGreaterThan(1);
		await portal.jobs.settle();
		const [first, last] = [erp.logouts[0], erp.logouts.at(-1)];
		expect(decodeJwt(last ?? '')['sid']).toBe(decodeJwt(first ?? '')['sid']);
		expect(decodeJwt(last ?? '').jti).not.toBe(decodeJwt(first ?? '').jti);
		expect(sacco.logouts.length).toBeGreaterThan(0);
	});

	it('leaves the person’s other browser signed in', async () => {
		const one = await signedInToBoth();
		const two = await signedInToBoth();
		await withSystem('test', (scope) => endSession(scope, one.token));
		await portal.jobs.settle();
		expect(await usable(one.erp)).toBe(false);
		expect(await usable(two.erp)).toBe(true);
	});
});

describe('signing out at the request of a product', () => {
	it('asks first, and ends everything when that was meant', async () => {
		const session = await signedInToBoth();
		const response = await end(session.browser, {
			id_token_hint: session.erp.id_token ?? '',
			post_logout_redirect_uri: `${erp.origin}/`,
			state: 'kept'
		});
		expect(response.status).toBe(200);
		const page = await response.text();
		expect(page).toContain('Sign out of ERP System?');
		// Chrome holds the whole way of a form to this, back to the product.
		expect(response.headers.get('content-security-policy')).toContain(
			`form-action 'self' ${erp.origin} ${sacco.origin};`
		);
		expect(await usable(session.erp)).toBe(true);

		const left = await confirm(session.browser, page, { logout: 'yes' });
		expect(left.status).toBe(303);
		expect(left.headers.get('location')).toBe(`${erp.origin}/?state=kept`);
		await portal.jobs.settle();
		expect(erp.logouts).toHaveLength(1);
		await verify(sacco.logouts[0], sacco.id);
		expect(await usable(session.sacco)).toBe(false);
		await expect(client.signIn(session.browser, { prompt: 'none' })).rejects.toMatchObject({
			error: 'login_required'
		});
	});

	it('leads whoever left everything to where one signs in', async () => {
		const session = await signedInToBoth();
		const page = await (await end(session.browser)).text();
		expect(page).toContain('Sign out?');
		const left = await confirm(session.browser, page, { logout: 'yes' });
		const goodbye = await session.browser.ask(
			new URL(left.headers.get('location') ?? '', portal.origin).href
		);
		expect(goodbye.headers.get('location')).toBe('/login?signed_out=1');
		expect(session.browser.cookies.has('evolve_session')).toBe(false);
		await portal.jobs.settle();
	});

	it('can end that product alone', async () => {
		const session = await signedInToBoth();
		const page = await (
			await end(session.browser, { id_token_hint: session.erp.id_token ?? '' })
		).text();
		const left = await confirm(session.browser, page, {});
		expect(await usable(session.erp)).toBe(false);
		expect(await usable(session.sacco)).toBe(true);
		expect([erp.logouts.length, sacco.logouts.length]).toEqual([1, 0]);
		const goodbye = await session.browser.follow(
			new URL(left.headers.get('location') ?? '', portal.origin).href,
			portal.origin
		);
		expect(await goodbye.text()).toContain('You are signed out of ERP System');
	});

	it('sends no state where none was given', async () => {
		const session = await signedInToBoth();
		const page = await (
			await end(session.browser, {
				id_token_hint: session.erp.id_token ?? '',
				post_logout_redirect_uri: `${erp.origin}/`
			})
		).text();
		const left = await confirm(session.browser, page, {});
		expect(left.headers.get('location')).toBe(`${erp.origin}/`);
	});

	it('leads to no address that is not registered', async () => {
		const session = await signedInToBoth();
		const response = await end(session.browser, {
			id_token_hint: session.erp.id_token ?? '',
			post_logout_redirect_uri: 'https://evil.example/'
		});
		expect(response.status).toBe(400);
		expect(await usable(session.erp)).toBe(true);
	});

	it('refuses a hint that is no token, and signs nobody out without an answer to its question', async () => {
		const session = await signedInToBoth();
		expect((await end(session.browser, { id_token_hint: 'nonsense' })).status).toBe(400);
		expect((await end(session.browser)).status).toBe(200);
		const forged = await session.browser.ask(`${portal.origin}/oidc/session/end/confirm`, {
			method: 'POST',
			body: new URLSearchParams({ xsrf: 'guessed', logout: 'yes' })
		});
		expect(forged.status).toBe(400);
		await portal.jobs.settle();
		expect(await usable(session.erp)).toBe(true);
		await client.signIn(session.browser, { prompt: 'none' });
	});
});

describe('a product that hears of it in the browser', () => {
	const frames = (page: string) =>
		[...page.matchAll(/<iframe [^>]*src="([^"]+)"/g)].map(
			([, url = '']) => new URL(url.replaceAll('&#38;', '&'))
		);

	beforeEach(async () => {
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', frontchannelLogoutUrl: `${erp.origin}/frame?kept=1` })
		);
	});
	afterEach(async () => {
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', frontchannelLogoutUrl: null, postLogoutUrls: [] })
		);
	});

	it('is loaded in a frame when the person leaves, with issuer and sign-in, and nobody else is', async () => {
		const session = await signedInToBoth();
		// As the portal's own button does.
		const token = await withSystem('test', async (scope) =>
			prepareFarewell(scope, {
				signIns: await listSignIns(scope, { sessionId: session.sessionId })
			})
		);
		await withSystem('test', (scope) => endSession(scope, session.token));
		const response = await session.browser.ask(`${portal.origin}/oidc/signed-out/${token ?? ''}`);
		const page = await response.text();
		expect(page).toContain('You are signed out');
		const [frame, ...others] = frames(page);
		expect(others).toEqual([]);
		expect(frame?.origin).toBe(erp.origin);
		expect(Object.fromEntries(frame?.searchParams ?? [])).toEqual({
			kept: '1',
			iss: `${portal.origin}/oidc`,
			sid: session.erp.claims()?.['sid']
		});
		const policy = response.headers.get('content-security-policy') ?? '';
		expect(policy).toContain(`frame-src ${erp.origin};`);
		expect(response.headers.get('refresh')).toBeNull();
		await portal.jobs.settle();
	});

	it('is loaded on the way back to the product where the person left from', async () => {
		const session = await signedInToBoth();
		const page = await (
			await end(session.browser, {
				id_token_hint: session.sacco.id_token ?? '',
				post_logout_redirect_uri: `${sacco.origin}/`,
				state: 'kept'
			})
		).text();
		const left = await confirm(session.browser, page, { logout: 'yes' });
		expect(left.headers.get('location')).toMatch(/^\/oidc\/signed-out\/[\w-]+$/);
		const goodbye = await session.browser.ask(
			new URL(left.headers.get('location') ?? '', portal.origin).href
		);
		expect(goodbye.headers.get('refresh')).toBe(`2; url=${sacco.origin}/?state=kept`);
		expect(frames(await goodbye.text()).map(({ origin }) => origin)).toEqual([erp.origin]);
		await portal.jobs.settle();
	});

	it('is not told of another product that is left alone', async () => {
		const session = await signedInToBoth();
		const page = await (
			await end(session.browser, { id_token_hint: session.sacco.id_token ?? '' })
		).text();
		const left = await confirm(session.browser, page, {});
		expect(left.headers.get('location')).not.toContain('/signed-out/');
		expect(await usable(session.erp)).toBe(true);
	});

	it('is loaded for some minutes and no longer', async () => {
		const session = await signedInToBoth();
		const token = await withSystem('test', async (scope) =>
			prepareFarewell(scope, {
				signIns: await listSignIns(scope, { sessionId: session.sessionId })
			})
		);
		const find = (minutes: number) =>
			withSystem('test', (scope) => findFarewell(scope, { token: token ?? '' }), {
				at: new Date(Date.now() + minutes * 60_000)
			});
		expect(await find(4)).toMatchObject({ next: null });
		expect(await find(5)).toBeNull();
	});

	it('is shown to whoever knows the page’s address, which nobody can guess', async () => {
		const unknown = await createBrowser().ask(`${portal.origin}/oidc/signed-out/guessed`);
		expect(unknown.headers.get('location')).toBe('/login?signed_out=1');
	});

	it('may name where the browser goes after signing out, and then nothing else will do', async () => {
		const goodbye = `${erp.origin}/goodbye?a=b`;
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', postLogoutUrls: [goodbye] })
		);
		const session = await signedInToBoth();
		const ask = (address: string) =>
			end(session.browser, {
				id_token_hint: session.erp.id_token ?? '',
				post_logout_redirect_uri: address
			});
		for (const other of [
			`${erp.origin}/`,
			`${erp.origin}/goodbye`,
			`${goodbye}&c=d`,
			`${erp.origin}/goodbye/?a=b`,
			`${erp.origin}@evil.example/goodbye?a=b`
		])
			expect((await ask(other)).status, other).toBe(400);
		const page = await (await ask(goodbye)).text();
		const left = await confirm(session.browser, page, {});
		const farewell = await session.browser.ask(
			new URL(left.headers.get('location') ?? '', portal.origin).href
		);
		expect(farewell.headers.get('refresh')).toBe(`2; url=${goodbye}`);
	});
});

it('the provider calls registered logout addresses and nothing else', async () => {
	const body = new URLSearchParams({ logout_token: 'x' });
	await expect(postLogout(`${erp.origin}/elsewhere`, body)).rejects.toThrow(/registered/);
	expect((await postLogout(`${erp.origin}/logout`, body)).status).toBe(200);
});
