import * as v from 'valibot';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import type { InvoiceStatus } from './archive.ts';
import { CivilDate } from './schemas.ts';
import type { SubscriptionStatus } from './statuses.ts';

/** An issued invoice of which something is left to pay. */
export interface UnpaidInvoice {
	businessId: string;
	id: string;
	number: string;
	issuedOn: string;
	dueOn: string;
	currency: string;
	/** Minor units. */
	leftMinor: bigint;
}

export interface ListedUnpaid extends UnpaidInvoice {
	/** Whether a subscription runs of something that stands on it, so that there is one to suspend. */
	billsRunning: boolean;
}

/**
 * Invoices of which something is left to pay, those due first at the top: over all businesses, as far as the
 * door reaches, or of one.
 */
export const listUnpaid = usecase(
	'billing.read',
	v.object({
		businessId: v.optional(BusinessId),
		/** Due on this day or before. */
		dueBy: v.optional(CivilDate)
	}),
	async ({ db }, { businessId, dueBy }): Promise<ListedUnpaid[]> => {
		const rows = await db
			.selectFrom('billing.invoices')
			.select(['business_id', 'id', 'number', 'issued_on', 'due_on', 'currency'])
			.select(['total_minor', 'paid_minor'])
			.select(({ exists, selectFrom }) =>
				exists(
					selectFrom('billing.invoice_lines as line')
						.innerJoin('billing.subscriptions as subscription', (join) =>
							join
								.onRef('subscription.business_id', '=', 'line.business_id')
								.onRef('subscription.product_id', '=', 'line.product_id')
						)
						.select('line.position')
						.whereRef('line.business_id', '=', 'billing.invoices.business_id')
						.whereRef('line.invoice_id', '=', 'billing.invoices.id')
						.where('subscription.status', 'not in', ['ended', 'trial'])
				).as('bills_running')
			)
			.where('status', '=', 'open')
			.$if(businessId !== undefined, (query) => query.where('business_id', '=', businessId ?? ''))
			.$if(dueBy !== undefined, (query) => query.where('due_on', '<=', dueBy ?? ''))
			.orderBy('due_on')
			.orderBy('id')
			.execute();
		return rows.map((row) => ({ ...toUnpaid(row), billsRunning: row.bills_running === true }));
	}
);

export interface BilledSubscription {
	id: string;
	/** The product's slug. */
	product: string;
	status: SubscriptionStatus;
}

/**
 * An invoice with the subscriptions that it bills, held until the transaction ends, so that nobody pays or
 * changes them meanwhile. Null when nothing is left to pay of it. Subscriptions are locked before invoices, as
 * by whoever issues invoices.
 */
export async function lockUnpaid(
	scope: Scope<System>,
	{ businessId, invoiceId }: { businessId: string; invoiceId: string }
): Promise<{ invoice: UnpaidInvoice; subscriptions: BilledSubscription[] } | null> {
	const { db } = scope;
	const products = new Map((await listProducts(scope, {})).map(({ id, slug }) => [id, slug]));
	const subscriptions = await db
		.selectFrom('billing.subscriptions as subscription')
		.select(['id', 'product_id', 'status'])
		.where('business_id', '=', businessId)
		.where('status', '<>', 'ended')
		.where(({ exists, selectFrom }) =>
			exists(
				selectFrom('billing.invoice_lines as line')
					.select('line.position')
					.where('line.business_id', '=', businessId)
					.where('line.invoice_id', '=', invoiceId)
					.whereRef('line.product_id', '=', 'subscription.product_id')
			)
		)
		.orderBy('id')
		.forUpdate()
		.execute();
	const row = await db
		.selectFrom('billing.invoices')
		.select(['business_id', 'id', 'number', 'issued_on', 'due_on', 'currency'])
		.select(['total_minor', 'paid_minor'])
		.where('business_id', '=', businessId)
		.where('id', '=', invoiceId)
		.where('status', '=', 'open')
		.forUpdate()
		.executeTakeFirst();
	if (!row) return null;
	return {
		invoice: toUnpaid(row),
		subscriptions: subscriptions.map(({ id, product_id, status }) => ({
			id,
			product: products.get(product_id) ?? '',
			status: status as SubscriptionStatus
		}))
	};
}

/** Holds subscriptions of a business until the transaction ends, and says how they stand. */
export async function lockSubscriptions(
	scope: Scope<System>,
	{ businessId, ids }: { businessId: string; ids: readonly string[] }
): Promise<BilledSubscription[]> {
	if (ids.length === 0) return [];
	const products = new Map((await listProducts(scope, {})).map(({ id, slug }) => [id, slug]));
	const rows = await scope.db
		.selectFrom('billing.subscriptions')
		.select(['id', 'product_id', 'status'])
		.where('business_id', '=', businessId)
		.where('id', 'in', ids)
		.orderBy('id')
		.forUpdate()
		.execute();
	return rows.map(({ id, product_id, status }) => ({
		id,
		product: products.get(product_id) ?? '',
		status: status as SubscriptionStatus
	}));
}

/** What is printed on an invoice that is known by its id, and how it stands; null when there is none. */
export async function findInvoiceNumber(
	{ db }: Scope<System>,
	{ businessId, invoiceId }: { businessId: string; invoiceId: string }
): Promise<{ number: string; status: InvoiceStatus } | null> {
	const row = await db
		.selectFrom('billing.invoices')
		.select(['number', 'status'])
		.where('business_id', '=', businessId)
		.where('id', '=', invoiceId)
		.executeTakeFirst();
	return row ? { number: row.number, status: row.status as InvoiceStatus } : null;
}

function toUnpaid(row: {
	business_id: string;
	id: string;
	number: string;
	issued_on: string;
	due_on: string;
	currency: string;
	total_minor: bigint;
	paid_minor: bigint;
}): UnpaidInvoice {
	return {
		businessId: row.business_id,
		id: row.id,
		number: row.number,
		issuedOn: row.issued_on,
		dueOn: row.due_on,
		currency: row.currency,
		leftMinor: row.total_minor - row.paid_minor
	};
}
