import type { Scope, System } from '../../platform/scope.ts';
import {
	findInvoiceNumber,
	issueCreditNote,
	issueInvoices,
	markBilled,
	type DraftLine
} from '../billing/index.ts';
import type { Paper } from './drafts.ts';

/** Issues the papers of many businesses in their order, and tells what waited which of them took it. */
export async function issuePapers(
	scope: Scope<System>,
	papers: readonly (Paper & { businessId: string; today: string })[]
): Promise<{ invoices: number; creditNotes: number }> {
	const drafts = papers.flatMap(({ draft }) => draft ?? []);
	const issued = await issueInvoices(scope, drafts);
	const invoices = new Map(drafts.map((draft, index) => [draft, issued[index]?.id ?? null]));
	const notes = new Map<Paper, Map<string, string>>();
	for (const paper of papers) notes.set(paper, await issueNotes(scope, paper));
	// Not called `of`: after that word Node's reader of TypeScript expects something else.
	for (const table of ['pending_lines', 'ended_periods'] as const)
		await markBilled(scope, {
			of: table,
			taken: papers.flatMap((paper) =>
				paper.waiting.flatMap((one) => {
					if (one.of !== table) return [];
					const note = one.credits === undefined ? undefined : notes.get(paper)?.get(one.credits);
					const invoice = paper.draft ? (invoices.get(paper.draft) ?? null) : null;
					return { businessId: paper.businessId, id: one.id, documentId: note ?? invoice };
				})
			)
		});
	const creditNotes = [...notes.values()].reduce((sum, { size }) => sum + size, 0);
	return { invoices: issued.length, creditNotes };
}

/**
 * One for each invoice that something is given back of.
 * @returns its id by the invoice's
 */
async function issueNotes(
	scope: Scope<System>,
	{ businessId, today, credits }: Paper & { businessId: string; today: string }
): Promise<Map<string, string>> {
	const notes = new Map<string, string>();
	const byInvoice = Map.groupBy(credits, (line) => line.credits?.invoiceId ?? '');
	for (const [invoiceId, lines] of byInvoice) {
		const invoice = await findInvoiceNumber(scope, { businessId, invoiceId });
		if (!invoice) throw new Error('What is given back was billed before.');
		const { id } = await issueCreditNote(scope, {
			businessId,
			number: invoice.number,
			issuedOn: today,
			reason: lines.every(({ meter }) => meter !== undefined)
				? 'Less was used than was billed.'
				: 'The subscription changed within a period that was billed.',
			what: {
				lines: [...givenBack(lines)].map(([position, amountMinor]) => ({ position, amountMinor }))
			}
		});
		notes.set(invoiceId, id);
	}
	return notes;
}

function givenBack(lines: readonly DraftLine[]): Map<number, bigint> {
	const sums = new Map<number, bigint>();
	for (const { credits, amountMinor } of lines)
		if (credits) sums.set(credits.position, (sums.get(credits.position) ?? 0n) - amountMinor);
	return sums;
}
