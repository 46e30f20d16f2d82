import type { Sheet } from '../framework/sheets.ts';
import { memberOf, owedBy, owedOn, repaidOn, type Book } from './book.ts';
import { scheduleOf } from './schedule.ts';

const members = (book: Book): Sheet[] => [
	{
		name: 'members',
		columns: ['number', 'name', 'phone', 'joined_at', 'savings_kes', 'owes_kes'],
		rows: book.members.map(({ id, number, name, phone, joinedAt, savings }) => [
			number,
			name,
			phone,
			joinedAt,
			savings,
			owedBy(book, id)
		])
	}
];

const savings = (book: Book): Sheet[] => [
	{
		name: 'savings',
		columns: ['number', 'at', 'member', 'kind', 'by', 'amount_kes'],
		rows: book.entries.map(({ number, at, memberId, kind, by, amount }) => [
			number,
			at,
			memberOf(book, memberId),
			kind,
			by,
			kind === 'withdrawal' ? -amount : amount
		])
	}
];

const loans = (book: Book): Sheet[] => [
	{
		name: 'loans',
		columns: [
			'loan',
			'at',
			'member',
			'amount_kes',
			'months',
			'purpose',
			'state',
			'repaid_kes',
			'left_kes'
		],
		rows: book.loans.map((loan) => [
			loan.id,
			loan.at,
			memberOf(book, loan.memberId),
			loan.amount,
			loan.months,
			loan.purpose,
			loan.state,
			repaidOn(loan),
			owedOn(loan)
		])
	},
	{
		name: 'schedules',
		columns: ['loan', 'instalment', 'due_on', 'interest_kes', 'principal_kes', 'balance_kes'],
		rows: book.loans.flatMap(({ id, amount, months, lentOn }) =>
			lentOn
				? scheduleOf(amount, months, lentOn).map((row) => [
						id,
						row.number,
						row.dueOn,
						row.interest,
						row.principal,
						row.balance
					])
				: []
		)
	},
	{
		name: 'repayments',
		columns: ['loan', 'at', 'by', 'amount_kes'],
		rows: book.loans.flatMap(({ id, repayments }) =>
			repayments.map(({ at, by, amount }) => [id, at, by, amount])
		)
	}
];

export const sheets = {
	everything: (book: Book) => [...members(book), ...savings(book), ...loans(book)],
	members,
	savings,
	loans
};
