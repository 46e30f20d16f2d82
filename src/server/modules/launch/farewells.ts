import type { Scope, System } from '../../platform/scope.ts';
import { newToken } from '../../platform/secrets.ts';
import { listClients } from '../catalogue/index.ts';
import { issuer } from './launch.ts';
import { findPayload, savePayload } from './payloads.ts';
import type { SignIn } from './sign-ins.ts';

// Part of authentication: these ask no permission and are the system door's alone.

const model = 'Farewell';
const keptMs = 5 * 60_000;

/** What a browser is shown that has just signed out, so that the products forget it too. */
export interface Farewell {
	/** What each product wants to have loaded in a frame (OpenID Connect Front-Channel Logout 1.0). */
	frames: string[];
	/** Where the browser goes then; null when it stays. */
	next: string | null;
}

/**
 * Prepares the page for sign-ins that are about to end. Its token names no session and does nothing but
 * show these frames, for some minutes.
 * @returns null when no product of theirs wants to be told by the browser
 */
export async function prepareFarewell(
	scope: Scope<System>,
	{ signIns, next = null }: { signIns: SignIn[]; next?: string | null }
): Promise<string | null> {
	if (signIns.length === 0) return null;
	const clients = new Map(
		(await listClients(scope)).map((client) => [client.productId, client.frontchannelLogoutUrl])
	);
	const frames = signIns.flatMap(({ id, productId }) => {
		const address = clients.get(productId);
		if (!address) return [];
		const url = new URL(address);
		url.searchParams.set('iss', issuer());
		url.searchParams.set('sid', id);
		return [url.href];
	});
	if (frames.length === 0) return null;
	const token = newToken();
	const expiresAt = new Date(scope.now.getTime() + keptMs);
	await savePayload(scope, {
		model,
		id: token,
		payload: { frames, next, until: expiresAt.getTime() },
		expiresAt
	});
	return token;
}

export async function findFarewell(
	scope: Scope<System>,
	{ token }: { token: string }
): Promise<Farewell | null> {
	const payload = await findPayload(scope, { model, id: token });
	// Swept hourly.
	if (!payload || Number(payload['until']) <= scope.now.getTime()) return null;
	return { frames: payload['frames'] as string[], next: payload['next'] as string | null };
}
