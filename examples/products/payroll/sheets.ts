import type { Sheet } from '../framework/sheets.ts';
import { daysOf, nameOf, type Book } from './book.ts';

const employees = (book: Book): Sheet[] => [
	{
		name: 'employees',
		columns: ['number', 'name', 'job', 'gross_kes', 'since', 'left_on'],
		rows: book.employees.map(({ number, name, job, gross, since, leftOn }) => [
			number,
			name,
			job,
			gross,
			since,
			leftOn ?? ''
		])
	},
	{
		name: 'leave',
		columns: ['number', 'employee', 'kind', 'from', 'to', 'days', 'state'],
		rows: book.leave.map((leave) => [
			leave.number,
			nameOf(book, leave.employeeId),
			leave.kind,
			leave.from,
			leave.to,
			daysOf(leave),
			leave.state
		])
	}
];

const runs = (book: Book): Sheet[] => [
	{
		name: 'payslips',
		columns: [
			'month',
			'state',
			'number',
			'name',
			'gross_kes',
			'nssf_kes',
			'shif_kes',
			'housing_levy_kes',
			'paye_kes',
			'net_kes'
		],
		rows: book.runs.flatMap(({ id, state, payslips }) =>
			payslips.map((slip) => [
				id,
				state,
				slip.number,
				slip.name,
				slip.gross,
				slip.nssf,
				slip.shif,
				slip.housing,
				slip.paye,
				slip.net
			])
		)
	}
];

export const sheets = {
	everything: (book: Book) => [...employees(book), ...runs(book)],
	employees,
	'pay-runs': runs
};
