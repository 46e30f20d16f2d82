import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { openAttachment } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payInvoice } from '../../../../tests/setup/payments.ts';
import { bill, followAll, subscribeAll } from '../../../../tests/setup/dunning.ts';
import { lettersTo } from '../../../../tests/setup/letters.ts';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	addBillingContact,
	issueCreditNote,
	issueInvoice,
	issueInvoices,
	saveBillingSettings
} from '../billing/index.ts';
import { followInvoice, openInvoiceLink } from '../dunning/index.ts';
import { saveBankAccount } from '../payments/index.ts';
import { listNotifications } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let products: Awaited<ReturnType<typeof createProducts>>;
let mavuno: Member;
let halima: Member;
let pwani: Member;

const days = { issuedOn: '2026-11-25', dueOn: '2026-12-05' };

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	halima = await createMember(
		mavuno.businessId,
		'Halima Yusuf',
		'halima@mavuno.example',
		'billing'
	);
	await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'admin');
	products = await createProducts();
	await subscribeAll([mavuno, pwani]);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

async function issue(member: Member) {
	const invoice = await bill(member, products, days);
	await jobs.settle();
	return invoice;
}
const about = async (email: string, number: string) =>
	(await lettersTo(email)).filter(({ subject }) => subject.includes(number));
const speak = (member: Member, locale: 'en' | 'sw') =>
	withSystem('test', ({ db }) =>
		db.updateTable('identity.persons').set({ locale }).where('id', '=', member.personId).execute()
	);
const settings = (invoicesBy: 'pdf' | 'link' | 'page') =>
	withBusiness(mavuno, (scope) => saveBillingSettings(scope, { language: 'en', invoicesBy }));

describe('an invoice by mail', () => {
	it('reaches owners and who keeps the accounts, with its PDF, what is asked, by when, and a link', async () => {
		const { id, number } = await issue(mavuno);
		const [letter, ...more] = await about('wanjiku@mavuno.example', number);
		expect(more).toEqual([]);
		expect(letter?.subject).toBe(`Invoice ${number}: KES 1,160.00 by 5 Dec 2026`);
		expect(letter?.body).toContain('Hello Wanjiku Kamau,');
		expect(letter?.body).toContain(
			`Lixnet Ltd has issued invoice ${number} to Mavuno Traders Ltd: KES 1,160.00, to be paid by 5 Dec 2026.`
		);
		expect(letter?.body).toContain(`name ${number} as the reference`);
		const token = /\/i\/(\S+)/.exec(letter?.body ?? '')?.[1] ?? '';
		expect(await withSystem('test', (scope) => openInvoiceLink(scope, token))).toMatchObject({
			state: 'open',
			number
		});
		const file = await openAttachment(letter?.id ?? '', 0);
		expect(file).toMatchObject({ name: `${number}.pdf`, type: 'application/pdf' });
		expect(readPdf(file.bytes).pages.join('\n')).toContain(number);

		expect(await about('halima@mavuno.example', number)).toHaveLength(1);
		expect(await about('otieno@mavuno.example', number)).toEqual([]);
		expect(await about('amina@pwani.example', number)).toEqual([]);
		expect(id).toMatch(/^inv_/);
	});

	it('is in the language of whoever gets it, and so is the PDF', async () => {
		await speak(halima, 'sw');
		const { number } = await issue(mavuno);
		const [letter] = await about('halima@mavuno.example', number);
		expect(letter?.subject).toContain(`Ankara ${number}`);
		expect(letter?.body).toContain('Habari Halima Yusuf,');
		const file = await openAttachment(letter?.id ?? '', 0);
		expect(readPdf(file.bytes).pages.join('\n')).toContain('Ankara ya kodi');
		await speak(halima, 'en');
	});

	it('calls a debit note one', async () => {
		const { id, number: corrected } = await issue(mavuno);
		const [note] = await withSystem('test', (scope) =>
			issueInvoices(scope, [
				{
					businessId: mavuno.businessId,
					...days,
					kind: 'debit_note',
					correctsInvoiceId: id,
					currency: 'KES',
					lines: [
						{
							kind: 'other',
							description: 'Left out',
							quantity: null,
							unitMinor: null,
							exactAmount: '10',
							amountMinor: 1_000n,
							taxClass: 'standard',
							taxIncluded: false
						}
					]
				}
			])
		);
		await jobs.settle();
		const [letter] = await about('wanjiku@mavuno.example', note?.number ?? '-');
		expect(letter?.subject).toMatch(/^Debit note DBN-2026-0001: /);
		expect(letter?.body).toContain('has issued debit note DBN-2026-0001 to Mavuno');
		expect(letter?.body).toContain('See the debit note, without signing in');
		expect(letter?.body.replaceAll(corrected, '')).not.toContain('invoice');
	});

	it('says to which account to pay, where there is one for the currency', async () => {
		await withSystem('test', async (scope) => {
			const account = { bank: 'KCB', holder: 'Lixnet Ltd', branch: 'Kencom' };
			await saveBankAccount(scope, {
				...account,
				slug: 'kes',
				accountNumber: '1109',
				currency: 'KES'
			});
			await saveBankAccount(scope, {
				...account,
				slug: 'usd',
				accountNumber: '2208',
				currency: 'USD'
			});
		});
		const { number } = await issue(mavuno);
		const [letter] = await about('wanjiku@mavuno.example', number);
		expect(letter?.body).toContain('Lixnet Ltd · KCB, Kencom · 1109');
		expect(letter?.body).not.toContain('2208');
		const file = await openAttachment(letter?.id ?? '', 0);
		const paper = readPdf(file.bytes).pages.join('\n');
		expect(paper).toContain('1109');
		expect(paper).not.toContain('2208');
	});

	it('goes as a link alone, or not at all, where the business wants it so', async () => {
		await settings('link');
		const linked = await issue(mavuno);
		const [letter] = await about('wanjiku@mavuno.example', linked.number);
		expect(letter?.attachments).toEqual([]);
		expect(letter?.body).toContain('/i/');
		expect(letter?.body).not.toContain('attached');
		await settings('page');
		const shown = await issue(mavuno);
		expect(await about('wanjiku@mavuno.example', shown.number)).toEqual([]);
		await settings('pdf');
	});

	it('reaches the billing contacts instead, once there are any, with a way to end it', async () => {
		await addBillingContact(pwani, {
			name: 'Juma Hesabu',
			email: 'juma@hesabu.example',
			language: 'sw',
			gets: ['invoices']
		});
		const { number } = await issue(pwani);
		const [letter] = await about('juma@hesabu.example', number);
		expect(letter?.body).toContain('Habari Juma Hesabu,');
		expect(letter?.body).toContain('/paper-mail/');
		expect(await about('amina@pwani.example', number)).toEqual([]);
	});

	it('is not sent days later, when nobody expects it any more', async () => {
		const { number } = await withSystem(
			'test',
			(scope) =>
				issueInvoice(scope, {
					businessId: mavuno.businessId,
					...days,
					currency: 'KES',
					lines: [{ description: 'ERP', quantity: '1', unitMinor: '100' }]
				}),
			{ at: new Date(runtime.clock.now().getTime() - 4 * 86_400_000) }
		);
		await jobs.settle();
		expect(await about('wanjiku@mavuno.example', number)).toEqual([]);
	});
});

