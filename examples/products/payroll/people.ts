import { choice, civilDay, FormProblem, text, whole } from '../framework/application.ts';
import type { Action, Page, View } from '../framework/application.ts';
import { dateField, form, input, jump, number, select } from '../framework/forms.ts';
import { day, html, many, money, type Html } from '../framework/html.ts';
import { facts, list, table } from '../framework/lists.ts';
import {
	daysOf,
	longMonth,
	nameOf,
	working,
	type Book,
	type Employee,
	type Leave
} from './book.ts';
import { answerLeave, askLeave, changeTerms, end, hire } from './deeds.ts';

const keeping = ['administrator', 'preparer'] as const;
const approving = ['administrator', 'approver'] as const;

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

const kinds = ['annual', 'sick', 'maternity', 'paternity'].map((id) => ({ id, name: id }));

function showLeave(view: View<Book>): Html {
	const { book } = view;
	const waiting = book.leave
		.filter(({ state }) => state === 'asked')
		.map((leave) => ({
			id: String(leave.number),
			name: `${nameOf(book, leave.employeeId)}, ${many(daysOf(leave), 'day')} from ${leave.from}`
		}));
	const question = [select('leave', 'Leave', waiting)];
	return html`${jump(view, 'ask', 'Enter leave')}
		<div class="columns">
			${list(view, {
				caption: 'Leave',
				one: 'leave',
				several: 'leaves',
				columns: ['Number', 'Employee', 'Kind', 'From', 'To', 'Days#', 'State'],
				rows: book.leave.toReversed(),
				words: (leave) => `${nameOf(book, leave.employeeId)} ${leave.kind}`,
				filters: [{ name: 'asked', words: 'To approve', keeps: ({ state }) => state === 'asked' }],
				cells: (leave) => [
					leave.number,
					nameOf(book, leave.employeeId),
					leave.kind,
					day(leave.from),
					day(leave.to),
					daysOf(leave),
					leave.state === 'asked' ? 'waits for approval' : leave.state
				],
				empty: 'No leave has been entered yet.'
			})}
			<div class="stack">
				${
					waiting.length > 0 && [
						form(view, 'approve', { heading: 'Approve leave', submit: 'Approve' }, question),
						form(
							view,
							'decline',
							{ heading: 'Decline leave', submit: 'Decline', quiet: true },
							question
						)
					]
				}
				${form(view, 'ask', { heading: 'Enter leave', submit: 'Ask for approval' }, [
					select('employee', 'Employee', working(book)),
					select('kind', 'Kind', kinds, { value: 'annual' }),
					dateField('from', 'First day'),
					dateField('to', 'Last day')
				])}
			</div>
		</div>`;
}

const answer = (state: 'approved' | 'declined', what: string): Action<Book> => ({
	roles: approving,
	what,
	act(book, fields) {
		const waiting = book.leave
			.filter((leave) => leave.state === 'asked')
			.map((leave) => ({ id: String(leave.number), leave }));
		return answerLeave(book, choice(fields, 'leave', 'a leave that waits', waiting).leave, state);
	}
});

export const peoplePages: Page<Book>[] = [
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
	},
	{
		path: '/leave',
		label: 'Leave',
		nav: 'Leave',
		show: showLeave,
		actions: {
			ask: {
				roles: keeping,
				what: 'enter leave',
				act(book, fields) {
					const employee = choice(fields, 'employee', 'an employee', working(book));
					const kind = choice(fields, 'kind', 'what kind', kinds).id as Leave['kind'];
					const from = civilDay(fields, 'from', 'the first day');
					const to = civilDay(fields, 'to', 'the last day');
					if (to < from) throw new FormProblem({ to: 'The last day is before the first.' });
					if (Date.parse(to) - Date.parse(from) > 120 * 86_400_000)
						throw new FormProblem({ to: 'At most 120 days at once.' });
					return askLeave(book, { employeeId: employee.id, kind, from, to });
				}
			},
			approve: answer('approved', 'approve leave'),
			decline: answer('declined', 'decline leave')
		}
	}
];
