import { redirect } from '@sveltejs/kit';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import { answerTicket, closeTicket, readTicket } from '#server/modules/support/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { staffPage } from '#server/web/page.ts';
import { textOf } from '../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../frame.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`reading the ticket ${shown(event.params.number)}`, async (scope) => {
		const [ticket, businesses] = await Promise.all([
			readTicket(scope, { number: event.params.number }),
			listBusinesses(scope, {})
		]);
		return {
			title: ticket.subject,
			ticket,
			business: businesses.find(({ id }) => id === ticket.businessId)?.name ?? '',
			done: event.url.searchParams.get('done')
		};
	})(event);

/** Runs a form behind staff's door; what is refused comes back as words, and nothing was written. */
async function act(
	event: RequestEvent,
	reason: string,
	done: string,
	work: (scope: Parameters<typeof readTicket>[0], data: FormData) => Promise<void>
) {
	const data = await event.request.formData();
	const { number } = event.params;
	const { refusal } = await staffPage(`${reason} ${shown(number)}`, async (scope) => {
		try {
			await work(scope, data);
			return { refusal: null };
		} catch (failure) {
			// Both use cases refuse before they write, so the door may commit what it has: the reason.
			return { refusal: toRefusal(failure, keptValues(data)) };
		}
	})(event);
	if (refusal) return refusal;
	redirect(303, `/console/tickets/${encodeURIComponent(number)}?done=${done}`);
}

/** An address may hold anything; a reason is read by people. */
function shown(number: string): string {
	return number.replace(/[^\w-]/g, '').slice(0, 20);
}

export const actions: Actions = {
	answer: (event) =>
		act(event, 'answering the ticket', 'answered', (scope, data) =>
			answerTicket(scope, { number: event.params.number, body: textOf(data, 'body') })
		),
	close: (event) =>
		act(event, 'closing the ticket', 'closed', (scope) =>
			closeTicket(scope, { number: event.params.number })
		)
};
