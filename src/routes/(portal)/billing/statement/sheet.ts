import { csvMark, csvRows } from '#lib/format/csv.ts';
import { moneyDecimal } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Statement } from '#server/modules/ledger/index.ts';
import type { StatementRange } from './range.ts';
import { wordEntry } from './words.ts';

/** The statements as comma-separated values, each from its opening to its closing balance. */
export function* statementCsv(statements: Statement[], range: StatementRange): Generator<string> {
	yield (
		csvMark +
		csvRows([
			[
				m.billing_statement_day(),
				m.billing_statement_document(),
				m.billing_statement_reference(),
				m.billing_statement_csv_charged(),
				m.billing_statement_csv_paid(),
				m.billing_statement_csv_balance(),
				m.billing_statement_currency()
			]
		])
	);
	for (const { currency, openingMinor, entries, closingMinor } of statements) {
		const money = (amountMinor: bigint): string => moneyDecimal(amountMinor, currency);
		// With a minus in front, text would be taken for a formula.
		const balance = (amountMinor: bigint): string | number =>
			amountMinor < 0n ? Number(money(amountMinor)) : money(amountMinor);
		const { from, to } = range;
		yield csvRows([
			[from, m.billing_statement_opening(), null, null, null, balance(openingMinor), currency],
			...entries.map((entry) => [
				entry.onDay,
				wordEntry(entry),
				entry.document.reference,
				entry.amountMinor > 0n ? money(entry.amountMinor) : null,
				entry.amountMinor < 0n ? money(-entry.amountMinor) : null,
				balance(entry.balanceMinor),
				currency
			]),
			[to, m.billing_statement_closing(), null, null, null, balance(closingMinor), currency]
		]);
	}
}
