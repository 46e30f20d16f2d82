import type { Refusal } from '#server/web/failures.ts';
import type { Returned } from '../../../(portal)/parts/refusal.ts';

/** What comes back to a page with many forms: which of them it was, and why it was refused or what it made. */
export type ProductReturned =
	| (Refusal & { form: string })
	| {
			form: string;
			/** Made just now, and shown this once. */
			made: string;
	  }
	| null;

/** The refusal of this form, if it is the one that was sent. */
export function refusalOf(returned: ProductReturned, form: string): Returned {
	return returned && returned.form === form && 'issues' in returned ? returned : null;
}

export function madeBy(returned: ProductReturned, form: string): string | null {
	return returned && returned.form === form && 'made' in returned ? returned.made : null;
}

/** For the summary of a form whose fields have its name before theirs as their ids. */
export function errorsIn(
	returned: ProductReturned,
	form: string,
	fields: readonly string[]
): { field?: string; message: string }[] {
	return (refusalOf(returned, form)?.issues ?? []).map(({ path, message }) =>
		fields.includes(path) ? { field: `${form}-${path}`, message } : { message }
	);
}
