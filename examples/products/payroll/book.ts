import type { Chance } from '../framework/chance.ts';
import { someone } from './names.ts';
import { payOf, type Pay } from './pay.ts';

export interface Employee {
	id: string;
	number: number;
	name: string;
	job: string;
	/** A month, in whole shillings. */
	gross: number;
	since: string;
	/** The civil day on which the employment ended. */
	leftOn?: string;
}

export interface Leave {
	number: number;
	employeeId: string;
	kind: 'annual' | 'sick' | 'maternity' | 'paternity';
	/** Civil days, both included. */
	from: string;
	to: string;
	state: 'asked' | 'approved' | 'declined';
}

export type Payslip = Pay & { number: number; name: string; job: string };

export interface Run {
	/** `2026-11`: the month that is paid. */
	id: string;
	/** Prepared, then approved or returned, then paid. */
	state: 'prepared' | 'returned' | 'approved' | 'paid';
	preparedAt: string;
	preparedBy: string;
	approvedAt?: string;
	approvedBy?: string;
	paidAt?: string;
	/** Why it was returned. */
	remark?: string;
	payslips: Payslip[];
}

export interface Book {
	employees: Employee[];
	leave: Leave[];
	runs: Run[];
}

/** The month that is paid next, as `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** `2026-11` as people say it. */
export const monthName = (month: string): string =>
	new Date(`${month}-01T00:00:00Z`).toLocaleString('en', { month: 'long', timeZone: 'UTC' });

/** `October 2026`. */
export const longMonth = (month: string): string => `${monthName(month)} ${month.slice(0, 4)}`;

export const working = ({ employees }: Book): Employee[] =>
	employees.filter(({ leftOn }) => !leftOn);

export const sumOf = (payslips: readonly Payslip[], of: (pay: Pay) => number): number =>
	payslips.reduce((sum, pay) => sum + of(pay), 0);

export const nextEmployee = ({ employees }: Book): number =>
	Math.max(100, ...employees.map(({ number }) => number)) + 1;

/** The payslips that a run would make of the employees as they are. */
export const draft = (book: Book): Payslip[] =>
	working(book).map(({ number, name, job, gross }) => ({ number, name, job, ...payOf(gross) }));

/** Days of a leave, Sundays not counted. */
export function daysOf({ from, to }: Pick<Leave, 'from' | 'to'>): number {
	let days = 0;
	for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
		if (new Date(at).getUTCDay() !== 0) days += 1;
	return days;
}

export const nameOf = (book: Book, employeeId: string): string =>
	book.employees.find(({ id }) => id === employeeId)?.name ?? employeeId;

/** So many employees, three months paid, and a little leave. */
export function begin(employees: number, chance: Chance, now: Date): Book {
	const book: Book = { employees: [], leave: [], runs: [] };
	for (let n = 0; n < employees; n++) {
		const since = new Date(now.getTime() - (1 - n / employees) * 900 * 86_400_000).toISOString();
		const number = nextEmployee(book);
		book.employees.push({ id: `employee-${number}`, number, ...someone(chance), since });
	}
	const day = (days: number): string =>
		new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
	for (let n = 0; n < Math.min(6, Math.floor(employees / 4)); n++) {
		const from = chance.between(-40, 20);
		book.leave.push({
			number: 501 + n,
			employeeId: chance.pick(book.employees).id,
			kind: chance.pick(['annual', 'annual', 'sick'] as const),
			from: day(from),
			to: day(from + chance.between(1, 9)),
			state: n < 4 ? 'approved' : 'asked'
		});
	}
	for (let back = 3; back >= 1 && employees > 0; back--) {
		const at = (date: number): string =>
			new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, date, 9)).toISOString();
		book.runs.push({
			id: at(24).slice(0, 7),
			state: 'paid',
			preparedAt: at(24),
			preparedBy: 'Payroll office',
			approvedAt: at(26),
			approvedBy: 'Management',
			paidAt: at(28),
			payslips: draft(book)
		});
	}
	return book;
}
