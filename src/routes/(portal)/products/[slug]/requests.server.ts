import type { RequestEvent } from '@sveltejs/kit';
import { answerAccessRequest } from '#server/modules/launch/index.ts';
import { form } from '#server/web/page.ts';

/** The two answers to a request for access, given on any page of a product; both come back to that page. */
export function answersTo(page: (slug: string) => string) {
	const answer = (answer: 'approved' | 'declined') =>
		form(answerAccessRequest, {
			input: ({ request, role, reply }) => ({
				id: request,
				answer,
				reply: plainLines(reply),
				...(answer === 'approved' && role ? { role } : {})
			}),
			done: (_, { params }: RequestEvent) => ({
				to: `${page(params['slug'] ?? '')}?done=${answer}#requests`
			})
		});
	return { approve: answer('approved'), decline: answer('declined') };
}

/** Browsers send a line's end as two characters, and count it as one. */
export function plainLines(text: FormDataEntryValue | undefined): string {
	return typeof text === 'string' ? text.replaceAll('\r\n', '\n') : '';
}
