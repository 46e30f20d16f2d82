import { FormProblem, text } from '../framework/application.ts';
import type { Action, Deed, Page, View } from '../framework/application.ts';
import { form, input } from '../framework/forms.ts';
import { day, html, many, money, type Html } from '../framework/html.ts';
import { facts, figures, list, table } from '../framework/lists.ts';
import {
	draft,
	longMonth,
	monthName,
	monthOf,
	sumOf,
	type Book,
	type Payslip,
	type Run
} from './book.ts';
import { approve, giveBack, pay, prepare } from './deeds.ts';

const preparing = ['administrator', 'preparer'] as const;
const approving = ['administrator', 'approver'] as const;
/** Payslips are nobody's business but theirs who make and approve them. */
const seeing = ['administrator', 'preparer', 'approver'] as const;

export const runStates: Record<Run['state'], string> = {
	prepared: 'Waits for approval',
	returned: 'Returned',
	approved: 'Approved, to be paid',
	paid: 'Paid'
};

const findRun = ({ book, id }: View<Book>): Run | undefined =>
	book.runs.find((run) => run.id === id);

const totals = (payslips: Payslip[]): Html =>
	figures({
		Payslips: payslips.length,
		Gross: money(sumOf(payslips, ({ gross }) => gross)),
		PAYE: money(sumOf(payslips, ({ paye }) => paye)),
		Net: money(sumOf(payslips, ({ net }) => net))
	});

function showRuns(view: View<Book>): Html {
	const { book, now } = view;
	const month = monthOf(now);
	const run = book.runs.find(({ id }) => id === month);
	const payslips = run?.payslips ?? draft(book);
	const current = run
		? html`<p>
				The ${monthName(month)} run: ${runStates[run.state].toLowerCase()}.
				<a class="button" href="/pay-runs/${month}">Open the ${monthName(month)} run</a>
			</p>`
		: form(view, 'prepare', {
				heading: `${monthName(month)} run`,
				submit: `Prepare for ${many(payslips.length, 'employee')}`,
				note: 'An approver looks at it then.'
			});
	return html`${totals(payslips)}
		<div class="stack">
			${current}
			${list(view, {
				caption: 'Runs',
				one: 'run',
				columns: ['Month', 'State', 'Prepared', 'Payslips#', 'Net#'],
				rows: book.runs.toReversed(),
				cells: (each) => [
					html`<a href="/pay-runs/${each.id}">${longMonth(each.id)}</a>`,
					runStates[each.state],
					day(each.preparedAt),
					each.payslips.length,
					money(sumOf(each.payslips, ({ net }) => net))
				],
				empty: 'No run has been prepared yet.'
			})}
		</div>`;
}

function showRun(view: View<Book>): Html | undefined {
	const run = findRun(view);
	if (!run) return undefined;
	const { state, payslips } = run;
	return html`${facts({
			State: runStates[state],
			Prepared: html`${day(run.preparedAt)} by ${run.preparedBy}`,
			...(run.approvedAt && {
				Approved: html`${day(run.approvedAt)} by ${run.approvedBy}`
			}),
			...(run.paidAt && { Paid: day(run.paidAt) }),
			...(run.remark && { Returned: run.remark })
		})}
		${totals(payslips)}
		<div class="actions">
			${
				state === 'prepared' && [
					form(view, 'approve', {
						heading: 'Approval',
						submit: 'Approve run',
						note: 'It can be paid then, and is not changed any more.'
					}),
					form(view, 'return', { heading: 'Not right yet', submit: 'Return run', quiet: true }, [
						input('remark', 'What is to be changed')
					])
				]
			}
			${
				state === 'returned' &&
				form(view, 'prepare', {
					heading: 'Prepare it anew',
					submit: 'Prepare run',
					note: 'Payslips are made of the employees as they are now.'
				})
			}
			${
				state === 'approved' &&
				form(view, 'pay', {
					heading: 'Payment',
					submit: 'Mark as paid',
					note: 'Payslips go out by phone.'
				})
			}
		</div>
		${view.sees('/payslips/:id') && showPayslips(view, run)}`;
}

