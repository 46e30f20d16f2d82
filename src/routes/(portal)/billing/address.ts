/** A new ticket with its subject written already. */
export function askAbout(subject: string): string {
	return `/support/new?${new URLSearchParams({ subject }).toString()}`;
}

export function invoiceAddress(number: string): string {
	return `/billing/invoices/${encodeURIComponent(number)}`;
}

export function creditNoteAddress(number: string): string {
	return `/billing/credit-notes/${encodeURIComponent(number)}`;
}

export function receiptAddress(number: string): string {
	return `/billing/payments/${encodeURIComponent(number)}`;
}
