import { sql } from 'kysely';
import * as v from 'valibot';
import { isDayPlace } from '../../platform/cursor.ts';
import { NotFound } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import type { Party } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { methods, type Method } from './provider.ts';
import { CivilDate, ReceiptNumber } from './schemas.ts';

export interface PaymentSummary {
	id: string;
	/** Of the receipt. */
	number: string;
	method: Method;
	/** What the bank or the provider calls it. */
	reference: string;
	payer: string | null;
	receivedOn: string;
	currency: string;
	/** Minor units. */
	amountMinor: bigint;
	/** What of it counted towards no invoice when it came. */
	creditMinor: bigint;
	/** When it turned out not to have come; null while it stands. */
	reversedOn: string | null;
	/** What it counted towards when it came. */
	allocations: { invoiceNumber: string; amountMinor: bigint }[];
}

export interface Receipt extends PaymentSummary {
	reversalReason: string | null;
	/** As they were when it was recorded. */
	seller: Party;
	customer: Party;
}

/** The day and the place in the series: `2026-11-30.12`. */
export function isPaymentPlace(text: string): boolean {
	return isDayPlace(text, /^\d{1,9}$/);
}
const Place = v.pipe(v.string(), v.check(isPaymentPlace, 'This is not where a page left off.'));

const selection = {
	/** Of a door that sees all; the others have their own. */
	businessId: v.optional(BusinessId),
	method: v.optional(v.picklist(methods)),
	/** Received on these days, both included. */
	from: v.optional(CivilDate),
	to: v.optional(CivilDate),
	/** Any part of a reference or of the receipt's number. */
	search: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80)))
};
const Selection = v.object(selection);

const columns = [
	'id',
	'number',
	'method',
	'reference',
	'payer',
	'received_on as receivedOn',
	'currency',
	'amount_minor as amountMinor',
	'credit_minor as creditMinor',
	'reversed_on as reversedOn'
] as const;

/** Payments of a business that fit, the last received first. `next` continues behind the last, null at the end. */
export const listPayments = usecase(
	'payment.read',
	v.object({
		...selection,
		limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 24),
		/** `next` of the page before. */
		after: v.optional(Place)
	}),
	async (scope, input): Promise<{ payments: PaymentSummary[]; next: string | null }> => {
		const { limit, after } = input;
		const [day = '', sequence] = after?.split('.') ?? [];
		const rows = await fitting(scope, input)
			.select([...columns, 'sequence'])
			.$if(after !== undefined, (query) =>
				query.where(sql<boolean>`(received_on, sequence) < (${day}, ${Number(sequence)})`)
			)
			.orderBy('received_on', 'desc')
			.orderBy('sequence', 'desc')
			.limit(limit + 1)
			.execute();
		const page = rows.slice(0, limit);
		const last = page.at(-1);
		return {
			payments: await withAllocations(scope, ownOr(scope, input.businessId), page),
			next: rows.length > limit && last ? `${last.receivedOn}.${last.sequence}` : null
		};
	}
);

/** What those that fit come to, a row for each currency. What did not come after all is counted, not added. */
export const addUpPayments = usecase('payment.read', Selection, async (scope, input) => {
	const rows = await fitting(scope, input)
		.select(({ fn }) => [
			'currency',
			fn.countAll<bigint>().as('count'),
			sql<string>`coalesce(sum(amount_minor) filter (where reversed_on is null), 0)`.as('total')
		])
		.groupBy('currency')
		.orderBy('currency')
		.execute();
	return rows.map(({ currency, count, total }) => ({
		currency,
		count: Number(count),
		totalMinor: BigInt(total)
	}));
});

/** One payment with what stands on its receipt. @throws NotFound */
export const readReceipt = usecase(
	'payment.read',
	v.object({ businessId: v.optional(BusinessId), number: ReceiptNumber }),
	async (scope, { businessId, number }): Promise<Receipt> => {
		const row = await scope.db
			.selectFrom('payments.payments')
			.select([...columns, 'reversal_reason as reversalReason', 'seller', 'customer'])
			.where('business_id', '=', ownOr(scope, businessId))
			.where('number', '=', number)
			.executeTakeFirst();
		if (!row) throw new NotFound('This receipt');
		const { reversalReason, seller, customer, ...summary } = row;
		const [payment] = await withAllocations(scope, ownOr(scope, businessId), [summary]);
		if (!payment) throw new NotFound('This receipt');
		return {
			...payment,
			reversalReason,
			seller: seller as unknown as Party,
			customer: customer as unknown as Party
		};
	}
);

/** The door's own business, or the one that is named in a door that sees all. */
export function ownOr({ actor }: Scope, named: string | undefined): string {
	const own = 'businessId' in actor ? actor.businessId : undefined;
	const business = own ?? named;
	if (business === undefined) throw new Error('Name the business whose payments are meant.');
	return business;
}

function fitting(
	scope: Scope,
	{ businessId, method, from, to, search }: v.InferOutput<typeof Selection>
) {
	return scope.db
		.selectFrom('payments.payments')
		.where('business_id', '=', ownOr(scope, businessId))
		.$if(method !== undefined, (query) => query.where('method', '=', method ?? ''))
		.$if(from !== undefined, (query) => query.where('received_on', '>=', from ?? ''))
		.$if(to !== undefined, (query) => query.where('received_on', '<=', to ?? ''))
		.$if(search !== undefined && search !== '', (query) =>
			query.where(
				sql<boolean>`strpos(lower(reference || ' ' || number), lower(${search ?? ''})) > 0`
			)
		);
}

type Row = Omit<PaymentSummary, 'allocations' | 'method'> & { method: string };

async function withAllocations(
	{ db }: Scope,
	businessId: string,
	rows: Row[]
): Promise<PaymentSummary[]> {
	if (rows.length === 0) return [];
	const allocations = await db
		.selectFrom('payments.allocations')
		.select(['payment_id as of', 'invoice_number as invoiceNumber'])
		.select('amount_minor as amountMinor')
		.where('business_id', '=', businessId)
		.where('payment_id', '=', sql<string>`any(${rows.map(({ id }) => id)})`)
		.orderBy('payment_id')
		.orderBy('position')
		.execute();
	const partsOf = Map.groupBy(allocations, ({ of }) => of);
	return rows.map((row) => ({
		id: row.id,
		number: row.number,
		method: row.method as Method,
		reference: row.reference,
		payer: row.payer,
		receivedOn: row.receivedOn,
		currency: row.currency,
		amountMinor: row.amountMinor,
		creditMinor: row.creditMinor,
		reversedOn: row.reversedOn,
		allocations: (partsOf.get(row.id) ?? []).map(({ invoiceNumber, amountMinor }) => ({
			invoiceNumber,
			amountMinor
		}))
	}));
}
