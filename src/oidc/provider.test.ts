import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveSession } from '#server/modules/identity/index.ts';
import { grantAccess } from '#server/modules/launch/index.ts';
import { addMember } from '#server/modules/businesses/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { answerTo, createClient, type TestClient } from './testing/client.ts';
import { createCustomer, signInTo, startTestPortal, type TestProduct } from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let sacco: TestProduct;
let client: TestClient;
let mavuno: Member;
let pwani: Member;

const wanjiku = { name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' };

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	sacco = await portal.addProduct('sacco', 'SACCO');
	mavuno = await createCustomer('Mavuno Traders Ltd', wanjiku, [erp, sacco]);
	pwani = await createCustomer(
		'Pwani Farmers Co-operative',
		{ name: 'Amina Salim', email: 'amina@pwani.example' },
		[erp]
	);
	client = await createClient(portal.origin, erp);
});
afterAll(() => portal.stop());

async function signedIn(): Promise<Browser> {
	const browser = createBrowser();
	await signInTo(browser, portal.origin, wanjiku.email, mavuno.businessId);
	return browser;
}

describe('what the provider says of itself', () => {
	it('names itself exactly, and offers the code flow with S256 and nothing else', async () => {
		const metadata = client.configuration.serverMetadata();
		expect(metadata.issuer).toBe(`${portal.origin}/oidc`);
		expect(metadata.response_types_supported).toEqual(['code']);
		expect(metadata.code_challenge_methods_supported).toEqual(['S256']);
		expect(metadata.grant_types_supported?.toSorted()).toEqual([
			'authorization_code',
			'refresh_token'
		]);
		expect(metadata.id_token_signing_alg_values_supported).toContain('RS256');
		expect(metadata.subject_types_supported).toEqual(['public']);
		expect(metadata['backchannel_logout_supported']).toBe(true);
		expect(metadata['backchannel_logout_session_supported']).toBe(true);
		expect(metadata['frontchannel_logout_supported']).toBe(true);
		expect(metadata['frontchannel_logout_session_supported']).toBe(true);
		expect(metadata['authorization_response_iss_parameter_supported']).toBe(true);
		expect(metadata['acr_values_supported']).toEqual([
			'urn:evolve:second-factor',
			'urn:evolve:password'
		]);
		expect(metadata.claims_supported?.toSorted()).toEqual([
			'access_mode',
			'acr',
			'amr',
			'auth_time',
			'business',
			'email',
			'email_verified',
			'iss',
			'name',
			'product_role',
			'sid',
			'sub',
			'subscription',
			'subscription_ends'
		]);
		expect(metadata.end_session_endpoint).toBe(`${portal.origin}/oidc/session/end`);
		for (const name of ['request_uri_parameter_supported', 'registration_endpoint'])
			expect(metadata[name] ?? false, name).toBe(false);
	});

	it('builds its addresses from the portal’s own, whatever host a request claims', async () => {
		const response = await fetch(`${portal.origin}/oidc/.well-known/openid-configuration`, {
			headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
		});
		expect(await response.text()).not.toContain('evil.example');
	});

	it('publishes keys without their private parts', async () => {
		const { keys } = (await (await fetch(`${portal.origin}/oidc/jwks`)).json()) as {
			keys: Record<string, unknown>[];
		};
		expect(keys).toHaveLength(1);
		expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
	});
});

