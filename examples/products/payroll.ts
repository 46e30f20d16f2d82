import {
	FormProblem,
	text,
	whole,
	type Application,
	type Deed,
	type View
} from './framework/application.ts';
import type { Chance } from './framework/chance.ts';
import { day, html, money, type Html } from './framework/html.ts';
import { field, figures, form, table } from './framework/layout.ts';
import { payOf, type Pay } from './pay.ts';

interface Employee {
	id: string;
	number: number;
	name: string;
	job: string;
	gross: number;
	since: string;
}

interface PayRun {
	/** `2026-11`: the month that is paid. */
	id: string;
	at: string;
	payslips: (Pay & { number: number; name: string })[];
}

interface Book {
	employees: Employee[];
	payRuns: PayRun[];
}

const firstNames = [
	'Achieng',
	'Brian',
	'Cynthia',
	'Dennis',
	'Faith',
	'George',
	'Irene',
	'Kevin',
	'Lilian',
	'Moses',
	'Njeri',
	'Oscar',
	'Purity',
	'Ruth',
	'Samuel',
	'Winnie'
];
const lastNames = [
	'Odhiambo',
	'Kiptoo',
	'Njoroge',
	'Barasa',
	'Chebet',
	'Kilonzo',
	'Wafula',
	'Muthoni',
	'Omondi',
	'Rotich'
];
const jobs: [title: string, low: number, high: number][] = [
	['Cashier', 28_000, 38_000],
	['Storekeeper', 30_000, 42_000],
	['Driver', 32_000, 45_000],
	['Sales representative', 40_000, 65_000],
	['Accountant', 70_000, 120_000],
	['Branch manager', 95_000, 160_000]
];

const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

function newEmployee(book: Book, chance: Chance): Omit<Employee, 'since'> {
	const [job, low, high] = chance.pick(jobs);
	return {
		...numbered(book),
		name: `${chance.pick(firstNames)} ${chance.pick(lastNames)}`,
		job,
		gross: Math.round((low + chance.next() * (high - low)) / 500) * 500
	};
}

function numbered(book: Book): { id: string; number: number } {
	const number = Math.max(100, ...book.employees.map((employee) => employee.number)) + 1;
	return { id: `employee-${number}`, number };
}

function begin(employees: number, chance: Chance, now: Date): Book {
	const book: Book = { employees: [], payRuns: [] };
	for (let n = 0; n < employees; n++) {
		const since = new Date(now.getTime() - (1 - n / employees) * 900 * 86_400_000).toISOString();
		book.employees.push({ ...newEmployee(book, chance), since });
	}
	for (let back = 3; back >= 1; back--) {
		const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 28));
		runPay(book, monthOf(month), month);
	}
	return book;
}

function hire(book: Book, employee: Omit<Employee, 'since'>, now: Date): Deed {
	book.employees.push({ ...employee, since: now.toISOString() });
	return {
		done: `${employee.name} is employee ${employee.number}, from the next pay run on.`,
		what: `added ${employee.name} as ${employee.job.toLowerCase()}`,
		where: 'Employees',
		path: '/employees'
	};
}

function runPay(book: Book, month: string, now: Date): Deed {
	const payslips = book.employees.map(({ number, name, gross }) => ({
		number,
		name,
		...payOf(gross)
	}));
	book.payRuns.push({ id: month, at: now.toISOString(), payslips });
	return {
		done: `${payslips.length} payslips for ${month} are ready.`,
		what: `ran the pay of ${month} for ${payslips.length} employees`,
		where: 'Pay runs',
		path: `/pay-runs/${month}`
	};
}

const sumOf = (run: PayRun, of: (pay: Pay) => number): number =>
	run.payslips.reduce((sum, pay) => sum + of(pay), 0);

function showOverview({ book, now }: View<Book>): Html {
	const last = book.payRuns.at(-1);
	return html`${figures({
			Employees: book.employees.length,
			'Gross pay a month': money(book.employees.reduce((sum, { gross }) => sum + gross, 0)),
			'Last pay run': last?.id ?? 'None yet',
			'Net paid in it': money(last ? sumOf(last, ({ net }) => net) : 0)
		})}
		<p>
			<a class="button" href="/pay-runs">
				${last?.id === monthOf(now) ? 'See the pay runs' : `Run the pay of ${monthOf(now)}`}
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

function showPayRuns(view: View<Book>): Html {
	const { book, now } = view;
	return html`<div class="columns">
		${table(
			'Pay runs',
			['Month', 'Run on', 'Payslips#', 'Net#'],
			book.payRuns
				.toReversed()
				.map((run) => [
					html`<a href="/pay-runs/${run.id}">${run.id}</a>`,
					day(run.at),
					run.payslips.length,
					money(sumOf(run, ({ net }) => net))
				])
		)}
		${form(view, `Pay of ${monthOf(now)}`, 'Run pay', [
			view.problems['month']
				? html`<p class="problem" role="alert">${view.problems['month']}</p>`
				: html`<p class="muted">For ${book.employees.length} employees.</p>`
		])}
	</div>`;
}

function showPayRun({ book, id }: View<Book>): Html | undefined {
	const run = book.payRuns.find((each) => each.id === id);
	return (
		run &&
		html`${figures({
			Month: run.id,
			Gross: money(sumOf(run, ({ gross }) => gross)),
			PAYE: money(sumOf(run, ({ paye }) => paye)),
			Net: money(sumOf(run, ({ net }) => net))
		})}
		${table(
			'Payslips',
			['Name', 'Gross#', 'NSSF#', 'SHIF#', 'Housing levy#', 'PAYE#', 'Net#'],
			run.payslips.map(({ name, gross, nssf, shif, housing, paye, net }) => [
				name,
				...[gross, nssf, shif, housing, paye, net].map(money)
			])
		)}`
	);
}

export const payroll: Application<Book> = {
	slug: 'payroll',
	name: 'Payroll',
	counted: 'employees.counted',
	begin,
	count: ({ employees }) => employees.length,
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
						...numbered(book),
						name: text(fields, 'name', 'the employee’s name'),
						job: text(fields, 'job', 'what the employee does'),
						gross: whole(fields, 'gross', 'the gross pay', { low: 1_000, high: 5_000_000 })
					},
					now
				)
		},
		{
			path: '/pay-runs',
			label: 'Pay runs',
			nav: 'Pay runs',
			show: showPayRuns,
			act(book, _fields, { now }) {
				const month = monthOf(now);
				if (book.payRuns.some(({ id }) => id === month))
					throw new FormProblem({ month: `The pay of ${month} has been run already.` });
				return runPay(book, month, now);
			}
		},
		{ path: '/pay-runs/:id', label: 'Pay runs › Payslips', show: showPayRun }
	],
	work(book, chance, now) {
		// People are hired now and then; mostly somebody only looks, which is not worth telling.
		return chance.next() < 0.05 ? hire(book, newEmployee(book, chance), now) : null;
	}
};
