import type { Letter } from '../../platform/mail.ts';
import { paperFigures, type PaperLanguage } from '../billing/index.ts';
import type { BankAccount } from '../payments/index.ts';

/** What a letter about an invoice is made of. */
export interface InvoiceNews {
	/** Whose it is, and who issued it. */
	business: string;
	seller: string;
	/** A debit note is told as one; it is paid as an invoice is. */
	kind: 'invoice' | 'debit_note';
	number: string;
	amountMinor: bigint;
	currency: string;
	dueOn: string;
	/** Where transfers go; without any, support is asked. */
	accounts: readonly BankAccount[];
	/** Opens the invoice without signing in. */
	link: string;
	/** Whether its PDF goes along. */
	attached: boolean;
}

export interface ReminderNews extends InvoiceNews {
	/** Civil days since it was due; before that, less than none. */
	daysOverdue: number;
	last: boolean;
	/** What comes next, and when, where that is more than a letter. */
	next: { action: 'suspend' | 'end'; on: string } | null;
}

/** Who gets a letter, and where they say that they want none. */
export interface Recipient {
	name: string;
	email: string;
	language: PaperLanguage;
	/** A contact's own link; members choose in the settings. */
	end: string | null;
}

/** The letter that brings an invoice. */
export function issuedLetter(news: InvoiceNews, to: Recipient, portal: string): Letter {
	const write = paperFigures(to.language, news.currency);
	const amount = write.money(news.amountMinor);
	const day = write.day(news.dueOn);
	const { number, business, seller } = news;
	const paper = paperName(news, to);
	if (news.amountMinor === 0n) return nothingToPay(news, to, portal);
	if (to.language === 'sw')
		return letter(to, `${paper.title} ${number}: ${amount} kufikia ${day}`, [
			`${seller} imetoa ${paper.name} ${number} kwa ${business}. Kiasi cha kulipa ni ${amount}, kufikia ${day}.`,
			news.attached ? `${paper.title} imeambatishwa.` : '',
			...ending(news, to, portal)
		]);
	return letter(to, `${paper.title} ${number}: ${amount} by ${day}`, [
		`${seller} has issued ${paper.name} ${number} to ${business}: ${amount}, to be paid by ${day}.`,
		news.attached ? `The ${paper.name} is attached.` : '',
		...ending(news, to, portal)
	]);
}

/** The letter that brings an invoice that credit has paid, or that comes to nothing. */
function nothingToPay(news: InvoiceNews, to: Recipient, portal: string): Letter {
	const { number, business, seller } = news;
	const paper = paperName(news, to);
	return to.language === 'sw'
		? letter(to, `${paper.title} ${number}: hakuna cha kulipa`, [
				`${seller} imetoa ${paper.name} ${number} kwa ${business}. Hakuna kinachobaki cha kulipa.`,
				news.attached ? `${paper.title} imeambatishwa.` : '',
				...wayOut(news, to, portal)
			])
		: letter(to, `${paper.title} ${number}: nothing to pay`, [
				`${seller} has issued ${paper.name} ${number} to ${business}. Nothing is left to pay of it.`,
				news.attached ? `The ${paper.name} is attached.` : '',
				...wayOut(news, to, portal)
			]);
}

export interface CreditNews extends InvoiceNews {
	/** Of the credit note; `number` is that of the invoice that it gives back of. */
	note: string;
	creditedMinor: bigint;
	/** What of it is the customer's to use. */
	creditMinor: bigint;
}

/** The letter that brings a credit note. */
export function creditLetter(news: CreditNews, to: Recipient, portal: string): Letter {
	const write = paperFigures(to.language, news.currency);
	const amount = write.money(news.creditedMinor);
	const credit = news.creditMinor > 0n ? write.money(news.creditMinor) : null;
	const left = write.money(news.amountMinor);
	const { note, number, business, seller } = news;
	const paper = paperName(news, to);
	if (to.language === 'sw')
		return letter(to, `Hati ya kupunguza deni ${note}: ${amount}`, [
			`${seller} imetoa hati ya kupunguza deni ${note} ya ${amount} kwa ${business}, kwa ${paper.name} ${number}.`,
			credit && `${credit} imeongezwa kwenye salio lako, na itatumika kwa ankara zinazofuata.`,
			news.amountMinor > 0n && `Kinachobaki kulipwa cha ${paper.name} ${number} ni ${left}.`,
			news.attached ? 'Hati imeambatishwa.' : '',
			...wayOut(news, to, portal)
		]);
	return letter(to, `Credit note ${note}: ${amount}`, [
		`${seller} has issued credit note ${note} of ${amount} to ${business}, for ${paper.name} ${number}.`,
		credit && `${credit} of it is your credit, and goes towards your next invoices.`,
		news.amountMinor > 0n && `${left} of ${paper.name} ${number} is left to pay.`,
		news.attached ? 'The credit note is attached.' : '',
		...wayOut(news, to, portal)
	]);
}

