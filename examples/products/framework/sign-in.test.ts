import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSignIn, SignInProblem, type SignIn } from './sign-in.ts';

// What a product must refuse, whoever sends it: an issuer of our own that lies on demand.

const clientId = 'prd_test';
const origin = 'http://localhost:4999';
let server: Server;
let issuer: string;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let others: typeof keys;
let signIn: SignIn;
/** What the token endpoint hands out next. */
let idToken: string;

beforeAll(async () => {
	[keys, others] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
	const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
	server = createServer((request, response) => {
		response.setHeader('content-type', 'application/json');
		const answers: Record<string, object> = {
			'/.well-known/openid-configuration': {
				issuer,
				authorization_endpoint: `${issuer}/auth`,
				token_endpoint: `${issuer}/token`,
				jwks_uri: `${issuer}/keys`,
				end_session_endpoint: `${issuer}/end`,
				response_types_supported: ['code'],
				id_token_signing_alg_values_supported: ['RS256'],
				authorization_response_iss_parameter_supported: true
			},
			'/keys': { keys: [jwk] },
			'/token': { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: idToken }
		};
		response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
	});
	await new Promise<void>((done) => server.listen(0, 'localhost', done));
	issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
	signIn = createSignIn({
		issuer,
		clientId,
		clientSecret: 'a secret',
		origin,
		roleOf: (claimed) => (claimed === 'manager' ? 'manager' : 'usual')
	});
});
afterAll(() => server.close());

interface Lie {
	/** Claims of the ID token in place of the right ones; undefined leaves one out. */
	claims?: (nonce: string) => JWTPayload;
	key?: () => CryptoKey;
	/** The answer's own parameters in place of the right ones; null leaves one out. */
	answer?: Record<string, string | null>;
	browser?: string;
}

/** Signs in through the issuer, which tells these lies. */
async function come({ claims, key, answer = {}, browser = 'browser' }: Lie = {}) {
	const url = new URL(await signIn.begin('/stock', null, 'browser'));
	const nonce = url.searchParams.get('nonce') ?? '';
	const now = Math.floor(Date.now() / 1000);
	idToken = await new SignJWT({
		iss: issuer,
		aud: clientId,
		sub: 'psn_1',
		iat: now,
		exp: now + 300,
		nonce,
		sid: 'sid',
		name: 'Wanjiku Kamau',
		email: 'wanjiku@mavuno.example',
		product_role: 'manager',
		business: { id: 'biz_1', name: 'Mavuno' },
		...claims?.(nonce)
	})
		.setProtectedHeader({ alg: 'RS256', kid: 'one' })
		.sign(key?.() ?? keys.privateKey);
	const callback = new URL(`${origin}/callback`);
	const right = { code: 'code', state: url.searchParams.get('state'), iss: issuer };
	for (const [name, value] of Object.entries({ ...right, ...answer }))
		if (value !== null) callback.searchParams.set(name, value);
	return signIn.finish(callback, browser);
}

