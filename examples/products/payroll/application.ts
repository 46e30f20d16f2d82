import { FormProblem, text, whole } from '../framework/application.ts';
import type { Application, View } from '../framework/application.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { field, figures, form, table } from '../framework/layout.ts';
import { approveRun, begin, draft, hire, monthName, monthOf, work } from './book.ts';
import type { Book, Payslip } from './book.ts';
import type { Pay } from './pay.ts';

const sumOf = (payslips: Payslip[], of: (pay: Pay) => number): number =>
	payslips.reduce((sum, pay) => sum + of(pay), 0);

const isRun = (book: Book, month: string): boolean => book.runs.some(({ id }) => id === month);

function showOverview({ book, now }: View<Book>): Html {
	const last = book.runs.at(-1);
	const month = monthOf(now);
	return html`${figures({
			Employees: book.employees.length,
			'Gross pay a month': money(book.employees.reduce((sum, { gross }) => sum + gross, 0)),
			'Last run': last ? monthName(last.id) : 'None yet',
			'Net paid in it': money(last ? sumOf(last.payslips, ({ net }) => net) : 0)
		})}
		<p>
			<a class="button" href="/pay-runs">
				${isRun(book, month) ? 'See' : 'Review'} the ${monthName(month)} run
			</a>
		</p>`;
}

function showEmployees(view: View<Book>): Html {
	return html`<div class="columns">
		${table(
			`${view.book.employees.length} employees`,
			['Number', 'Name', 'Job', 'Since', 'Gross#'],
			view.book.employees
				.toReversed()
				.map(({ number, name, job, since, gross }) => [number, name, job, day(since), money(gross)])
		)}
		${form(view, 'New employee', 'Add employee', [
			field(view, 'name', 'Name'),
			field(view, 'job', 'Job'),
			field(view, 'gross', 'Gross pay a month in shillings', 'number')
		])}
	</div>`;
}

function showReview(view: View<Book>): Html {
	const { book, now, problems } = view;
	const month = monthOf(now);
	const run = book.runs.find(({ id }) => id === month);
	const payslips = run?.payslips ?? draft(book);
	const approval = run
		? html`<p class="muted">Approved on ${day(run.at)}.</p>`
		: form(view, `Pay ${payslips.length} employees for ${monthName(month)}`, 'Approve run', [
				problems['month']
					? html`<p class="problem" role="alert">${problems['month']}</p>`
					: html`<p class="muted">Payslips go out by phone once it is approved.</p>`
			]);
	return html`<div class="stack">${approval} ${showPayslips(payslips)} ${showRuns(book)}</div>`;
}

function showRuns({ runs }: Book): Html {
	return table(
		'Earlier runs',
		['Month', 'Approved on', 'Payslips#', 'Net#'],
		runs
			.toReversed()
			.map((run) => [
				html`<a href="/pay-runs/${run.id}">${run.id}</a>`,
				day(run.at),
				run.payslips.length,
				money(sumOf(run.payslips, ({ net }) => net))
			])
	);
}

function showRun({ book, id }: View<Book>): Html | undefined {
	const run = book.runs.find((each) => each.id === id);
	return run && showPayslips(run.payslips);
}

function showPayslips(payslips: Payslip[]): Html {
	return html`${figures({
		Payslips: payslips.length,
		Gross: money(sumOf(payslips, ({ gross }) => gross)),
		PAYE: money(sumOf(payslips, ({ paye }) => paye)),
		Net: money(sumOf(payslips, ({ net }) => net))
	})}
	${table(
		'Payslips',
		['Name', 'Gross#', 'NSSF#', 'SHIF#', 'Housing levy#', 'PAYE#', 'Net#'],
		payslips.map(({ name, gross, nssf, shif, housing, paye, net }) => [
			name,
			...[gross, nssf, shif, housing, paye, net].map(money)
		])
	)}`;
}

export const payroll: Application<Book> = {
	slug: 'payroll',
	name: 'Payroll',
	counted: 'employees.counted',
	begin,
	count: ({ employees }) => employees.length,
	work,
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		{
			path: '/employees',
			label: 'Employees',
			nav: 'Employees',
			show: showEmployees,
			act: (book, fields, { now }) =>
				hire(
					book,
					{
						name: text(fields, 'name', 'the employee’s name'),
						job: text(fields, 'job', 'what the employee does'),
						gross: whole(fields, 'gross', 'the gross pay', { low: 1_000, high: 5_000_000 })
					},
					now
				)
		},
		{
			path: '/pay-runs',
			label: ({ now }) => `${monthName(monthOf(now))} run › Review`,
			nav: 'Pay runs',
			show: showReview,
			act(book, _fields, { now }) {
				const month = monthOf(now);
				if (isRun(book, month))
					throw new FormProblem({ month: `The ${monthName(month)} run is approved already.` });
				return approveRun(book, month, now);
			}
		},
		{ path: '/pay-runs/:id', label: ({ id }) => `Pay runs › ${id}`, show: showRun }
	]
};
