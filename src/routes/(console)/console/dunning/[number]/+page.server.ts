import { m } from '#lib/paraglide/messages.js';
import { findStanding, holdInvoice, resumeInvoice } from '#server/modules/dunning/index.ts';
import { textOf } from '../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../frame.server.ts';
import { act } from '../../products/act.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`looking at the unpaid invoice ${shown(event.params.number)}`, async (scope) => ({
		title: m.billing_invoice_title({ number: event.params.number }),
		standing: await findStanding(scope, { number: event.params.number }),
		done: event.url.searchParams.get('done')
	}))(event);

export const actions: Actions = {
	hold: (event) =>
		act(
			event,
			'hold',
			`putting invoice ${shown(event.params.number)} on hold`,
			async (scope, data) => {
				const { number } = event.params;
				const { business } = await findStanding(scope, { number });
				await holdInvoice(scope, {
					businessId: business.id,
					number,
					reason: textOf(data, 'reason')
				});
				return { to: `/console/dunning/${encodeURIComponent(number)}?done=hold` };
			}
		),
	resume: (event) =>
		act(event, 'resume', `going on with invoice ${shown(event.params.number)}`, async (scope) => {
			const { number } = event.params;
			const { business } = await findStanding(scope, { number });
			await resumeInvoice(scope, { businessId: business.id, number });
			return { to: `/console/dunning/${encodeURIComponent(number)}?done=resume` };
		})
};

/** An address may hold anything; a reason is read by people. */
function shown(number: string): string {
	return number.replace(/[^\w-]/g, '').slice(0, 40);
}
