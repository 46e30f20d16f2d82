import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { listOpenInvoices, readAgreements } from '#server/modules/billing/index.ts';
import { listPlans, listProducts } from '#server/modules/catalogue/index.ts';
import { listAskedActs, newActId } from '#server/modules/desk/index.ts';
import { listPayments } from '#server/modules/payments/index.ts';
import { textOf } from '../../../../../(portal)/parts/fields.ts';
import { customerPage } from '../../../../frame.server.ts';
import { ask } from '../../act.server.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = customerPage(
	'looking at what was done for the customer',
	async (scope, { url }: PageServerLoadEvent, customer) => {
		const [open, agreements, products, plans, acts, { payments }] = await Promise.all([
			listOpenInvoices(scope, {}),
			readAgreements(scope, {}),
			listProducts(scope, {}),
			listPlans(scope, {}),
			listAskedActs(scope, {}),
			listPayments(scope, { limit: 12 })
		]);
		const has = new Set(agreements.map(({ product }) => product.id));
		return {
			title: m.console_acts(),
			today: civilDate(scope.now, customer.timeZone),
			act: newActId(scope),
			open,
			acts,
			payments,
			offers: plans.flatMap((plan) => {
				const product = products.find(({ id }) => id === plan.productId);
				if (!product || has.has(product.id) || plan.retiredAt) return [];
				return {
					value: `${product.slug}/${plan.slug}`,
					label: `${product.name}, ${plan.name}`
				};
			}),
			done: url.searchParams.get('done')
		};
	}
);

const here = (business: string) => `/console/customers/${business}/acts`;

export const actions: Actions = {
	payment: (event) =>
		ask(
			event,
			'payment',
			'recording a payment of the customer',
			(data) => {
				const invoice = textOf(data, 'invoice');
				return {
					kind: 'payment',
					amount: textOf(data, 'amount'),
					currency: textOf(data, 'currency').trim().toUpperCase(),
					method: textOf(data, 'method'),
					reference: textOf(data, 'reference'),
					receivedOn: textOf(data, 'receivedOn'),
					invoices: invoice === '' ? [] : [invoice]
				};
			},
			here(event.params.business)
		),
	start: (event) =>
		ask(
			event,
			'start',
			'starting a subscription of the customer',
			(data) => {
				const [product = '', plan = ''] = textOf(data, 'offer').split('/');
				const seats = textOf(data, 'seats').trim();
				const coupon = textOf(data, 'coupon').trim();
				return {
					kind: 'start',
					product,
					plan,
					...(seats === '' ? {} : { seats: Number(seats) }),
					...(coupon === '' ? {} : { coupon })
				};
			},
			here(event.params.business)
		)
};
