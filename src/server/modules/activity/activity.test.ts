import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, ProductKey, Staff } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payInvoice } from '../../../../tests/setup/payments.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, saveCustomer, saveSeller, startSubscription } from '../billing/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { createPerson, signIn } from '../identity/index.ts';
import { grantAccess, launch, reportPlace } from '../launch/index.ts';
import { answerTicket, closeTicket, openTicket } from '../support/index.ts';
import { listActivity, recordActivity } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let pwani: Member;
let erp: ProductKey;

const now = new Date('2026-11-25T09:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const report = (key: string, minutes: number, more: object = {}) => ({
	key,
	occurredAt: ago(minutes),
	what: 'posted 14 sales invoices',
	...more
});
const record = (entries: Parameters<typeof recordActivity>[1]['entries'], as = erp) =>
	withBusiness(as, (scope) => recordActivity(scope, { entries }));
const feed = (as: Member, input: Parameters<typeof listActivity>[1] = {}) =>
	withBusiness(as, (scope) => listActivity(scope, input));

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	const products = await createProducts();
	erp = {
		kind: 'product',
		businessId: mavuno.businessId,
		productId: products.erp,
		slug: 'erp'
	};
	jobs = await startJobs({ pollingSeconds: 0.5 });
	await jobs.settle();
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

describe('what a product reports', () => {
	it('is told in the product’s words, with the person that the portal knows', async () => {
		expect(
			await record([
				report('a', 30, {
					personEmail: 'Otieno@Mavuno.example',
					where: 'ERP › Sales › Invoices',
					path: '/sales/invoices'
				}),
				report('b', 20, { personName: 'Kamau, a cashier' }),
				report('c', 10, { what: 'finished its nightly backup' })
			])
		).toEqual({ new: 3, known: 0 });
		const { entries } = await feed(mavuno, { product: 'erp' });
		expect(entries.map(({ person, what, at }) => [person, what, at])).toEqual([
			[null, 'finished its nightly backup', ago(10)],
			[{ id: null, name: 'Kamau, a cashier' }, 'posted 14 sales invoices', ago(20)],
			[{ id: otieno.personId, name: 'Otieno Ouma' }, 'posted 14 sales invoices', ago(30)]
		]);
		expect(entries[2]).toMatchObject({
			kind: 'reported',
			product: { slug: 'erp', name: 'ERP System', mark: 'erp' },
			where: 'ERP › Sales › Invoices',
			path: '/sales/invoices'
		});
	});

	it('counts once by its key, within a batch too and at the same moment', async () => {
		expect(await record([report('a', 5), report('d', 4), report('d', 3)])).toEqual({
			new: 1,
			known: 2
		});
		const answers = await Promise.all([1, 2, 3].map(() => record([report('e', 2)])));
		expect(answers.map((answer) => answer.new).sort()).toEqual([0, 0, 1]);
	});

	it('stays apart from another product’s and another business’s, whatever the key', async () => {
		const sacco = { ...erp, productId: (await createProducts()).sacco, slug: 'sacco' };
		expect(await record([report('a', 1)], sacco)).toEqual({ new: 1, known: 0 });
		expect(await record([report('a', 1)], { ...erp, businessId: pwani.businessId })).toEqual({
			new: 1,
			known: 0
		});
		const theirs = await feed(pwani, { product: 'erp' });
		expect(theirs.entries).toHaveLength(1);
		// A colleague of the other business is nobody here.
		await record([report('f', 1, { personEmail: 'otieno@mavuno.example' })], {
			...erp,
			businessId: pwani.businessId
		});
		const [entry] = (await feed(pwani, { product: 'erp', limit: 1 })).entries;
		expect(entry?.person?.id ?? null).toBeNull();
	});

	it.each([
		['a time far ahead', { occurredAt: new Date(now.getTime() + 6 * 60_000) }],
		['no words', { what: ' ' }],
		['words beyond 200 characters', { what: 'x'.repeat(201) }],
		['a path that leads to another host', { path: '//elsewhere.example' }]
	])('is refused whole with %s', async (name, wrong) => {
		await expect(record([report(name, 1), report('wrong', 1, wrong)])).rejects.toBeInstanceOf(
			Invalid
		);
		expect(await record([report(name, 1)])).toEqual({ new: 1, known: 0 });
	});

	it('comes from products alone', async () => {
		await expect(
			withBusiness(mavuno, (scope) => recordActivity(scope, { entries: [report('x', 1)] }))
		).rejects.toBeInstanceOf(Forbidden);
	});
});

