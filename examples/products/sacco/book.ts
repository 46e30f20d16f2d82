import type { Chance } from '../framework/chance.ts';
import { purposes, someone } from './names.ts';
import { scheduleOf } from './schedule.ts';

export interface Member {
	id: string;
	number: number;
	name: string;
	phone: string;
	joinedAt: string;
	/** What all entries of the member come to. */
	savings: number;
}

export type Way = 'M-Pesa' | 'Bank' | 'Cash';

/** Money that went into or out of a member's savings. */
export interface Entry {
	number: number;
	at: string;
	memberId: string;
	kind: 'opening' | 'deposit' | 'withdrawal';
	amount: number;
	by: Way;
}

export interface Loan {
	/** `LN-0312`. */
	id: string;
	number: number;
	at: string;
	memberId: string;
	amount: number;
	months: number;
	purpose: string;
	/** Applied for; then approved or declined; then lent; then repaid. */
	state: 'applied' | 'approved' | 'declined' | 'lent' | 'repaid';
	/** The civil day on which the money went out; the schedule begins there. */
	lentOn?: string;
	repayments: { at: string; amount: number; by: Way }[];
}

export interface Book {
	members: Member[];
	entries: Entry[];
	loans: Loan[];
}

/** A member may borrow this many times their savings. */
export const timesSavings = 3;

const firstLoan = 281;
const firstEntry = 7_001;

const loanId = (number: number): string => `LN-${String(number).padStart(4, '0')}`;

export function nextLoan(book: Book): { id: string; number: number } {
	const number = Math.max(firstLoan - 1, ...book.loans.map((loan) => loan.number)) + 1;
	return { id: loanId(number), number };
}

export const nextEntry = ({ entries }: Book): number =>
	(entries.at(-1)?.number ?? firstEntry - 1) + 1;

export const nextMember = ({ members }: Book): number =>
	Math.max(1_000, ...members.map(({ number }) => number)) + 1;

export const memberOf = (book: Book, memberId: string): string =>
	book.members.find(({ id }) => id === memberId)?.name ?? memberId;

export const repaidOn = ({ repayments }: Loan): number =>
	repayments.reduce((sum, { amount }) => sum + amount, 0);

/** What is left to repay of a loan, interest included. */
export function owedOn(loan: Loan): number {
	if (loan.state !== 'lent' || !loan.lentOn) return 0;
	const due = scheduleOf(loan.amount, loan.months, loan.lentOn).reduce(
		(sum, { interest, principal }) => sum + interest + principal,
		0
	);
	return due - repaidOn(loan);
}

export const owedBy = (book: Book, memberId: string): number =>
	book.loans
		.filter((loan) => loan.memberId === memberId)
		.reduce((sum, loan) => sum + owedOn(loan), 0);

/** What a member may still borrow: what is asked for or approved already counts. */
export function roomOf(book: Book, member: Member): number {
	const asked = book.loans
		.filter(({ memberId, state }) => memberId === member.id && /applied|approved/.test(state))
		.reduce((sum, { amount }) => sum + amount, 0);
	return Math.max(0, timesSavings * member.savings - owedBy(book, member.id) - asked);
}

/** What a member may take out: savings that stand for a loan stay. */
export const freeOf = (book: Book, member: Member): number =>
	Math.max(0, member.savings - Math.ceil(owedBy(book, member.id) / timesSavings));

/** A co-operative of so many members: two years of joining, a quarter of deposits, loans of every state. */
export function begin(many: number, chance: Chance, now: Date): Book {
	const daysAgo = (days: number): string =>
		new Date(now.getTime() - Math.round(days) * 86_400_000).toISOString();
	const members = Array.from({ length: many }, (_, n): Member => ({
		id: `member-${1_001 + n}`,
		number: 1_001 + n,
		...someone(chance),
		joinedAt: daysAgo((1 - n / many) * 700),
		savings: 0
	}));
	const book: Book = { members, entries: [], loans: [] };
	const save = (member: Member, kind: 'opening' | 'deposit', at: string, by: Way): void => {
		const amount = chance.between(kind === 'opening' ? 4 : 1, kind === 'opening' ? 150 : 20) * 500;
		member.savings += amount;
		book.entries.push({ number: nextEntry(book), at, memberId: member.id, kind, amount, by });
	};
	for (const member of members) save(member, 'opening', member.joinedAt, 'Bank');
	for (let n = 0; n < many * 2; n++) {
		const by = chance.pick(['M-Pesa', 'M-Pesa', 'M-Pesa', 'Bank'] as const);
		const joined = members.slice(0, Math.max(1, Math.ceil(many * 0.9)));
		save(chance.pick(joined), 'deposit', daysAgo((1 - n / (many * 2)) * 60), by);
	}
	const loans = Math.max(many < 30 ? 0 : 36, Math.ceil(many / 3));
	for (let n = 0; n < loans; n++) book.loans.push(loanOf(book, chance, n, loans, daysAgo));
	return book;
}

function loanOf(
	book: Book,
	chance: Chance,
	n: number,
	loans: number,
	daysAgo: (days: number) => string
): Loan {
	const age = (1 - n / loans) * 300;
	// Nobody borrows before they have joined, which happened evenly over 700 days.
	const many = Math.max(1, Math.floor(book.members.length * (1 - age / 700)));
	const member = chance.pick(book.members.slice(0, many));
	const amount = Math.max(5, Math.round((member.savings * chance.next() * 2) / 1_000)) * 1_000;
	const months = chance.pick([6, 12, 12, 24]);
	const loan: Loan = {
		...nextLoan(book),
		at: daysAgo(age),
		memberId: member.id,
		amount,
		months,
		purpose: chance.pick(purposes),
		state: n >= loans - 4 ? 'applied' : n >= loans - 5 ? 'approved' : 'lent',
		repayments: []
	};
	if (loan.state !== 'lent') return loan;
	const lentOn = daysAgo(age - 2).slice(0, 10);
	// Every instalment that has come due is repaid; of one loan in six the last is late.
	const today = daysAgo(0).slice(0, 10);
	const due = scheduleOf(amount, months, lentOn).filter(({ dueOn }) => dueOn <= today);
	const repayments = due.map(({ dueOn, interest, principal }) => ({
		at: `${dueOn}T08:00:00.000Z`,
		amount: interest + principal,
		by: 'M-Pesa' as const
	}));
	if (repayments.length > 1 && chance.next() < 1 / 6) repayments.pop();
	return { ...loan, lentOn, repayments, state: repayments.length === months ? 'repaid' : 'lent' };
}
