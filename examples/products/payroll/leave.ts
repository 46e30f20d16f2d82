import { choice, civilDay, FormProblem } from '../framework/application.ts';
import type { Action, Page, View } from '../framework/application.ts';
import { dateField, form, jump, select } from '../framework/forms.ts';
import { day, html, many, type Html } from '../framework/html.ts';
import { list } from '../framework/lists.ts';
import { daysOf, nameOf, working, type Book, type Leave } from './book.ts';
import { answerLeave, askLeave } from './deeds.ts';

const keeping = ['administrator', 'preparer'] as const;
const approving = ['administrator', 'approver'] as const;

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

export const leavePages: Page<Book>[] = [
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
