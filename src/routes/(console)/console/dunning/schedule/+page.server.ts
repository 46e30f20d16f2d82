import { fail } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { readSchedule, saveSchedule } from '#server/modules/dunning/index.ts';
import { textOf } from '../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../frame.server.ts';
import { act } from '../../products/act.server.ts';
import type { Actions, PageServerLoad } from './$types';
import { rowsOf, sentRows, stepsOf, toField } from './schedule-form.ts';

export const load: PageServerLoad = consolePage(
	'looking at the schedule for unpaid invoices',
	async (scope, { url }) => {
		const schedule = await readSchedule(scope, {});
		return {
			title: m.console_dunning_schedule(),
			schedule,
			rows: rowsOf(schedule),
			done: url.searchParams.get('done')
		};
	}
);

export const actions: Actions = {
	default: async (event) => {
		let places: number[] = [];
		const answer = await act(
			event,
			'schedule',
			'changing the schedule for unpaid invoices',
			async (scope, data) => {
				const value = (name: string) => textOf(data, name);
				const said = stepsOf(sentRows(value));
				places = said.places;
				await saveSchedule(scope, {
					hour: numberOf(value('hour')),
					linkDays: numberOf(value('linkDays')),
					steps: said.steps
				});
				return { to: '/console/dunning/schedule?done=saved' };
			}
		);
		if (!('status' in answer) || !('issues' in answer.data)) return answer;
		const issues = answer.data.issues.map((issue) => toField(issue, places));
		return fail(answer.status, { ...answer.data, issues });
	}
};

/** What is no whole number, the schema refuses. */
function numberOf(text: string): number {
	return /^\d{1,4}$/.test(text.trim()) ? Number(text) : NaN;
}
