import type { DomainEvents } from '../../platform/events.ts';
import { defineJob, on } from '../../platform/jobs.ts';
import type { Attachment } from '../../platform/mail-attachments.ts';
import { post, type Letter } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import {
	contactEndLink,
	listBillingContacts,
	readBillingSettings,
	readInvoice,
	type ContactPaper,
	type InvoiceWay
} from '../billing/index.ts';
import { listMembers, readBusiness } from '../businesses/index.ts';
import { makeInvoiceLink, readStanding } from '../dunning/index.ts';
import { listLocales } from '../identity/index.ts';
import { listBankAccounts } from '../payments/index.ts';
import { freshMs } from './channels.ts';
import {
	creditLetter,
	issuedLetter,
	reminderLetter,
	type InvoiceNews,
	type Recipient
} from './invoice-letters.ts';
import { attachCreditNote, attachInvoice } from './invoice-papers.ts';
import { notify } from './notifications.ts';
import { whoMay } from './recipients.ts';
import { onceSigned, waitsForSignature } from './signed-papers.ts';

on('invoice.issued', 'notifications.invoice-issued', async (scope, event) => {
	const { businessId } = event;
	const { invoiceId, number, totalMinor, currency, dueOn } = event.data;
	await notify(scope, {
		businessId,
		personIds: await whoMay(scope, businessId, 'billing.read'),
		key: event.id,
		kind: 'invoice_issued',
		params: { number, amountMinor: totalMinor, currency, dueOn },
		at: event.occurredAt
	});
	if (isFresh(scope, event.occurredAt))
		await onceSigned(scope, invoiceId, mailInvoice, { businessId, invoiceId, number });
});

on('credit_note.issued', 'notifications.credit-note-issued', async (scope, event) => {
	const { businessId, occurredAt, data } = event;
	if (isFresh(scope, occurredAt))
		await onceSigned(scope, data.creditNoteId, mailCreditNote, { businessId, ...data });
});

interface InvoiceOf {
	businessId: string;
	invoiceId: string;
	number: string;
}

const mailInvoice = waitsForSignature(
	defineJob<InvoiceOf>({ name: 'notifications.invoice-mail', work: writeInvoiceLetter })
);

async function writeInvoiceLetter(scope: Scope<System>, of: InvoiceOf): Promise<void> {
	const { businessId } = of;
	const { invoicesBy } = await settingsOf(scope, businessId);
	if (invoicesBy === 'page') return;
	const news = await newsOf(scope, of, invoicesBy);
	// Made void before the letter was written.
	if (!news) return;
	await mail(scope, businessId, 'invoices', (to, portal) => ({
		...issuedLetter(news, to, portal),
		attachments: papersOf(news, businessId, to)
	}));
}

type CreditNoteOf = { businessId: string } & DomainEvents['credit_note.issued'];

const mailCreditNote = waitsForSignature(
	defineJob<CreditNoteOf>({ name: 'notifications.credit-note-mail', work: writeCreditLetter })
);

async function writeCreditLetter(
	scope: Scope<System>,
	{ businessId, ...data }: CreditNoteOf
): Promise<void> {
	const { invoicesBy } = await settingsOf(scope, businessId);
	if (invoicesBy === 'page') return;
	const of = { businessId, invoiceId: data.invoiceId, number: data.invoiceNumber };
	const invoice = await newsOf(scope, of, invoicesBy);
	if (!invoice) return;
	const news = {
		...invoice,
		note: data.number,
		creditedMinor: BigInt(data.totalMinor),
		creditMinor: BigInt(data.creditMinor)
	};
	await mail(scope, businessId, 'invoices', (to, portal) => ({
		...creditLetter(news, to, portal),
		attachments: news.attached
			? [attachCreditNote({ businessId, number: data.number, language: to.language })]
			: []
	}));
}

on('invoice.voided', 'notifications.invoice-voided', async (scope, event) => {
	const { number, amountMinor, currency } = event.data;
	await notify(scope, {
		businessId: event.businessId,
		personIds: await whoMay(scope, event.businessId, 'billing.read'),
		key: event.id,
		kind: 'invoice_voided',
		params: { number, amountMinor, currency },
		at: event.occurredAt
	});
});

