import { withSystem } from '../../platform/doors.ts';
import { defineAttachment, type Attachment } from '../../platform/mail-attachments.ts';
import { readInvoice } from './archive.ts';
import { readCreditNote } from './credit-note.ts';
import { printCreditNote, printInvoice } from './paper.ts';
import type { PaperLanguage } from './paper-words.ts';

interface MailedPaper extends Record<string, string> {
	businessId: string;
	/** What is printed on it. */
	number: string;
	language: PaperLanguage;
}

const invoicePaper = defineAttachment<MailedPaper>('billing.invoice', {
	type: 'application/pdf',
	async make({ businessId, number, language }) {
		const invoice = await withSystem('billing.mailed-paper', (scope) =>
			readInvoice(scope, { businessId, number })
		);
		return printInvoice(invoice, language);
	}
});

const creditNotePaper = defineAttachment<MailedPaper>('billing.credit-note', {
	type: 'application/pdf',
	async make({ businessId, number, language }) {
		const note = await withSystem('billing.mailed-paper', (scope) =>
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
