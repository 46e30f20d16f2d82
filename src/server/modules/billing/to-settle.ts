import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { InvoiceStatus } from './archive.ts';
import { Currency, InvoiceNumber } from './schemas.ts';

/** An invoice as whoever settles it needs to know it. */
export interface InvoiceToSettle {
	id: string;
	number: string;
	/** Its place in its series. */
	sequence: number;
	status: InvoiceStatus;
	currency: string;
	dueOn: string;
	/** Minor units; of one that was given up, what was written off. */
	leftMinor: bigint;
	/** What tax was asked on, tax left out: what lies at more than nothing per cent. */
	taxableMinor: bigint;
}

/**
 * The invoices of a business that are open in a currency, and those that are named however they stand. Nobody
 * else changes them until the scope's transaction ends.
 */
export const holdOwedInvoices = usecase(
	'billing.manage',
	v.object({
		businessId: BusinessId,
		currency: Currency,
		numbers: v.optional(v.array(InvoiceNumber), [])
	}),
	async ({ db }, { businessId, currency, numbers }): Promise<InvoiceToSettle[]> => {
		const rows = await db
			.selectFrom('billing.invoices as invoice')
			.select(['id', 'number', 'sequence', 'status', 'currency', 'due_on as dueOn'])
			.select((eb) =>
				eb(
					eb('total_minor', '-', eb.ref('paid_minor')),
					'+',
					// What was written off is counted as settled, and is owed again once money comes for it.
					eb.fn.coalesce(
						eb
							.selectFrom('billing.settlements as off')
							.select(sql<bigint>`sum(off.amount_minor)::bigint`.as('amount'))
							.whereRef('off.business_id', '=', 'invoice.business_id')
							.whereRef('off.invoice_id', '=', 'invoice.id')
							.where('off.source_kind', '=', 'write_off'),
						sql<bigint>`0::bigint`
					)
				).as('leftMinor')
			)
			.select((eb) =>
				eb
					.selectFrom('billing.invoice_taxes as tax')
					.select(sql<bigint>`coalesce(sum(tax.base_minor), 0)::bigint`.as('base'))
					.whereRef('tax.business_id', '=', 'invoice.business_id')
					.whereRef('tax.invoice_id', '=', 'invoice.id')
					.where('tax.rate', '>', '0')
					.as('taxableMinor')
			)
			.where('business_id', '=', businessId)
			.where((eb) =>
				eb.or([
					eb.and([eb('status', '=', 'open'), eb('currency', '=', currency)]),
					eb('number', '=', sql<string>`any(${numbers})`)
				])
			)
			// In one order, whoever holds several: two that wait for each other would never end.
			.orderBy('id')
			.forUpdate('invoice')
			.execute();
		return rows.map((row) => ({
			...row,
			status: row.status as InvoiceStatus,
			taxableMinor: row.taxableMinor ?? 0n
		}));
	}
);

/** The id of an invoice of a business. @throws NotFound */
export const findInvoiceId = usecase(
	'billing.manage',
	v.object({ businessId: BusinessId, number: InvoiceNumber }),
	async ({ db }, { businessId, number }): Promise<string> => {
		const row = await db
			.selectFrom('billing.invoices')
			.select('id')
			.where('business_id', '=', businessId)
			.where('number', '=', number)
			.executeTakeFirst();
		if (!row) throw new NotFound(`The invoice ${number}`);
		return row.id;
	}
);
