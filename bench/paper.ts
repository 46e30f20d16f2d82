import { printInvoice, type Invoice } from '../src/server/modules/billing/index.ts';

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
	const lines = ['Business plan', 'Growth plan', 'M-Pesa collections', 'SMS', 'eTIMS invoices'].map(
		(description, row) => ({
			productId: null,
			meter: null,
			description,
			period: { start: '2026-11-01', end: '2026-12-01' },
			quantity: String(place + row),
			unitMinor: '1850000',
			amountMinor: BigInt(place + row) * 1_850_000n,
			taxRate: '16'
		})
	);
	const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
	const taxMinor = (subtotalMinor * 16n) / 100n;
	const totalMinor = subtotalMinor + taxMinor;
	const number = `INV-2026-${String(place).padStart(4, '0')}`;
	return {
		id: number,
		number,
		status: 'open',
		issuedOn: '2026-11-01',
		dueOn: '2026-11-30',
		issuedAt: new Date(0),
		currency: 'KES',
		totalMinor,
		paidMinor: 0n,
		paidOn: null,
		seller: { name: 'Lixnet Ltd', address: ['Westlands', 'Nairobi'], taxPin: 'P051930264T' },
		customer: { name: `Customer ${place} Ltd`, address: ['Nakuru'], taxPin: null },
		lines,
		totals: {
			subtotalMinor,
			taxes: [{ rate: '16', baseMinor: subtotalMinor, taxMinor }],
			taxMinor,
			totalMinor
		},
		payments: []
	};
}
