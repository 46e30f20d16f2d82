import { answerTicket, closeTicket, readTicket } from '#server/modules/support/index.ts';
import { form, page } from '#server/web/page.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const ticket = await readTicket(scope, { number: params.number });
	return {
		title: ticket.subject,
		now: scope.now,
		zone: scope.actor.timeZone,
		me: scope.actor.personId,
		ticket,
		done: url.searchParams.get('done')
	};
});

const back = (number: string | undefined, done: string) => ({
	to: `/support/${encodeURIComponent(number ?? '')}?done=${done}`
});

export const actions: Actions = {
	answer: form(answerTicket, {
		input: ({ body }, { params }) => ({ number: params['number'], body }),
		done: (_, { params }) => back(params['number'], 'answered')
	}),
	close: form(closeTicket, {
		input: (_, { params }) => ({ number: params['number'] }),
		done: (_, { params }) => back(params['number'], 'closed')
	})
};
