import type { Command } from 'commander';
import { readBooks as readBillingBooks } from '#server/modules/billing/index.ts';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	readBalances,
	verifyLedger,
	type Books,
	type Disagreement
} from '#server/modules/ledger/index.ts';
import { readBooks as readPaymentBooks } from '#server/modules/payments/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { amountWords } from './amounts.ts';
import { findBusiness } from './business.ts';
import { onPortal, tell, tellTable } from './command.ts';

export function addLedger(program: Command): void {
	const ledger = program.command('ledger').description('The accounts under every bill.');
	ledger
		.command('verify')
		.description(
			'Prove that every entry balances and that the ledger says what invoices and payments say. Exit code 1 with each disagreement.'
		)
		.action(() =>
			onPortal(async () => {
				const { entries, businesses, disagreements } = await withSystem(
					'evolve ledger verify',
					(scope) => verifyLedger(scope, readBooks)
				);
				if (disagreements.length === 0) {
					tell(`Everything balances and agrees. Businesses: ${businesses}, entries: ${entries}.`);
					return;
				}
				const named = await withSystem('evolve ledger verify', (scope) =>
					listBusinesses(scope, {})
				);
				const names = new Map(named.map(({ id, name }) => [id, name]));
				for (const disagreement of disagreements)
					tell(`${names.get(disagreement.businessId) ?? ''}: ${tellDisagreement(disagreement)}`);
				console.error(`Disagreements: ${disagreements.length}, entries: ${entries}.`);
				process.exitCode = 1;
			})
		);
	ledger
		.command('balances')
		.description('What stands on each account. A debit is more than nothing, a credit less.')
		.option('--business <name>', 'of one business, by name or id')
		.option('--on <day>', 'at the end of a day, such as 2026-11-30')
		.action(({ business, on }: { business?: string; on?: string }) =>
			onPortal(async () => {
				const rows = await withSystem('evolve ledger balances', async (scope) => {
					const of = business === undefined ? null : await findBusiness(scope, business);
					const [balances, all] = await Promise.all([
						readBalances(scope, { businessId: of?.id, on }),
						listBusinesses(scope, {})
					]);
					const names = new Map(all.map(({ id, name }) => [id, name]));
					return balances.map(({ businessId, account, currency, amountMinor }) => [
						businessId,
						names.get(businessId) ?? '',
						account,
						amountWords(amountMinor, currency)
					]);
				});
				tellTable(rows);
			})
		);
}

/** What all documents of these businesses come to, from the modules that make them. */
export async function readBooks(
	scope: Scope<System>,
	input: { businessIds: string[] }
): Promise<Books> {
	const [billing, payments] = [
		await readBillingBooks(scope, input),
		await readPaymentBooks(scope, input)
	];
	return {
		claims: [...billing.claims, ...payments.claims],
		owed: [...billing.owed, ...payments.owed],
		apart: [...billing.apart, ...payments.apart]
	};
}

/** In a sentence, with the document by what is printed on it. */
export function tellDisagreement({ document, what }: Disagreement): string {
	const name = `${document.kind.replace('_', ' ')} ${document.reference}`;
	switch (what.is) {
		case 'unbalanced':
			return `${name}: its entry of ${what.postings} postings comes to ${amountWords(what.amountMinor, what.currency)} instead of nothing.`;
		case 'not-posted':
			return `${name} is not in the ledger.`;
		case 'no-document':
			return `${name} is in the ledger, and there is no such document.`;
		case 'dated':
			return `${name}: the ledger has it on ${what.ledger}, the document is of ${what.document}.`;
		case 'apart': {
			const [said, sum] = [what.saidMinor, what.sumMinor].map((amount) =>
				amountWords(amount, what.currency)
			);
			return what.of === 'settled'
				? `${name}: ${said} is settled by the document, ${sum} by its settlements.`
				: `${name}: ${said} is given back of a line by the document, ${sum} by what gives it back.`;
		}
		case 'amount':
		case 'owed': {
			const account = `${what.account.replace('_', ' ')}${what.taxRate === null ? '' : ` at ${what.taxRate} %`}`;
			const said = [what.ledgerMinor, what.documentMinor].map((amount) =>
				amountWords(amount, what.currency)
			);
			return what.is === 'amount'
				? `${name}: ${account} is ${said[0]} in the ledger, ${said[1]} by the document.`
				: `${name}: ${said[0]} is left to pay by the ledger, ${said[1]} by the invoice.`;
		}
	}
}
