import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import * as openid from 'openid-client';
import type { Person } from './application.ts';
import type { Claimed, Mode } from './standings.ts';

export interface SignInOptions {
	/** The portal's issuer, which every message must come from. */
	issuer: string;
	clientId: string;
	clientSecret: string;
	/** The product's own address. */
	origin: string;
	/** The role that stands for one the product does not know. */
	roleOf(claimed: string): string;
}

/** Who has come back from the portal, signed in. */
export interface Come {
	person: Person;
	/** How the business's subscription stands. */
	standing: Claimed;
	/** The portal's name for this sign-in. */
	sid: string;
	idToken: string;
	/** Where they wanted to go. */
	target: string;
}

/** What the product keeps between sending a browser to the portal and its coming back. */
interface Pending {
	/** Only the browser that left may come back. */
	browser: string;
	verifier: string;
	nonce: string;
	target: string;
	startedAt: number;
}

const pendingMs = 10 * 60_000;
const pendingMost = 1_000;

/** A sign-in that came to nothing, in words for the person. */
export class SignInProblem extends Error {
	readonly status: 400 | 403 | 502;
	constructor(message: string, status: SignInProblem['status'] = 400) {
		super(message);
		this.status = status;
	}
}

/** Signing in at the portal: OpenID Connect, authorization code with PKCE. */
export function createSignIn(options: SignInOptions) {
	const { issuer, origin, clientId } = options;
	const redirectUri = `${origin}/callback`;
	const pending = new Map<string, Pending>();
	let discovered: Promise<openid.Configuration> | null = null;

	/** Asked when it is first needed, and again after a failure: the portal may start after the product. */
	const configuration = (): Promise<openid.Configuration> =>
		(discovered ??= openid
			.discovery(
				new URL(issuer),
				clientId,
				undefined,
				openid.ClientSecretBasic(options.clientSecret),
				{
					execute: [
						// Whoever stands between could answer in the portal's place: the signature is checked as well.
						openid.enableNonRepudiationChecks,
						// The demo runs on http on one machine; anything else is https.
						...(issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [])
					]
				}
			)
			.catch((error: unknown) => {
				discovered = null;
				console.error(`The portal could not be asked: ${(error as Error).message}`);
				throw new SignInProblem('The portal does not answer. Try again in a moment.', 502);
			}));

	let keys: ReturnType<typeof createRemoteJWKSet> | null = null;

	return {
		/**
		 * A login that the portal or a link has begun (OpenID Connect Core 1.0, 4): it must name the one
		 * issuer this product trusts, and its target counts only if it is the product's own.
		 * @throws SignInProblem
		 */
		targetOf(query: URLSearchParams): string {
			if (query.has('iss') && query.get('iss') !== issuer)
				throw new SignInProblem(
					'This sign-in does not come from the portal that this product belongs to.'
				);
			const target = URL.parse(query.get('target_link_uri') ?? '/', origin);
			return target?.origin === origin ? target.pathname + target.search : '/';
		},

		/** @returns where the browser goes */
		async begin(target: string, loginHint: string | null, browser: string): Promise<string> {
			const verifier = openid.randomPKCECodeVerifier();
			const state = openid.randomState();
			const nonce = openid.randomNonce();
			const config = await configuration();
			forgetOld(pending);
			pending.set(state, { browser, verifier, nonce, target, startedAt: Date.now() });
			const url = openid.buildAuthorizationUrl(config, {
				redirect_uri: redirectUri,
				scope: 'openid profile email',
				code_challenge: await openid.calculatePKCECodeChallenge(verifier),
				code_challenge_method: 'S256',
				state,
				nonce,
				...(loginHint ? { login_hint: loginHint } : {})
			});
			return url.href;
		},

		/** @throws SignInProblem */
		async finish(callback: URL, browser: string | undefined): Promise<Come> {
			const state = callback.searchParams.get('state') ?? '';
			const begun = pending.get(state);
			if (!begun || browser !== begun.browser || begun.startedAt < Date.now() - pendingMs)
				throw new SignInProblem('This sign-in has expired, or was begun in another browser.');
			pending.delete(state);
			if (callback.searchParams.get('error') === 'access_denied')
				throw new SignInProblem('You have no access to this product.', 403);
			const { verifier, nonce, target } = begun;
			let tokens;
			try {
				tokens = await openid.authorizationCodeGrant(await configuration(), callback, {
					pkceCodeVerifier: verifier,
					expectedState: state,
					expectedNonce: nonce,
					idTokenExpected: true
				});
			} catch (error) {
				throw new SignInProblem(`The portal did not sign you in: ${(error as Error).message}.`);
			}
			const claims = tokens.claims();
			if (!claims) throw new SignInProblem('The portal did not say who you are.');
			return { ...readClaims(claims, options.roleOf), idToken: tokens.id_token ?? '', target };
		},

		/** Where the person is asked whether to sign out of this product alone or of everything. */
		async signOutUrl(idToken: string): Promise<string> {
			return openid.buildEndSessionUrl(await configuration(), {
				id_token_hint: idToken,
				post_logout_redirect_uri: `${origin}/signed-out`
			}).href;
		},

		/**
		 * Whom a frame of the portal's sign-out page signs out (OpenID Connect Front-Channel Logout 1.0, 3).
		 * @throws SignInProblem when it is not the portal's
		 */
		sidOf(query: URLSearchParams): string {
			const sid = query.get('sid');
			if (query.get('iss') !== issuer || !sid)
				throw new SignInProblem('This does not sign anybody out: it is not from the portal.');
			return sid;
		},

		/**
		 * Whom a logout token signs out (OpenID Connect Back-Channel Logout 1.0, 2.6).
		 * @throws Error when it is not one of the portal's, for this product
		 */
		async readLogoutToken(
			token: string
		): Promise<{ sid: string | undefined; sub: string | undefined }> {
			const { jwks_uri: address } = (await configuration()).serverMetadata();
			if (!address) throw new Error('The portal publishes no keys.');
			keys ??= createRemoteJWKSet(new URL(address));
			const { payload } = await jwtVerify(token, keys, {
				issuer,
				audience: clientId,
				algorithms: ['RS256'],
				maxTokenAge: '5 minutes',
				requiredClaims: ['iat', 'jti', 'events']
			});
			return readLogout(payload);
		}
	};
}

