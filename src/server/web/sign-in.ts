import { redirect, type RequestEvent } from '@sveltejs/kit';
import { listMembershipsOf } from '#server/modules/businesses/index.ts';
import {
	pendingCookieName,
	type ChooseBusiness,
	type Proof,
	type SignInStep
} from '#server/modules/identity/index.ts';
import { Expected } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { cookieRules, sessionCookie, setSessionCookie } from './viewer.ts';

/** A new session begins in the first business of the person. */
export const firstBusiness: ChooseBusiness = async (scope, personId) =>
	(await listMembershipsOf(scope, { personId }))[0]?.businessId ?? null;

/** Where a sign-in comes from, and the session that this browser has so far. */
export function whereFrom(event: RequestEvent): {
	userAgent: string;
	address: string;
	previousToken?: string;
} {
	const previousToken = sessionCookie(event);
	return {
		userAgent: event.request.headers.get('user-agent') ?? '',
		address: event.getClientAddress(),
		...(previousToken ? { previousToken } : {})
	};
}

/** Leads on from a right password: in, or to the page that asks for a code. */
export function leadOn(event: RequestEvent, step: SignInStep, returnTo: string): never {
	if (step.step === 'in') {
		setSessionCookie(event, step.token, step.endsAt);
		redirect(303, returnTo);
	}
	event.cookies.set(pendingCookieName(runtime().publicUrl), step.pendingToken, {
		...pendingRules(),
		expires: step.endsAt
	});
	redirect(303, withReturn('/login/code', returnTo));
}

// Unlike a session's it is wanted by pages that only our own lead to.
const pendingRules = () => ({ ...cookieRules(), sameSite: 'strict' }) as const;

export function pendingCookie(event: Pick<RequestEvent, 'cookies'>): string | undefined {
	return event.cookies.get(pendingCookieName(runtime().publicUrl));
}

export function clearPendingCookie(event: Pick<RequestEvent, 'cookies'>): void {
	event.cookies.delete(pendingCookieName(runtime().publicUrl), pendingRules());
}

/** Whether a code came when no sign-in, or none any more, was waiting for it. */
export function isSignInOver(failure: unknown): boolean {
	return failure instanceof Expected && failure.code === 'sign_in_over';
}

/** The code or the recovery code of a form, whichever it asks for. */
export function proofIn(data: FormData): Proof {
	const recoveryCode = data.get('recoveryCode');
	if (typeof recoveryCode === 'string') return { recoveryCode };
	const code = data.get('code');
	return { code: typeof code === 'string' ? code : '' };
}

/** An address that leads back to another; one that leads home says nothing of it. */
export function withReturn(path: string, returnTo: string): string {
	if (returnTo === '/') return path;
	return `${path}${path.includes('?') ? '&' : '?'}return_to=${encodeURIComponent(returnTo)}`;
}
