import { withSystem } from '../../platform/doors.ts';
import { defineAttachment, type Attachment } from '../../platform/mail-attachments.ts';
import {
	printCreditNote,
	printInvoice,
	readCreditNote,
	readInvoice,
	type PaperLanguage
} from '../billing/index.ts';
import { listBankAccounts } from '../payments/index.ts';

interface MailedPaper extends Record<string, string> {
	businessId: string;
	/** What is printed on it. */
	number: string;
	language: PaperLanguage;
}

const invoicePaper = defineAttachment<MailedPaper>('notifications.invoice', {
	type: 'application/pdf',
	async make({ businessId, number, language }) {
		const [invoice, accounts] = await withSystem('notifications.invoice-paper', (scope) =>
			Promise.all([readInvoice(scope, { businessId, number }), listBankAccounts(scope, {})])
		);
		return printInvoice(invoice, language, accounts);
	}
});

const creditNotePaper = defineAttachment<MailedPaper>('notifications.credit-note', {
	type: 'application/pdf',
	async make({ businessId, number, language }) {
		const note = await withSystem('notifications.invoice-paper', (scope) =>
			readCreditNote(scope, { businessId, number })
		);
		return printCreditNote(note, language);
	}
});

/** An invoice as a PDF that goes along with a letter, as it stands when the letter is delivered. */
export function attachInvoice(of: MailedPaper): Attachment {
	return invoicePaper(fileName(of.number), of);
}

/** The same of a credit note. */
export function attachCreditNote(of: MailedPaper): Attachment {
	return creditNotePaper(fileName(of.number), of);
}

function fileName(number: string): string {
	return `${number.replace(/[^\w.-]+/g, '-')}.pdf`;
}
