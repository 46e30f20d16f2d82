import type { Configuration } from 'oidc-provider';
import { lifetimeDays } from '#server/modules/identity/index.ts';
import { postLogout, type SigningKeys } from '#server/modules/launch/index.ts';
import { runtime } from '#server/platform/runtime.ts';
import { findAccount } from './accounts.ts';
import { acrValues } from './acr.ts';
import { adapterFor } from './adapter.ts';
import { interactionUrl } from './interactions.ts';
import { drawError, drawSignedOut, drawSignOut } from './pages.ts';
import { loadExistingGrant, policy } from './policy.ts';
import { claimsByScope } from './scopes.ts';

/** Where the provider is mounted. */
export const mount = '/oidc';

/** What the portal's provider offers, and how the library is told to do it. */
export function configuration({ signing, others }: SigningKeys): Configuration {
	return {
		adapter: adapterFor,
		// The first one signs.
		jwks: { keys: [signing, ...others] },
		acrValues,
		claims: claimsByScope,
		// Products read the business and the role where they read the name: in the ID token.
		conformIdTokenClaims: false,
		clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
		responseTypes: ['code'],
		scopes: ['openid', 'offline_access'],
		pkce: { required: () => true },
		// Whoever asks says where the answer goes, letter by letter.
		allowOmittingSingleRegisteredRedirectUri: false,
		// Everything lives as long as the sign-in, and no longer than these seconds.
		ttl: {
			AccessToken: 600,
			AuthorizationCode: 60,
			IdToken: 600,
			Interaction: 1_800,
			RefreshToken: lifetimeDays * 86_400,
			Session: 3_600
		},
		expiresWithSession: () => true,
		issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
		rotateRefreshToken: true,
		routes: { userinfo: '/userinfo', end_session: '/session/end' },
		cookies: {
			keys: [runtime().secrets.derive('openid cookies').toString('base64url')],
			names: {
				session: 'evolve_oidc',
				interaction: 'evolve_oidc_request',
				resume: 'evolve_oidc_resume'
			},
			// Its value decides nothing while somebody is signed in (see adapter.ts).
			long: { signed: false, httpOnly: true, sameSite: 'lax', path: mount },
			short: { signed: true, httpOnly: true, sameSite: 'lax' }
		},
		extraClientMetadata: { properties: ['slug'] },
		clientBasedCORS: () => false,
		discovery: {
			prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
			// The library has no part in it: see sign-out.ts.
			frontchannel_logout_supported: true,
			frontchannel_logout_session_supported: true
		},
		features: {
			devInteractions: { enabled: false },
			dPoP: { enabled: false },
			pushedAuthorizationRequests: { enabled: false },
			resourceIndicators: { enabled: false },
			// By it a product insists on a second factor (`acr`, essential).
			claimsParameter: { enabled: true },
			backchannelLogout: { enabled: true },
			rpInitiatedLogout: {
				enabled: true,
				logoutSource: async (ctx, form) => drawSignOut(ctx, form),
				postLogoutSuccessSource: async (ctx) => drawSignedOut(ctx)
			}
		},
		findAccount,
		loadExistingGrant,
		interactions: { policy: policy(), url: interactionUrl },
		renderError: (ctx, out, error) => drawError(ctx, out, error),
		fetch: async (url, options) => {
			// Its own dispatcher, among the options, would refuse products inside the vendor's network.
			if (!(options?.body instanceof URLSearchParams))
				throw new Error('Only logout tokens are sent.');
			return postLogout(String(url), options.body);
		}
	};
}
