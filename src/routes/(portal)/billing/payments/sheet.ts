import { csvMark, csvRows } from '#lib/format/csv.ts';
import { minorDigits } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { PaymentSummary } from '#server/modules/payments/index.ts';
import { majorUnits } from '../amounts.ts';
import { methodWords } from './words.ts';

/** Payments as comma-separated values, a piece of the list at a time. Amounts have a point, whatever the language. */
export async function* paymentsCsv(
	pieces: AsyncIterable<PaymentSummary[]>
): AsyncGenerator<string> {
	yield (
		csvMark +
		csvRows([
			[
				m.payments_receipt(),
				m.payments_day(),
				m.payments_how(),
				m.payments_reference(),
				m.billing_csv_currency(),
				m.payments_amount(),
				m.payments_for(),
				m.payments_credit(),
				m.payments_taken_back()
			]
		])
	);
	for await (const payments of pieces)
		yield csvRows(
			payments.map((payment) => {
				const money = (minor: bigint) => majorUnits(String(minor), minorDigits(payment.currency));
				return [
					payment.number,
					payment.receivedOn,
					methodWords[payment.method](),
					payment.reference,
					payment.currency,
					money(payment.amountMinor),
					payment.allocations
						.map(({ invoiceNumber, amountMinor }) => `${invoiceNumber} ${money(amountMinor)}`)
						.join('; '),
					money(payment.creditMinor),
					payment.reversedOn
				];
			})
		);
}
