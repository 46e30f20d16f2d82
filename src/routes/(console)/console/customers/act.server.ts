import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { askAct, type Act, type AskedAct } from '#server/modules/desk/index.ts';
import { actOutcome } from '#server/web/desk.ts';
import { keptValues, toRefusal, type Refusal } from '#server/web/failures.ts';
import { staffPageAt } from '#server/web/page.ts';

type StaffScope = Parameters<Parameters<typeof staffPageAt>[2]>[0];

/**
 * Runs a form about one customer behind the door that is confined to them. What is refused comes back as words
 * beside the fields of that form, and nothing of it was written.
 */
export async function actAt<E extends RequestEvent & { params: { business: string } }>(
	event: E,
	form: string,
	reason: string,
	work: (scope: StaffScope, data: FormData) => Promise<{ to: string }>
) {
	const data = await event.request.formData();
	try {
		const { to } = await staffPageAt(
			event.params.business,
			`${reason} ${event.params.business}`,
			async (scope) => {
				try {
					return await work(scope, data);
				} catch (failure) {
					throw new Refused(toRefusal(failure, keptValues(data)));
				}
			}
		)(event);
		redirect(303, to);
	} catch (refused) {
		if (!(refused instanceof Refused)) throw refused;
		const { status, data: refusal } = refused.outcome;
		return fail(status, { ...refusal, form });
	}
}

/** How long a page waits for what a job does in a moment. */
const patienceMs = 4_000;

/**
 * Asks for an act and waits a moment for the job that does it: what was refused comes back beside the fields, what
 * is done leads on, and so does what still waits, which the page then says.
 */
export async function ask<E extends RequestEvent & { params: { business: string } }>(
	event: E,
	form: string,
	reason: string,
	read: (data: FormData) => unknown,
	to: string,
	/** What the form lacks besides what the act does. */
	lacks: (data: FormData) => Refusal['issues'] = () => []
) {
	const data = await event.request.formData();
	const { act: given, ...values } = keptValues(data);
	const missing = lacks(data);
	if (missing.length > 0) return fail(400, { issues: missing, values, form });
	const asked = await staffPageAt(
		event.params.business,
		`${reason} ${event.params.business}`,
		async (scope) => {
			try {
				return await askAct(scope, {
					act: read(data) as Act,
					...(given === undefined ? {} : { id: given })
				});
			} catch (failure) {
				return toRefusal(failure, values);
			}
		}
	)(event);
	if ('status' in asked) {
		const issues = asked.data.issues.map((issue) => ({
			...issue,
			path: issue.path.replace(/^act\./, '')
		}));
		return fail(asked.status, { issues, values, form });
	}
	const outcome = await outcomeOf(event.params.business, asked.id);
	if (outcome?.refused) return fail(409, { issues: outcome.refused, values, form });
	redirect(303, `${to}?done=${outcome ? form : 'waits'}`);
}

async function outcomeOf(businessId: string, id: string): Promise<AskedAct['outcome']> {
	for (const until = Date.now() + patienceMs; Date.now() < until;) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		const outcome = await actOutcome(businessId, id);
		if (outcome) return outcome;
	}
	return null;
}

/** Thrown through the door, so that it writes nothing of what was begun. */
class Refused extends Error {
	readonly outcome: ReturnType<typeof toRefusal>;
	constructor(outcome: ReturnType<typeof toRefusal>) {
		super('This was refused.');
		this.outcome = outcome;
	}
}