describe('signing in to a product', () => {
	it('tells who it is, for which business, as what, in the ID token and at userinfo', async () => {
		const tokens = await client.signIn(await signedIn());
		const { payload, protectedHeader } = await jwtVerify(
			tokens.id_token ?? '',
			createRemoteJWKSet(new URL(`${portal.origin}/oidc/jwks`)),
			{ issuer: `${portal.origin}/oidc`, audience: erp.id }
		);
		expect(protectedHeader.alg).toBe('RS256');
		const person = {
			sub: mavuno.personId,
			name: 'Wanjiku Kamau',
			email: 'wanjiku@mavuno.example',
			business: { id: mavuno.businessId, name: 'Mavuno Traders Ltd' },
			product_role: 'manager',
			subscription: 'active',
			access_mode: 'full'
		};
		expect(payload).toMatchObject({ ...person, amr: ['pwd'], acr: 'urn:evolve:password' });
		expect(payload['sid']).toEqual(expect.stringMatching(/^sgn_/));
		expect(Math.abs(Number(payload['auth_time']) - Date.now() / 1000)).toBeLessThan(10);
		expect(
			await openid.fetchUserInfo(client.configuration, tokens.access_token, mavuno.personId)
		).toMatchObject(person);
	});

	it('needs no question asked and one redirect, once the person is signed in to the portal', async () => {
		const asked = await client.request({ display: 'page', claims_locales: 'en', extra: 'foobar' });
		const response = await (await signedIn()).ask(asked.url.href);
		expect([302, 303]).toContain(response.status);
		const callback = new URL(response.headers.get('location') ?? '');
		expect(callback.origin).toBe(erp.origin);
		expect(callback.searchParams.get('iss')).toBe(`${portal.origin}/oidc`);
		expect((await asked.redeem(callback)).claims()?.sub).toBe(mavuno.personId);
	});

	it('leads somebody who is not signed in through the sign-in page and back', async () => {
		const browser = createBrowser();
		const asked = await client.request();
		const page = await browser.follow(asked.url.href, portal.origin);
		const back = /return_to=(\S+)/.exec(await page.text())?.[1] ?? '';
		expect(decodeURIComponent(back)).toMatch(/^\/oidc\/interaction\/[\w-]+$/);
		await signInTo(browser, portal.origin, wanjiku.email, mavuno.businessId);
		const callback = await answerTo(
			browser,
			portal.origin,
			new URL(decodeURIComponent(back), portal.origin)
		);
		expect((await asked.redeem(callback)).claims()?.sub).toBe(mavuno.personId);
	});

	it('asks nothing with prompt=none: signed in or an error, never a page', async () => {
		await expect(client.signIn(createBrowser(), { prompt: 'none' })).rejects.toMatchObject({
			error: 'login_required'
		});
		const tokens = await client.signIn(await signedIn(), { prompt: 'none' });
		expect(tokens.claims()?.sub).toBe(mavuno.personId);
	});

	it.each([{ prompt: 'login' }, { max_age: '0' }])(
		'wants the password again with %o',
		async (parameters) => {
			const browser = await signedIn();
			const before = decodeJwt((await client.signIn(browser)).id_token ?? '');
			const asked = await client.request(parameters);
			const page = await (await browser.follow(asked.url.href, portal.origin)).text();
			expect(page).toContain('/login?again=1');
			await new Promise((done) => setTimeout(done, 1_000));
			await signInTo(browser, portal.origin, wanjiku.email, mavuno.businessId);
			const [, back = ''] = /return_to=(\S+)/.exec(page) ?? [];
			const callback = await answerTo(
				browser,
				portal.origin,
				new URL(decodeURIComponent(back), portal.origin)
			);
			const after = (await asked.redeem(callback)).claims();
			expect(Number(after?.auth_time)).toBeGreaterThan(Number(before['auth_time']));
		}
	);

	it('tells a product that the person did not sign in again, and does not ask for ever', async () => {
		const browser = await signedIn();
		const asked = await client.request({ prompt: 'login' });
		const page = await (await browser.follow(asked.url.href, portal.origin)).text();
		const [, back = ''] = /return_to=(\S+)/.exec(page) ?? [];
		const callback = await answerTo(
			browser,
			portal.origin,
			new URL(decodeURIComponent(back), portal.origin)
		);
		expect(callback.searchParams.get('error')).toBe('login_required');
	});

	it('holds a hint of who it was to the truth', async () => {
		const browser = await signedIn();
		const { id_token = '' } = await client.signIn(browser);
		const same = await client.signIn(browser, { prompt: 'none', id_token_hint: id_token });
		expect(same.claims()?.sub).toBe(mavuno.personId);
		const other = createBrowser();
		await signInTo(other, portal.origin, 'amina@pwani.example', pwani.businessId);
		await expect(client.signIn(other, { id_token_hint: id_token })).rejects.toMatchObject({
			error: 'login_required'
		});
	});

	it('needs no consent, also from a client that asks for it', async () => {
		const tokens = await client.signIn(await signedIn(), {
			scope: 'openid offline_access',
			prompt: 'consent'
		});
		expect(tokens.claims()?.sub).toBe(mavuno.personId);
		expect(tokens.scope).toBe('openid offline_access');
	});

	it('can come back as a form that submits itself, which the page’s own policy allows', async () => {
		const asked = await client.request({ response_mode: 'form_post' });
		const response = await (await signedIn()).ask(asked.url.href);
		const policy = response.headers.get('content-security-policy') ?? '';
		expect(policy).toMatch(/script-src 'self' 'sha256-/);
		expect(policy).toContain(`form-action 'self' ${erp.origin}`);
		expect(await response.text()).toContain(`action="${client.redirectUri}"`);
	});

	it('rotates refresh tokens, and ends all of them when an old one is shown again', async () => {
		const first = await client.signIn(await signedIn());
		const refresh = (token: string | undefined) =>
			openid.refreshTokenGrant(client.configuration, token ?? '');
		const second = await refresh(first.refresh_token);
		expect(second.refresh_token).not.toBe(first.refresh_token);
		expect(second.claims()?.['product_role']).toBe('manager');
		await expect(refresh(first.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
		await expect(refresh(second.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
	});
});

describe('one browser', () => {
	it('launches twice at once, in two tabs, and both come in', async () => {
		const browser = await signedIn();
		const tokens = await Promise.all([client.signIn(browser), client.signIn(browser)]);
		const sids = tokens.map((each) => each.claims()?.['sid']);
		expect(sids[0]).toBe(sids[1]);
		for (const each of tokens)
			await openid.fetchUserInfo(client.configuration, each.access_token, mavuno.personId);
	});

	it('opens two products at once', async () => {
		const browser = await signedIn();
		const other = await createClient(portal.origin, sacco);
		const [one, two] = await Promise.all([client.signIn(browser), other.signIn(browser)]);
		await openid.fetchUserInfo(client.configuration, one.access_token, mavuno.personId);
		await openid.fetchUserInfo(other.configuration, two.access_token, mavuno.personId);
	});

	it('serves two businesses apart, each sign-in with its own', async () => {
		const browser = createBrowser();
		await withSystem('test', async (scope) => {
			await addMember(scope, {
				businessId: pwani.businessId,
				personId: mavuno.personId,
				role: 'member'
			});
			await grantAccess(scope, {
				businessId: pwani.businessId,
				personId: mavuno.personId,
				product: 'erp',
				role: 'clerk'
			});
		});
		const { sessionId } = await signInTo(browser, portal.origin, wanjiku.email, mavuno.businessId);
		const one = await client.signIn(browser);
		await withSystem('test', (scope) =>
			moveSession(scope, { sessionId, businessId: pwani.businessId })
		);
		const two = await client.signIn(browser);
		expect(two.claims()).toMatchObject({
			sub: mavuno.personId,
			business: { id: pwani.businessId },
			product_role: 'clerk'
		});
		expect(two.claims()?.['sid']).not.toBe(one.claims()?.['sid']);
		// The first sign-in still speaks for the first business.
		const info = await openid.fetchUserInfo(
			client.configuration,
			one.access_token,
			mavuno.personId
		);
		expect(info['business']).toMatchObject({ id: mavuno.businessId });
	});

	it('gives a second person their own sign-in, though the first one left without signing out', async () => {
		const browser = await signedIn();
		await client.signIn(browser);
		await signInTo(browser, portal.origin, 'amina@pwani.example', pwani.businessId);
		expect((await client.signIn(browser)).claims()?.sub).toBe(pwani.personId);
	});
});
