import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { money } from '../framework/html.ts';

export interface Member {
	id: string;
	number: number;
	name: string;
	phone: string;
	joinedAt: string;
	savings: number;
}

export interface Deposit {
	at: string;
	memberId: string;
	amount: number;
	by: 'M-Pesa' | 'Bank';
}

export interface Loan {
	/** `LN-0312`. */
	id: string;
	number: number;
	at: string;
	memberId: string;
	amount: number;
	repaid: number;
	/** Applied for; lent once somebody has approved it. */
	approved: boolean;
}

export interface Book {
	members: Member[];
	deposits: Deposit[];
	loans: Loan[];
}

/** A member may borrow this many times their savings. */
const timesSavings = 3;

const firstNames = [
	'Halima',
	'Joseph',
	'Fatuma',
	'Peter',
	'Zawadi',
	'Ali',
	'Grace',
	'Hamisi',
	'Mercy',
	'Salim',
	'Rehema',
	'Daniel',
	'Mwanaisha',
	'Stephen',
	'Khadija',
	'Esther',
	'Bakari'
];
const lastNames = [
	'Mwakio',
	'Kazungu',
	'Charo',
	'Nyambu',
	'Omar',
	'Kahindi',
	'Mwangi',
	'Tsuma',
	'Karisa',
	'Wanje',
	'Abdalla',
	'Mutua'
];
const firstLoan = 281;

/** Numbers that begin with 0700 0 are given to nobody. */
const someone = (chance: Chance): { name: string; phone: string } => ({
	name: `${chance.pick(firstNames)} ${chance.pick(lastNames)}`,
	phone: `0700 0${chance.between(10, 99)} ${chance.between(100, 999)}`
});

const loanId = (number: number): string => `LN-${String(number).padStart(4, '0')}`;

export function begin(members: number, chance: Chance, now: Date): Book {
	const daysAgo = (days: number): string =>
		new Date(now.getTime() - Math.round(days) * 86_400_000).toISOString();
	const all = Array.from({ length: members }, (_, n): Member => ({
		id: `member-${1_001 + n}`,
		number: 1_001 + n,
		...someone(chance),
		joinedAt: daysAgo((1 - n / members) * 700),
		savings: chance.between(4, 160) * 500
	}));
	const deposits = members * 2;
	const loans = members === 0 ? 0 : Math.max(36, Math.ceil(members / 3));
	return {
		members: all,
		deposits: Array.from({ length: deposits }, (_, n): Deposit => ({
			at: daysAgo((1 - n / deposits) * 90),
			memberId: chance.pick(all).id,
			amount: chance.between(1, 20) * 500,
			by: chance.pick(['M-Pesa', 'M-Pesa', 'M-Pesa', 'Bank'] as const)
		})),
		loans: Array.from({ length: loans }, (_, n): Loan => {
			const member = chance.pick(all);
			const amount = Math.max(5, Math.round((member.savings * chance.next() * 2) / 1_000)) * 1_000;
			const approved = n < loans - 4;
			return {
				id: loanId(firstLoan + n),
				number: firstLoan + n,
				at: daysAgo((1 - n / loans) * 300),
				memberId: member.id,
				amount,
				repaid: approved ? Math.round((amount * chance.next()) / 500) * 500 : 0,
				approved
			};
		})
	};
}

export const memberOf = (book: Book, memberId: string): string =>
	book.members.find(({ id }) => id === memberId)?.name ?? memberId;

export const owedOn = ({ amount, repaid, approved }: Loan): number =>
	approved ? amount - repaid : 0;

export const owedBy = (book: Book, memberId: string): number =>
	book.loans
		.filter((loan) => loan.memberId === memberId)
		.reduce((sum, loan) => sum + owedOn(loan), 0);

/** What a member may still borrow, applications not counted. */
export const roomOf = (book: Book, member: Member): number =>
	Math.max(0, timesSavings * member.savings - owedBy(book, member.id));

const sms = { type: 'sms.sent', data: { count: 1 } };

export function join(book: Book, name: string, phone: string, now: Date): Deed {
	const number = Math.max(1_000, ...book.members.map((member) => member.number)) + 1;
	const joinedAt = now.toISOString();
	book.members.push({ id: `member-${number}`, number, name, phone, joinedAt, savings: 0 });
	return {
		done: `${name} is member ${number}, and is welcomed by SMS.`,
		what: `registered ${name} as a member`,
		where: 'Members',
		path: '/members',
		usage: [sms]
	};
}

export function deposit(book: Book, member: Member, amount: number, now: Date): Deed {
	member.savings += amount;
	book.deposits.push({ at: now.toISOString(), memberId: member.id, amount, by: 'M-Pesa' });
	return {
		done: `${money(amount)} is saved for ${member.name}: ${money(member.savings)} in all.`,
		what: `recorded a deposit of ${money(amount)} by ${member.name}`,
		where: 'Savings › Deposits',
		path: '/savings',
		usage: [{ type: 'mpesa.collected', data: { count: 1 } }, sms]
	};
}

export function apply(book: Book, member: Member, amount: number, now: Date): Deed {
	const number = Math.max(firstLoan - 1, ...book.loans.map((loan) => loan.number)) + 1;
	const id = loanId(number);
	const at = now.toISOString();
	book.loans.push({ id, number, at, memberId: member.id, amount, repaid: 0, approved: false });
	return {
		done: `Application ${id} of ${member.name} waits for approval.`,
		what: `took application ${id} for ${money(amount)}`,
		where: 'Loans › Applications',
		path: '/loans'
	};
}

export function approve(book: Book, loan: Loan): Deed {
	loan.approved = true;
	return {
		done: `Loan ${loan.id} of ${money(loan.amount)} to ${memberOf(book, loan.memberId)} is approved.`,
		what: `approved loan ${loan.id} of ${money(loan.amount)}`,
		where: `Loans › ${loan.id}`,
		path: `/loans/${loan.id}`,
		usage: [sms]
	};
}

export function repay(book: Book, loan: Loan, amount: number): Deed {
	loan.repaid += amount;
	return {
		done: `${money(amount)} is repaid: ${money(owedOn(loan))} of ${loan.id} is left.`,
		what: `took ${money(amount)} from ${memberOf(book, loan.memberId)} for ${loan.id}`,
		where: `Loans › ${loan.id}`,
		path: `/loans/${loan.id}`,
		usage: [{ type: 'mpesa.collected', data: { count: 1 } }]
	};
}

/** What a teller does next. */
export function work(book: Book, chance: Chance, now: Date): Deed {
	if (book.members.length === 0 || chance.next() < 0.1) {
		const { name, phone } = someone(chance);
		return join(book, name, phone, now);
	}
	return deposit(book, chance.pick(book.members), chance.between(1, 10) * 500, now);
}
