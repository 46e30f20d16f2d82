import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { many } from '../framework/html.ts';
import { daysOf, draft, longMonth, monthName, nameOf, nextEmployee } from './book.ts';
import type { Book, Employee, Leave, Run } from './book.ts';
import { someone } from './names.ts';

// What changes the book. Whoever calls has checked that it may be done.

type Terms = Pick<Employee, 'name' | 'job' | 'gross'>;

export function hire(book: Book, terms: Terms, now: Date): Deed {
	const number = nextEmployee(book);
	const since = now.toISOString();
	book.employees.push({ id: `employee-${number}`, number, ...terms, since });
	return {
		done: `${terms.name} is employee ${number}, from the next pay run on.`,
		what: `added ${terms.name} as ${terms.job.toLowerCase()}`,
		where: 'Employees',
		path: '/employees'
	};
}

const onEmployee = ({ name, number }: Employee) => ({
	where: `Employees › ${name}`,
	path: `/employees/${number}`
});

export function changeTerms(employee: Employee, terms: Pick<Employee, 'job' | 'gross'>): Deed {
	const words = terms.gross === employee.gross ? 'job' : 'pay';
	Object.assign(employee, terms);
	return {
		done: `${employee.name} is saved, from the next pay run on.`,
		what: `changed the ${words} of ${employee.name}`,
		...onEmployee(employee)
	};
}

export function end(employee: Employee, leftOn: string): Deed {
	employee.leftOn = leftOn;
	return {
		done: `The employment of ${employee.name} is ended: no pay run has them from now on.`,
		what: `ended the employment of ${employee.name}`,
		...onEmployee(employee)
	};
}

const onLeave = { where: 'Leave', path: '/leave' };

export function askLeave(book: Book, wanted: Omit<Leave, 'number' | 'state'>): Deed {
	const number = Math.max(500, ...book.leave.map((leave) => leave.number)) + 1;
	book.leave.push({ number, ...wanted, state: 'asked' });
	const name = nameOf(book, wanted.employeeId);
	return {
		done: `${many(daysOf(wanted), 'day')} of leave for ${name} wait for approval.`,
		what: `entered ${many(daysOf(wanted), 'day')} of ${wanted.kind} leave for ${name}`,
		...onLeave
	};
}

export function answerLeave(book: Book, leave: Leave, state: 'approved' | 'declined'): Deed {
	leave.state = state;
	const name = nameOf(book, leave.employeeId);
	return {
		done: `The leave of ${name} is ${state}.`,
		what: `${state} the leave of ${name}`,
		...onLeave
	};
}

const onRun = ({ id }: Run) => ({ where: `Pay runs › ${longMonth(id)}`, path: `/pay-runs/${id}` });

/** Makes the payslips of a month, or makes them anew after it was returned. */
export function prepare(book: Book, month: string, by: string, now: Date): Deed {
	const run: Run = {
		id: month,
		state: 'prepared',
		preparedAt: now.toISOString(),
		preparedBy: by,
		payslips: draft(book)
	};
	book.runs = [...book.runs.filter(({ id }) => id !== month), run];
	return {
		done: `The ${monthName(month)} run of ${many(run.payslips.length, 'employee')} waits for approval.`,
		what: `prepared the ${monthName(month)} run of ${many(run.payslips.length, 'employee')}`,
		...onRun(run)
	};
}

export function approve(run: Run, by: string, now: Date): Deed {
	run.state = 'approved';
	run.approvedAt = now.toISOString();
	run.approvedBy = by;
	return {
		done: `The ${monthName(run.id)} run is approved: ${many(run.payslips.length, 'payslip')} can be paid.`,
		what: `approved the ${monthName(run.id)} run of ${many(run.payslips.length, 'employee')}`,
		...onRun(run)
	};
}

export function giveBack(run: Run, remark: string): Deed {
	run.state = 'returned';
	run.remark = remark;
	return {
		done: `The ${monthName(run.id)} run is returned to ${run.preparedBy}.`,
		what: `returned the ${monthName(run.id)} run`,
		...onRun(run)
	};
}

export function pay(run: Run, now: Date): Deed {
	run.state = 'paid';
	run.paidAt = now.toISOString();
	return {
		done: `The ${monthName(run.id)} run is paid, and the payslips go out by phone.`,
		what: `paid the ${monthName(run.id)} run of ${many(run.payslips.length, 'employee')}`,
		...onRun(run)
	};
}

/** People are hired now and then; mostly somebody only looks, which is not worth telling. */
export function work(book: Book, role: string, chance: Chance, now: Date): Deed | null {
	if (role !== 'preparer' && role !== 'administrator') return null;
	return chance.next() < 0.05 ? hire(book, someone(chance), now) : null;
}
