import type { Returned } from '../../parts/refusal.ts';

/**
 * What a refused form of the page says, to the form that it is about: each names itself in its field `of`, a
 * contact's by the contact's id.
 */
export function refusalOf(form: Returned, of: string): Returned {
	return form?.values['of'] === of ? form : null;
}
