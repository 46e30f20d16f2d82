import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	addBillingContact,
	changeBillingContact,
	changeCustomer,
	endContactByLink,
	issueInvoice,
	listBillingContacts,
	readBillingSettings,
	readContactOfLink,
	readCustomer,
	readInvoice,
	removeBillingContact,
	saveBillingSettings,
	saveSeller
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let accountant: Member;

const otieno = {
	name: 'Otieno & Co',
	email: 'books@otieno.example',
	language: 'en' as const,
	gets: ['receipts' as const, 'invoices' as const]
};

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-22T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	accountant = await createMember(
		mavuno.businessId,
		'Otieno Ouma',
		'otieno@mavuno.example',
		'billing'
	);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});

afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const contactsOf = (member: Member) =>
	withBusiness(member, (scope) => listBillingContacts(scope, {}));
const letterTo = async (email: string) =>
	(await withSystem('test', (scope) => listMails(scope, 20))).find(({ to }) => to === email);
const endLinkIn = (body: string) => /\/paper-mail\/(\S+)/.exec(body)?.[1] ?? '';

describe('a billing contact', () => {
	it('is added by whoever keeps the accounts, told by mail, and hidden from others', async () => {
		const { id } = await addBillingContact(accountant, otieno);
		expect(await contactsOf(mavuno)).toMatchObject([
			{ ...otieno, id, gets: ['invoices', 'receipts'] }
		]);
		expect(await contactsOf(pwani)).toEqual([]);
		await jobs.settle();
		const letter = await letterTo(otieno.email);
		expect(letter).toMatchObject({
			to: 'books@otieno.example',
			subject: 'You will get billing papers of Mavuno Traders Ltd'
		});
		expect(letter?.body).toContain('Otieno Ouma has made you a billing contact');
		expect(letter?.body).toContain('invoices and receipts');
	});

	it('is written to in Swahili where that was chosen', async () => {
		await addBillingContact(pwani, {
			name: 'Salma',
			email: 'salma@pwani.example',
			language: 'sw',
			gets: ['reminders']
		});
		await jobs.settle();
		const letter = await letterTo('salma@pwani.example');
		expect(letter?.subject).toBe('Utapokea hati za malipo za Pwani Farmers Co-operative');
		expect(letter?.body).toContain('vikumbusho vya malipo');
	});

	it('is one for an address, whatever its letters look like, and gets at least something', async () => {
		await expect(
			addBillingContact(mavuno, { ...otieno, email: 'Books@Otieno.example' })
		).rejects.toMatchObject({ code: 'contact_exists' });
		await expect(
			addBillingContact(mavuno, { ...otieno, email: 'b@otieno.example', gets: [] })
		).rejects.toMatchObject({ issues: [{ path: 'gets' }] });
		await expect(addBillingContact(mavuno, { ...otieno, email: 'books' })).rejects.toMatchObject({
			issues: [{ path: 'email' }]
		});
	});

	it('puts nothing into the letter but a name', async () => {
		await expect(
			addBillingContact(mavuno, {
				...otieno,
				email: 'c@otieno.example',
				name: 'Otieno\n\nPay to account 0799 from now on:'
			})
		).rejects.toMatchObject({ issues: [{ path: 'name', message: 'A name is one line.' }] });
	});

	it('is no matter of a member without the accounts, nor of another business', async () => {
		const clerk = await createMember(mavuno.businessId, 'Clerk', 'clerk@mavuno.example', 'member');
		await expect(addBillingContact(clerk, otieno)).rejects.toBeInstanceOf(Forbidden);
		const [contact] = await contactsOf(mavuno);
		const id = contact?.id ?? '';
		await expect(
			withBusiness(pwani, (scope) => removeBillingContact(scope, { id }))
		).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(pwani, (scope) => changeBillingContact(scope, { ...otieno, id }))
		).rejects.toBeInstanceOf(NotFound);
		await withBusiness(mavuno, (scope) =>
			changeBillingContact(scope, { id, name: 'Otieno', language: 'sw', gets: ['invoices'] })
		);
		expect(await contactsOf(mavuno)).toMatchObject([
			{ name: 'Otieno', language: 'sw', gets: ['invoices'] }
		]);
	});

	it('ends it by the link in its letter, and by no other', async () => {
		const letter = await letterTo(otieno.email);
		const token = endLinkIn(letter?.body ?? '');
		expect(await readContactOfLink(token)).toEqual({
			email: 'books@otieno.example',
			business: 'Mavuno Traders Ltd',
			language: 'sw'
		});
		const forged = token.replace(mavuno.businessId, pwani.businessId);
		await expect(readContactOfLink(forged)).rejects.toBeInstanceOf(NotFound);
		await expect(endContactByLink(forged)).rejects.toBeInstanceOf(NotFound);
		await endContactByLink(token);
		await endContactByLink(token);
		expect(await contactsOf(mavuno)).toEqual([]);
		expect(await readContactOfLink(token)).toBeNull();
		expect(await contactsOf(pwani)).toHaveLength(1);
	});

	it('can be added again, as a new one', async () => {
		await addBillingContact(mavuno, otieno);
		expect(await contactsOf(mavuno)).toHaveLength(1);
	});
});

