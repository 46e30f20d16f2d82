import type { Deed } from '../framework/application.ts';
import type { Chance } from '../framework/chance.ts';
import { money } from '../framework/html.ts';
import { freeOf, memberOf, nextEntry, nextLoan, nextMember, owedOn } from './book.ts';
import type { Book, Entry, Loan, Member, Way } from './book.ts';
import { someone } from './names.ts';

// What changes the book. Whoever calls has checked that it may be done.

const sms = { type: 'sms.sent', data: { count: 1 } };
const collected = (by: Way) =>
	by === 'M-Pesa' ? [{ type: 'mpesa.collected', data: { count: 1 } }] : [];

export function join(book: Book, name: string, phone: string, now: Date): Deed {
	const number = nextMember(book);
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

interface Money {
	amount: number;
	by: Way;
}

function enter(book: Book, member: Member, kind: Entry['kind'], money: Money, now: Date): void {
	member.savings += kind === 'withdrawal' ? -money.amount : money.amount;
	const number = nextEntry(book);
	book.entries.push({ number, at: now.toISOString(), memberId: member.id, kind, ...money });
}

export function deposit(book: Book, member: Member, taken: Money, now: Date): Deed {
	enter(book, member, 'deposit', taken, now);
	return {
		done: `${money(taken.amount)} is saved for ${member.name}: ${money(member.savings)} in all.`,
		what: `recorded a deposit of ${money(taken.amount)} by ${member.name}`,
		where: 'Savings › Deposits',
		path: '/savings',
		usage: [...collected(taken.by), sms]
	};
}

export function withdraw(book: Book, member: Member, paid: Money, now: Date): Deed {
	enter(book, member, 'withdrawal', paid, now);
	return {
		done: `${money(paid.amount)} is paid out to ${member.name}: ${money(member.savings)} is left.`,
		what: `paid out ${money(paid.amount)} of savings to ${member.name}`,
		where: 'Savings › Withdrawals',
		path: '/savings/withdrawals',
		usage: [sms]
	};
}

export function apply(
	book: Book,
	member: Member,
	wanted: Pick<Loan, 'amount' | 'months' | 'purpose'>,
	now: Date
): Deed {
	const { id, number } = nextLoan(book);
	const at = now.toISOString();
	book.loans.push({
		id,
		number,
		at,
		memberId: member.id,
		...wanted,
		state: 'applied',
		repayments: []
	});
	return {
		done: `Application ${id} of ${member.name} waits for approval.`,
		what: `took application ${id} for ${money(wanted.amount)}`,
		where: 'Loans › Applications',
		path: '/loans'
	};
}

const onLoan = ({ id }: Loan) => ({ where: `Loans › ${id}`, path: `/loans/${id}` });

export function decide(book: Book, loan: Loan, state: 'approved' | 'declined'): Deed {
	loan.state = state;
	const to = memberOf(book, loan.memberId);
	return {
		done:
			state === 'approved'
				? `Loan ${loan.id} of ${money(loan.amount)} to ${to} is approved.`
				: `Loan ${loan.id} is declined, and ${to} is told by SMS.`,
		what: `${state} loan ${loan.id} of ${money(loan.amount)}`,
		...onLoan(loan),
		usage: [sms]
	};
}

export function lend(book: Book, loan: Loan, now: Date): Deed {
	loan.state = 'lent';
	loan.lentOn = now.toISOString().slice(0, 10);
	const to = memberOf(book, loan.memberId);
	return {
		done: `${money(loan.amount)} is on its way to ${to} by M-Pesa.`,
		what: `paid out loan ${loan.id} of ${money(loan.amount)} to ${to}`,
		...onLoan(loan),
		usage: [sms]
	};
}

export function repay(book: Book, loan: Loan, taken: Money, now: Date): Deed {
	loan.repayments.push({ at: now.toISOString(), ...taken });
	const left = owedOn(loan);
	if (left === 0) loan.state = 'repaid';
	return {
		done: `${money(taken.amount)} is repaid: ${money(left)} of ${loan.id} is left.`,
		what: `took ${money(taken.amount)} from ${memberOf(book, loan.memberId)} for ${loan.id}`,
		...onLoan(loan),
		usage: collected(taken.by)
	};
}

/** What somebody in this role does next, at the counter or at the desk. */
export function work(book: Book, role: string, chance: Chance, now: Date): Deed | null {
	if (role === 'teller' || role === 'manager') {
		if (book.members.length === 0 || chance.next() < 0.1) {
			const { name, phone } = someone(chance);
			return join(book, name, phone, now);
		}
		const member = chance.pick(book.members);
		const amount = chance.between(1, 10) * 500;
		if (chance.next() < 0.15 && freeOf(book, member) >= amount)
			return withdraw(book, member, { amount, by: 'M-Pesa' }, now);
		return deposit(book, member, { amount, by: 'M-Pesa' }, now);
	}
	if (role === 'loan-officer') {
		const approved = book.loans.find(({ state }) => state === 'approved');
		if (approved) return lend(book, approved, now);
		const lent = book.loans.filter(({ state }) => state === 'lent');
		if (lent.length === 0) return null;
		const loan = chance.pick(lent);
		const amount = Math.min(owedOn(loan), chance.between(2, 8) * 500);
		return repay(book, loan, { amount, by: 'M-Pesa' }, now);
	}
	return null;
}
