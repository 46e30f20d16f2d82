import { m } from '#lib/paraglide/messages.js';
import type { DocumentKind, StatementEntry } from '#server/modules/ledger/index.ts';

const documents: Record<DocumentKind, () => string> = {
	invoice: m.billing_statement_invoice,
	credit_note: m.billing_statement_credit_note,
	debit_note: m.billing_statement_debit_note,
	payment: m.billing_statement_payment,
	credit_use: m.billing_statement_credit_use,
	refund: m.billing_statement_refund,
	withholding: m.billing_statement_withholding,
	write_off: m.billing_statement_write_off
};

/** What happened, without the reference: `Payment`, `Invoice, written off`. */
export function wordEntry({ document, kind }: Pick<StatementEntry, 'document' | 'kind'>): string {
	const name = documents[document.kind]();
	if (kind === 'written_off' && document.kind !== 'write_off')
		return m.billing_statement_written_off({ document: name });
	if (kind === 'reversed') return m.billing_statement_reversed({ document: name });
	return name;
}
