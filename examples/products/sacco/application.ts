import { choice, FormProblem, text, whole } from '../framework/application.ts';
import type { Application, View } from '../framework/application.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { field, figures, form, select, table } from '../framework/layout.ts';
import {
	apply,
	approve,
	begin,
	deposit,
	join,
	memberOf,
	owedBy,
	owedOn,
	repay,
	roomOf,
	work,
	type Book,
	type Loan
} from './book.ts';

const membersToChoose = ({ members }: Book): { id: string; name: string }[] =>
	members.map(({ id, number, name }) => ({ id, name: `${number} ${name}` }));

const linked = ({ id }: Loan): Html => html`<a href="/loans/${id}">${id}</a>`;

function showOverview({ book }: View<Book>): Html {
	const saved = book.members.reduce((sum, { savings }) => sum + savings, 0);
	return html`${figures({
		Members: book.members.length,
		Savings: money(saved),
		'Loans outstanding': money(book.loans.reduce((sum, loan) => sum + owedOn(loan), 0)),
		Applications: book.loans.filter(({ approved }) => !approved).length
	})}
	${showDeposits(book, 8)}`;
}

function showDeposits(book: Book, most: number): Html {
	return table(
		'Latest deposits',
		['Date', 'Member', 'By', 'Amount#'],
		book.deposits
			.slice(-most)
			.reverse()
			.map(({ at, memberId, by, amount }) => [day(at), memberOf(book, memberId), by, money(amount)])
	);
}

function showMembers(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			`${book.members.length} members`,
			['Number', 'Name', 'Phone', 'Savings#', 'Owes#'],
			book.members
				.toReversed()
				.map(({ id, number, name, phone, savings }) => [
					number,
					name,
					phone,
					money(savings),
					money(owedBy(book, id))
				])
		)}
		${form(view, 'New member', 'Add member', [
			field(view, 'name', 'Name'),
			field(view, 'phone', 'Phone')
		])}
	</div>`;
}

function showSavings(view: View<Book>): Html {
	return html`<div class="columns">
		${showDeposits(view.book, 50)}
		${form(view, 'New deposit', 'Save deposit', memberAndAmount(view))}
	</div>`;
}

function memberAndAmount(view: View<Book>): Html[] {
	return [
		select(view, 'member', 'Member', membersToChoose(view.book)),
		field(view, 'amount', 'Amount in shillings', 'number')
	];
}

function showLoans(view: View<Book>): Html {
	const { book } = view;
	const newest = book.loans.toReversed();
	return html`<div class="columns">
		<div class="stack">
			${table(
				'Waiting for approval',
				['Number', 'Date', 'Member', 'Amount#'],
				newest
					.filter(({ approved }) => !approved)
					.map((loan) => [
						linked(loan),
						day(loan.at),
						memberOf(book, loan.memberId),
						money(loan.amount)
					])
			)}
			${table(
				'Loans that are lent',
				['Number', 'Date', 'Member', 'Amount#', 'Left to repay#'],
				newest
					.filter(({ approved }) => approved)
					.map((loan) => [
						linked(loan),
						day(loan.at),
						memberOf(book, loan.memberId),
						money(loan.amount),
						money(owedOn(loan))
					])
			)}
		</div>
		${form(view, 'New application', 'Take application', memberAndAmount(view))}
	</div>`;
}

const findLoan = ({ book, id }: View<Book>): Loan | undefined =>
	book.loans.find((loan) => loan.id === id);

function showLoan(view: View<Book>): Html | undefined {
	const loan = findLoan(view);
	if (!loan) return undefined;
	const figuresOfLoan = figures({
		Member: memberOf(view.book, loan.memberId),
		Amount: money(loan.amount),
		'Left to repay': loan.approved ? money(owedOn(loan)) : 'Not lent yet',
		'Applied for': day(loan.at)
	});
	if (!loan.approved) {
		const question = html`<p class="muted">It is lent as soon as it is approved.</p>`;
		return html`${figuresOfLoan} ${form(view, 'Approval', 'Approve loan', [question])}`;
	}
	if (owedOn(loan) === 0)
		return html`${figuresOfLoan}
			<p class="muted">It is repaid.</p>`;
	return html`${figuresOfLoan}
	${form(view, 'Repayment', 'Save repayment', [
		field(view, 'amount', 'Amount in shillings', 'number')
	])}`;
}

export const sacco: Application<Book> = {
	slug: 'sacco',
	name: 'SACCO',
	counted: 'members.counted',
	begin,
	count: ({ members }) => members.length,
	work,
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		{
			path: '/members',
			label: 'Members',
			nav: 'Members',
			show: showMembers,
			act(book, fields, { now }) {
				const name = text(fields, 'name', 'the member’s name');
				const phone = text(fields, 'phone', 'a phone number');
				if (!/^(\+254|0)[17]\d{8}$/.test(phone.replaceAll(/\s/g, '')))
					throw new FormProblem({ phone: 'Write a Kenyan mobile number, such as 0712 345 678.' });
				return join(book, name, phone, now);
			}
		},
		{
			path: '/savings',
			label: 'Savings › Deposits',
			nav: 'Savings',
			show: showSavings,
			act(book, fields, { now }) {
				const member = choice(fields, 'member', 'a member', book.members);
				const amount = whole(fields, 'amount', 'the amount', { low: 50, high: 5_000_000 });
				return deposit(book, member, amount, now);
			}
		},
		{
			path: '/loans',
			label: 'Loans › Applications',
			nav: 'Loans',
			show: showLoans,
			act(book, fields, { now }) {
				const member = choice(fields, 'member', 'a member', book.members);
				const high = roomOf(book, member);
				if (high < 1_000)
					throw new FormProblem({ member: `${member.name} may not borrow more for now.` });
				return apply(
					book,
					member,
					whole(fields, 'amount', 'the amount', { low: 1_000, high }),
					now
				);
			}
		},
		{
			path: '/loans/:id',
			label: ({ id }) => `Loans › ${id}`,
			show: showLoan,
			act(book, fields, view) {
				const loan = findLoan(view);
				if (!loan) throw new FormProblem({ amount: 'There is no such loan.' });
				if (!loan.approved) return approve(book, loan);
				const high = owedOn(loan);
				return repay(book, loan, whole(fields, 'amount', 'the amount', { high }));
			}
		}
	]
};
