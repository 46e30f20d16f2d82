import { civilDay, FormProblem, text, whole } from '../framework/application.ts';
import type { Action, Page, View } from '../framework/application.ts';
import { dateField, form, input, jump, number } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { facts, list, table } from '../framework/lists.ts';
import { daysOf, longMonth, working, type Book, type Employee } from './book.ts';
import { changeTerms, end, hire } from './deeds.ts';

const keeping = ['administrator', 'preparer'] as const;

const readTerms = (fields: Record<string, string>) => ({
	job: text(fields, 'job', 'what the employee does'),
	gross: whole(fields, 'gross', 'the gross pay', { low: 1_000, high: 5_000_000 })
});

function showEmployees(view: View<Book>): Html {
	return html`${jump(view, 'hire', 'New employee')}
		<div class="columns">
			${list(view, {
				caption: 'Employees',
				one: 'employee',
				columns: ['Number', 'Name', 'Job', 'Since', 'Gross#'],
				rows: working(view.book).toReversed(),
				words: (each) => `${each.number} ${each.name} ${each.job}`,
				cells: (each) => [
					each.number,
					html`<a href="/employees/${each.number}">${each.name}</a>`,
					each.job,
					day(each.since),
					money(each.gross)
				],
				empty: 'No employees yet. Add the first one, then prepare a pay run.'
			})}
			${form(view, 'hire', { heading: 'New employee', submit: 'Add employee' }, [
				input('name', 'Name'),
				input('job', 'Job'),
				number('gross', 'Gross pay a month in shillings')
			])}
		</div>`;
}

const findEmployee = ({ book, id }: View<Book>): Employee | undefined =>
	book.employees.find((each) => String(each.number) === id);

function showEmployee(view: View<Book>): Html | undefined {
	const employee = findEmployee(view);
	if (!employee) return undefined;
	const { leftOn } = employee;
	const leave = view.book.leave.filter(({ employeeId }) => employeeId === employee.id);
	const slips = view.sees('/payslips/:id')
		? view.book.runs.flatMap((run) =>
				run.payslips
					.filter((slip) => slip.number === employee.number)
					.map((slip) => ({ run, slip }))
			)
		: [];
	return html`${facts({
			Number: employee.number,
			Job: employee.job,
			'Gross pay a month': money(employee.gross),
			Since: day(employee.since),
			...(leftOn && { 'Left on': day(leftOn) })
		})}
		<div class="columns">
			<div class="stack">
				${
					slips.length > 0 &&
					table(
						'Payslips',
						['Month', 'Gross#', 'Net#'],
						slips
							.toReversed()
							.map(({ run, slip }) => [
								html`<a href="/payslips/${run.id}-${slip.number}">${longMonth(run.id)}</a>`,
								money(slip.gross),
								money(slip.net)
							])
					)
				}
				${
					leave.length > 0
						? table(
								'Leave',
								['From', 'To', 'Kind', 'Days#', 'State'],
								leave.map((each) => [
									day(each.from),
									day(each.to),
									each.kind,
									daysOf(each),
									each.state
								])
							)
						: html`<p class="empty">No leave has been entered.</p>`
				}
			</div>
			<div class="stack">
				${
					!leftOn && [
						form(view, 'change', { heading: 'Terms', submit: 'Save terms' }, [
							input('job', 'Job', { value: employee.job }),
							number('gross', 'Gross pay a month in shillings', { value: employee.gross })
						]),
						form(
							view,
							'end',
							{ heading: 'End of employment', submit: `End employment`, quiet: true },
							[dateField('on', 'Last day')]
						)
					]
				}
			</div>
		</div>`;
}

/** An action on the employee of the page, who must still be with the business. */
function onEmployee(
	what: string,
	act: (employee: Employee, fields: Record<string, string>) => ReturnType<typeof end>
): Action<Book> {
	return {
		roles: keeping,
		what,
		act(_book, fields, view) {
			const employee = findEmployee(view);
			if (!employee || employee.leftOn)
				throw new FormProblem({ '': 'This employee has left meanwhile.' });
			return act(employee, fields);
		}
	};
}

export const employeePages: Page<Book>[] = [
	{
		path: '/employees',
		label: 'Employees',
		nav: 'Employees',
		show: showEmployees,
		actions: {
			hire: {
				roles: keeping,
				what: 'add employees',
				act: (book, fields, { now }) =>
					hire(
						book,
						{ name: text(fields, 'name', 'the employee’s name'), ...readTerms(fields) },
						now
					)
			}
		}
	},
	{
		path: '/employees/:id',
		label: (view) => `Employees › ${findEmployee(view)?.name ?? view.id}`,
		show: showEmployee,
		actions: {
			change: onEmployee('change terms', (employee, fields) =>
				changeTerms(employee, readTerms(fields))
			),
			end: onEmployee('end employments', (employee, fields) =>
				end(employee, civilDay(fields, 'on', 'the last day'))
			)
		}
	}
];
