import type { Application, View } from '../framework/application.ts';
import { html, money, type Html } from '../framework/html.ts';
import { figures } from '../framework/lists.ts';
import { begin, monthName, monthOf, sumOf, working, type Book } from './book.ts';
import { work } from './deeds.ts';
import { employeePages } from './employees.ts';
import { leavePages } from './leave.ts';
import { runPages, runStates } from './runs.ts';
import { sheets } from './sheets.ts';

function showOverview({ book, now }: View<Book>): Html {
	const staff = working(book);
	const month = monthOf(now);
	const run = book.runs.find(({ id }) => id === month);
	const last = book.runs.findLast(({ state }) => state === 'paid');
	const asked = book.leave.filter(({ state }) => state === 'asked').length;
	const next = run ? `/pay-runs/${month}` : '/pay-runs';
	return html`${figures({
			Employees: staff.length,
			'Gross pay a month': money(staff.reduce((sum, { gross }) => sum + gross, 0)),
			[last ? `Net paid in ${monthName(last.id)}` : 'Net paid']: money(
				last ? sumOf(last.payslips, ({ net }) => net) : 0
			),
			'Leave to approve': html`<a href="/leave?show=asked">${asked}</a>`
		})}
		<section class="sheet">
			<h2>${monthName(month)} run</h2>
			<p>
				${run ? `${runStates[run.state]}.` : staff.length > 0 ? 'Not prepared yet.' : 'Add employees first, then prepare it.'}
			</p>
			<p>
				<a class="button" href="${staff.length > 0 ? next : '/employees'}"
					>${staff.length > 0 ? `${run ? 'Open' : 'Review'} the ${monthName(month)} run` : 'Employees'}</a
				>
			</p>
		</section>`;
}

export const payroll: Application<Book> = {
	slug: 'payroll',
	name: 'Payroll',
	counted: 'employees.counted',
	begin,
	count: (book) => working(book).length,
	work,
	sheets,
	exporters: ['administrator'],
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		...employeePages,
		...leavePages,
		...runPages
	]
};
