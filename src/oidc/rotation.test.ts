import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endSession } from '#server/modules/identity/index.ts';
import { readSigningKeys, rotateSigningKey } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { installation } from '#server/platform/live.ts';
import { runtime, setRuntime } from '#server/platform/runtime.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { createClient, type TestClient } from './testing/client.ts';
import type { Order, Report } from './testing/process.ts';
import { createCustomer, signInTo, startTestPortal, type TestProduct } from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let client: TestClient;
let mavuno: Member;
let browser: Browser;
let token: string;

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
	({ token } = await signInTo(browser, portal.origin, 'wanjiku@mavuno.example', mavuno.businessId));
});
afterAll(() => portal.stop());

const signsWith = (jwt: string | undefined) => decodeProtectedHeader(jwt ?? '').kid;
/** Resolves once this process has been told of another set of keys. */
const told = () =>
	new Promise<void>((resolve) => {
		const stop = runtime().live.hear(installation, (topic) => {
			if (topic !== 'keys') return;
			stop();
			resolve();
		});
	});
const rotate = async (atOnce: boolean) => {
	const heard = told();
	const key = await withSystem('test', (scope) => rotateSigningKey(scope, { atOnce }));
	await heard;
	return key;
};
const signing = async () =>
	(await withSystem('test', (scope) => readSigningKeys(scope))).signing.kid;
const published = async (origin = portal.origin) =>
	((await (await fetch(`${origin}/oidc/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(
		({ kid }) => kid
	);

/** As a product does that has kept no keys yet. */
const verify = (jwt: string | undefined) =>
	jwtVerify(jwt ?? '', createRemoteJWKSet(new URL(`${portal.origin}/oidc/jwks`)), {
		issuer: `${portal.origin}/oidc`,
		audience: erp.id
	});

describe('a new key on a running portal', () => {
	it('signs what is given out from then on, and what was given before still counts', async () => {
		const before = await client.signIn(browser);
		const old = await signing();
		expect(signsWith(before.id_token)).toBe(old);

		const { kid } = await rotate(true);
		const after = await client.signIn(browser);
		expect(signsWith(after.id_token)).toBe(kid);
		expect((await published()).slice(0, 2)).toEqual([kid, old]);

		await verify(before.id_token);
		await verify(after.id_token);
		expect(
			await openid.fetchUserInfo(client.configuration, before.access_token, mavuno.personId)
		).toMatchObject({ sub: mavuno.personId });
		const hinted = await client.signIn(browser, {
			prompt: 'none',
			id_token_hint: before.id_token ?? ''
		});
		expect(hinted.claims()?.sub).toBe(mavuno.personId);
	});

	it('carries a refresh across, and the logout token', async () => {
		const before = await client.signIn(browser);
		const { kid } = await rotate(true);
		const fresh = await openid.refreshTokenGrant(client.configuration, before.refresh_token ?? '');
		expect(signsWith(fresh.id_token)).toBe(kid);
		erp.logouts.length = 0;
		await withSystem('test', (scope) => endSession(scope, token));
		await portal.jobs.settle();
		expect(signsWith(erp.logouts[0])).toBe(kid);
	});

	it('takes an ID token of before as the hint of signing out', async () => {
		const before = await client.signIn(browser);
		await rotate(true);
		const page = await browser.ask(
			`${portal.origin}/oidc/session/end?${new URLSearchParams({ id_token_hint: before.id_token ?? '' })}`
		);
		expect(page.status).toBe(200);
		expect(await page.text()).toContain('Sign out of ERP System?');
	});

	it('goes on with a request that began before it', async () => {
		const stranger = createBrowser();
		const asked = await client.request();
		const page = await (await stranger.follow(asked.url.href, portal.origin)).text();
		await rotate(true);
		await signInTo(stranger, portal.origin, 'wanjiku@mavuno.example', mavuno.businessId);
		const [, back = ''] = /return_to=(\S+)/.exec(page) ?? [];
		const answer = await stranger.follow(
			new URL(decodeURIComponent(back), portal.origin).href,
			portal.origin
		);
		const tokens = await asked.redeem(new URL(answer.headers.get('location') ?? ''));
		expect(signsWith(tokens.id_token)).toBe(await signing());
	});

	it('is published before it signs, and begins by the clock alone', async () => {
		const old = await signing();
		const { kid, signsFrom } = await rotate(false);
		expect(await published()).toEqual(expect.arrayContaining([kid, old]));
		expect(signsWith((await client.signIn(browser)).id_token)).toBe(old);
		const own = runtime();
		const late = signsFrom.getTime() - Date.now() + 1_000;
		setRuntime({ ...own, clock: { now: () => new Date(Date.now() + late) } });
		try {
			expect((await published())[0]).toBe(kid);
			expect(await signing()).toBe(kid);
		} finally {
			setRuntime(own);
		}
	});
});

describe('a second process of the portal', () => {
	let other: ChildProcess;
	let origin: string;

	async function order(what: Order): Promise<Report> {
		const answer = once(other, 'message');
		other.send(what);
		return ((await answer) as [Report])[0];
	}

	beforeAll(async () => {
		other = fork(fileURLToPath(new URL('./testing/process.ts', import.meta.url)));
		const report = await order({
			serve: { connection: portal.connection, publicUrl: portal.origin }
		});
		origin = `http://localhost:${'port' in report ? report.port : ''}`;
	});
	afterAll(() => other.kill());

	it('and the first know of each other’s keys at once', async () => {
		const heard = told();
		const report = await order('rotate');
		const theirs = 'kid' in report ? report.kid : '';
		await heard;
		expect(signsWith((await client.signIn(browser)).id_token)).toBe(theirs);
		expect((await published())[0]).toBe(theirs);

		const { kid } = await rotate(true);
		expect((await published(origin))[0]).toBe(kid);
	});

	it('takes over a sign-in half way, and what it signs is checked with the other’s keys', async () => {
		const { kid } = await rotate(true);
		// It is told as well, at some moment: asked for its keys it knows them now.
		expect((await published(origin))[0]).toBe(kid);
		const asked = await client.request();
		const answer = await browser.follow(asked.url.href, portal.origin);
		const callback = new URL(answer.headers.get('location') ?? '');
		const response = await fetch(`${origin}/oidc/token`, {
			method: 'POST',
			headers: {
				authorization: `Basic ${Buffer.from(`${erp.id}:${encodeURIComponent(erp.secret)}`).toString('base64')}`
			},
			body: new URLSearchParams({
				grant_type: 'authorization_code',
				code: callback.searchParams.get('code') ?? '',
				redirect_uri: client.redirectUri,
				code_verifier: asked.verifier
			})
		});
		const { id_token } = (await response.json()) as { id_token: string };
		expect(signsWith(id_token)).toBe(kid);
		await verify(id_token);
	});
});
