import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listMembers, readBusiness } from '#server/modules/businesses/index.ts';
import {
	answerAlertQuestion,
	listAlertQuestions,
	listFirings
} from '#server/modules/usage/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { readCursor } from '../../parts/cursor.ts';
import { alertActionsOf, readAlerts } from './alerts.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const before = readCursor(url.searchParams.get('before'));
	const [alerts, { firings, next }, questions, members, { currency }] = await Promise.all([
		readAlerts(scope),
		listFirings(scope, before === undefined ? {} : { before }),
		mayDo(scope.actor, 'alert.manage') ? listAlertQuestions(scope, {}) : [],
		listMembers(scope, {}),
		readBusiness(scope, {})
	]);
	const nameOf = (personId: string): string | null =>
		members.find((member) => member.personId === personId)?.name ?? null;
	return {
		title: m.alerts_page_title(),
		done: url.searchParams.get('done'),
		alerts,
		currency,
		questions: questions.map((question) => ({ ...question, limit: Number(question.limit) })),
		older: next && `/usage/alerts?${new URLSearchParams({ before: next }).toString()}#history`,
		newest: before === undefined ? null : '/usage/alerts#history',
		firings: firings.map(({ limit, value, answer, suspension, ...firing }) => ({
			...firing,
			limit: Number(limit),
			value: Number(value),
			answer: answer && { ...answer, by: nameOf(answer.by) },
			suspension: suspension && {
				...suspension,
				ended: suspension.ended && {
					...suspension.ended,
					by:
						suspension.ended.by === null
							? null
							: (nameOf(suspension.ended.by) ?? m.alerts_somebody())
				}
			}
		}))
	};
});

const text = (value: FormDataEntryValue | undefined): string =>
	typeof value === 'string' ? value : '';

const answer = form(answerAlertQuestion, {
	input: ({ id, answer, limit }) => ({ id: text(id), answer: text(answer), limit: text(limit) })
});

export const actions: Actions = {
	...alertActionsOf((_, done) => `/usage/alerts?done=${done}`),
	async answer(event) {
		// The form is read twice: for its use case, and for where its answer leads.
		const fields = await event.request.clone().formData();
		const refused = await answer(event);
		if ('status' in refused) return refused;
		const product = text(fields.get('product') ?? undefined);
		if (fields.get('answer') === 'plan')
			redirect(
				303,
				`/support/new?${new URLSearchParams({ product, subject: m.alerts_plan_subject() }).toString()}`
			);
		redirect(303, '/usage/alerts?done=answer');
	}
};
