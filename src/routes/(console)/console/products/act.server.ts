import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { staffPage } from '#server/web/page.ts';
import { toLine } from './lines.ts';

type StaffScope = Parameters<Parameters<typeof staffPage>[1]>[0];

/** What a form's success leads to: an address, or something made that is shown this once. */
type Done = { to: string } | { made: string };

/**
 * Runs a form of a product behind staff's door. What is refused comes back as words beside the fields of that form,
 * and nothing was written: the use cases here refuse first, so the door may commit what it has, the reason.
 */
export async function act<E extends RequestEvent>(
	event: E,
	form: string,
	reason: string,
	work: (scope: StaffScope, data: FormData) => Promise<Done>
) {
	const data = await event.request.formData();
	const outcome = await staffPage(reason, async (scope) => {
		try {
			return await work(scope, data);
		} catch (failure) {
			const { status, data: refusal } = toRefusal(failure, keptValues(data));
			return { status, refusal: { ...refusal, issues: refusal.issues.map(toLine) } };
		}
	})(event);
	if ('refusal' in outcome) return fail(outcome.status, { ...outcome.refusal, form });
	if ('to' in outcome) redirect(303, outcome.to);
	return { ...outcome, form };
}

/** An address may hold anything; a reason is read by people. */
export function shown(slug: string): string {
	return slug.replace(/[^\w-]/g, '').slice(0, 41);
}