describe('what happens in the portal', () => {
	it('is told by its kind, once, at the moment of the event', async () => {
		const brian: Staff = await withSystem('test', async (scope) => {
			const { id } = await createPerson(scope, {
				email: 'agent@lixnet.example',
				name: 'Brian Kiptoo',
				password: null,
				staff: true
			});
			await createPerson(scope, {
				email: 'achieng@mavuno.example',
				name: 'Achieng Odhiambo',
				password: 'a long enough password'
			});
			await saveProduct(scope, {
				slug: 'erp',
				name: 'ERP System',
				summary: '',
				mark: 'erp',
				position: 1,
				loginUrl: 'https://erp.lixnet.example/login'
			});
			const businessId = mavuno.businessId;
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-11-01'
			});
			await grantAccess(scope, { businessId, personId: otieno.personId, product: 'erp' });
			await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
			await saveCustomer(scope, {
				businessId,
				validFrom: '2026-01-01',
				name: 'Mavuno Traders Ltd',
				address: []
			});
			return { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
		});
		await withBusiness(erp, (scope) =>
			reportPlace(scope, {
				person: otieno.personId,
				path: '/sales/invoices',
				label: 'Sales › Invoices'
			})
		);
		await withBusiness(otieno, (scope) => launch(scope, { slug: 'erp' }), { at: ago(50) });
		const { number } = await withBusiness(
			otieno,
			(scope) => openTicket(scope, { subject: 'Sums', body: 'They differ.' }),
			{ at: ago(45) }
		);
		await withStaff(
			brian,
			'answering',
			(scope) => answerTicket(scope, { number, body: 'I look.' }),
			{ at: ago(40) }
		);
		await withBusiness(otieno, (scope) => closeTicket(scope, { number }), { at: ago(35) });
		const invoice = await withSystem(
			'test',
			(scope) =>
				issueInvoice(scope, {
					businessId: mavuno.businessId,
					issuedOn: '2026-11-25',
					dueOn: '2026-11-30',
					currency: 'KES',
					lines: [{ description: 'ERP', quantity: '1', unitMinor: '100' }]
				}),
			{ at: ago(30) }
		);
		await withSystem(
			'test',
			(scope) =>
				payInvoice(scope, {
					businessId: mavuno.businessId,
					number: invoice.number,
					amountMinor: 116n,
					currency: 'KES',
					method: 'bank',
					reference: 'FT-1',
					receivedOn: '2026-11-25'
				}),
			{ at: ago(25) }
		);
		const achieng = await createMember(
			mavuno.businessId,
			'Halima Yusuf',
			'halima@mavuno.example',
			'billing'
		);
		await signIn(
			{
				email: 'achieng@mavuno.example',
				password: 'a long enough password',
				address: '192.0.2.1'
			},
			async () => mavuno.businessId
		);
		await jobs.settle();

		const told = async (as: Member) =>
			(await feed(as, { limit: 100 })).entries.filter(
				({ kind, params }) =>
					kind !== 'reported' && !(kind === 'member_added' && params['role'] !== 'billing')
			);
		const all = await told(mavuno);
		expect(
			all
				.filter(({ at }) => at < now)
				.map(({ kind, person, product, params, at }) => [
					kind,
					person?.name ?? null,
					product?.slug ?? params['number'] ?? null,
					(now.getTime() - at.getTime()) / 60_000
				])
		).toEqual([
			['payment_received', null, invoice.number, 25],
			['invoice_issued', null, invoice.number, 30],
			['ticket_closed', 'Otieno Ouma', number, 35],
			['ticket_answered', 'Brian Kiptoo', number, 40],
			['ticket_opened', 'Otieno Ouma', number, 45],
			['launched', 'Otieno Ouma', 'erp', 50]
		]);
		const byKind = (kind: string) => all.find((entry) => entry.kind === kind);
		expect(byKind('launched')?.params).toEqual({ place: 'Sales › Invoices' });
		expect(byKind('ticket_answered')?.params).toMatchObject({ subject: 'Sums', side: 'staff' });
		expect(byKind('payment_received')?.params).toMatchObject({
			amountMinor: '116',
			currency: 'KES'
		});
		expect(byKind('member_added')).toMatchObject({
			person: { id: achieng.personId, name: 'Halima Yusuf' },
			params: { role: 'billing' }
		});
		expect(byKind('signed_in')?.person?.name).toBe('Achieng Odhiambo');
		// Money is told to those alone who see money.
		const seen = (await told(otieno)).map(({ kind }) => kind);
		expect(seen).toContain('ticket_answered');
		expect(seen).not.toContain('invoice_issued');
		expect(seen).not.toContain('payment_received');
		expect((await told(pwani)).filter(({ kind }) => kind !== 'member_added')).toEqual([]);
	});
});

describe('the feed', () => {
	it('is paged by time, also where moments are the same, and narrowed to a product or a person', async () => {
		const all = (await feed(mavuno, { limit: 100 })).entries.map(({ id }) => id);
		const paged: string[] = [];
		for (let before: string | null | undefined; before !== null;) {
			const page = await feed(mavuno, { limit: 3, ...(before ? { before } : {}) });
			expect(page.entries.length).toBeLessThanOrEqual(3);
			paged.push(...page.entries.map(({ id }) => id));
			before = page.next;
		}
		expect(paged).toEqual(all);
		expect(new Set(paged).size).toBe(paged.length);
		const his = (await feed(mavuno, { person: otieno.personId, limit: 100 })).entries;
		expect(his.length).toBeGreaterThan(2);
		expect(his.every(({ person }) => person?.id === otieno.personId)).toBe(true);
		expect((await feed(mavuno, { product: 'unknown' })).entries).toEqual([]);
	});
});
