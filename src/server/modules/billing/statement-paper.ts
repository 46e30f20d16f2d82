import { readFileSync } from 'node:fs';
import { print } from '../../platform/press/press.ts';
import type { Statement, StatementEntry } from '../ledger/index.ts';
import { paperFigures } from './paper-figures.ts';
import { paperWords, type PaperLanguage } from './paper-words.ts';
import type { Party } from './parties.ts';

const template = readFileSync(new URL('./statement.typ', import.meta.url), 'utf8');

export interface StatementPaper {
	/** Civil dates, both included. */
	from: string;
	to: string;
	seller: Party;
	customer: Party;
	/** With all their entries, not a page of them. */
	statements: Statement[];
}

/** Statements of account as a PDF: A4, tagged, in black and white, a part for each currency. */
export function printStatement(
	paper: StatementPaper,
	language: PaperLanguage
): Promise<Uint8Array> {
	return print(template, statementSheet(paper, language));
}

function statementSheet(
	{ from, to, seller, customer, statements }: StatementPaper,
	language: PaperLanguage
) {
	const words = paperWords[language];
	const days = paperFigures(language, 'KES');
	const party = ({ name, address, taxPin }: Party) => ({
		name,
		address,
		taxPin: taxPin === null ? null : `${words.taxPin} ${taxPin}`
	});
	return {
		language,
		title: `${words.statement}, ${customer.name}, ${days.day(from)} – ${days.day(to)}`,
		author: seller.name,
		date: to.split('-').map(Number),
		words: {
			page: words.page,
			kind: words.statement,
			account: words.account,
			date: words.date,
			document: words.document,
			charged: words.charged,
			paid: words.creditedOrPaid,
			balance: words.balance,
			nothing: words.noEntries
		},
		seller: party(seller),
		customer: party(customer),
		facts: [
			[words.from, days.day(from)],
			[words.to, days.day(to)]
		],
		statements: statements.map(({ currency, openingMinor, entries, closingMinor }) => {
			const write = paperFigures(language, currency);
			const row = (date: string, document: string, balanceMinor: bigint, strong: boolean) => ({
				date: write.day(date),
				document,
				charged: '',
				paid: '',
				balance: write.amount(balanceMinor),
				strong
			});
			return {
				title: words.inCurrency(currency),
				rows: [
					row(from, words.opening, openingMinor, true),
					...entries.map((entry) => ({
						...row(entry.onDay, named(entry), entry.balanceMinor, false),
						...(entry.amountMinor > 0n
							? { charged: write.amount(entry.amountMinor) }
							: { paid: write.amount(-entry.amountMinor) })
					})),
					row(to, words.closing, closingMinor, true)
				],
				said:
					closingMinor > 0n
						? words.owed(write.money(closingMinor), write.day(to))
						: closingMinor < 0n
							? words.inCredit(write.money(-closingMinor), write.day(to))
							: words.nothingOwed(write.day(to))
			};
		})
	};

	function named({ document, kind }: StatementEntry): string {
		const name = `${words.documents[document.kind] ?? document.kind} ${document.reference}`;
		if (kind === 'written_off') return words.writtenOff(name);
		return kind === 'reversed' ? words.reversed(name) : name;
	}
}