on('credit_note.issued', 'notifications.credit-note-told', async (scope, event) => {
	const { number, invoiceNumber, totalMinor, currency } = event.data;
	await notify(scope, {
		businessId: event.businessId,
		personIds: await whoMay(scope, event.businessId, 'billing.read'),
		key: event.id,
		kind: 'credit_note_issued',
		params: { number, invoice: invoiceNumber, amountMinor: totalMinor, currency },
		at: event.occurredAt
	});
});

on('dunning.reminded', 'notifications.invoice-reminded', async (scope, event) => {
	const { businessId } = event;
	const { invoiceId, number, currency, dueOn, daysOverdue, last } = event.data;
	// Paid, or let be, since the reminder was due: nobody is reminded any more.
	const standing = await readStanding(scope, { businessId, invoiceId });
	if (!standing || standing.heldSince !== null) return;
	const { leftMinor } = standing.invoice;
	await notify(scope, {
		businessId,
		personIds: await whoMay(scope, businessId, 'billing.read'),
		key: event.id,
		kind: daysOverdue > 0 ? 'invoice_overdue' : 'invoice_due',
		params: { number, amountMinor: String(leftMinor), currency, dueOn },
		at: event.occurredAt
	});
	if (!isFresh(scope, event.occurredAt)) return;
	const { invoicesBy } = await settingsOf(scope, businessId);
	const next = standing.ahead.find(({ action }) => action === 'suspend' || action === 'end');
	const invoice = await newsOf(scope, { businessId, invoiceId, number }, invoicesBy);
	if (!invoice) return;
	const news = {
		...invoice,
		amountMinor: leftMinor,
		daysOverdue,
		last,
		next: next ? { action: next.action as 'suspend' | 'end', on: next.on } : null
	};
	await mail(scope, businessId, 'reminders', (to, portal) => ({
		...reminderLetter(news, to, portal),
		attachments: papersOf(news, businessId, to)
	}));
});

function isFresh(scope: Scope, at: Date): boolean {
	return scope.now.getTime() - at.getTime() <= freshMs;
}

async function settingsOf(scope: Scope, businessId: string): Promise<{ invoicesBy: InvoiceWay }> {
	const [settings] = await readBillingSettings(scope, { businessIds: [businessId] });
	return settings ?? { invoicesBy: 'pdf' };
}

async function newsOf(
	scope: Scope<System>,
	of: InvoiceOf,
	invoicesBy: InvoiceWay
): Promise<InvoiceNews | null> {
	const [invoice, business, accounts, link] = await Promise.all([
		readInvoice(scope, { businessId: of.businessId, number: of.number }),
		readBusiness(scope, { businessId: of.businessId }),
		listBankAccounts(scope, {}),
		makeInvoiceLink(scope, of)
	]);
	if (invoice.status === 'void') return null;
	return {
		business: business.name,
		seller: invoice.seller.name,
		kind: invoice.kind,
		number: of.number,
		amountMinor: invoice.totalMinor - invoice.paidMinor,
		currency: invoice.currency,
		dueOn: invoice.dueOn,
		accounts,
		link,
		attached: invoicesBy === 'pdf'
	};
}

function papersOf(
	{ attached, number }: InvoiceNews,
	businessId: string,
	{ language }: Recipient
): Attachment[] {
	return attached ? [attachInvoice({ businessId, number, language })] : [];
}

async function mail(
	scope: Scope<System>,
	businessId: string,
	paper: ContactPaper,
	write: (to: Recipient, portal: string) => Letter
): Promise<void> {
	const { publicUrl } = runtime();
	for (const to of await listRecipients(scope, businessId, paper))
		await post(scope, write(to, publicUrl));
}

/** The contacts that a business has said get a paper; as long as it said none, its owners and who keeps its accounts. */
async function listRecipients(
	scope: Scope<System>,
	businessId: string,
	paper: ContactPaper
): Promise<Recipient[]> {
	const contacts = (await listBillingContacts(scope, { businessId })).filter(({ gets }) =>
		gets.includes(paper)
	);
	if (contacts.length > 0)
		return contacts.map((contact) => ({ ...contact, end: contactEndLink(contact) }));
	const members = (await listMembers(scope, { businessId })).filter(
		({ role }) => role === 'owner' || role === 'billing'
	);
	const locales = await listLocales(
		scope,
		members.map(({ personId }) => personId)
	);
	return members.map(({ personId, name, email }) => ({
		name,
		email,
		language: locales.get(personId) === 'sw' ? 'sw' : 'en',
		end: null
	}));
}
