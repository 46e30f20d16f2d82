import type { Step, TaxClass } from '../rating/index.ts';

/**
 * What a line asks for: of a plan a sum for the period, seats, usage, what is missing to the minimum, once;
 * what is given back of an earlier line, what a change within a period costs, usage that came after its
 * period was billed, what was asked too little, and whatever else.
 */
export const lineKinds = [
	'plan',
	'seat',
	'usage',
	'minimum',
	'one_off',
	'credit',
	'charge',
	'late_usage',
	'adjustment',
	'other'
] as const;
export type LineKind = (typeof lineKinds)[number];

/** A line of an invoice before it is issued, rated and rounded already. */
export interface DraftLine {
	kind: LineKind;
	description: string;
	productId?: string;
	subscriptionId?: string;
	/** Of the subscription's plan version: the price that it was reckoned by. */
	priceSlug?: string;
	/** On a line for usage: the slug of the meter that the quantity comes from. */
	meter?: string;
	/** What the line pays for, half-open. */
	period?: { start: string; end: string };
	/** Exact decimals. Null where there is none: a sum that was agreed, a price by tiers. */
	quantity: string | null;
	/** Minor units of one; may be finer than one. */
	unitMinor: string | null;
	/** Major units, before the rounding; a credit is less than nothing. */
	exactAmount: string;
	/** Rounded, before discounts; with tax where `taxIncluded`. */
	amountMinor: bigint;
	taxClass: TaxClass;
	taxIncluded: boolean;
	/** How the amount came about. */
	steps?: readonly Step[];
	/** Of a credit: the billed line that it gives back of, never more than was billed and not yet credited. */
	credits?: { invoiceId: string; position: number };
}

/** Taken off the lines before tax, spread over them by largest remainder, one discount after the other. */
export interface DraftDiscount {
	label: string;
	/** Per cent of what is left by those before it, an exact decimal; or minor units. Exactly one of both. */
	percent?: string;
	amountMinor?: bigint;
	/** Whose lines it is taken off; all when it is not said. Credits are left alone. */
	subscriptionId?: string;
}

export const invoiceKinds = ['invoice', 'debit_note'] as const;
export type InvoiceKind = (typeof invoiceKinds)[number];

/** What an invoice is issued from. Its lines come to nothing or more; what comes to less is a credit note. */
export interface InvoiceDraft {
	businessId: string;
	issuedOn: string;
	dueOn: string;
	currency: string;
	lines: readonly DraftLine[];
	discounts?: readonly DraftDiscount[];
	/** `invoice` when it is not said. */
	kind?: InvoiceKind;
	/** Of a debit note: the invoice that asked for too little. */
	correctsInvoiceId?: string;
	/** By default what the customer wants to find on the next invoice. */
	customerReference?: string;
}
