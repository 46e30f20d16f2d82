import { listProductHolders } from '#server/modules/billing/index.ts';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	listProductStates,
	readProductSetup,
	setWebhook
} from '#server/modules/catalogue/index.ts';
import {
	listMessages,
	messageStatuses,
	readWebhookState,
	sendTest
} from '#server/modules/webhooks/index.ts';
import { readCursor } from '../../../../../(portal)/parts/cursor.ts';
import { textOf } from '../../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../../frame.server.ts';
import { act, shown } from '../../act.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(
		`looking at the webhooks of the product ${shown(event.params.slug)}`,
		async (scope) => {
			const { slug } = event.params;
			const { searchParams } = event.url;
			const status = messageStatuses.find((each) => each === searchParams.get('status'));
			const before = readCursor(searchParams.get('before'));
			const [product, states, businesses, state, { messages, next }] = await Promise.all([
				readProductSetup(scope, { slug }),
				listProductStates(scope, {}),
				listBusinesses(scope, {}),
				readWebhookState(scope, { product: slug }),
				listMessages(scope, {
					product: slug,
					...(status ? { status } : {}),
					...(before ? { before } : {})
				})
			]);
			const holders = await listProductHolders(scope, {
				productId: product.id,
				businessIds: businesses.map(({ id }) => id)
			});
			const here = `/console/products/${slug}/webhooks`;
			const filtered = status ? `${here}?status=${status}` : here;
			return {
				title: product.name,
				here,
				product,
				health: states.get(product.id)?.now?.state,
				webhooks: state,
				status: status ?? null,
				messages,
				older: next && `${filtered}${status ? '&' : '?'}before=${next}`,
				newest: before ? filtered : null,
				// Those that have the product stand first: a test about one of them can be followed to its end.
				businesses: [
					...businesses.filter(({ id }) => holders.includes(id)),
					...businesses.filter(({ id }) => !holders.includes(id))
				].map(({ id, name }) => ({ id, name })),
				done: searchParams.get('done')
			};
		}
	)(event);

/** After a form: the same page, with a word beside the form. */
const back = (slug: string, form: string): { to: string } => ({
	to: `/console/products/${encodeURIComponent(slug)}/webhooks?done=${form}#${form}`
});

export const actions: Actions = {
	address: (event) =>
		act(
			event,
			'address',
			`changing the webhook address of the product ${shown(event.params.slug)}`,
			async (scope, data) => {
				const { slug } = event.params;
				const url = textOf(data, 'url').trim() || null;
				const { secret } = await setWebhook(scope, { product: slug, url });
				return secret === null ? back(slug, 'address') : { made: secret };
			}
		),
	renew: (event) =>
		act(
			event,
			'address',
			`making a webhook secret of the product ${shown(event.params.slug)}`,
			async (scope) => {
				const { slug } = event.params;
				const { webhookUrl } = await readProductSetup(scope, { slug });
				const { secret } = await setWebhook(scope, { product: slug, url: webhookUrl, renew: true });
				return secret === null ? back(slug, 'address') : { made: secret };
			}
		),
	test: (event) =>
		act(
			event,
			'test',
			`sending a test to the product ${shown(event.params.slug)}`,
			async (scope, data) => {
				const { slug } = event.params;
				await sendTest(scope, { product: slug, businessId: textOf(data, 'businessId') });
				return back(slug, 'test');
			}
		)
};
