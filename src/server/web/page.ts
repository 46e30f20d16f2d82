import { error, redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { onlyDrawn } from '#lib/drawn.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSharedReads, withStaff, withStaffAt } from '#server/platform/doors.ts';
import { isId } from '#server/platform/ids.ts';
import { allowed, type Permission } from '#server/platform/permissions.ts';
import type { Member, Scope, Staff } from '#server/platform/scope.ts';
import { readOnlyRefusal } from '#server/platform/shared-reads.ts';
import type { UseCase } from '#server/platform/usecase.ts';
import { keptValues, toErrorPage, toRefusal, type Refusal } from './failures.ts';
import { isLook } from './looks.ts';
import { originsOf } from './products.ts';
import { readShell, type Shell } from './shell.ts';
import { memberOf, type Viewer } from './viewer.ts';

/**
 * A page of the portal: finds out who asks, opens their business's door, and reads the page and the
 * shell around it in one transaction. Without a session it leads to sign-in and back.
 */
export function page<E extends RequestEvent, R extends object>(
	work: (scope: Scope<Member>, event: E) => Promise<R>
): (event: E) => Promise<R & { shell: Shell }> {
	return async (event) => {
		const { viewer, member } = await requireMember(event);
		try {
			return await behindDoor(event, member, async (scope) => {
				const [shell, data, products] = await Promise.all([
					readShell(scope, viewer, event),
					work(scope, event),
					listProducts(scope, {})
				]);
				// Launch is a form, on any page, and leads to a product.
				event.locals.formTargets = originsOf(products.map(({ loginUrl }) => loginUrl));
				return onlyDrawn({ ...data, shell });
			});
		} catch (failure) {
			return toErrorPage(failure);
		}
	};
}

/** A page that was told to look reads together with the others that were; one that writes has a door of its own. */
async function behindDoor<R>(
	event: RequestEvent,
	member: Member,
	work: (scope: Scope<Member>) => Promise<R>
): Promise<R> {
	if (!isLook(event.request)) return withBusiness(member, work);
	try {
		return await withSharedReads(member, work);
	} catch (failure) {
		if ((failure as { code?: unknown }).code !== readOnlyRefusal) throw failure;
		return withBusiness(member, work);
	}
}

export type MemberScope = Scope<Member>;

/** Whether the page should offer it at all; the use case asks again. */
export function mayDo(actor: Member, permission: Permission): boolean {
	return allowed(actor.role, permission);
}

/** What a form's success leads to: another page (`to`), or words on this one. */
export type Done = { to: string } | Record<string, unknown>;

/**
 * A form's action: its fields become the use case's input, run behind the business's door. Expected
 * failures come back as words beside the fields, with the input kept.
 */
export function form<S extends v.GenericSchema, R, E extends RequestEvent>(
	work: UseCase<S, R>,
	options: {
		input?: (fields: Record<string, FormDataEntryValue>, event: E) => object;
		done?: (result: R, event: E) => Done;
	} = {}
): (event: E) => Promise<ActionFailure<Refusal> | Done> {
	return async (event) => {
		const { member } = await requireMember(event);
		const data = await event.request.formData();
		const fields = Object.fromEntries(data);
		let result: R;
		try {
			result = await withBusiness(member, (scope) =>
				work(scope, (options.input?.(fields, event) ?? fields) as v.InferInput<S>)
			);
		} catch (failure) {
			return toRefusal(failure, keptValues(data));
		}
		const done = options.done?.(result, event) ?? {};
		if ('to' in done && typeof done.to === 'string') redirect(303, done.to);
		return done;
	};
}

/**
 * A page of the vendor's console. Whoever is not staff learns nothing of it, and `reason` is kept in
 * the audit log before anything is read.
 */
export function staffPage<E extends RequestEvent, R extends object>(
	reason: string,
	work: (scope: Scope<Staff>, event: E) => Promise<R>
): (event: E) => Promise<R> {
	return async (event) => {
		const { session } = await requireViewer(event);
		if (!session.staff) error(404, 'This page does not exist.', { code: 'not_found' });
		try {
			return await withStaff(
				{ kind: 'staff', personId: session.personId, name: session.name },
				reason,
				async (scope) => onlyDrawn(await work(scope, event))
			);
		} catch (failure) {
			return toErrorPage(failure);
		}
	};
}

/**
 * What staff see of one business, or do there, behind the door that is confined to it. A business that there is not
 * is not found.
 */
export function staffPageAt<E extends RequestEvent, R extends object>(
	businessId: string,
	reason: string,
	work: (scope: Scope<Staff>, event: E) => Promise<R>,
	before?: (scope: Scope<Staff>) => Promise<void>
): (event: E) => Promise<R> {
	return async (event) => {
		const { session } = await requireViewer(event);
		if (!session.staff || !isId('biz', businessId))
			error(404, 'This page does not exist.', { code: 'not_found' });
		try {
			return await withStaffAt(
				{ kind: 'staff', personId: session.personId, name: session.name },
				businessId,
				reason,
				async (scope) => onlyDrawn(await work(scope, event)),
				before
			);
		} catch (failure) {
			return toErrorPage(failure);
		}
	};
}

/** A door for endpoints that are neither page nor form: the same checks, no shell. */
export async function inBusiness<R>(
	event: RequestEvent,
	work: (scope: Scope<Member>) => Promise<R>
): Promise<R> {
	const { member } = await requireMember(event);
	try {
		return await withBusiness(member, work);
	} catch (failure) {
		return toErrorPage(failure);
	}
}

export async function requireMember(
	event: RequestEvent
): Promise<{ viewer: Viewer; member: Member }> {
	const viewer = await requireViewer(event);
	const member = memberOf(viewer);
	if (member) return { viewer, member };
	if (viewer.session.staff) redirect(303, '/console');
	error(403, 'You belong to no business yet. Ask the owner of your business to add you.', {
		code: 'no_business'
	});
}

export async function requireViewer(event: RequestEvent): Promise<Viewer> {
	const viewer = await event.locals.viewer();
	if (viewer) return viewer;
	const here = event.request.method === 'GET' ? event.url.pathname + event.url.search : '/';
	redirect(303, here === '/' ? '/login' : `/login?return_to=${encodeURIComponent(here)}`);
}

/** A path of ours to go back to, or `/`: never an address of somebody else's. */
export function safeReturn(to: FormDataEntryValue | null | undefined): string {
	if (typeof to !== 'string' || !/^\/(?![/\\])/.test(to)) return '/';
	// What the browser would make of it counts: control characters and back slashes vanish or turn there.
	const resolved = new URL(to, 'http://portal.invalid');
	return resolved.origin === 'http://portal.invalid' ? resolved.pathname + resolved.search : '/';
}
