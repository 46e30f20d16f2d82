import { readFileSync } from 'node:fs';
import encodeQR from 'qr';
import { print } from '../../platform/press/press.ts';
import type { Invoice } from './archive.ts';
import type { CreditNote } from './credit-note.ts';
import { creditNoteSheet, invoiceSheet, type DocumentSheet, type PayTo } from './document-sheet.ts';
import type { PaperLanguage } from './paper-words.ts';

const template = readFileSync(new URL('./document.typ', import.meta.url), 'utf8');

/**
 * An invoice or a debit note as a PDF: A4, tagged, in black and white. The same in the same language makes
 * the same bytes until money for it arrives or the control unit has signed it.
 * @param accounts where to pay, as `invoiceSheet` takes them
 */
export function printInvoice(
	invoice: Invoice,
	language: PaperLanguage,
	accounts: readonly PayTo[]
): Promise<Uint8Array> {
	return printDocument(invoiceSheet(invoice, language, accounts));
}

/** A credit note as a PDF, as invoices are. */
export function printCreditNote(note: CreditNote, language: PaperLanguage): Promise<Uint8Array> {
	return printDocument(creditNoteSheet(note, language));
}

function printDocument(sheet: DocumentSheet): Promise<Uint8Array> {
	const { signature } = sheet;
	const code = signature?.code;
	return print(template, {
		...sheet,
		signature: signature && {
			...signature,
			// ISO/IEC 18004, 6.3.8: four modules stay empty around it. Paper gets stains: 15 % may be lost.
			code: code && { ...code, svg: encodeQR(code.text, 'svg', { ecc: 'medium', border: 4 }) }
		}
	});
}
