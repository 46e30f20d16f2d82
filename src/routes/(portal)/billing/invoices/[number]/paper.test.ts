import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import {
	creditNoteSheet,
	invoiceSheet,
	paperLanguages,
	printCreditNote,
	printInvoice
} from '#server/modules/billing/index.ts';
import {
	fullInvoice,
	paperAccounts,
	paperInvoice,
	paperNote
} from '../../../../../../tests/setup/papers.ts';
import { readPdf } from '../../../../../../tests/setup/pdf.ts';
import Paper from './Paper.svelte';

/** Every word and figure, how often it stands there. */
function counted(text: string): Map<string, number> {
	const words = new Map<string, number>();
	for (const word of text
		.replace(/[\u200b\ufffd]/g, '')
		// A line of the PDF may end behind a dash.
		.replace(/-\s+/g, '-')
		.toUpperCase()
		.split(/\s+/)
		.filter(Boolean))
		words.set(word, (words.get(word) ?? 0) + 1);
	return words;
}

function onPage(sheet: ReturnType<typeof invoiceSheet>): Map<string, number> {
	const { body } = render(Paper, { props: { sheet } });
	return counted(
		body
			// What is there for ears alone, or names a cell on a phone.
			.replace(/<caption[\s\S]*?<\/caption>/g, '')
			.replace(/<svg[\s\S]*?<\/svg>/g, '')
			.replace(/<[^>]+>/g, ' ')
			.replaceAll('&amp;', '&')
			.replaceAll('&lt;', '<')
			.replaceAll('&gt;', '>')
	);
}

function onPaper(pdf: Uint8Array, { title, words }: ReturnType<typeof invoiceSheet>) {
	const text = readPdf(pdf)
		.pages.map((page, place, { length }) =>
			page
				.replaceAll(title, '')
				.replace(`${words.page[0]} ${place + 1} ${words.page[1]} ${length}`, '')
		)
		.join('\n');
	return counted(text);
}

describe.each(paperLanguages)('the page of a paper in %s', (language) => {
	it.each([
		['an invoice with everything on it', fullInvoice()],
		['an open one', paperInvoice()],
		['one that waits for the control unit', paperInvoice({ signature: { status: 'pending' } })],
		['a void one', paperInvoice({ status: 'void', reason: 'Issued twice', customer: hostile() })],
		[
			'a debit note',
			paperInvoice({
				kind: 'debit_note',
				number: 'DBN-2026-0001',
				corrects: { number: 'INV-2026-0001', issuedOn: '2026-01-01', unitNumber: 'CU1/7' }
			})
		]
	])('says the same as the PDF of %s', async (_, invoice) => {
		const sheet = invoiceSheet(invoice, language, paperAccounts);
		expect(onPage(sheet)).toEqual(
			onPaper(await printInvoice(invoice, language, paperAccounts), sheet)
		);
	});

	it('says the same as the PDF of a credit note', async () => {
		const note = paperNote();
		const sheet = creditNoteSheet(note, language);
		expect(onPage(sheet)).toEqual(onPaper(await printCreditNote(note, language), sheet));
	});
});

it('shows no word of a customer as markup', () => {
	const sheet = invoiceSheet(paperInvoice({ customer: hostile() }), 'en', []);
	expect(render(Paper, { props: { sheet } }).body).not.toContain('<script>');
});

function hostile() {
	return { name: '<script>alert(1)</script> & Sons', address: ['#panic() *x*'], taxPin: null };
}
