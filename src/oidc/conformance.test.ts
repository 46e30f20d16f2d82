import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { answerTo, createClient, type TestClient } from './testing/client.ts';
import { createCustomer, signInTo, startTestPortal, type TestProduct } from './testing/portal.ts';

// What the OpenID Foundation's conformance suite asks of a provider (plan "basic OP"), under the names of
// its modules, and examples of RFC 7636 and OpenID Connect Core 1.0.

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let client: TestClient;
let mavuno: Member;
let browser: Browser;

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	mavuno = await createCustomer(
		'Mavuno Traders Ltd',
		{ name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' },
		[erp]
	);
	client = await createClient(portal.origin, erp);
});
beforeEach(async () => {
	browser = createBrowser();
	await signInTo(browser, portal.origin, 'wanjiku@mavuno.example', mavuno.businessId);
});
afterAll(() => portal.stop());

const basic = () =>
	`Basic ${Buffer.from(`${erp.id}:${encodeURIComponent(erp.secret)}`).toString('base64')}`;

async function exchange(fields: Record<string, string>, headers: Record<string, string> = {}) {
	const response = await fetch(`${portal.origin}/oidc/token`, {
		method: 'POST',
		headers:
			'authorization' in headers || 'client_secret' in fields
				? headers
				: { authorization: basic() },
		body: new URLSearchParams({ grant_type: 'authorization_code', ...fields })
	});
	return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** A code for a challenge of the test's own. */
async function codeFor(verifier: string, parameters: Record<string, string> = {}) {
	const challenge = createHash('sha256').update(verifier).digest('base64url');
	const asked = await client.request({ code_challenge: challenge, ...parameters });
	const callback = await answerTo(browser, portal.origin, asked.url);
	return { code: callback.searchParams.get('code') ?? '', redirect_uri: client.redirectUri };
}

describe('parameters that change nothing', () => {
	it.each([
		['oidcc-server', {}],
		['oidcc-display-page', { display: 'page' }],
		['oidcc-display-popup', { display: 'popup' }],
		['oidcc-claims-locales', { claims_locales: 'se' }],
		['oidcc-ui-locales', { ui_locales: 'sw en' }],
		['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
		['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }]
	])('%s', async (_module, parameters: Record<string, string>) => {
		const claims = (await client.signIn(browser, parameters)).claims();
		expect(claims).toMatchObject({
			iss: `${portal.origin}/oidc`,
			sub: mavuno.personId,
			aud: erp.id,
			nonce: expect.any(String),
			exp: expect.any(Number),
			iat: expect.any(Number)
		});
	});
});

describe('what is given', () => {
	it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
		const verifier = openid.randomPKCECodeVerifier();
		const asked = await client.request({
			code_challenge: await openid.calculatePKCECodeChallenge(verifier)
		});
		asked.url.searchParams.delete('nonce');
		const callback = await answerTo(browser, portal.origin, asked.url);
		const { body } = await exchange({
			code: callback.searchParams.get('code') ?? '',
			code_verifier: verifier,
			redirect_uri: client.redirectUri
		});
		expect(decodeJwt(body['id_token'] ?? '')).not.toHaveProperty('nonce');
	});

	it('oidcc-userinfo-get, oidcc-userinfo-post-header, oidcc-userinfo-post-body', async () => {
		const { access_token } = await client.signIn(browser);
		const userinfo = `${portal.origin}/oidc/userinfo`;
		const authorization = `Bearer ${access_token}`;
		for (const request of [
			{ headers: { authorization } },
			{ method: 'POST', headers: { authorization } },
			{ method: 'POST', body: new URLSearchParams({ access_token }) }
		]) {
			const response = await fetch(userinfo, request);
			expect(response.status).toBe(200);
			expect(await response.json()).toMatchObject({ sub: mavuno.personId });
		}
	});

	it('oidcc-scope-email: claims of the scopes that were asked for, of the right types', async () => {
		const tokens = await client.signIn(browser, { scope: 'openid email' });
		const claims = tokens.claims();
		expect(claims).toMatchObject({ email: 'wanjiku@mavuno.example', email_verified: false });
		expect(claims).not.toHaveProperty('name');
	});

	it('oidcc-claims-essential', async () => {
		const tokens = await client.signIn(browser, {
			scope: 'openid',
			claims: JSON.stringify({ userinfo: { name: { essential: true } } })
		});
		const info = await openid.fetchUserInfo(
			client.configuration,
			tokens.access_token,
			mavuno.personId
		);
		expect(info.name).toBe('Wanjiku Kamau');
		expect(info.email).toBeUndefined();
	});

	it('oidcc-idtoken-signature: RS256, by a key that is published', async () => {
		const { id_token, access_token } = await client.signIn(browser);
		const { payload, protectedHeader } = await jwtVerify(
			id_token ?? '',
			createRemoteJWKSet(new URL(`${portal.origin}/oidc/jwks`))
		);
		expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
		if ('at_hash' in payload)
			expect(payload['at_hash']).toBe(
				createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url')
			);
	});

	it('oidcc-max-age-1: a second after signing in the password is asked for again', async () => {
		await new Promise((done) => setTimeout(done, 2_100));
		const asked = await client.request({ max_age: '1' });
		const page = await (await browser.follow(asked.url.href, portal.origin)).text();
		expect(page).toContain('/login?again=1');
		const fresh = await client.signIn(browser, { max_age: '15000' });
		expect(fresh.claims()?.auth_time).toEqual(expect.any(Number));
	});

	it('oidcc-server-client-secret-post', async () => {
		const verifier = openid.randomPKCECodeVerifier();
		const { status } = await exchange({
			...(await codeFor(verifier)),
			code_verifier: verifier,
			client_id: erp.id,
			client_secret: erp.secret
		});
		expect(status).toBe(200);
	});

	it('comes by 302 or 303, which no browser repeats a form to', async () => {
		const { url } = await client.request();
		expect([302, 303]).toContain((await browser.ask(url.href)).status);
	});
});

describe('proof keys (RFC 7636)', () => {
	it.each([
		['Z'.repeat(128), 'NJ1l6bod57ChP5o-rcxbAgLxXWAI_pR38qe4D2GUsg8'],
		['-._~'.repeat(11), 'lK2NFO4fUsSGSxx7eD9ozetZRvfDEp9wtnPrjHKcyXE']
	])('takes the verifier %s', async (code_verifier, code_challenge) => {
		const code = await codeFor(code_verifier, { code_challenge });
		expect((await exchange({ ...code, code_verifier })).status).toBe(200);
	});

	it.each([
		['of 42 characters', 'x'.repeat(42)],
		['of 129 characters', 'x'.repeat(129)],
		['with a space', `${'x'.repeat(42)} x`],
		['that is its own challenge', null],
		['that is empty', '']
	])('refuses a verifier %s', async (_what, given) => {
		const good = openid.randomPKCECodeVerifier();
		const code = await codeFor(given ?? good);
		const code_verifier = given ?? createHash('sha256').update(good).digest('base64url');
		const { status, body } = await exchange({ ...code, code_verifier });
		expect(status).toBe(400);
		expect(['invalid_request', 'invalid_grant']).toContain(body['error']);
	});

	it('refuses an exchange that shows none', async () => {
		const code = await codeFor(openid.randomPKCECodeVerifier());
		expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
	});
});

describe('registered addresses', () => {
	it.each([
		['oidcc-redirect-uri-query-OK', '?foo=bar', 303],
		['oidcc-redirect-uri-query-mismatch', '?foo=baz', 400],
		['oidcc-redirect-uri-query-added', '?foo=bar&bar=foo', 400],
		['oidcc-redirect-uri-query-missing', '', 400]
	])('%s', async (_module, query, status) => {
		const registered = `${erp.origin}/other?foo=bar`;
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', redirectUrls: [client.redirectUri, registered] })
		);
		const { url } = await client.request({ redirect_uri: `${erp.origin}/other${query}` });
		const response = await browser.ask(url.href);
		expect(response.status).toBe(status);
		if (status === 303)
			expect(response.headers.get('location')).toMatch(
				new RegExp(`^${erp.origin}/other\\?foo=bar&code=`)
			);
	});

	it('oidcc-redirect-uri-regfrag: none with a fragment is taken', async () => {
		await expect(
			withSystem('test', (scope) =>
				saveProduct(scope, { slug: 'erp', redirectUrls: [`${erp.origin}/callback#here`] })
			)
		).rejects.toMatchObject({ status: 400 });
	});
});

