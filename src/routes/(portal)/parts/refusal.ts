import type { Refusal } from '#server/web/failures.ts';

/** What a page gets of the form that came back to it: nothing, or a refusal. */
export type Returned = Refusal | null;

/** The words beside a field. */
export function issueOf(form: Returned, field: string): string | undefined {
	return form?.issues.find(({ path }) => path === field)?.message;
}

/** What was typed before, else what stands there anyway. */
export function valueOf(form: Returned, field: string, otherwise = ''): string {
	return form?.values[field] ?? otherwise;
}

/** For the summary at the top: an issue of one of these fields leads to it. */
export function errorsOf(
	form: Returned,
	fields: readonly string[]
): { field?: string; message: string }[] {
	return (form?.issues ?? []).map(({ path, message }) =>
		fields.includes(path) ? { field: path, message } : { message }
	);
}