/** The letter that reminds of one. */
export function reminderLetter(news: ReminderNews, to: Recipient, portal: string): Letter {
	const write = paperFigures(to.language, news.currency);
	const amount = write.money(news.amountMinor);
	const day = write.day(news.dueOn);
	const { number, business, daysOverdue: days, next } = news;
	const paper = paperName(news, to);
	if (to.language === 'sw') {
		const [subject, said] =
			days < 0
				? [
						`${paper.title} ${number} inapaswa kulipwa kufikia ${day}`,
						`${amount} ya ${paper.name} ${number} ya ${business} inapaswa kulipwa kufikia ${day}.`
					]
				: days === 0
					? [
							`${paper.title} ${number} inapaswa kulipwa leo`,
							`${amount} ya ${paper.name} ${number} ya ${business} inapaswa kulipwa leo.`
						]
					: [
							`${paper.title} ${number} imechelewa`,
							`${amount} ya ${paper.name} ${number} ya ${business} ilipaswa kulipwa tarehe ${day}: siku ${days} zilizopita.`
						];
		return letter(to, subject, [
			said,
			next &&
				(next.action === 'suspend'
					? `Isipolipwa, huduma inayohusika itasimamishwa tarehe ${write.day(next.on)}.`
					: `Isipolipwa, usajili unaohusika utakwisha tarehe ${write.day(next.on)}.`),
			news.last && days > 0 ? 'Hiki ni kikumbusho chetu cha mwisho.' : '',
			'Kama umeshalipa, asante: malipo yako na barua hii vimepishana.',
			...ending(news, to, portal)
		]);
	}
	const [subject, said] =
		days < 0
			? [
					`${paper.title} ${number} is due on ${day}`,
					`${amount} of ${paper.name} ${number} of ${business} is to be paid by ${day}.`
				]
			: days === 0
				? [
						`${paper.title} ${number} is due today`,
						`${amount} of ${paper.name} ${number} of ${business} is to be paid today.`
					]
				: [
						`${paper.title} ${number} is overdue`,
						`${amount} of ${paper.name} ${number} of ${business} was to be paid by ${day}, ${days === 1 ? 'yesterday' : `${days} days ago`}.`
					];
	return letter(to, subject, [
		said,
		next &&
			(next.action === 'suspend'
				? `If it stays unpaid, what it pays for is suspended on ${write.day(next.on)}.`
				: `If it stays unpaid, what it pays for ends on ${write.day(next.on)}.`),
		news.last && days > 0 ? 'This is our last reminder.' : '',
		'If you have paid by now, thank you: your payment and this letter have crossed.',
		...ending(news, to, portal)
	]);
}

/** What the paper is called, in a sentence and as its first word. */
function paperName(
	{ kind }: InvoiceNews,
	{ language }: Recipient
): { name: string; title: string } {
	if (language === 'sw')
		return kind === 'debit_note'
			? { name: 'hati ya kuongeza deni', title: 'Hati ya kuongeza deni' }
			: { name: 'ankara', title: 'Ankara' };
	return kind === 'debit_note'
		? { name: 'debit note', title: 'Debit note' }
		: { name: 'invoice', title: 'Invoice' };
}

function letter(
	to: Recipient,
	subject: string,
	paragraphs: readonly (string | false | null)[]
): Letter {
	return {
		to: to.email,
		subject,
		body: `${to.language === 'sw' ? 'Habari' : 'Hello'} ${to.name},

${paragraphs.filter(Boolean).join('\n\n')}

Evolve by Lixnet
`
	};
}

/** How to pay, where to see it, and how to end these letters. */
function ending(news: InvoiceNews, to: Recipient, portal: string): string[] {
	const { accounts, currency, number } = news;
	const sw = to.language === 'sw';
	const fitting = accounts.filter(
		(account) => account.currency === null || account.currency === currency
	);
	const howTo = sw
		? fitting.length > 0
			? `Lipa kwa uhamisho wa benki, na utaje ${number} kama kumbukumbu:`
			: `Lipa kwa uhamisho wa benki. Timu yetu ya usaidizi itakupa akaunti; taja ${number} kama kumbukumbu.`
		: fitting.length > 0
			? `Pay by bank transfer, and name ${number} as the reference:`
			: `Pay by bank transfer. Our support gives you the account; name ${number} as the reference.`;
	return [[howTo, ...fitting.map(accountLine)].join('\n'), ...wayOut(news, to, portal)];
}

/** Where to see the invoice, and how to end these letters. */
function wayOut(news: InvoiceNews, to: Recipient, portal: string): string[] {
	const { end } = to;
	const sw = to.language === 'sw';
	const { name } = paperName(news, to);
	return [
		`${sw ? `Tazama ${name}, bila kuingia:` : `See the ${name}, without signing in:`}\n${news.link}`,
		end === null
			? `${sw ? 'Unachagua anayepokea barua hizi hapa:' : 'You choose who gets these letters here:'}\n${portal}/billing/settings`
			: `${sw ? 'Kama hutaki barua hizi, zisimamishe hapa:' : 'Should you not want these letters, end them here:'}\n${end}`
	];
}

function accountLine({ bank, branch, holder, accountNumber, swift }: BankAccount): string {
	return [holder, [bank, branch].filter(Boolean).join(', '), accountNumber, swift]
		.filter(Boolean)
		.join(' · ');
}