describe('a product that is careful refuses', () => {
	it.each([
		['a changed state', (answer: URL) => answer.searchParams.set('state', 'another')],
		['no state', (answer: URL) => answer.searchParams.delete('state')],
		[
			'another issuer, as where two providers are mixed up (RFC 9207)',
			(answer: URL) => answer.searchParams.set('iss', 'https://evil.example/oidc')
		],
		['no issuer', (answer: URL) => answer.searchParams.delete('iss')],
		['a wrong code', (answer: URL) => answer.searchParams.set('code', 'guessed')]
	])('%s', async (_what, change) => {
		const asked = await client.request();
		const answer = await answerTo(browser, portal.origin, asked.url);
		change(answer);
		await expect(asked.redeem(answer)).rejects.toThrow();
	});

	it('an answer with the nonce of another request', async () => {
		const asked = await client.request();
		const other = new URL(asked.url);
		other.searchParams.set('nonce', 'of another request');
		const answer = await answerTo(browser, portal.origin, other);
		await expect(asked.redeem(answer)).rejects.toMatchObject({
			code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'
		});
	});

	it('an answer to the request of another tab', async () => {
		const [one, two] = [await client.request(), await client.request()];
		const answer = await answerTo(browser, portal.origin, two.url);
		await expect(one.redeem(answer)).rejects.toThrow(/invalid response/);
		await two.redeem(answer);
	});
});
