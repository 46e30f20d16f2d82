import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { listMembershipsOf } from '#server/modules/businesses/index.ts';
import { readSession, sessionCookieName } from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { runtime } from '#server/platform/runtime.ts';

/** The portal's session of the browser that is asking: the only thing that can be signed in here. */
export interface PortalSession {
	sessionId: string;
	personId: string;
	name: string;
	email: string;
	/** The business the session acts for; null for a person who belongs to none. */
	businessId: string | null;
	/** When the password was given. */
	startedAt: Date;
	/** When a second factor was given in this session. */
	secondFactorAt: Date | null;
}

const asking = new AsyncLocalStorage<PortalSession | null>();

/** Who is asking, or null: nobody signed in, or a product speaking for itself. */
export function portalSession(): PortalSession | null {
	return asking.getStore() ?? null;
}

export function withPortalSession<R>(session: PortalSession | null, work: () => R): R {
	return asking.run(session, work);
}

export function sessionToken(request: IncomingMessage): string | null {
	const name = sessionCookieName(runtime().publicUrl);
	for (const pair of (request.headers.cookie ?? '').split(';')) {
		const at = pair.indexOf('=');
		if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
	}
	return null;
}

export async function readPortalSession(request: IncomingMessage): Promise<PortalSession | null> {
	const token = sessionToken(request);
	if (!token) return null;
	return withSystem('oidc.session', async (scope) => {
		const session = await readSession(scope, { token });
		if (!session) return null;
		const { sessionId, personId, name, email, startedAt, secondFactorAt } = session;
		const memberships = await listMembershipsOf(scope, { personId });
		const current =
			memberships.find(({ businessId }) => businessId === session.businessId) ?? memberships[0];
		const businessId = current?.businessId ?? null;
		return { sessionId, personId, name, email, startedAt, secondFactorAt, businessId };
	});
}
