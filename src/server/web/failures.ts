import { error, fail, type ActionFailure } from '@sveltejs/kit';
import { Expected, Invalid, TooMany, type Issue } from '#server/platform/errors.ts';

/** What a form shows after a refused try: the reasons, and the input that was kept. */
export interface Refusal {
	issues: Issue[];
	values: Record<string, string>;
}

/** Turns an expected failure of a page into its error page; anything else stays a bug. */
export function toErrorPage(failure: unknown): never {
	if (failure instanceof Expected)
		throw error(failure.status, failure.message, { code: failure.code });
	throw failure;
}

/** Turns an expected failure of a form into words beside its fields; anything else stays a bug. */
export function toRefusal(
	failure: unknown,
	values: Record<string, string>
): ActionFailure<Refusal> {
	if (!(failure instanceof Expected)) throw failure;
	// What does not exist or may not be seen has no form to go back to.
	if (failure.status === 404) return toErrorPage(failure);
	const issues =
		failure instanceof Invalid
			? failure.issues
			: [{ path: '', message: failure.message + waiting(failure) }];
	return fail(failure.status, { issues, values });
}

function waiting(failure: Expected): string {
	if (!(failure instanceof TooMany)) return '';
	const minutes = Math.ceil(failure.retryAfter / 60);
	return ` Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

/** Fields that are never sent back to the page. */
const secretField = /password|secret|token|pin/i;

export function keptValues(data: FormData): Record<string, string> {
	const values: Record<string, string> = {};
	for (const [name, value] of data) {
		if (typeof value === 'string' && !secretField.test(name)) values[name] = value;
	}
	return values;
}
