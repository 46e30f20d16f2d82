import { readFileSync } from 'node:fs';
import { print } from '../../platform/press/press.ts';
import { paperFigures, type PaperLanguage, type Party } from '../billing/index.ts';
import type { Receipt } from './archive.ts';
import { receiptWords } from './receipt-words.ts';

const template = readFileSync(new URL('./receipt.typ', import.meta.url), 'utf8');

/**
 * A receipt as a PDF: A4, tagged, in black and white. The same receipt in the same language makes the same
 * bytes, unless the payment is taken back.
 */
export function printReceipt(receipt: Receipt, language: PaperLanguage): Promise<Uint8Array> {
	return print(template, receiptSheet(receipt, language));
}

/** What stands on the paper, every figure in words already. */
function receiptSheet(receipt: Receipt, language: PaperLanguage) {
	const words = receiptWords[language];
	const { currency, number } = receipt;
	const write = paperFigures(language, currency);
	return {
		language,
		title: `${words.receipt} ${number}`,
		author: receipt.seller.name,
		date: receipt.receivedOn.split('-').map(Number),
		words: {
			receipt: words.receipt,
			from: words.from,
			counted: words.counted,
			invoice: words.invoice,
			amount: `${words.amount}, ${currency}`,
			total: words.total,
			page: words.page
		},
		number,
		stamp: receipt.reversedOn === null ? null : words.notValid,
		seller: party(receipt.seller),
		customer: party(receipt.customer),
		facts: [
			[words.received, write.day(receipt.receivedOn)],
			[words.how, words.methods[receipt.method]],
			[words.reference, receipt.reference],
			...(receipt.payer === null ? [] : [[words.payer, receipt.payer]])
		],
		parts: [
			...receipt.allocations.map(({ invoiceNumber, amountMinor }) => [
				invoiceNumber,
				write.amount(amountMinor)
			]),
			...(receipt.creditMinor > 0n ? [[words.credit, write.amount(receipt.creditMinor)]] : [])
		],
		total: write.money(receipt.amountMinor),
		standing: receipt.reversedOn === null ? null : words.reversed(write.day(receipt.reversedOn)),
		closing: receipt.reversedOn === null ? closing() : null
	};

	function party({ name, address, taxPin }: Party) {
		return { name, address, taxPin: taxPin && `${words.taxPin} ${taxPin}` };
	}

	function closing(): string {
		return receipt.creditMinor > 0n ? `${words.thanks} ${words.creditNote}` : words.thanks;
	}
}
