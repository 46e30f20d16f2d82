import type { Sheet } from '../../platform/press/press.ts';
import type { Signature } from '../fiscal/index.ts';
import type { Invoice, InvoiceLine, Original } from './archive.ts';
import type { CreditNote } from './credit-note.ts';
import { paperFigures } from './paper-figures.ts';
import { stepsInWords } from './paper-steps.ts';
import { paperWords, type PaperLanguage } from './paper-words.ts';
import type { Party } from './parties.ts';
import type { InvoiceTotals } from './totals.ts';

/**
 * What stands on an invoice, a debit note or a credit note, every figure in words already: the paper and its
 * page are both made of it, so that they say the same.
 */
export interface DocumentSheet extends Sheet {
	words: Sheet['words'] &
		Record<
			| 'billedTo'
			| 'lines'
			| 'item'
			| 'quantity'
			| 'price'
			| 'tax'
			| 'amount'
			| 'settled'
			| 'date'
			| 'how'
			| 'reference'
			| 'controlUnit'
			| 'pay',
			string
		>;
	/** `Tax invoice` */
	kind: string;
	number: string;
	/** `Paid`, `Void`: stands in a frame. */
	stamp: string | null;
	seller: SheetParty;
	customer: SheetParty;
	/** Labels and what they stand for. */
	facts: [string, string][];
	/** Of a note: what it is about. */
	about: string | null;
	lines: {
		description: string;
		/** Under it: the period, how the amount came about. */
		small: string[];
		quantity: string;
		price: string;
		tax: string;
		amount: string;
	}[];
	sums: { label: string; amount: string; strong: boolean }[];
	standing: string | null;
	settled: { date: string; how: string; reference: string; amount: string }[];
	signature: SheetSignature | null;
	/** How to pay what is left, and for each account that takes it what a transfer has to name. */
	pay: { said: string; accounts: [string, string][][] } | null;
}

/** An account of the vendor's that takes transfers. They are `payments`' to keep: whoever asks for a sheet brings them. */
export interface PayTo {
	bank: string;
	branch: string | null;
	holder: string;
	accountNumber: string;
	/** Null: for whatever currency. */
	currency: string | null;
	swift: string | null;
}

/** A party with its number at the tax authority in words. */
export interface SheetParty {
	name: string;
	address: string[];
	taxPin: string | null;
}

export interface SheetSignature {
	/** What has to be said besides, or instead of, what the unit answered. */
	said: string | null;
	facts: [string, string][];
	/** What the QR code says, and what is said to those who do not see it. */
	code: { text: string; alt: string } | null;
}

/**
 * An invoice or a debit note.
 * @param accounts where to pay; those of another currency are left out
 */
export function invoiceSheet(
	invoice: Invoice,
	language: PaperLanguage,
	accounts: readonly PayTo[]
): DocumentSheet {
	const words = paperWords[language];
	const write = paperFigures(language, invoice.currency);
	const { kind, number, status, totalMinor, paidMinor } = invoice;
	const open = status === 'open';
	const left = totalMinor - paidMinor;
	const { about, ...sheet } = common(invoice, kind, language);
	return {
		...sheet,
		stamp: stamp(),
		facts: [
			[words.issued, write.day(invoice.issuedOn)],
			[words.due, write.day(invoice.dueOn)],
			...sheet.facts
		],
		about: invoice.corrects ? about(invoice.corrects, words.corrects) : null,
		sums: [
			...sheet.sums,
			{ label: words.paid, amount: write.amount(paidMinor), strong: false },
			...(open
				? [
						{
							label: words.left(write.day(invoice.dueOn)),
							amount: write.money(left),
							strong: true
						}
					]
				: [])
		],
		standing: standing(),
		settled: invoice.settlements.map(({ source, method, reference, amountMinor, onDay }) => ({
			date: write.day(onDay),
			how: method === null ? words.sources[source] : (words.methods[method] ?? method),
			reference: reference ?? '',
			amount: write.amount(amountMinor)
		})),
		pay: open ? pay() : null
	};

	function pay(): DocumentSheet['pay'] {
		const fitting = accounts.filter(
			({ currency }) => currency === null || currency === invoice.currency
		);
		return {
			said: fitting.length > 0 ? words.payTo(number) : words.payHow(number),
			accounts: fitting.map(({ bank, branch, holder, accountNumber, swift }) => [
				[words.bank, branch === null ? bank : `${bank}, ${branch}`],
				[words.accountHolder, holder],
				[words.accountNumber, accountNumber],
				...(swift === null ? [] : [[words.swift, swift] as [string, string]])
			])
		};
	}

	function stamp(): string | null {
		if (status === 'open') return paidMinor > 0n ? words.stamps.part : null;
		return words.stamps[status];
	}

	function standing(): string | null {
		const why = invoice.reason === null ? '' : ` ${words.reason(invoice.reason)}`;
		if (status === 'void') return words.void + why;
		if (status === 'uncollectible') return words.uncollectible + why;
		if (invoice.paidOn === null) return null;
		return totalMinor === 0n ? words.nothingToPay : words.paidInFull(write.day(invoice.paidOn));
	}
}

