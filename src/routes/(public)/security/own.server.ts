import { redirect, type RequestEvent } from '@sveltejs/kit';
import { readSecondFactor, type SecondFactor } from '#server/modules/identity/index.ts';
import { requireViewer, safeReturn } from '#server/web/page.ts';
import { productOrigins } from '#server/web/products.ts';
import { withReturn } from '#server/web/sign-in.ts';
import type { Viewer } from '#server/web/viewer.ts';

interface Own {
	viewer: Viewer;
	factor: SecondFactor | null;
	/** Where the person goes on to when they are done here. */
	returnTo: string;
}

/** Who asks about their own second factor, and where they go on to: their account, unless told otherwise. */
export async function readOwn(event: RequestEvent): Promise<Own> {
	const viewer = await requireViewer(event);
	const wanted = event.url.searchParams.get('return_to');
	const returnTo = wanted === null ? accountOf(viewer) : safeReturn(wanted);
	// What is done here may go on to a product, which the browser counts as the form's target.
	if (returnTo.startsWith('/oidc/')) event.locals.formTargets = await productOrigins();
	return { viewer, factor: await readSecondFactor(viewer.session), returnTo };
}

/** The same for pages that need a second factor; whoever has none is led to set one up, and back. */
export async function readOwnFactor(event: RequestEvent): Promise<Own & { factor: SecondFactor }> {
	const { factor, ...own } = await readOwn(event);
	if (!factor) redirect(303, withReturn('/security/set-up', own.returnTo));
	return { ...own, factor };
}

export function accountOf({ session, current }: Viewer): string {
	return session.staff && !current ? '/console/account' : '/settings';
}

/** Whether the form asks for a recovery code, and the address at which it asks for the other kind. */
export function proofChoice({ url }: RequestEvent): { recovery: boolean; other: string } {
	const recovery = url.searchParams.get('with') === 'recovery';
	const other = new URLSearchParams(url.searchParams);
	if (recovery) other.delete('with');
	else other.set('with', 'recovery');
	return { recovery, other: `?${other.toString()}` };
}
