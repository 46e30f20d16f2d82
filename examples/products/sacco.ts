import {
	choice,
	FormProblem,
	text,
	whole,
	type Application,
	type Deed,
	type View
} from './framework/application.ts';
import type { Chance } from './framework/chance.ts';
import { day, html, money, type Html } from './framework/html.ts';
import { field, figures, form, select, table } from './framework/layout.ts';

interface Member {
	id: string;
	number: number;
	name: string;
	phone: string;
	joinedAt: string;
	savings: number;
}

interface Deposit {
	at: string;
	memberId: string;
	amount: number;
	by: 'M-Pesa' | 'Bank';
}

interface Loan {
	number: number;
	at: string;
	memberId: string;
	amount: number;
	repaid: number;
}

interface Book {
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
	'Juma',
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

function newName(chance: Chance): string {
	return `${chance.pick(firstNames)} ${chance.pick(lastNames)}`;
}

/** Numbers beginning with 07000 are given to nobody. */
function newPhone(chance: Chance): string {
	return `0700 0${chance.between(10, 99)} ${chance.between(100, 999)}`;
}

function begin(members: number, chance: Chance, now: Date): Book {
	const daysAgo = (days: number): string =>
		new Date(now.getTime() - days * 86_400_000).toISOString();
	const all = Array.from({ length: members }, (_, n): Member => ({
		id: `member-${n + 1}`,
		number: 1_001 + n,
		name: newName(chance),
		phone: newPhone(chance),
		joinedAt: daysAgo(Math.round((1 - n / members) * 700)),
		savings: chance.between(4, 160) * 500
	}));
	return {
		members: all,
		deposits: Array.from({ length: members * 2 }, (_, n): Deposit => ({
			at: daysAgo(Math.round((1 - n / (members * 2)) * 90)),
			memberId: chance.pick(all).id,
			amount: chance.between(1, 20) * 500,
			by: chance.pick(['M-Pesa', 'M-Pesa', 'M-Pesa', 'Bank'] as const)
		})),
		loans: Array.from({ length: Math.ceil(members / 4) }, (_, n): Loan => {
			const member = chance.pick(all);
			const amount = Math.max(
				5_000,
				Math.round((member.savings * chance.next() * 2) / 1_000) * 1_000
			);
			return {
				number: 301 + n,
				at: daysAgo(Math.round((1 - n / (members / 4)) * 300)),
				memberId: member.id,
				amount,
				repaid: Math.round((amount * chance.next()) / 500) * 500
			};
		})
	};
}

const memberOf = (book: Book, memberId: string): string =>
	book.members.find(({ id }) => id === memberId)?.name ?? memberId;

const owedBy = (book: Book, memberId: string): number =>
	book.loans
		.filter((loan) => loan.memberId === memberId)
		.reduce((sum, { amount, repaid }) => sum + amount - repaid, 0);

const labelled = (book: Book): { id: string; name: string }[] =>
	book.members.map(({ id, number, name }) => ({ id, name: `${number} ${name}` }));

function join(book: Book, name: string, phone: string, now: Date): Deed {
	const number = Math.max(1_000, ...book.members.map((member) => member.number)) + 1;
	book.members.push({
		id: `member-${number - 1_000}`,
		number,
		name,
		phone,
		joinedAt: now.toISOString(),
		savings: 0
	});
	return {
		done: `${name} is member ${number}, and is welcomed by SMS.`,
		what: `registered ${name} as a member`,
		where: 'Members',
		path: '/members',
		usage: [{ type: 'sms.sent', data: { count: 1 } }]
	};
}

function deposit(book: Book, member: Member, amount: number, by: Deposit['by'], now: Date): Deed {
	member.savings += amount;
	book.deposits.push({ at: now.toISOString(), memberId: member.id, amount, by });
	return {
		done: `${money(amount)} is saved for ${member.name}: ${money(member.savings)} in all.`,
		what: `recorded a deposit of ${money(amount)} by ${member.name}`,
		where: 'Savings',
		path: '/savings',
		usage: [
			...(by === 'M-Pesa' ? [{ type: 'mpesa.collected', data: { count: 1 } }] : []),
			{ type: 'sms.sent', data: { count: 1 } }
		]
	};
}

function lend(book: Book, member: Member, amount: number, now: Date): Deed {
	const number = Math.max(300, ...book.loans.map((loan) => loan.number)) + 1;
	book.loans.push({ number, at: now.toISOString(), memberId: member.id, amount, repaid: 0 });
	return {
		done: `Loan ${number} of ${money(amount)} to ${member.name} is approved.`,
		what: `approved loan ${number} of ${money(amount)}`,
		where: 'Loans',
		path: '/loans',
		usage: [{ type: 'sms.sent', data: { count: 1 } }]
	};
}

function showOverview({ book }: View<Book>): Html {
	const saved = book.members.reduce((sum, { savings }) => sum + savings, 0);
	const lent = book.loans.reduce((sum, { amount, repaid }) => sum + amount - repaid, 0);
	return html`${figures({
		Members: book.members.length,
		Savings: money(saved),
		'Loans outstanding': money(lent),
		'Loans running': book.loans.filter(({ amount, repaid }) => repaid < amount).length
	})}
	${showDeposits(book, 8)}`;
}

function showDeposits(book: Book, most: number): Html {
	return table(
		'Latest deposits',
		['Date', 'Member', 'By', 'Amount#'],
		book.deposits
			.slice(-most)
			.reverse()
			.map(({ at, memberId, by, amount }) => [day(at), memberOf(book, memberId), by, money(amount)])
	);
}

function showMembers(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			`${book.members.length} members`,
			['Number', 'Name', 'Phone', 'Savings#', 'Owes#'],
			book.members
				.toReversed()
				.map(({ id, number, name, phone, savings }) => [
					number,
					name,
					phone,
					money(savings),
					money(owedBy(book, id))
				])
		)}
		${form(view, 'New member', 'Add member', [
			field(view, 'name', 'Name'),
			field(view, 'phone', 'Phone')
		])}
	</div>`;
}

function showSavings(view: View<Book>): Html {
	return html`<div class="columns">
		${showDeposits(view.book, 50)}
		${form(view, 'New deposit', 'Save deposit', [
			select(view, 'member', 'Member', labelled(view.book)),
			field(view, 'amount', 'Amount in shillings', 'number')
		])}
	</div>`;
}

function showLoans(view: View<Book>): Html {
	const { book } = view;
	return html`<div class="columns">
		${table(
			'Loans',
			['Number', 'Date', 'Member', 'Amount#', 'Repaid#'],
			book.loans
				.toReversed()
				.slice(0, 50)
				.map(({ number, at, memberId, amount, repaid }) => [
					number,
					day(at),
					memberOf(book, memberId),
					money(amount),
					money(repaid)
				])
		)}
		${form(view, 'New loan', 'Approve loan', [
			select(view, 'member', 'Member', labelled(book)),
			field(view, 'amount', 'Amount in shillings', 'number')
		])}
	</div>`;
}

export const sacco: Application<Book> = {
	slug: 'sacco',
	name: 'SACCO',
	counted: 'members.counted',
	begin,
	count: ({ members }) => members.length,
	pages: [
		{ path: '/', label: 'Overview', nav: 'Overview', show: showOverview },
		{
			path: '/members',
			label: 'Members',
			nav: 'Members',
			show: showMembers,
			act(book, fields, { now }) {
				const name = text(fields, 'name', 'the member’s name');
				const phone = text(fields, 'phone', 'a phone number');
				if (!/^(\+254|0)[17]\d{8}$/.test(phone.replaceAll(/\s/g, '')))
					throw new FormProblem({ phone: 'Write a Kenyan mobile number, such as 0712 345 678.' });
				return join(book, name, phone, now);
			}
		},
		{
			path: '/savings',
			label: 'Savings',
			nav: 'Savings',
			show: showSavings,
			act(book, fields, { now }) {
				const member = choice(fields, 'member', 'a member', book.members);
				const amount = whole(fields, 'amount', 'the amount', { low: 50, high: 5_000_000 });
				return deposit(book, member, amount, 'M-Pesa', now);
			}
		},
		{
			path: '/loans',
			label: 'Loans',
			nav: 'Loans',
			show: showLoans,
			act(book, fields, { now }) {
				const member = choice(fields, 'member', 'a member', book.members);
				const most = timesSavings * member.savings - owedBy(book, member.id);
				if (most < 1_000)
					throw new FormProblem({ member: `${member.name} may not borrow more for now.` });
				const amount = whole(fields, 'amount', 'the amount', { low: 1_000, high: most });
				return lend(book, member, amount, now);
			}
		}
	],
	work(book, chance, now) {
		if (chance.next() < 0.1) return join(book, newName(chance), newPhone(chance), now);
		const member = book.members.length > 0 ? chance.pick(book.members) : null;
		return member && deposit(book, member, chance.between(1, 10) * 500, 'M-Pesa', now);
	}
};
