import * as openid from 'openid-client';
import type { Browser } from './browser.ts';
import type { TestProduct } from './portal.ts';

/** A product's side of signing in, as openid-client does it. */
export async function createClient(origin: string, product: TestProduct) {
	const configuration = await openid.discovery(
		new URL(`${origin}/oidc`),
		product.id,
		undefined,
		openid.ClientSecretBasic(product.secret),
		// Test servers speak plain http.
		{ execute: [openid.allowInsecureRequests] }
	);
	const redirectUri = `${product.origin}/callback`;

	return {
		configuration,
		redirectUri,
		/** A request to sign in, and what is needed to judge its answer. */
		async request(parameters: Record<string, string> = {}) {
			const verifier = openid.randomPKCECodeVerifier();
			const state = openid.randomState();
			const nonce = openid.randomNonce();
			const url = openid.buildAuthorizationUrl(configuration, {
				redirect_uri: redirectUri,
				scope: 'openid profile email',
				code_challenge: await openid.calculatePKCECodeChallenge(verifier),
				code_challenge_method: 'S256',
				state,
				nonce,
				...parameters
			});
			return {
				url,
				verifier,
				redeem: (callback: URL) =>
					openid.authorizationCodeGrant(configuration, callback, {
						pkceCodeVerifier: verifier,
						expectedState: state,
						expectedNonce: nonce
					})
			};
		},
		/** Goes through the portal with this browser, to the tokens. */
		async signIn(browser: Browser, parameters: Record<string, string> = {}) {
			const asked = await this.request(parameters);
			const callback = await answerTo(browser, origin, asked.url);
			return asked.redeem(callback);
		}
	};
}

export type TestClient = Awaited<ReturnType<typeof createClient>>;

/** Where the portal sends the browser at the end: the product's callback. @throws Error when it shows a page. */
export async function answerTo(browser: Browser, origin: string, url: URL): Promise<URL> {
	const response = await browser.follow(url.href, origin);
	const location = response.headers.get('location');
	if (!location) throw new Error(`A page instead of an answer: ${await response.text()}`);
	return new URL(location);
}