describe('a sign-in', () => {
	it('asks with state, nonce and a proof key', async () => {
		const { searchParams } = new URL(await signIn.begin('/', 'wanjiku@mavuno.example', 'browser'));
		expect(searchParams.get('code_challenge_method')).toBe('S256');
		for (const name of ['state', 'nonce', 'code_challenge'])
			expect(searchParams.get(name)?.length).toBeGreaterThan(20);
		expect(searchParams.get('login_hint')).toBe('wanjiku@mavuno.example');
	});

	it('that is as it should be is taken', async () => {
		expect(await come()).toMatchObject({
			person: { name: 'Wanjiku Kamau', role: 'manager', business: { id: 'biz_1' } },
			standing: { mode: 'full', endsAt: null },
			target: '/stock'
		});
	});

	it('tells how the subscription stands; a mode that is not known is for looking', async () => {
		const claims = { subscription: 'suspended', subscription_ends: '2026-12-01T00:00:00Z' };
		const known = await come({ claims: () => ({ ...claims, access_mode: 'export_only' }) });
		expect(known.standing).toEqual({
			mode: 'export_only',
			status: 'suspended',
			endsAt: new Date('2026-12-01T00:00:00Z')
		});
		const strange = await come({ claims: () => ({ ...claims, access_mode: 'half' }) });
		expect(strange.standing.mode).toBe('read_only');
	});

	const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
	it.each<[string, Lie]>([
		['with another issuer in the ID token', { claims: () => ({ iss: 'https://evil.example' }) }],
		['for another client', { claims: () => ({ aud: 'prd_other' }) }],
		['with another nonce', { claims: (nonce) => ({ nonce: `${nonce}x` }) }],
		['without a nonce', { claims: () => ({ nonce: undefined }) }],
		['that has expired', { claims: () => ({ iat: hourAgo - 300, exp: hourAgo }) }],
		['signed with another key', { key: () => others.privateKey }],
		['without a business', { claims: () => ({ business: undefined }) }],
		['with another state', { answer: { state: 'other' } }],
		['without a state', { answer: { state: null } }],
		['answered by another issuer', { answer: { iss: 'https://evil.example' } }],
		['answered by nobody in particular', { answer: { iss: null } }],
		['finished by another browser', { browser: 'other' }]
	])('%s is refused', async (_what, lie) => {
		await expect(come(lie)).rejects.toBeInstanceOf(SignInProblem);
	});

	it('with an unsigned ID token is refused', async () => {
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const url = new URL(await signIn.begin('/', null, 'browser'));
		const now = Math.floor(Date.now() / 1000);
		const claims = {
			iss: issuer,
			aud: clientId,
			sub: 'psn_1',
			iat: now,
			exp: now + 300,
			nonce: url.searchParams.get('nonce')
		};
		idToken = `${part({ alg: 'none' })}.${part(claims)}.`;
		const callback = new URL(`${origin}/callback?code=code`);
		callback.searchParams.set('iss', issuer);
		callback.searchParams.set('state', url.searchParams.get('state') ?? '');
		await expect(signIn.finish(callback, 'browser')).rejects.toBeInstanceOf(SignInProblem);
	});
});

describe('a login that somebody else begins', () => {
	const target = (query: Record<string, string>) => signIn.targetOf(new URLSearchParams(query));

	it('leads to pages of the product alone', () => {
		expect(target({ iss: issuer, target_link_uri: `${origin}/stock?q=tea` })).toBe('/stock?q=tea');
		for (const uri of [
			'https://evil.example/',
			'//evil.example',
			'javascript:alert(1)',
			'\\\\evil'
		])
			expect(target({ iss: issuer, target_link_uri: uri })).toBe('/');
	});

	it('from another issuer is refused', () => {
		expect(() => target({ iss: 'https://evil.example' })).toThrow(SignInProblem);
	});
});

describe('a logout', () => {
	const token = (claims: JWTPayload, key = keys.privateKey) =>
		new SignJWT({
			iss: issuer,
			aud: clientId,
			jti: 'one',
			iat: Math.floor(Date.now() / 1000),
			sid: 'sid',
			events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
			...claims
		})
			.setProtectedHeader({ alg: 'RS256', kid: 'one' })
			.sign(key);

	it('names a sign-in', async () => {
		expect(await signIn.readLogoutToken(await token({}))).toEqual({ sid: 'sid', sub: undefined });
	});

	it.each<[string, JWTPayload]>([
		['of another issuer', { iss: 'https://evil.example' }],
		['for another client', { aud: 'prd_other' }],
		['that is an ID token', { nonce: 'nonce' }],
		['without the event', { events: {} }],
		['that names nobody', { sid: undefined }],
		['that is old', { iat: Math.floor(Date.now() / 1000) - 3_600 }]
	])('%s is refused', async (_what, claims) => {
		await expect(signIn.readLogoutToken(await token(claims))).rejects.toThrow();
	});

	it('signed with another key is refused', async () => {
		await expect(signIn.readLogoutToken(await token({}, others.privateKey))).rejects.toThrow();
	});

	it('in a frame needs the issuer and names a sign-in', () => {
		expect(signIn.sidOf(new URLSearchParams({ iss: issuer, sid: 'sid' }))).toBe('sid');
		for (const query of [
			{ sid: 'sid' },
			{ iss: issuer },
			{ iss: 'https://evil.example', sid: 'x' }
		])
			expect(() => signIn.sidOf(new URLSearchParams(query))).toThrow(SignInProblem);
	});
});
