import { civilDate } from '#lib/format/dates.ts';
import {
	listInvoices,
	listOpenInvoices,
	readAgreements,
	readHistory
} from '#server/modules/billing/index.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { readBalances } from '#server/modules/ledger/index.ts';
import { customerPage } from '../../../frame.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

const recentShown = 5;
const happenedShown = 12;

export const load: PageServerLoad = customerPage(
	'looking at the customer',
	async (scope, _event: PageServerLoadEvent, customer) => {
		const [agreements, open, recent, history, balances, products] = await Promise.all([
			readAgreements(scope, { ended: true }),
			listOpenInvoices(scope, {}),
			listInvoices(scope, { limit: recentShown }),
			readHistory(scope, { limit: happenedShown }),
			readBalances(scope, {}),
			listProducts(scope, {})
		]);
		return {
			title: customer.name,
			today: civilDate(scope.now, customer.timeZone),
			open,
			recent: recent.invoices,
			credit: balances
				.filter(({ account, amountMinor }) => account === 'credit' && amountMinor < 0n)
				.map(({ currency, amountMinor }) => ({ currency, amountMinor: -amountMinor })),
			subscriptions: agreements.map((agreement) => ({
				...agreement,
				mark: products.find(({ id }) => id === agreement.product.id)?.mark ?? '',
				renewsOn: agreement.status === 'active' ? agreement.period.end : null
			})),
			history: history.map((happened) => ({
				...happened,
				product: agreements.find(({ id }) => id === happened.subscriptionId)?.product.name ?? ''
			}))
		};
	}
);
