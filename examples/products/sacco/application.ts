import type { Application, View } from '../framework/application.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { figures, table } from '../framework/lists.ts';
import { begin, memberOf, owedOn, type Book } from './book.ts';
import { work } from './deeds.ts';
import { loanPages } from './loans.ts';
import { memberPages } from './members.ts';
import { sheets } from './sheets.ts';

function showOverview({ book }: View<Book>): Html {
	const saved = book.members.reduce((sum, { savings }) => sum + savings, 0);
	const waiting = book.loans.filter(({ state }) => state === 'applied');
	const latest = book.entries.toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, 6);
	return html`${figures({
			Members: book.members.length,
			Savings: money(saved),
			'Loans outstanding': money(book.loans.reduce((sum, loan) => sum + owedOn(loan), 0)),
			Applications: html`<a href="/loans">${waiting.length}</a>`
		})}
		${
			latest.length > 0
				? table(
						'Latest savings',
						['Date', 'Member', 'By', 'Amount#'],
						latest.map(({ at, memberId, by, amount, kind }) => [
							day(at),
							memberOf(book, memberId),
							by,
							money(kind === 'withdrawal' ? -amount : amount)
						])
					)
				: html`<p class="empty">Nobody has saved anything yet. <a href="/members">Members</a></p>`
		}
		<p class="more"><a href="/savings">All deposits</a> <a href="/loans/lent">Loans</a></p>`;
}

export const sacco: Application<Book> = {
	slug: 'sacco',
	name: 'SACCO',
	counted: 'members.counted',
	begin,
	count: ({ members }) => members.length,
	work,
	sheets,
	exporters: ['manager', 'auditor'],
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		...memberPages,
		...loanPages
	]
};
