import { choice, FormProblem, text, whole } from '../framework/application.ts';
import type { Action, Deed, Page, View } from '../framework/application.ts';
import { form, input, jump, number, select } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { facts, list, table } from '../framework/lists.ts';
import { memberOf, owedOn, repaidOn, roomOf, timesSavings, type Book, type Loan } from './book.ts';
import { apply, decide, lend, repay } from './deeds.ts';
import { membersToChoose, wayOf, ways } from './members.ts';
import { monthlyRate, scheduleOf, statesOf } from './schedule.ts';
import { loanStates } from './words.ts';

const deciding = ['manager', 'loan-officer'] as const;

const linked = ({ id }: Loan): Html => html`<a href="/loans/${id}">${id}</a>`;

function loans(view: View<Book>, caption: string, states: Loan['state'][], empty: string): Html {
	const { book } = view;
	return list(view, {
		caption,
		one: 'loan',
		columns: ['Number', 'Date', 'Member', 'Amount#', 'Left to repay#', 'State'],
		rows: book.loans.filter(({ state }) => states.includes(state)).reverse(),
		words: (loan) => `${loan.id} ${memberOf(book, loan.memberId)} ${loan.purpose}`,
		cells: (loan) => [
			linked(loan),
			day(loan.at),
			memberOf(book, loan.memberId),
			money(loan.amount),
			money(owedOn(loan)),
			loanStates[loan.state]
		],
		empty
	});
}

const showApplications = (view: View<Book>): Html =>
	html`${jump(view, 'apply', 'New application')}
		<div class="columns">
			${loans(view, 'Applications', ['applied', 'approved', 'declined'], 'No application is open.')}
			${form(
				view,
				'apply',
				{
					heading: 'New application',
					submit: 'Take application',
					note: `Up to ${timesSavings} times the savings, at ${monthlyRate * 100}% a month on what is left.`
				},
				[
					select('member', 'Member', membersToChoose(view.book)),
					number('amount', 'Amount in shillings'),
					number('months', 'Months to repay', { value: 12 }),
					input('purpose', 'Purpose')
				]
			)}
		</div>`;

const findLoan = ({ book, id }: View<Book>): Loan | undefined =>
	book.loans.find((loan) => loan.id === id);

function showLoan(view: View<Book>): Html | undefined {
	const loan = findLoan(view);
	if (!loan) return undefined;
	const { state, amount, months } = loan;
	const member = memberOf(view.book, loan.memberId);
	return html`${facts({
			State: loanStates[state],
			Member: html`<a href="/members/${loan.memberId.replace('member-', '')}">${member}</a>`,
			Amount: money(amount),
			'To repay in': `${months} months`,
			Purpose: loan.purpose,
			'Applied for': day(loan.at),
			...(loan.lentOn && {
				'Paid out': day(loan.lentOn),
				Repaid: money(repaidOn(loan)),
				'Left to repay': money(owedOn(loan))
			})
		})}
		<div class="actions">
			${
				state === 'applied' && [
					form(view, 'approve', {
						heading: 'Approval',
						submit: 'Approve loan',
						note: 'It can be paid out then.'
					}),
					form(view, 'decline', {
						heading: 'Refusal',
						submit: 'Decline loan',
						note: `${member} is told by SMS.`,
						quiet: true
					})
				]
			}
			${
				state === 'approved' &&
				form(view, 'lend', {
					heading: 'Paying out',
					submit: `Pay out ${money(amount)}`,
					note: `It goes to ${member} by M-Pesa.`
				})
			}
			${
				state === 'lent' &&
				form(view, 'repay', { heading: 'Repayment', submit: 'Save repayment' }, [
					number('amount', 'Amount in shillings', { hint: `${money(owedOn(loan))} is left` }),
					select('by', 'By', ways, { value: 'M-Pesa' })
				])
			}
		</div>
		${showSchedule(loan, view.now)}`;
}

/** The schedule as it is, or as it would be if it were paid out today. */
function showSchedule(loan: Loan, now: Date): Html {
	if (loan.state === 'declined') return html``;
	const today = now.toISOString().slice(0, 10);
	const schedule = scheduleOf(loan.amount, loan.months, loan.lentOn ?? today);
	const states = statesOf(schedule, repaidOn(loan), today);
	return table(
		loan.lentOn ? 'Schedule on the reducing balance' : 'Schedule, if it is paid out today',
		['No.', 'Due', 'Interest#', 'Principal#', 'Instalment#', 'Balance#', 'State'],
		schedule.map((row, n) => [
			row.number,
			day(row.dueOn),
			money(row.interest),
			money(row.principal),
			money(row.interest + row.principal),
			money(row.balance),
			states[n] === 'overdue' ? html`<span class="low">overdue</span>` : states[n]
		])
	);
}

/** An action on the loan of the page, which must still be in this state. */
function onLoan(
	roles: readonly string[],
	what: string,
	from: Loan['state'],
	act: (loan: Loan, book: Book, fields: Record<string, string>, now: Date) => Deed
): Action<Book> {
	return {
		roles,
		what,
		act(book, fields, view) {
			const loan = findLoan(view);
			if (loan?.state !== from)
				throw new FormProblem({ '': 'Somebody has done something with it meanwhile.' });
			return act(loan, book, fields, view.now);
		}
	};
}

export const loanPages: Page<Book>[] = [
	{
		path: '/loans',
		label: 'Loans › Applications',
		nav: 'Loans › Applications',
		show: showApplications,
		actions: {
			apply: {
				roles: ['manager', 'teller'],
				what: 'take loan applications',
				act(book, fields, { now }) {
					const member = choice(fields, 'member', 'a member', book.members);
					const high = roomOf(book, member);
					if (high < 1_000)
						throw new FormProblem({ member: `${member.name} may not borrow more for now.` });
					const wanted = {
						amount: whole(fields, 'amount', 'the amount', { low: 1_000, high }),
						months: whole(fields, 'months', 'the months', { high: 60 }),
						purpose: text(fields, 'purpose', 'what it is for')
					};
					return apply(book, member, wanted, now);
				}
			}
		}
	},
	{
		path: '/loans/lent',
		label: 'Loans › Lent',
		nav: 'Loans › Lent',
		show: (view) => loans(view, 'Loans', ['lent', 'repaid'], 'Nothing has been lent yet.')
	},
	{
		path: '/loans/:id',
		label: ({ id }) => `Loans › ${id}`,
		show: showLoan,
		actions: {
			approve: onLoan(deciding, 'approve loans', 'applied', (loan, book) =>
				decide(book, loan, 'approved')
			),
			decline: onLoan(deciding, 'decline loans', 'applied', (loan, book) =>
				decide(book, loan, 'declined')
			),
			lend: onLoan(deciding, 'pay out loans', 'approved', (loan, book, _, now) =>
				lend(book, loan, now)
			),
			repay: onLoan(
				['manager', 'teller', 'loan-officer'],
				'take repayments',
				'lent',
				(loan, book, fields, now) => {
					const amount = whole(fields, 'amount', 'the amount', { high: owedOn(loan) });
					return repay(book, loan, { amount, by: wayOf(fields) }, now);
				}
			)
		}
	}
];