/** A credit note. */
export function creditNoteSheet(note: CreditNote, language: PaperLanguage): DocumentSheet {
	const words = paperWords[language];
	const write = paperFigures(language, note.currency);
	const { about, ...sheet } = common({ ...note, discounts: [] }, 'credit_note', language);
	const { corrects, settledMinor } = note;
	const creditMinor = note.totals.totalMinor - settledMinor;
	return {
		...sheet,
		stamp: null,
		facts: [[words.issued, write.day(note.issuedOn)], ...sheet.facts],
		about: `${about(corrects, words.credits)} ${words.reason(note.reason)}`,
		sums: [
			...sheet.sums,
			...(settledMinor > 0n
				? [
						{
							label: words.offInvoice(corrects.number),
							amount: write.amount(settledMinor),
							strong: false
						}
					]
				: []),
			...(creditMinor > 0n
				? [{ label: words.toCredit, amount: write.amount(creditMinor), strong: false }]
				: [])
		],
		standing: null,
		settled: [],
		pay: null
	};
}

/** What the three have in common. */
function common(
	document: {
		number: string;
		issuedOn: string;
		currency: string;
		customerReference: string | null;
		seller: Party;
		customer: Party;
		lines: InvoiceLine[];
		discounts: Invoice['discounts'];
		totals: InvoiceTotals;
		signature: Signature | null;
	},
	kind: 'invoice' | 'debit_note' | 'credit_note',
	language: PaperLanguage
) {
	const words = paperWords[language];
	const { currency, number, totals, lines, discounts } = document;
	const write = paperFigures(language, currency);
	const sum = (label: string, amount: string, strong = false) => ({ label, amount, strong });
	const party = ({ name, address, taxPin }: Party): SheetParty => ({
		name,
		address,
		taxPin: taxPin === null ? null : `${words.taxPin} ${taxPin}`
	});
	return {
		language,
		title: `${words.names[kind]} ${number}`,
		author: document.seller.name,
		date: document.issuedOn.split('-').map(Number),
		words: {
			page: words.page,
			billedTo: words.billedTo,
			lines: words.lines,
			item: words.item,
			quantity: words.quantity,
			price: `${words.price}, ${currency}`,
			tax: words.tax,
			amount: `${words.amount}, ${currency}`,
			settled: words.settled,
			date: words.date,
			how: words.how,
			reference: words.reference,
			controlUnit: words.controlUnit,
			pay: words.pay
		},
		kind: words.headings[kind],
		number,
		seller: party(document.seller),
		customer: party(document.customer),
		facts: (document.customerReference === null
			? []
			: [[words.customerReference, document.customerReference]]) as [string, string][],
		lines: lines.map((line) => {
			const tax = words.classes[line.taxClass](write.percent(line.taxRate));
			return {
				description: line.description,
				small: [
					...(line.period ? [write.period(line.period)] : []),
					...stepsInWords(line.steps, words.steps, write)
				],
				quantity: line.quantity === null ? '' : write.quantity(line.quantity),
				price: line.unitMinor === null ? '' : write.rate(line.unitMinor),
				tax: line.taxIncluded ? words.included(tax) : tax,
				amount: write.amount(line.amountMinor)
			};
		}),
		sums: [
			...(discounts.length > 0
				? [
						sum(
							words.sumOfLines,
							write.amount(lines.reduce((all, { amountMinor }) => all + amountMinor, 0n))
						)
					]
				: []),
			...discounts.map(({ label, percent, amountMinor }) =>
				sum(
					words.discount(percent === null ? label : `${label}, ${write.percent(percent)}`),
					write.amount(-amountMinor)
				)
			),
			sum(words.beforeTax, write.amount(totals.subtotalMinor)),
			...totals.taxes.map(({ taxClass, rate, baseMinor, taxMinor }) =>
				sum(
					words.vat[taxClass](write.percent(rate), write.amount(baseMinor)),
					write.amount(taxMinor)
				)
			),
			sum(words.total, write.money(totals.totalMinor), true)
		],
		signature: document.signature && signatureSheet(document.signature),
		about
	};

	/** Which invoice a note corrects, and what the tax authority knows it by. */
	function about(original: Original, said: (number: string, date: string) => string): string {
		const { number, issuedOn, unitNumber } = original;
		const unit = unitNumber === null ? '' : ` ${words.originalUnitNumber(unitNumber)}`;
		return said(number, write.day(issuedOn)) + unit;
	}

	function signatureSheet(signature: Signature): SheetSignature {
		if (signature.status !== 'signed') return { said: words.notSignedYet, facts: [], code: null };
		return {
			said: signature.simulated ? words.simulated : null,
			facts: [
				[words.unitSerial, signature.serial],
				[words.unitNumber, signature.number],
				[words.signed, write.moment(signature.signedAt)],
				...(signature.internalData === null
					? []
					: [[words.internalData, inFours(signature.internalData)] as [string, string]]),
				...(signature.signature === null
					? []
					: [[words.signature, inFours(signature.signature)] as [string, string]])
			],
			code: { text: signature.code, alt: words.code(number) }
		};
	}
}

/** As the tax authority wants it printed: a dash after each four characters. */
function inFours(text: string): string {
	return text.replace(/(.{4})(?=.)/g, '$1-');
}
