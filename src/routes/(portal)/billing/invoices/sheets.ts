import { csvMark, csvRows } from '#lib/format/csv.ts';
import { minorDigits } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Invoice, InvoiceSummary, ListedInvoice } from '#server/modules/billing/index.ts';
import { majorUnits } from '../amounts.ts';

/**
 * The lines of an invoice and its sums as comma-separated values. Amounts have a point and nothing between
 * thousands, whatever the language, since a program reads them.
 */
export function* linesCsv(invoice: Invoice): Generator<string> {
	const { number, currency } = invoice;
	const money = (minor: bigint | string) => exact(majorUnits(String(minor), minorDigits(currency)));
	yield (
		csvMark +
		csvRows([
			[
				m.billing_invoice(),
				m.billing_item(),
				m.billing_csv_from(),
				m.billing_csv_until(),
				m.billing_quantity(),
				m.billing_price({ currency }),
				m.billing_csv_tax_rate(),
				m.billing_amount({ currency })
			]
		])
	);
	yield csvRows(
		invoice.lines.map((line) => [
			number,
			line.description,
			line.period?.start ?? null,
			line.period?.end ?? null,
			line.quantity === null ? null : exact(line.quantity),
			line.unitMinor === null ? null : money(line.unitMinor),
			exact(line.taxRate),
			money(line.amountMinor)
		])
	);
	const sum = (label: string, amount: bigint, rate: string | null = null) => [
		number,
		label,
		null,
		null,
		null,
		null,
		rate === null ? null : exact(rate),
		money(amount)
	];
	yield csvRows([
		...invoice.discounts.map(({ label, amountMinor }) =>
			sum(m.billing_csv_discount({ label }), -amountMinor)
		),
		sum(m.billing_before_tax(), invoice.totals.subtotalMinor),
		...invoice.totals.taxes.map(({ rate, taxMinor }) => sum(m.billing_tax(), taxMinor, rate)),
		sum(m.billing_total(), invoice.totalMinor),
		sum(m.billing_paid(), invoice.paidMinor)
	]);
}

/** Invoices as comma-separated values, a piece of the list at a time. */
export async function* invoicesCsv(pieces: AsyncIterable<ListedInvoice[]>): AsyncGenerator<string> {
	yield (
		csvMark +
		csvRows([
			[
				m.billing_invoice(),
				m.billing_issued(),
				m.billing_due(),
				m.billing_status(),
				m.billing_csv_currency(),
				m.billing_total(),
				m.billing_paid(),
				m.billing_csv_left(),
				m.billing_csv_paid_on(),
				m.billing_csv_kind(),
				m.billing_csv_reference(),
				m.billing_csv_discount_sum(),
				m.billing_csv_before_tax(),
				m.billing_csv_tax(),
				m.billing_csv_credited(),
				m.billing_csv_withheld(),
				m.billing_csv_written_off()
			]
		])
	);
	const states: Record<InvoiceSummary['status'], () => string> = {
		open: m.billing_status_open,
		paid: m.billing_status_paid,
		void: m.billing_status_void,
		uncollectible: m.billing_status_uncollectible
	};
	const kinds: Record<ListedInvoice['kind'], () => string> = {
		invoice: m.billing_csv_kind_invoice,
		debit_note: m.billing_csv_kind_debit_note
	};
	for await (const invoices of pieces)
		yield csvRows(
			invoices.map((invoice) => {
				const digits = minorDigits(invoice.currency);
				const money = (minor: bigint) => exact(majorUnits(String(minor), digits));
				const { payment = 0n, credit = 0n, ...others } = invoice.settled;
				const { credit_note = 0n, withholding = 0n, write_off = 0n } = others;
				return [
					invoice.number,
					invoice.issuedOn,
					invoice.dueOn,
					states[invoice.status](),
					invoice.currency,
					money(invoice.totalMinor),
					money(payment + credit),
					money(invoice.status === 'open' ? invoice.totalMinor - invoice.paidMinor : 0n),
					invoice.paidOn,
					kinds[invoice.kind](),
					invoice.customerReference,
					money(invoice.discountMinor),
					money(invoice.subtotalMinor),
					money(invoice.taxMinor),
					money(credit_note),
					money(withholding),
					money(write_off)
				];
			})
		);
}

/** A decimal as a cell: what is less than nothing stands as a number, since text that begins so is disarmed. */
function exact(decimal: string): string | number {
	return decimal.startsWith('-') ? Number(decimal) : decimal;
}
