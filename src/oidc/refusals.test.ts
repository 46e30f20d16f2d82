import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantAccess, removeAccess } from '#server/modules/launch/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { answerTo, createClient, type TestClient } from './testing/client.ts';
import {
	createCustomer,
	endSubscription,
	signInTo,
	startTestPortal,
	type TestProduct
} from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let payroll: TestProduct;
let client: TestClient;
let mavuno: Member;
let browser: Browser;

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	payroll = await portal.addProduct('payroll', 'Payroll');
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

/** Asks with the good parameters changed; `null` leaves one out. */
async function ask(changes: Record<string, string | null>) {
	const { url } = await client.request();
	for (const [name, value] of Object.entries(changes)) {
		if (value === null) url.searchParams.delete(name);
		else url.searchParams.set(name, value);
	}
	return browser.ask(url.href);
}

describe('a request to sign in', () => {
	it.each([
		['without a code challenge', { code_challenge: null, code_challenge_method: null }],
		['with a plain challenge', { code_challenge_method: 'plain' }],
		['with a challenge of 42 characters', { code_challenge: 'x'.repeat(42) }],
		['with a challenge of 129 characters', { code_challenge: 'x'.repeat(129) }],
		['with a space in its challenge', { code_challenge: `${'x'.repeat(42)} ` }],
		['without a response type', { response_type: null }],
		['for an ID token at once', { response_type: 'id_token' }],
		['for the hybrid flow', { response_type: 'code id_token' }],
		['with a negative max_age', { max_age: '-1' }],
		['with a max_age that is no number', { max_age: 'abc' }],
		['with prompt=none and another', { prompt: 'none login' }]
	])('is sent back refused %s', async (_what, changes) => {
		const response = await ask(changes);
		expect([302, 303]).toContain(response.status);
		const answer = new URL(response.headers.get('location') ?? '');
		expect(answer.origin).toBe(erp.origin);
		const said = new URLSearchParams(answer.search || answer.hash.slice(1));
		expect(['invalid_request', 'unsupported_response_type']).toContain(said.get('error'));
		expect(said.has('code')).toBe(false);
	});

	it.each([
		['an address that is not registered', { redirect_uri: 'https://evil.example/callback' }],
		[
			'a registered address with something added',
			{ redirect_uri: () => `${erp.origin}/callback?a=b` }
		],
		[
			'a registered address with a path below it',
			{ redirect_uri: () => `${erp.origin}/callback/../x` }
		],
		[
			'another host that begins alike',
			{ redirect_uri: () => `${erp.origin}.evil.example/callback` }
		],
		['another case of the letters', { redirect_uri: () => `${erp.origin}/Callback` }],
		['another port', { redirect_uri: () => 'http://localhost:9/callback' }],
		[
			'a user before the host',
			{ redirect_uri: () => erp.origin.replace('//', '//localhost@evil.example:') + '/callback' }
		],
		['an encoded slash', { redirect_uri: () => `${erp.origin}/%2e%2e%2fcallback` }],
		['an encoded letter', { redirect_uri: () => `${erp.origin}/callbac%6b` }],
		['a slash at its end', { redirect_uri: () => `${erp.origin}/callback/` }],
		['a fragment', { redirect_uri: () => `${erp.origin}/callback#evil.example` }],
		[
			'another protocol',
			{ redirect_uri: () => erp.origin.replace('http:', 'https:') + '/callback' }
		],
		['a script', { redirect_uri: 'javascript:alert(1)//evil.example' }],
		['no address at all', { redirect_uri: null }],
		['no client of ours', { client_id: 'prd_unknown' }],
		['no client at all', { client_id: null }]
	])('ends on a page of the portal, not at %s', async (_what, changes) => {
		const response = await ask(
			Object.fromEntries(
				Object.entries(changes).map(([name, value]) => [
					name,
					typeof value === 'function' ? value() : value
				])
			)
		);
		expect(response.status).toBe(400);
		expect(response.headers.get('location')).toBeNull();
		const page = await response.text();
		expect(page).toContain('Go to the portal');
		expect(page).toContain('/support/new');
		expect(page).not.toContain('evil.example');
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
	});

	it('with a request object is sent back refused', async () => {
		const response = await ask({ request: 'x.y.z' });
		expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe(
			'request_not_supported'
		);
	});

	it('sees a changed address at once, without a restart', async () => {
		const moved = { ...erp, id: '' };
		await withSystem('test', async (scope) => {
			const { id } = await saveProduct(scope, {
				slug: 'moving',
				name: 'Moving',
				summary: '',
				mark: 'initials',
				position: 9
			});
			moved.id = id;
		});
		const request = async () => ask({ client_id: moved.id });
		expect((await request()).status).toBe(400);
		const { setClientSecret } = await import('#server/modules/catalogue/index.ts');
		await withSystem('test', async (scope) => {
			await setClientSecret(scope, {
				product: 'moving',
				secret: 'a secret of thirty-two characters'
			});
			await saveProduct(scope, {
				slug: 'moving',
				name: 'Moving',
				summary: '',
				mark: 'initials',
				position: 9,
				redirectUrls: [`${erp.origin}/callback`]
			});
		});
		expect((await request()).status).toBe(303);
	});
});

