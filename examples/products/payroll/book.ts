import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { payOf, type Pay } from './pay.ts';

export interface Employee {
	id: string;
	number: number;
	name: string;
	job: string;
	gross: number;
	since: string;
}

export type Payslip = Pay & { number: number; name: string };

export interface Run {
	/** `2026-11`: the month that is paid. */
	id: string;
	at: string;
	payslips: Payslip[];
}

export interface Book {
	employees: Employee[];
	runs: Run[];
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

/** The month that is paid next, as `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** `2026-11` as people say it. */
export const monthName = (month: string): string =>
	new Date(`${month}-01T00:00:00Z`).toLocaleString('en', { month: 'long', timeZone: 'UTC' });

export function begin(employees: number, chance: Chance, now: Date): Book {
	const book: Book = { employees: [], runs: [] };
	for (let n = 0; n < employees; n++) {
		const since = new Date(now.getTime() - (1 - n / employees) * 900 * 86_400_000).toISOString();
		book.employees.push({ ...numbered(book), ...someone(chance), since });
	}
	for (let back = 3; back >= 1; back--) {
		const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 28));
		book.runs.push({ id: monthOf(at), at: at.toISOString(), payslips: draft(book) });
	}
	return book;
}

function someone(chance: Chance): Pick<Employee, 'name' | 'job' | 'gross'> {
	const [job, low, high] = chance.pick(jobs);
	return {
		name: `${chance.pick(firstNames)} ${chance.pick(lastNames)}`,
		job,
		gross: Math.round((low + chance.next() * (high - low)) / 500) * 500
	};
}

function numbered(book: Book): Pick<Employee, 'id' | 'number'> {
	const number = Math.max(100, ...book.employees.map((employee) => employee.number)) + 1;
	return { id: `employee-${number}`, number };
}

/** The payslips that a run would make of the employees as they are. */
export function draft(book: Book): Payslip[] {
	return book.employees.map(({ number, name, gross }) => ({ number, name, ...payOf(gross) }));
}

export function hire(
	book: Book,
	{ name, job, gross }: Pick<Employee, 'name' | 'job' | 'gross'>,
	now: Date
): Deed {
	const { id, number } = numbered(book);
	book.employees.push({ id, number, name, job, gross, since: now.toISOString() });
	return {
		done: `${name} is employee ${number}, from the next pay run on.`,
		what: `added ${name} as ${job.toLowerCase()}`,
		where: 'Employees',
		path: '/employees'
	};
}

export function approveRun(book: Book, month: string, now: Date): Deed {
	const payslips = draft(book);
	book.runs.push({ id: month, at: now.toISOString(), payslips });
	return {
		done: `The ${monthName(month)} run is approved: ${payslips.length} payslips are ready.`,
		what: `approved the ${monthName(month)} run of ${payslips.length} employees`,
		where: `${monthName(month)} run`,
		path: `/pay-runs/${month}`
	};
}

/** People are hired now and then; mostly somebody only looks, which is not worth telling. */
export function work(book: Book, chance: Chance, now: Date): Deed | null {
	return chance.next() < 0.05 ? hire(book, someone(chance), now) : null;
}