describe('a credit note by mail', () => {
	it('comes with its PDF, and says what is left and what is credit', async () => {
		const { number } = await issue(mavuno);
		const { number: note } = await withSystem('test', (scope) =>
			issueCreditNote(scope, {
				businessId: mavuno.businessId,
				number,
				issuedOn: '2026-11-25',
				reason: 'A day without service.',
				what: { amountMinor: 11_600n }
			})
		);
		await jobs.settle();
		const [letter] = await about('wanjiku@mavuno.example', note);
		expect(letter?.subject).toBe(`Credit note ${note}: KES 116.00`);
		expect(letter?.body).toContain(`for invoice ${number}.`);
		expect(letter?.body).toContain(`KES 1,044.00 of invoice ${number} is left to pay.`);
		expect(letter?.body).not.toContain('your credit');
		const file = await openAttachment(letter?.id ?? '', 0);
		expect(file.name).toBe(`${note}.pdf`);
		expect(readPdf(file.bytes).pages.join('\n')).toContain(note);
		expect(await about('amina@pwani.example', note)).toEqual([]);
	});
});

describe('a reminder', () => {
	it('says how it stands and what comes next, on the bell and by mail', async () => {
		const { number } = await issue(mavuno);
		runtime.clock.set(new Date('2026-12-12T06:30:00Z'));
		await followAll();
		await jobs.settle();
		const [letter] = (await about('wanjiku@mavuno.example', number)).filter(({ subject }) =>
			subject.includes('overdue')
		);
		expect(letter?.subject).toBe(`Invoice ${number} is overdue`);
		expect(letter?.body).toContain('was to be paid by 5 Dec 2026, 7 days ago.');
		expect(letter?.body).toContain(
			'If it stays unpaid, what it pays for is suspended on 26 Dec 2026.'
		);
		expect(letter?.body).toContain('/i/');
		expect(letter?.attachments).toHaveLength(1);
		const { notifications } = await withBusiness(halima, (scope) => listNotifications(scope, {}));
		expect(notifications).toContainEqual(
			expect.objectContaining({
				kind: 'invoice_overdue',
				params: { number, amountMinor: '116000', currency: 'KES', dueOn: '2026-12-05' }
			})
		);
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	});

	it('is not written for what was paid before it is', async () => {
		const { id: invoiceId, number } = await issue(mavuno);
		const { businessId } = mavuno;
		runtime.clock.set(new Date('2026-12-08T06:30:00Z'));
		// In one transaction, so that no job comes between.
		await withSystem('test', async (scope) => {
			expect(await followInvoice(scope, { businessId, invoiceId })).toBeGreaterThan(0);
			await payInvoice(scope, {
				businessId,
				number,
				amountMinor: 116_000n,
				currency: 'KES',
				method: 'bank',
				reference: 'FT-CROSSED',
				receivedOn: '2026-12-08'
			});
		});
		await jobs.settle();
		expect(
			(await about('wanjiku@mavuno.example', number)).filter(({ subject }) =>
				subject.includes('overdue')
			)
		).toEqual([]);
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	});

	it('goes to the contacts that want reminders, else to the owners', async () => {
		const { number } = await issue(pwani);
		runtime.clock.set(new Date('2026-11-30T06:30:00Z'));
		await followAll();
		await jobs.settle();
		// Juma gets invoices alone.
		expect(await about('juma@hesabu.example', number)).toHaveLength(1);
		expect((await about('amina@pwani.example', number)).map(({ subject }) => subject)).toEqual([
			`Invoice ${number} is due on 5 Dec 2026`
		]);
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	});
});
