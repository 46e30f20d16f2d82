import { taxRates } from '../rating/index.ts';
import type { DraftLine } from './draft-lines.ts';
import { addUpLines, reckonDraft, type InvoiceTotals } from './totals.ts';

/** What lines that wait will be on. */
export interface Documents {
	/** What the invoice asks for; null where there is none. */
	invoice: InvoiceTotals | null;
	/** What credit notes give back, as a positive amount, tax included; of each credited invoice one. */
	notes: { invoiceId: string; lines: DraftLine[]; totalMinor: bigint }[];
	/** What is to be paid after all, and what stays to the customer's credit: one of them is nothing. */
	dueMinor: bigint;
	leftMinor: bigint;
}

/**
 * An invoice never asks for less than nothing: where more is given back than charged, credits become credit notes,
 * one for each invoice that they give back of, and the charges an invoice of their own. Otherwise the credits are
 * lines of the invoice.
 */
export function documentsOf(lines: readonly DraftLine[]): Documents {
	if (lines.length === 0) return { invoice: null, notes: [], dueMinor: 0n, leftMinor: 0n };
	const together = reckonDraft({ lines });
	if (fitsOneInvoice(together))
		return { invoice: together, notes: [], dueMinor: together.totalMinor, leftMinor: 0n };
	const charges = lines.filter(({ credits }) => !credits);
	const invoice = charges.length > 0 ? reckonDraft({ lines: charges }) : null;
	const notes = notesOf(lines);
	const given = notes.reduce((sum, { totalMinor }) => sum + totalMinor, 0n);
	const asked = invoice?.totalMinor ?? 0n;
	return {
		invoice,
		notes,
		dueMinor: asked > given ? asked - given : 0n,
		leftMinor: given > asked ? given - asked : 0n
	};
}

/** Neither the whole nor any class of tax comes to less than nothing. */
export function fitsOneInvoice({ totalMinor, taxes }: InvoiceTotals): boolean {
	return totalMinor >= 0n && taxes.every(({ baseMinor }) => baseMinor >= 0n);
}

function notesOf(lines: readonly DraftLine[]): Documents['notes'] {
	const notes = new Map<string, DraftLine[]>();
	for (const line of lines)
		if (line.credits)
			notes.set(line.credits.invoiceId, [...(notes.get(line.credits.invoiceId) ?? []), line]);
	return [...notes].map(([invoiceId, of]) => ({
		invoiceId,
		lines: of,
		totalMinor: -addUpLines(
			of.map((line) => ({ ...line, discountMinor: 0n, taxRate: taxRates[line.taxClass] }))
		).totalMinor
	}));
}
