import { m } from '#lib/paraglide/messages.js';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import { nextTryAt, readClosingStatus, retryClosing } from '#server/modules/closing/index.ts';
import { textOf } from '../../../(portal)/parts/fields.ts';
import { consolePage } from '../../frame.server.ts';
import { act } from '../products/act.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage(
	'looking at how billing runs',
	async (scope, { url }) => {
		const { failures, ...status } = await readClosingStatus(scope, {});
		const businesses = await listBusinesses(scope, {
			ids: failures.map(({ businessId }) => businessId)
		});
		const names = new Map(businesses.map(({ id, name }) => [id, name]));
		return {
			title: m.console_closing(),
			status,
			failures: failures.map((failure) => ({
				...failure,
				business: names.get(failure.businessId) ?? '',
				nextTryAt: nextTryAt(failure)
			})),
			tried: url.searchParams.has('tried')
		};
	}
);

export const actions: Actions = {
	retry: (event) =>
		act(event, 'retry', 'having a customer billed again', async (scope, data) => {
			await retryClosing(scope, { businessId: textOf(data, 'business') });
			return { to: '/console/closing?tried' };
		})
};
