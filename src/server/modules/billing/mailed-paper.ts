import { withSystem } from '../../platform/doors.ts';
import { defineAttachment, type Attachment } from '../../platform/mail-attachments.ts';
import { readInvoice } from './archive.ts';
import { printInvoice } from './paper.ts';
import type { PaperLanguage } from './paper-words.ts';

const invoicePaper = defineAttachment<{
	businessId: string;
	number: string;
	language: PaperLanguage;
}>('billing.invoice', {
	type: 'application/pdf',
	async make({ businessId, number, language }) {
		const invoice = await withSystem('billing.mailed-paper', (scope) =>
			readInvoice(scope, { businessId, number })
		);
		return printInvoice(invoice, language);
	}
});

/** An invoice as a PDF that goes along with a letter, as it stands when the letter is delivered. */
export function attachInvoice(of: {
	businessId: string;
	number: string;
	language: PaperLanguage;
}): Attachment {
	return invoicePaper(`${of.number.replace(/[^\w.-]+/g, '-')}.pdf`, of);
}
