import { m } from '#lib/paraglide/messages.js';
import type { BillingContact, ContactPaper, InvoiceWay } from '#server/modules/billing/index.ts';

export type ContactView = Pick<BillingContact, 'id' | 'name' | 'email' | 'language' | 'gets'>;

export function languages(): { value: BillingContact['language']; label: string }[] {
	return [
		{ value: 'en', label: m.papers_english() },
		{ value: 'sw', label: m.papers_swahili() }
	];
}

export function papers(): { value: ContactPaper; label: string }[] {
	return [
		{ value: 'invoices', label: m.papers_invoices() },
		{ value: 'reminders', label: m.papers_reminders() },
		{ value: 'receipts', label: m.papers_receipts() }
	];
}

export function ways(): { value: InvoiceWay; label: string }[] {
	return [
		{ value: 'pdf', label: m.papers_by_pdf() },
		{ value: 'link', label: m.papers_by_link() },
		{ value: 'page', label: m.papers_by_page() }
	];
}