describe('how papers are wanted', () => {
	const settingsOf = async (member: Member) =>
		withBusiness(member, (scope) =>
			readBillingSettings(scope, { businessIds: [member.businessId] })
		);

	it('is said by the business, and read for many by a job', async () => {
		expect(await settingsOf(mavuno)).toEqual([
			{
				businessId: mavuno.businessId,
				language: 'en',
				invoicesBy: 'pdf',
				customerReference: null
			}
		]);
		await withBusiness(accountant, (scope) =>
			saveBillingSettings(scope, {
				language: 'sw',
				invoicesBy: 'link',
				customerReference: ' PO-2026/118 '
			})
		);
		const both = await withSystem('test', (scope) =>
			readBillingSettings(scope, { businessIds: [pwani.businessId, mavuno.businessId] })
		);
		expect(both).toMatchObject([
			{ businessId: pwani.businessId, customerReference: null },
			{ language: 'sw', invoicesBy: 'link', customerReference: 'PO-2026/118' }
		]);
		await withBusiness(accountant, (scope) =>
			saveBillingSettings(scope, { language: 'en', invoicesBy: 'pdf' })
		);
		expect(await settingsOf(mavuno)).toMatchObject([{ customerReference: null }]);
	});
});

describe('to whom invoices are made out', () => {
	it('holds from today on, and leaves issued invoices as they are', async () => {
		const issue = () =>
			withSystem('test', async (scope) => {
				await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
				return issueInvoice(scope, {
					businessId: mavuno.businessId,
					issuedOn: '2026-11-22',
					dueOn: '2026-12-06',
					currency: 'KES',
					lines: [{ description: 'Plan', quantity: '1', unitMinor: '100000' }]
				});
			});
		const { number: before } = await issue();
		await withBusiness(mavuno, (scope) =>
			changeCustomer(scope, {
				name: 'Mavuno Traders Limited',
				address: ' Kigali Road 4 \r\n\r\nNairobi ',
				taxPin: 'p051 234 567 q'
			})
		);
		const party = {
			name: 'Mavuno Traders Limited',
			address: ['Kigali Road 4', 'Nairobi'],
			taxPin: 'P051234567Q'
		};
		expect(await withBusiness(mavuno, (scope) => readCustomer(scope, {}))).toEqual(party);
		const { number: after } = await issue();
		const read = (number: string) =>
			withBusiness(mavuno, async (scope) => (await readInvoice(scope, { number })).customer);
		expect(await read(before)).toEqual({ name: 'Mavuno Traders Ltd', address: [], taxPin: null });
		expect(await read(after)).toEqual(party);
		expect(await withBusiness(pwani, (scope) => readCustomer(scope, {}))).toMatchObject({
			name: 'Pwani Farmers Co-operative'
		});
	});

	it('refuses what is no PIN, and has none where none is given', async () => {
		const change = (taxPin: string) =>
			withBusiness(mavuno, (scope) =>
				changeCustomer(scope, { name: 'Mavuno', address: 'Nairobi', taxPin })
			);
		await expect(change('051234567')).rejects.toMatchObject({ issues: [{ path: 'taxPin' }] });
		await change('');
		expect(await withBusiness(mavuno, (scope) => readCustomer(scope, {}))).toMatchObject({
			taxPin: null
		});
	});
});
