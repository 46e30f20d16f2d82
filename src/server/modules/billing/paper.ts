import { readFileSync } from 'node:fs';
import { print } from '../../platform/press/press.ts';
import type { Invoice } from './archive.ts';
import { paperFigures } from './paper-figures.ts';
import { paperWords, type PaperLanguage } from './paper-words.ts';

const template = readFileSync(new URL('./invoice.typ', import.meta.url), 'utf8');

/**
 * An invoice as a PDF: A4, tagged, in black and white. The same invoice in the same language makes the same
 * bytes until money for it arrives.
 */
export function printInvoice(invoice: Invoice, language: PaperLanguage): Promise<Uint8Array> {
	return print(template, invoiceSheet(invoice, language));
}

/** What stands on the paper, every figure in words already. */
function invoiceSheet(invoice: Invoice, language: PaperLanguage) {
	const words = paperWords[language];
	const { currency, number } = invoice;
	const write = paperFigures(language, currency);
	const open = invoice.status === 'open';
	const sum = (label: string, amount: string, strong = false) => ({ label, amount, strong });
	return {
		language,
		title: `${words.invoice} ${number}`,
		date: invoice.issuedOn.split('-').map(Number),
		words: {
			taxInvoice: words.taxInvoice,
			billedTo: words.billedTo,
			taxPin: words.taxPin,
			lines: words.lines,
			item: words.item,
			quantity: words.quantity,
			price: `${words.price}, ${currency}`,
			tax: words.tax,
			amount: `${words.amount}, ${currency}`,
			received: words.received,
			date: words.date,
			how: words.how,
			reference: words.reference,
			pay: words.pay,
			page: words.page
		},
		number,
		seller: invoice.seller,
		customer: invoice.customer,
		facts: [
			[words.issued, write.day(invoice.issuedOn)],
			[words.due, write.day(invoice.dueOn)]
		],
		lines: invoice.lines.map((line) => ({
			description: line.description,
			period: line.period && write.period(line.period),
			quantity: line.quantity === null ? '' : write.quantity(line.quantity),
			price: line.unitMinor === null ? '' : write.rate(line.unitMinor),
			tax: write.percent(line.taxRate),
			amount: write.amount(line.amountMinor)
		})),
		sums: [
			sum(words.beforeTax, write.amount(invoice.totals.subtotalMinor)),
			...invoice.totals.taxes.map(({ rate, baseMinor, taxMinor }) =>
				sum(words.vat(write.percent(rate), write.amount(baseMinor)), write.amount(taxMinor))
			),
			sum(words.total, write.money(invoice.totalMinor), true),
			sum(words.paid, write.amount(invoice.paidMinor)),
			...(open
				? [
						sum(
							words.left(write.day(invoice.dueOn)),
							write.money(invoice.totalMinor - invoice.paidMinor),
							true
						)
					]
				: [])
		],
		standing: standing(),
		payments: invoice.payments.map((payment) => ({
			date: write.day(payment.receivedOn),
			how: words.methods[payment.method] ?? payment.method,
			reference: payment.reference,
			amount: write.amount(payment.amountMinor)
		})),
		pay: open ? words.payHow(number) : null
	};

	function standing(): string | null {
		if (invoice.status === 'void') return words.void;
		if (invoice.status === 'uncollectible') return words.uncollectible;
		return invoice.paidOn ? words.settled(write.day(invoice.paidOn)) : null;
	}
}