export type SignIn = ReturnType<typeof createSignIn>;

function forgetOld(pending: Map<string, Pending>): void {
	for (const [state, { startedAt }] of pending)
		if (startedAt < Date.now() - pendingMs || pending.size >= pendingMost) pending.delete(state);
}

const modes: readonly Mode[] = ['full', 'read_only', 'export_only', 'closed'];

function readClaims(
	claims: openid.IDToken,
	roleOf: SignInOptions['roleOf']
): Pick<Come, 'person' | 'standing' | 'sid'> {
	const business = claims['business'] as Person['business'] | undefined;
	if (!business?.id) throw new SignInProblem('The portal did not say which business you act for.');
	// A mode that is not known yet may mean less than the whole product.
	const mode = modes.find((each) => each === claims['access_mode']);
	const ends = new Date(String(claims['subscription_ends']));
	return {
		person: {
			sub: claims.sub,
			name: String(claims['name']),
			email: String(claims['email']),
			role: roleOf(String(claims['product_role'])),
			business: { id: business.id, name: business.name }
		},
		standing: {
			mode: mode ?? (claims['access_mode'] === undefined ? 'full' : 'read_only'),
			status: typeof claims['subscription'] === 'string' ? claims['subscription'] : null,
			endsAt: Number.isNaN(ends.getTime()) ? null : ends
		},
		sid: String(claims['sid'])
	};
}

function readLogout(payload: JWTPayload): { sid: string | undefined; sub: string | undefined } {
	const { events, nonce, sub } = payload;
	const sid = payload['sid'];
	const logout = 'http://schemas.openid.net/event/backchannel-logout';
	if (typeof events !== 'object' || events === null || !(logout in events))
		throw new Error('This is no logout token.');
	// So that nobody passes an ID token off as one.
	if (nonce !== undefined) throw new Error('A logout token has no nonce.');
	if (typeof sid !== 'string' && sub === undefined) throw new Error('It names nobody.');
	return { sid: typeof sid === 'string' ? sid : undefined, sub };
}
