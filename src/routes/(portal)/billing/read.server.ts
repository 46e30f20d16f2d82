import {
	listInvoices,
	listMetersToBill,
	listOpenInvoices,
	listSubscriptionPrices,
	listSubscriptions,
	readNextBill,
	type InvoiceSummary,
	type NextBill,
	type Subscription,
	type SubscriptionPrice
} from '#server/modules/billing/index.ts';
import { listOwnStandings, type Standing } from '#server/modules/dunning/index.ts';
import { listAccesses } from '#server/modules/launch/index.ts';
import {
	listBankAccounts,
	readCredit,
	type BankAccount,
	type Credit
} from '#server/modules/payments/index.ts';
import { listSpendLimits, readQuantities, type SpendLimit } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { civilDate } from '#lib/format/dates.ts';
import { readProjected } from './projected.server.ts';
import { spendByMonth, type MonthSpend } from './spend.ts';

/** A subscription with what it costs and how many people may open it. */
export interface Holding {
	subscription: Subscription;
	/** Null once it has ended. */
	price: SubscriptionPrice | null;
	people: number;
}

export interface BillingView {
	/** The civil date of the business. */
	today: string;
	/** Those due first at the top. */
	open: InvoiceSummary[];
	/** What was done about them, and what will be when. */
	standings: Standing[];
	/** What all of them ask for, a sum for each currency. */
	owed: { amountMinor: bigint; currency: string }[];
	/** Null when nothing renews. */
	next: NextBill | null;
	/** The same as it is expected to be on its day. */
	expected: NextBill | null;
	/** Of spending, with what was spent so far. */
	limits: SpendLimit[];
	holdings: Holding[];
	/** The newest first. */
	recent: InvoiceSummary[];
	spend: MonthSpend | null;
	/** What the business has to use, by currency. */
	credit: Credit[];
	/** Where transfers go to; none where nobody has set them. */
	accounts: BankAccount[];
}

/** Enough for a year of months with several invoices each. */
const yearOfInvoices = 100;
const recentShown = 5;

export async function readBilling(scope: MemberScope): Promise<BillingView> {
	const today = civilDate(scope.now, scope.actor.timeZone);
	const [open, standings, { invoices }, meters, subscriptions, prices, accesses, credit, accounts] =
		await Promise.all([
			listOpenInvoices(scope, {}),
			listOwnStandings(scope, {}),
			listInvoices(scope, { limit: yearOfInvoices }),
			listMetersToBill(scope, {}),
			listSubscriptions(scope, {}),
			listSubscriptionPrices(scope, {}),
			listAccesses(scope, {}),
			readCredit(scope, {}),
			listBankAccounts(scope, {})
		]);
	const metered = await readQuantities(scope, { meters });
	const [next, expected, limits] = await Promise.all([
		readNextBill(scope, { metered }),
		readProjected(scope, meters, metered).then((projected) =>
			readNextBill(scope, { metered: projected })
		),
		listSpendLimits(scope, {})
	]);
	return {
		today,
		open,
		standings,
		owed: addUp(open),
		next,
		expected,
		limits,
		holdings: subscriptions.map((subscription) => ({
			subscription,
			price: prices.find(({ subscriptionId }) => subscriptionId === subscription.id) ?? null,
			people: accesses.filter(({ productId }) => productId === subscription.product.id).length
		})),
		recent: invoices.slice(0, recentShown),
		spend: spendByMonth(invoices, expected ?? next, today),
		credit,
		accounts
	};
}

function addUp(open: readonly InvoiceSummary[]): BillingView['owed'] {
	const sums = new Map<string, bigint>();
	for (const { currency, totalMinor, paidMinor } of open)
		sums.set(currency, (sums.get(currency) ?? 0n) + totalMinor - paidMinor);
	return [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor }));
}
