import { listProductHolders } from '#server/modules/billing/index.ts';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	createApiKey,
	endProductState,
	listApiKeys,
	listProductExports,
	listProductPlaces,
	listProductRoles,
	listProductStates,
	planMaintenance,
	readProductSetup,
	renewClientSecret,
	reportProductState,
	restoreProduct,
	revokeApiKey,
	saveProduct
} from '#server/modules/catalogue/index.ts';
import { textOf } from '../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../frame.server.ts';
import { act, shown } from '../act.server.ts';
import { linesOf, resourcesOf } from '../lines.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`looking at the product ${shown(event.params.slug)}`, async (scope) => {
		const { slug } = event.params;
		const [product, states, roles, places, exports, keys, businesses] = await Promise.all([
			readProductSetup(scope, { slug }),
			listProductStates(scope, {}),
			listProductRoles(scope, { product: slug }),
			listProductPlaces(scope, { product: slug }),
			listProductExports(scope, { product: slug }),
			listApiKeys(scope, { product: slug }),
			listBusinesses(scope, {})
		]);
		const holders = await listProductHolders(scope, {
			productId: product.id,
			businessIds: businesses.map(({ id }) => id)
		});
		return {
			title: product.name,
			product,
			state: states.get(product.id) ?? { now: null, planned: [] },
			declared: { roles, places, exports },
			keys,
			holders: holders.length,
			issuer: `${event.url.origin}/oidc`,
			done: event.url.searchParams.get('done')
		};
	})(event);

type Work = Parameters<typeof act>[3];

/** A form whose success leads back to its panel. */
function change(
	event: RequestEvent,
	form: string,
	reason: string,
	work: (...args: Parameters<Work>) => Promise<unknown>
) {
	const { slug } = event.params;
	return act(event, form, `${reason} of the product ${shown(slug)}`, async (scope, data) => {
		await work(scope, data);
		return { to: `/console/products/${encodeURIComponent(slug)}?done=${form}#${form}` };
	});
}

/** A text field that may be empty: then it takes away what was there. */
const maybe = (data: FormData, name: string): string | null => textOf(data, name).trim() || null;

export const actions: Actions = {
	report: (event) =>
		change(event, 'state', 'reporting the state', (scope, data) =>
			reportProductState(scope, {
				product: event.params.slug,
				// What is neither, the schema refuses.
				state: textOf(data, 'state') as 'degraded' | 'outage',
				message: textOf(data, 'message'),
				expectedUntil: maybe(data, 'expectedUntil')
			})
		),
	restore: (event) =>
		change(event, 'state', 'ending the trouble', (scope) =>
			restoreProduct(scope, { product: event.params.slug })
		),
	plan: (event) =>
		change(event, 'maintenance', 'planning maintenance', (scope, data) =>
			planMaintenance(scope, {
				product: event.params.slug,
				from: textOf(data, 'from'),
				until: textOf(data, 'until'),
				message: textOf(data, 'message')
			})
		),
	callOff: (event) =>
		change(event, 'maintenance', 'calling off maintenance', (scope, data) =>
			endProductState(scope, { id: textOf(data, 'id') })
		),
	addresses: (event) =>
		change(event, 'addresses', 'changing the addresses', (scope, data) =>
			saveProduct(scope, {
				slug: event.params.slug,
				loginUrl: maybe(data, 'loginUrl'),
				redirectUrls: linesOf(textOf(data, 'redirectUrls')),
				postLogoutUrls: linesOf(textOf(data, 'postLogoutUrls')),
				logoutUrl: maybe(data, 'logoutUrl'),
				frontchannelLogoutUrl: maybe(data, 'frontchannelLogoutUrl')
			})
		),
	suspension: (event) =>
		change(event, 'suspension', 'changing what a suspension leaves', (scope, data) =>
			saveProduct(scope, {
				slug: event.params.slug,
				suspendedMode: textOf(data, 'suspendedMode') as 'closed',
				closingNoticeDays: Number(textOf(data, 'closingNoticeDays').trim() || Number.NaN),
				usageSuspension:
					textOf(data, 'usageSuspension') === 'off'
						? null
						: (textOf(data, 'usageSuspension') as 'closed')
			})
		),
	customers: (event) =>
		change(event, 'customers', 'changing what customers read', (scope, data) =>
			saveProduct(scope, {
				slug: event.params.slug,
				name: textOf(data, 'name'),
				summary: textOf(data, 'summary'),
				supportEmail: maybe(data, 'supportEmail'),
				supportPhone: maybe(data, 'supportPhone'),
				resources: resourcesOf(textOf(data, 'resources'))
			})
		),
	renew: (event) =>
		act(
			event,
			'sign-in',
			`making a client secret of the product ${shown(event.params.slug)}`,
			async (scope) => {
				const { secret } = await renewClientSecret(scope, { product: event.params.slug });
				return { made: secret };
			}
		),
	makeKey: (event) =>
		act(
			event,
			'keys',
			`making an API key of the product ${shown(event.params.slug)}`,
			async (scope) => {
				const { token } = await createApiKey(scope, { product: event.params.slug });
				return { made: token };
			}
		),
	revokeKey: (event) =>
		change(event, 'keys', 'revoking an API key', (scope, data) =>
			revokeApiKey(scope, { id: textOf(data, 'id') })
		)
};