const showPayslips = (view: View<Book>, { id, payslips }: Run): Html =>
	list(view, {
		caption: 'Payslips',
		one: 'payslip',
		columns: ['Name', 'Gross#', 'NSSF#', 'SHIF#', 'Housing levy#', 'PAYE#', 'Net#'],
		rows: payslips,
		words: (slip) => `${slip.number} ${slip.name}`,
		cells: (slip) => [
			html`<a href="/payslips/${id}-${slip.number}">${slip.name}</a>`,
			...[slip.gross, slip.nssf, slip.shif, slip.housing, slip.paye, slip.net].map(money)
		],
		empty: 'Nobody is paid in this run.'
	});

/** `2026-11-104`: the month, and the number of the employee. */
function findPayslip({ book, id }: View<Book>): { run: Run; slip: Payslip } | undefined {
	const run = book.runs.find((each) => id.startsWith(`${each.id}-`));
	const slip = run?.payslips.find(({ number }) => id === `${run.id}-${number}`);
	return run && slip && { run, slip };
}

function showPayslip(view: View<Book>): Html | undefined {
	const found = findPayslip(view);
	if (!found) return undefined;
	const { run, slip } = found;
	return html`<p class="muted">
			${view.person.business.name}, ${longMonth(run.id)}. Employee ${slip.number}, ${slip.job}.
			${run.state !== 'paid' && html`<strong>${runStates[run.state]}.</strong>`}
		</p>
		${table(
			`Payslip of ${slip.name}`,
			['What', 'Shillings#'],
			[
				['Gross pay', money(slip.gross)],
				['NSSF', money(-slip.nssf)],
				['SHIF', money(-slip.shif)],
				['Housing levy', money(-slip.housing)],
				['PAYE, after personal relief', money(-slip.paye)],
				[html`<strong>Net pay</strong>`, html`<strong>${money(slip.net)}</strong>`]
			]
		)}
		<p class="more"><a href="/pay-runs/${run.id}">All payslips of ${monthName(run.id)}</a></p>`;
}

/** An action on the run of the page, which must still be in this state. */
function onRun(
	roles: readonly string[],
	what: string,
	from: Run['state'],
	act: (run: Run, fields: Record<string, string>, view: View<Book>) => Deed
): Action<Book> {
	return {
		roles,
		what,
		act(_book, fields, view) {
			const run = findRun(view);
			if (run?.state !== from)
				throw new FormProblem({ '': 'Somebody has done something with it meanwhile.' });
			return act(run, fields, view);
		}
	};
}

export const runPages: Page<Book>[] = [
	{
		path: '/pay-runs',
		label: ({ now }) => `${monthName(monthOf(now))} run › Review`,
		nav: 'Pay runs',
		show: showRuns,
		actions: {
			prepare: {
				roles: preparing,
				what: 'prepare pay runs',
				act(book, _fields, { now, person }) {
					const month = monthOf(now);
					if (book.runs.some(({ id }) => id === month))
						throw new FormProblem({ '': `The ${monthName(month)} run is prepared already.` });
					if (draft(book).length === 0)
						throw new FormProblem({ '': 'There is nobody to pay: add employees first.' });
					return prepare(book, month, person.name, now);
				}
			}
		}
	},
	{
		path: '/pay-runs/:id',
		label: (view) => `Pay runs › ${longMonth(findRun(view)?.id ?? monthOf(view.now))}`,
		show: showRun,
		actions: {
			prepare: onRun(preparing, 'prepare pay runs', 'returned', (run, _, view) =>
				prepare(view.book, run.id, view.person.name, view.now)
			),
			approve: onRun(approving, 'approve pay runs', 'prepared', (run, _, view) =>
				approve(run, view.person.name, view.now)
			),
			return: onRun(approving, 'return pay runs', 'prepared', (run, fields) =>
				giveBack(run, text(fields, 'remark', 'what is to be changed', 200))
			),
			pay: onRun(approving, 'mark pay runs as paid', 'approved', (run, _, view) =>
				pay(run, view.now)
			)
		}
	},
	{
		path: '/payslips/:id',
		label: (view) => {
			const found = findPayslip(view);
			return found ? `Pay runs › ${longMonth(found.run.id)} › ${found.slip.name}` : 'Payslip';
		},
		roles: seeing,
		show: showPayslip
	}
];