describe('an exchange of a code', () => {
	async function code() {
		const asked = await client.request();
		const callback = await answerTo(browser, portal.origin, asked.url);
		return { asked, code: callback.searchParams.get('code') ?? '', callback };
	}
	async function exchange(
		fields: Record<string, string>,
		{ id, secret }: { id: string; secret: string } = erp
	) {
		const response = await fetch(`${portal.origin}/oidc/token`, {
			method: 'POST',
			headers: {
				authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`
			},
			body: new URLSearchParams({
				grant_type: 'authorization_code',
				redirect_uri: client.redirectUri,
				...fields
			})
		});
		return {
			status: response.status,
			headers: response.headers,
			body: (await response.json()) as Record<string, string>
		};
	}

	it('is refused with another verifier', async () => {
		const one = await code();
		expect(
			await exchange({ code: one.code, code_verifier: openid.randomPKCECodeVerifier() })
		).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
	});

	it('is refused with another address than the code was sent to', async () => {
		const one = await code();
		expect(
			await exchange({
				code: one.code,
				code_verifier: one.asked.verifier,
				redirect_uri: `${erp.origin}/elsewhere`
			})
		).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
	});

	it('is refused to another product', async () => {
		const one = await code();
		expect(
			await exchange({ code: one.code, code_verifier: one.asked.verifier }, payroll)
		).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
	});

	it('is refused with a wrong secret, and says how to show one', async () => {
		const one = await code();
		const answer = await exchange(
			{ code: one.code, code_verifier: one.asked.verifier },
			{ id: erp.id, secret: 'wrong' }
		);
		expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
		expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
	});

	it('succeeds once; a second one ends what the first was given', async () => {
		const one = await code();
		const fields = { code: one.code, code_verifier: one.asked.verifier };
		const first = await exchange(fields);
		expect(first.status).toBe(200);
		expect(await exchange(fields)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
		await expect(
			openid.fetchUserInfo(client.configuration, first.body['access_token'] ?? '', mavuno.personId)
		).rejects.toThrow();
	});

	it('succeeds at most once when it is made twenty times at the same moment', async () => {
		const one = await code();
		const fields = { code: one.code, code_verifier: one.asked.verifier };
		const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(fields)));
		const succeeded = answers.filter(({ status }) => status === 200);
		expect(succeeded.length).toBeLessThanOrEqual(1);
		for (const { status, body } of answers)
			if (status !== 200) expect(body['error']).toBe('invalid_grant');
	});

	it('gives no ID token and no userinfo where openid was not asked for', async () => {
		const asked = await client.request({ scope: 'profile' });
		asked.url.searchParams.delete('nonce');
		const callback = await answerTo(browser, portal.origin, asked.url);
		const { body } = await exchange({
			code: callback.searchParams.get('code') ?? '',
			code_verifier: asked.verifier
		});
		expect(body['id_token']).toBeUndefined();
		const info = await fetch(`${portal.origin}/oidc/userinfo`, {
			headers: { authorization: `Bearer ${body['access_token'] ?? ''}` }
		});
		expect(info.status).toBe(403);
	});

	it('gives an ID token that is no access token', async () => {
		const tokens = await client.signIn(browser);
		const info = await fetch(`${portal.origin}/oidc/userinfo`, {
			headers: { authorization: `Bearer ${tokens.id_token ?? ''}` }
		});
		expect(info.status).toBe(401);
	});
});

describe('a person without access', () => {
	it('is shown a page of the portal, from which the product can be told; no code is given', async () => {
		const other = await createClient(portal.origin, payroll);
		const asked = await other.request();
		const page = await (await browser.follow(asked.url.href, portal.origin)).text();
		const [, request = ''] = /\/launch\/payroll\?request=([\w-]+)/.exec(page) ?? [];
		const refused = await browser.follow(
			`${portal.origin}/oidc/interaction/${request}/refusal`,
			portal.origin,
			{ method: 'POST' }
		);
		const answer = new URL(refused.headers.get('location') ?? '');
		expect(answer.origin).toBe(payroll.origin);
		expect(answer.searchParams.get('error')).toBe('access_denied');
		expect(answer.searchParams.has('code')).toBe(false);
	});

	it('is refused at once where no page may be shown', async () => {
		const other = await createClient(portal.origin, payroll);
		await expect(other.signIn(browser, { prompt: 'none' })).rejects.toMatchObject({
			error: 'access_denied'
		});
	});

	it('cannot use what they were given before, and the product is told at once', async () => {
		await withSystem('test', (scope) =>
			grantAccess(scope, { ...mavuno, product: 'erp', role: 'manager' })
		);
		const tokens = await client.signIn(browser);
		await withSystem('test', (scope) => removeAccess(scope, { ...mavuno, product: 'erp' }));
		await expect(
			openid.fetchUserInfo(client.configuration, tokens.access_token, mavuno.personId)
		).rejects.toThrow();
		await expect(
			openid.refreshTokenGrant(client.configuration, tokens.refresh_token ?? '')
		).rejects.toMatchObject({ error: 'invalid_grant' });
		await portal.jobs.settle();
		const told = erp.logouts.map((token) => decodeJwt(token)['sid']);
		expect(told.filter((sid) => sid === tokens.claims()?.['sid'])).toHaveLength(1);
		await withSystem('test', (scope) =>
			grantAccess(scope, { ...mavuno, product: 'erp', role: 'manager' })
		);
	});

	it('is what everybody becomes when the subscription ends', async () => {
		const tokens = await client.signIn(browser);
		await endSubscription(mavuno.businessId, 'erp');
		await expect(client.signIn(browser, { prompt: 'none' })).rejects.toMatchObject({
			error: 'access_denied'
		});
		await expect(
			openid.refreshTokenGrant(client.configuration, tokens.refresh_token ?? '')
		).rejects.toMatchObject({ error: 'invalid_grant' });
	});
});
