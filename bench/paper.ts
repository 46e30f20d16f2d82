import {
	paperAccounts,
	paperInvoice,
	paperLine,
	simulatedSignature
} from '../tests/setup/papers.ts';
import { printInvoice as print, type Invoice } from '../src/server/modules/billing/index.ts';

export interface PaperFigures {
	/** Invoices of five lines, sixteen asked for at a time, a second. */
	perSecond: number;
	/** Milliseconds until the first, fonts and compiler with it. */
	first: number;
	/** The longest that this thread was kept from anything else, in milliseconds. */
	held: number;
	/** Of one PDF. */
	bytes: number;
}

const printInvoice = (invoice: Invoice, language: 'en') => print(invoice, language, paperAccounts);

const sheets = 400;
const atOnce = 16;

/** How fast the press is, and whether requests feel it. */
export async function benchPaper(): Promise<PaperFigures> {
	const begun = performance.now();
	const { length: bytes } = await printInvoice(invoice(0), 'en');
	const first = performance.now() - begun;
	for (let warm = 1; warm <= 20; warm++) await printInvoice(invoice(warm), 'en');

	let held = 0;
	let last = performance.now();
	const beat = setInterval(() => {
		const now = performance.now();
		held = Math.max(held, now - last - every);
		last = now;
	}, every);
	let next = 0;
	const from = performance.now();
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			while (next < sheets) await printInvoice(invoice(100 + next++), 'en');
		})
	);
	const seconds = (performance.now() - from) / 1_000;
	clearInterval(beat);
	return { perSecond: sheets / seconds, first, held, bytes };
}

const every = 5;

/** Each of another customer, with another number and other quantities: nothing of one serves the next. */
function invoice(place: number): Invoice {
	const number = `INV-2026-${String(place).padStart(4, '0')}`;
	return paperInvoice({
		id: number,
		number,
		customer: { name: `Customer ${place} Ltd`, address: ['Nakuru'], taxPin: null },
		lines: ['Business plan', 'Growth plan', 'M-Pesa collections', 'SMS', 'eTIMS invoices'].map(
			(description, row) =>
				paperLine({
					description,
					quantity: String(place + row),
					amountMinor: BigInt(place + row) * 1_850_000n
				})
		),
		signature: { ...simulatedSignature, code: `${simulatedSignature.code} ${place}` }
	});
}
