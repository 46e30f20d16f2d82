import { m } from '#lib/paraglide/messages.js';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import { listUnsigned, retryAllSignatures, retrySignature } from '#server/modules/fiscal/index.ts';
import { textOf } from '../../../(portal)/parts/fields.ts';
import { consolePage } from '../../frame.server.ts';
import { act } from '../products/act.server.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/console/signatures';
/** More are not listed: whoever has so many tries them all again. */
const most = 200;

export const load: PageServerLoad = consolePage(
	'looking at what the control unit has not signed',
	async (scope, { url }) => {
		const [{ adapter, counts, documents }, businesses] = await Promise.all([
			listUnsigned(scope, { limit: most }),
			listBusinesses(scope, {})
		]);
		const names = new Map(businesses.map(({ id, name }) => [id, name]));
		return {
			title: m.console_signatures(),
			adapter,
			counts,
			documents: documents.map((document) => ({
				...document,
				business: names.get(document.businessId) ?? ''
			})),
			tried: url.searchParams.has('tried')
		};
	}
);

export const actions: Actions = {
	retry: (event) =>
		act(event, 'retry', 'having a document signed again', async (scope, data) => {
			await retrySignature(scope, { documentId: textOf(data, 'document') });
			return { to: `${here}?tried` };
		}),
	all: (event) =>
		act(event, 'all', 'having everything unsigned signed again', async (scope) => {
			await retryAllSignatures(scope, {});
			return { to: `${here}?tried` };
		})
};
