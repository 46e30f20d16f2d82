import type { Scope } from '../../platform/scope.ts';
import { issueInvoices, markBilled } from '../billing/index.ts';
import type { Paper } from './drafts.ts';

/** Issues the papers of many businesses in their order, and tells what waited which of them took it. */
export async function issuePapers(
	scope: Scope,
	papers: readonly (Paper & { businessId: string })[]
): Promise<{ invoices: number; creditNotes: number }> {
	const drafts = papers.flatMap(({ draft }) => draft ?? []);
	const issued = await issueInvoices(scope, drafts);
	const numbered = new Map(drafts.map((draft, index) => [draft, issued[index]?.id ?? null]));
	for (const kind of ['pending_lines', 'ended_periods'] as const)
		await markBilled(scope, {
			of: kind,
			taken: papers.flatMap(({ businessId, draft, waiting }) =>
				waiting.flatMap((one) =>
					one.of === kind
						? { businessId, id: one.id, documentId: (draft && numbered.get(draft)) ?? null }
						: []
				)
			)
		});
	return { invoices: issued.length, creditNotes: 0 };
}
