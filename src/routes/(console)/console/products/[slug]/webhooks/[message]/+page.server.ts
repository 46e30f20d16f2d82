import { readProductSetup } from '#server/modules/catalogue/index.ts';
import { readMessage, resendMessage } from '#server/modules/webhooks/index.ts';
import { consolePage } from '../../../../../frame.server.ts';
import { act, shown } from '../../../act.server.ts';
import { kindWords } from '../looks.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`reading the webhook message ${shown(event.params.message)}`, async (scope) => {
		const { slug, message: id } = event.params;
		const [product, message] = await Promise.all([
			readProductSetup(scope, { slug }),
			readMessage(scope, { product: slug, id })
		]);
		return {
			title: kindWords(message.kind),
			product,
			message,
			list: `/console/products/${slug}/webhooks`,
			done: event.url.searchParams.get('done')
		};
	})(event);

export const actions: Actions = {
	resend: (event) =>
		act(
			event,
			'resend',
			`sending the webhook message ${shown(event.params.message)} again`,
			async (scope) => {
				const { slug, message: id } = event.params;
				await resendMessage(scope, { product: slug, id });
				return { to: `/console/products/${encodeURIComponent(slug)}/webhooks/${id}?done=resent` };
			}
		)
};
