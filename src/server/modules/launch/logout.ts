import { randomUUID, sign } from 'node:crypto';
import { withSystem } from '../../platform/doors.ts';
import { defineJob } from '../../platform/jobs.ts';
import { runtime } from '../../platform/runtime.ts';
import { listClients } from '../catalogue/index.ts';
import { privateKeyOf, readSigningKeys, type SigningKey } from './keys.ts';
import { issuer } from './launch.ts';

/** How long a product may take to answer a logout token before the try counts as failed. */
const patienceMs = 2_500;
/** Back-Channel Logout 1.0 advises two minutes at most. */
const tokenSeconds = 120;

/** Tells a product that a sign-in has ended. The token is signed at each try, so a late one is not stale. */
export const tellLogout = defineJob<{ sid: string; personId: string; productId: string }>({
	name: 'launch.tell-logout',
	opensOwnDoors: true,
	async work({ sid, personId, productId }) {
		const { client, key } = await withSystem('launch.tell-logout', async (scope) => {
			const [clients, keys] = await Promise.all([listClients(scope), readSigningKeys(scope)]);
			return { client: clients.find((each) => each.productId === productId), key: keys.signing };
		});
		// Products without a logout address end their sessions by their own clock.
		if (!client?.logoutUrl) return;
		const token = logoutToken(key, { sid, sub: personId, aud: productId });
		const response = await postLogout(
			client.logoutUrl,
			new URLSearchParams({ logout_token: token })
		);
		if (!response.ok) {
			throw new Error(`${client.slug} answered ${response.status} to a logout token.`);
		}
	}
});

/** A logout token (OpenID Connect Back-Channel Logout 1.0, 2.4). */
function logoutToken(key: SigningKey, claims: { sid: string; sub: string; aud: string }): string {
	const seconds = Math.floor(runtime().clock.now().getTime() / 1000);
	const header = { alg: key.alg, kid: key.kid, typ: 'logout+jwt' };
	const payload = {
		iss: issuer(),
		...claims,
		iat: seconds,
		exp: seconds + tokenSeconds,
		jti: randomUUID(),
		events: { 'http://schemas.openid.net/event/backchannel-logout': {} }
	};
	const text = [header, payload]
		.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
		.join('.');
	return `${text}.${sign('sha256', Buffer.from(text), privateKeyOf(key)).toString('base64url')}`;
}

/**
 * The one way out to products: a POST to a logout address that is registered, which need not be a
 * public one, since products may run inside the vendor's network. Redirects are not followed.
 * @throws Error for any other address.
 */
export async function postLogout(url: string, body: URLSearchParams): Promise<Response> {
	const clients = await withSystem('launch.logout-addresses', (scope) => listClients(scope));
	if (!clients.some(({ logoutUrl }) => logoutUrl && new URL(logoutUrl).href === new URL(url).href))
		throw new Error('The provider calls registered logout addresses and nothing else.');
	// eslint-disable-next-line no-restricted-globals -- this file is the one that tells products of logouts
	return fetch(url, {
		method: 'POST',
		body,
		redirect: 'manual',
		signal: AbortSignal.timeout(patienceMs)
	});
}
