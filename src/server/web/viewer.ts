import type { RequestEvent } from '@sveltejs/kit';
import { listMembershipsOf, type Membership } from '#server/modules/businesses/index.ts';
import {
	endSession,
	moveSession,
	readSession,
	sessionCookieName,
	type Session
} from '#server/modules/identity/index.ts';
import { listSignIns, prepareFarewell } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { runtime } from '#server/platform/runtime.ts';
import type { Member } from '#server/platform/scope.ts';

/** Who asks: their session, the businesses they belong to, and the one they act for now. */
export interface Viewer {
	session: Session;
	memberships: Membership[];
	/** null for the vendor's staff and for a person who belongs to no business. */
	current: Membership | null;
}

export async function readViewer(token: string | undefined): Promise<Viewer | null> {
	if (!token) return null;
	return withSystem(
		'web.viewer',
		async (scope) => {
			const session = await readSession(scope, { token });
			if (!session) return null;
			const memberships = await listMembershipsOf(scope, { personId: session.personId });
			const current =
				memberships.find(({ businessId }) => businessId === session.businessId) ??
				memberships[0] ??
				null;
			// Whoever joined, or left, since: the session is written down for the business it acts for.
			if (current && current.businessId !== session.businessId) {
				await moveSession(scope, { sessionId: session.sessionId, businessId: current.businessId });
			}
			return { session, memberships, current };
		},
		{ unseen: true }
	);
}

/** The viewer as the actor of a business door, or null when they act for none. */
export function memberOf({ session, current }: Viewer): Member | null {
	if (!current) return null;
	return {
		kind: 'member',
		businessId: current.businessId,
		personId: session.personId,
		name: session.name,
		role: current.role,
		timeZone: current.timeZone
	};
}

export function sessionCookie(event: Pick<RequestEvent, 'cookies'>): string | undefined {
	return event.cookies.get(sessionCookieName(runtime().publicUrl));
}

export const cookieRules = () =>
	({
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: runtime().publicUrl.startsWith('https:')
	}) as const;

export function setSessionCookie(
	event: Pick<RequestEvent, 'cookies'>,
	token: string,
	endsAt: Date
): void {
	event.cookies.set(sessionCookieName(runtime().publicUrl), token, {
		...cookieRules(),
		expires: endsAt
	});
}

export function clearSessionCookie(event: Pick<RequestEvent, 'cookies'>): void {
	event.cookies.delete(sessionCookieName(runtime().publicUrl), cookieRules());
}

/**
 * Ends the session of this browser, here and, by way of `session.ended`, in the products.
 * @returns where the browser goes: by a page that tells those products that hear of it in the browser alone
 */
export async function signOut(event: Pick<RequestEvent, 'cookies'>): Promise<string> {
	const token = sessionCookie(event);
	clearSessionCookie(event);
	if (!token) return signedOut;
	return withSystem('web.sign-out', async (scope) => {
		const session = await readSession(scope, { token });
		const signIns = session ? await listSignIns(scope, { sessionId: session.sessionId }) : [];
		const farewell = await prepareFarewell(scope, { signIns });
		await endSession(scope, token);
		return farewell ? `/oidc/signed-out/${farewell}` : signedOut;
	});
}

const signedOut = '/login?signed_out=1';

/** Lets the viewer act for another of their businesses; false when they do not belong to it. */
export async function switchBusiness(viewer: Viewer, businessId: unknown): Promise<boolean> {
	const membership = viewer.memberships.find((each) => each.businessId === businessId);
	if (!membership) return false;
	await withSystem('web.switch-business', (scope) =>
		moveSession(scope, { sessionId: viewer.session.sessionId, businessId: membership.businessId })
	);
	return true;
}
