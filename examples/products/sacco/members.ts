import { choice, FormProblem, phone, text, whole } from '../framework/application.ts';
import type { Page, View } from '../framework/application.ts';
import { form, input, jump, number, phoneField, select } from '../framework/forms.ts';
import { day, html, money, type Html } from '../framework/html.ts';
import { figures, list, table } from '../framework/lists.ts';
import { freeOf, memberOf, owedBy, owedOn, type Book, type Entry, type Member } from './book.ts';
import { deposit, join, withdraw } from './deeds.ts';
import { loanStates } from './words.ts';

const cashiers = ['manager', 'teller'] as const;

export const membersToChoose = ({ members }: Book): { id: string; name: string }[] =>
	members.map((member) => ({ id: member.id, name: `${member.number} ${member.name}` }));

export const ways = ['M-Pesa', 'Bank', 'Cash'].map((name) => ({ id: name, name }));
export const wayOf = (fields: Record<string, string>) =>
	choice(fields, 'by', 'how', ways).id as Entry['by'];

const memberLink = (book: Book, memberId: string): Html =>
	html`<a href="/members/${memberId.replace('member-', '')}">${memberOf(book, memberId)}</a>`;

function showMembers(view: View<Book>): Html {
	const { book } = view;
	return html`${jump(view, 'join', 'New member')}
		<div class="columns">
			${list(view, {
				caption: 'Members',
				one: 'member',
				columns: ['Number', 'Name', 'Phone', 'Savings#', 'Owes#'],
				rows: book.members.toReversed(),
				words: (member) => `${member.number} ${member.name} ${member.phone}`,
				cells: (member) => [
					member.number,
					memberLink(book, member.id),
					member.phone,
					money(member.savings),
					money(owedBy(book, member.id))
				],
				empty: 'No members yet. Register the first one.'
			})}
			${form(view, 'join', { heading: 'New member', submit: 'Add member' }, [
				input('name', 'Name'),
				phoneField('phone', 'Phone')
			])}
		</div>`;
}

const findMember = ({ book, id }: View<Book>): Member | undefined =>
	book.members.find((member) => String(member.number) === id);

const kindWords: Record<Entry['kind'], string> = {
	opening: 'Brought in on joining',
	deposit: 'Deposit',
	withdrawal: 'Withdrawal'
};

function showStatement(view: View<Book>): Html | undefined {
	const { book } = view;
	const member = findMember(view);
	if (!member) return undefined;
	let balance = 0;
	const lines = book.entries
		.filter(({ memberId }) => memberId === member.id)
		.toSorted((one, other) => one.at.localeCompare(other.at))
		.map((entry) => {
			const change = entry.kind === 'withdrawal' ? -entry.amount : entry.amount;
			balance += change;
			return { ...entry, change, balance };
		});
	const loans = book.loans.filter(({ memberId }) => memberId === member.id);
	return html`<p class="muted">
			Member ${member.number} since ${day(member.joinedAt)}, phone ${member.phone}.
		</p>
		${figures({
			Savings: money(member.savings),
			'Free to take out': money(freeOf(book, member)),
			'Left of loans': money(owedBy(book, member.id))
		})}
		<div class="stack">
			${list(view, {
				caption: 'Statement of savings',
				one: 'entry',
				several: 'entries',
				columns: ['Number', 'Date', 'What', 'By', 'Amount#', 'Balance#'],
				rows: lines.toReversed(),
				cells: (line) => [
					line.number,
					day(line.at),
					kindWords[line.kind],
					line.by,
					money(line.change),
					money(line.balance)
				],
				empty: 'Nothing has been saved yet.'
			})}
			${
				loans.length > 0 &&
				table(
					'Loans',
					['Number', 'Date', 'Amount#', 'State', 'Left to repay#'],
					loans
						.toReversed()
						.map((loan) => [
							html`<a href="/loans/${loan.id}">${loan.id}</a>`,
							day(loan.at),
							money(loan.amount),
							loanStates[loan.state],
							money(owedOn(loan))
						])
				)
			}
		</div>`;
}

const moneyFields = (view: View<Book>) => [
	select('member', 'Member', membersToChoose(view.book)),
	number('amount', 'Amount in shillings'),
	select('by', 'By', ways, { value: 'M-Pesa' })
];

function entries(view: View<Book>, caption: string, kinds: Entry['kind'][], empty: string): Html {
	const { book } = view;
	return list(view, {
		caption,
		one: 'entry',
		several: 'entries',
		columns: ['Number', 'Date', 'Member', 'By', 'Amount#'],
		rows: book.entries.filter(({ kind }) => kinds.includes(kind)).reverse(),
		words: (entry) => `${entry.number} ${memberOf(book, entry.memberId)} ${entry.by}`,
		cells: (entry) => [
			entry.number,
			day(entry.at),
			memberLink(book, entry.memberId),
			entry.by,
			money(entry.amount)
		],
		empty
	});
}

export const memberPages: Page<Book>[] = [
	{
		path: '/members',
		label: 'Members',
		nav: 'Members',
		show: showMembers,
		actions: {
			join: {
				roles: cashiers,
				what: 'register members',
				act: (book, fields, { now }) =>
					join(book, text(fields, 'name', 'the member’s name'), phone(fields, 'phone'), now)
			}
		}
	},
	{
		path: '/members/:id',
		label: (view) => `Members › ${findMember(view)?.name ?? view.id}`,
		show: showStatement
	},
	{
		path: '/savings',
		label: 'Savings › Deposits',
		nav: 'Savings › Deposits',
		show: (view) =>
			html`${jump(view, 'deposit', 'New deposit')}
				<div class="columns">
					${entries(view, 'Deposits', ['deposit', 'opening'], 'Nothing has been saved yet.')}
					${form(
						view,
						'deposit',
						{ heading: 'New deposit', submit: 'Save deposit' },
						moneyFields(view)
					)}
				</div>`,
		actions: {
			deposit: {
				roles: cashiers,
				what: 'take deposits',
				act(book, fields, { now }) {
					const member = choice(fields, 'member', 'a member', book.members);
					const amount = whole(fields, 'amount', 'the amount', { low: 50, high: 5_000_000 });
					return deposit(book, member, { amount, by: wayOf(fields) }, now);
				}
			}
		}
	},
	{
		path: '/savings/withdrawals',
		label: 'Savings › Withdrawals',
		nav: 'Savings › Withdrawals',
		show: (view) =>
			html`${jump(view, 'withdraw', 'New withdrawal')}
				<div class="columns">
					${entries(view, 'Withdrawals', ['withdrawal'], 'Nobody has taken savings out yet.')}
					${form(
						view,
						'withdraw',
						{
							heading: 'New withdrawal',
							submit: 'Pay out',
							note: 'Savings that stand for a loan stay.'
						},
						moneyFields(view)
					)}
				</div>`,
		actions: {
			withdraw: {
				roles: cashiers,
				what: 'pay out savings',
				act(book, fields, { now }) {
					const member = choice(fields, 'member', 'a member', book.members);
					const high = freeOf(book, member);
					if (high < 50)
						throw new FormProblem({ member: `${member.name} has nothing free to take out.` });
					const amount = whole(fields, 'amount', 'the amount', { low: 50, high });
					return withdraw(book, member, { amount, by: wayOf(fields) }, now);
				}
			}
		}
	}
];
