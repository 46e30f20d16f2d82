import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, ProductKey } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { changeBusiness, changeMember, inviteMember, removeMember } from '../businesses/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { changePassword, createPerson, signIn } from '../identity/index.ts';
import {
	askAccess,
	answerAccessRequest,
	grantAccess,
	listAccessRequests
} from '../launch/index.ts';
import { answerTicket, openTicket } from '../support/index.ts';
import {
	addressDays,
	listActivity,
	readKeeping,
	recordActivity,
	saveKeeping,
	sweepActivity
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let otieno: Member;
let halima: Member;
let erp: ProductKey;
let payroll: ProductKey;

const now = new Date('2026-11-25T09:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const feed = async (as: Member, input: Parameters<typeof listActivity>[1] = {}) =>
	(await withBusiness(as, (scope) => listActivity(scope, { limit: 100, ...input }))).entries;
const whats = async (as: Member, input: Parameters<typeof listActivity>[1] = {}) =>
	(await feed(as, input)).map(({ what, kind }) => what ?? kind);
const record = (as: ProductKey, key: string, minutes: number, more: object) =>
	withBusiness(as, (scope) =>
		recordActivity(scope, {
			entries: [{ key, occurredAt: ago(minutes), what: 'did something', ...more }]
		})
	);

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	halima = await createMember(
		mavuno.businessId,
		'Halima Yusuf',
		'halima@mavuno.example',
		'billing'
	);
	const products = await createProducts();
	const key = (slug: 'erp' | 'payroll'): ProductKey => ({
		kind: 'product',
		businessId: mavuno.businessId,
		productId: products[slug],
		slug
	});
	[erp, payroll] = [key('erp'), key('payroll')];
	jobs = await startJobs({ pollingSeconds: 0.5 });
	await withSystem('test', async (scope) => {
		await saveProduct(scope, {
			slug: 'erp',
			name: 'ERP System',
			summary: '',
			mark: 'erp',
			position: 1,
			loginUrl: 'https://erp.lixnet.example/login'
		});
		await startSubscription(scope, {
			businessId: mavuno.businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-11-01'
		});
		await grantAccess(scope, {
			businessId: mavuno.businessId,
			personId: otieno.personId,
			product: 'erp'
		});
	});
	await record(erp, '1', 60, { what: 'closed the books for October' });
	await record(payroll, '1', 59, { what: 'paid 34 employees' });
	await record(erp, '2', 58, {
		what: 'posted 14 sales invoices',
		personEmail: 'otieno@mavuno.example',
		where: 'Sales › Invoices'
	});
	await record(erp, '3', 57, { what: 'deleted an invoice', personName: 'Kamau, a cashier' });
	await record({ ...erp, businessId: pwani.businessId }, '1', 56, {
		what: 'posted 2 sales invoices of Pwani'
	});
	await jobs.settle();
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

describe('who may see whose', () => {
	it('owners and admins see everything of their business, and nobody anything of another', async () => {
		expect(await whats(mavuno, { field: 'work' })).toEqual([
			'deleted an invoice',
			'posted 14 sales invoices',
			'paid 34 employees',
			'closed the books for October'
		]);
		expect(await whats(pwani, { field: 'work' })).toEqual(['posted 2 sales invoices of Pwani']);
		expect(await whats(pwani, { person: otieno.personId })).toEqual([]);
		expect(await whats(pwani, { search: 'sales' })).toEqual(['posted 2 sales invoices of Pwani']);
	});

	it('a member sees their own, and what their products did by themselves', async () => {
		const seen = await whats(otieno);
		expect(seen).toEqual(
			expect.arrayContaining(['posted 14 sales invoices', 'closed the books for October'])
		);
		// Somebody else’s work, and a product that he has no access to.
		for (const hidden of ['deleted an invoice', 'paid 34 employees', 'subscription_started'])
			expect(seen).not.toContain(hidden);
		const own = (await feed(otieno)).filter(({ person }) => person !== null);
		expect(own.every(({ person }) => person?.id === otieno.personId)).toBe(true);
		// No filter opens what is not theirs.
		expect(await whats(otieno, { person: mavuno.personId })).toEqual([]);
		expect(await whats(otieno, { product: 'payroll' })).toEqual([]);
		expect(await whats(otieno, { search: 'employees' })).toEqual([]);
		expect(await whats(otieno, { search: 'invoices' })).toEqual(['posted 14 sales invoices']);
		expect(await whats(otieno, { field: 'billing' })).toEqual([]);
	});

	it('who sees money sees billing beside their own', async () => {
		const seen = await whats(halima);
		expect(seen).toContain('subscription_started');
		expect(seen).not.toContain('posted 14 sales invoices');
		expect(await whats(mavuno, { field: 'billing' })).toContain('subscription_started');
	});
});

describe('finding', () => {
	it('looks for words in what was done, by whom, in which product and where; half a word does', async () => {
		const found = (search: string) => whats(mavuno, { search, field: 'work' });
		expect(await found('invoice')).toEqual(['deleted an invoice', 'posted 14 sales invoices']);
		expect(await found('INVOICES sal')).toEqual(['posted 14 sales invoices']);
		expect(await found('kamau')).toEqual(['deleted an invoice']);
		expect(await found('payroll')).toEqual(['paid 34 employees']);
		expect(await found("o'clock & | ! ( :*")).toEqual([]);
		expect(await found(pwani.businessId)).toEqual([]);
		expect(await found('elephant')).toEqual([]);
	});

	it('goes on page by page, with every filter, and finds each entry once', async () => {
		for (const filter of [
			{},
			{ field: 'work' as const },
			{ product: 'erp' },
			{ search: 'invoice' },
			{ from: ago(59), to: ago(57) }
		]) {
			for (const as of [mavuno, otieno, halima]) {
				const all = (await feed(as, filter)).map(({ id }) => id);
				const paged: string[] = [];
				for (let before: string | null | undefined; before !== null;) {
					const page = await withBusiness(as, (scope) =>
						listActivity(scope, { ...filter, limit: 1, ...(before ? { before } : {}) })
					);
					paged.push(...page.entries.map(({ id }) => id));
					before = page.next;
				}
				expect(paged).toEqual(all);
				expect(new Set(all).size).toBe(all.length);
			}
		}
		expect(await whats(mavuno, { from: ago(59), to: ago(57), field: 'work' })).toEqual([
			'posted 14 sales invoices',
			'paid 34 employees'
		]);
	});

	it('finds what lies behind the newest twenty thousand', async () => {
		await withSystem('test', async ({ db }) => {
			const { sql } = await import('kysely');
			await sql`insert into activity.entries
				(business_id, id, key, kind, field, occurred_at, product_id, what, words)
				select ${mavuno.businessId}, 'act_' || lpad(n::text, 26, '0'), 'n' || n, 'reported', 'work',
					${ago(50)}::timestamptz + n * interval '1 ms', ${erp.productId}, 'counted stock',
					to_tsvector('english', 'counted stock') || array_to_tsvector(array[${mavuno.businessId}])
				from generate_series(1, 20500) n`.execute(db);
		});
		expect(await whats(mavuno, { search: 'cashier' })).toEqual(['deleted an invoice']);
		expect(await whats(otieno, { search: 'october' })).toEqual(['closed the books for October']);
		expect((await whats(mavuno, { search: 'stock' })).length).toBe(100);
		expect(await whats(pwani, { search: 'stock' })).toEqual([]);
		await withSystem('test', ({ db }) =>
			db.deleteFrom('activity.entries').where('what', '=', 'counted stock').execute()
		);
	});
});

describe('what is administered', () => {
	it('is told by its kind, with whom it was about', async () => {
		const { personId } = await inviteMember(mavuno, {
			name: 'Njeri Wambui',
			email: 'njeri@mavuno.example',
			role: 'member'
		});
		const njeri: Member = { ...otieno, personId, name: 'Njeri Wambui' };
		await withBusiness(njeri, (scope) => askAccess(scope, { product: 'erp' }));
		await withBusiness(mavuno, async (scope) => {
			const [request] = await listAccessRequests(scope, { product: 'erp', open: true });
			await answerAccessRequest(scope, { id: request?.id ?? '', answer: 'declined' });
			await changeMember(scope, { personId, role: 'billing' });
			await changeBusiness(scope, { name: 'Mavuno & Sons', timeZone: 'Africa/Nairobi' });
		});
		await jobs.settle();
		const hers = await whats(njeri);
		expect(hers.toSorted()).toEqual([
			'access_declined',
			'access_requested',
			'member_added',
			'member_changed',
			'member_invited'
		]);
		await withBusiness(mavuno, (scope) => removeMember(scope, { personId }));
		await jobs.settle();
		const told = await feed(mavuno);
		const byKind = (kind: string) => told.find((entry) => entry.kind === kind);
		for (const kind of ['member_invited', 'member_changed', 'member_removed', 'access_declined'])
			expect(byKind(kind)).toMatchObject({
				person: { name: 'Wanjiku Kamau' },
				params: { person: 'Njeri Wambui' }
			});
		expect(byKind('member_changed')?.params['role']).toBe('billing');
		expect(byKind('business_changed')?.params['name']).toBe('Mavuno & Sons');
		expect((await whats(pwani)).filter((kind) => kind !== 'member_added')).toEqual([
			'posted 2 sales invoices of Pwani'
		]);
	});

	it('tells of sign-ins with device and address, of a new device, and of wrong passwords', async () => {
		const password = 'a long enough password';
		const { id: personId } = await withSystem('test', (scope) =>
			createPerson(scope, { email: 'achieng@mavuno.example', name: 'Achieng Odhiambo', password })
		);
		const { addMember } = await import('../businesses/index.ts');
		await withSystem('test', (scope) =>
			addMember(scope, { businessId: mavuno.businessId, personId, role: 'member' })
		);
		const achieng: Member = { ...otieno, personId, name: 'Achieng Odhiambo' };
		const comes = async (userAgent: string, given = password) => {
			const step = await signIn(
				{ email: 'achieng@mavuno.example', password: given, address: '192.0.2.7', userAgent },
				() => Promise.resolve(mavuno.businessId)
			);
			await jobs.settle();
			return step;
		};
		const first = await comes('Mozilla/5.0 (X11; Linux x86_64)');
		await comes('Mozilla/5.0 (iPhone) Mobile');
		await comes('Mozilla/5.0 (iPhone) Mobile');
		await expect(comes('Mozilla/5.0 (iPad)', 'not the password')).rejects.toThrow();
		await expect.poll(() => whats(achieng), { timeout: 15_000 }).toContain('sign_in_failed');
		if (first.step !== 'in') throw new Error('She has no second factor.');
		await changePassword(
			{ personId, sessionId: first.sessionId },
			{ currentPassword: password, newPassword: 'another long enough password' }
		);
		await jobs.settle();
		const hers = await feed(achieng, { field: 'sign-ins' });
		const signIns = hers.filter(({ kind }) => kind === 'signed_in');
		expect(signIns.map(({ address }) => address)).toEqual(Array(3).fill('192.0.2.7'));
		const devices = signIns.map(({ device, params }) => `${device} ${params['device'] ?? 'known'}`);
		expect(devices.sort()).toEqual(['computer known', 'phone known', 'phone new']);
		expect(hers.find(({ kind }) => kind === 'sign_in_failed')).toMatchObject({
			person: { name: 'Achieng Odhiambo' },
			device: 'tablet'
		});
		expect(hers.some(({ kind }) => kind === 'password_changed')).toBe(true);
		expect(await whats(otieno, { person: personId })).toEqual([]);
		expect(await whats(pwani, { field: 'sign-ins' })).toEqual([]);
	});

	it('shows what the vendor’s staff did as the vendor’s, with the reason', async () => {
		const { id: personId } = await withSystem('test', (scope) =>
			createPerson(scope, {
				email: 'agent@lixnet.example',
				name: 'Brian Kiptoo',
				password: null,
				staff: true
			})
		);
		const { number } = await withBusiness(otieno, (scope) =>
			openTicket(scope, { subject: 'Sums', body: 'They differ.' })
		);
		await withStaff(
			{ kind: 'staff', personId, name: 'Brian Kiptoo' },
			'Answering a ticket',
			(scope) => answerTicket(scope, { number, body: 'I look.' })
		);
		await jobs.settle();
		const [answered] = await feed(mavuno, { search: 'ticket answered' });
		expect(answered).toMatchObject({
			person: { name: 'Brian Kiptoo' },
			vendor: { reason: 'Answering a ticket' }
		});
		const [opened] = await feed(mavuno, { search: 'ticket opened' });
		expect(opened?.vendor).toBeNull();
	});
});

describe('how long it is kept', () => {
	const years = (count: number) => new Date(now.getTime() - count * 366 * 86_400_000);

	it('for ever, unless the owner says otherwise; then what is older goes, and of this business alone', async () => {
		for (const as of [erp, { ...erp, businessId: pwani.businessId }])
			await withBusiness(as, (scope) =>
				recordActivity(scope, {
					entries: [2, 4].map((count) => ({
						key: `old ${count}`,
						occurredAt: years(count),
						what: `happened ${count} years ago`
					}))
				})
			);
		expect(await sweepActivity()).toBe(0);
		for (const who of [otieno, halima])
			await expect(
				withBusiness(who, (scope) => saveKeeping(scope, { months: 36 }))
			).rejects.toBeInstanceOf(Forbidden);
		await withBusiness(mavuno, (scope) => saveKeeping(scope, { months: 36 }));
		expect(await sweepActivity()).toBe(1);
		expect(await sweepActivity()).toBe(0);
		const old = (as: Member) => whats(as, { to: years(1) });
		expect(await old(mavuno)).toEqual(['happened 2 years ago']);
		expect(await old(pwani)).toEqual(['happened 2 years ago', 'happened 4 years ago']);
		expect(await withBusiness(pwani, (scope) => readKeeping(scope, {}))).toBeNull();
		await jobs.settle();
		const settings = await feed(mavuno, { field: 'settings' });
		expect(settings.find(({ kind }) => kind === 'keeping_changed')?.params).toEqual({
			months: '36'
		});
		await withBusiness(mavuno, (scope) => saveKeeping(scope, { months: null }));
		expect(await withBusiness(mavuno, (scope) => readKeeping(scope, {}))).toBeNull();
	});

	it('addresses only for a while', async () => {
		const addresses = async () =>
			(await feed(mavuno, { field: 'sign-ins' })).filter(({ address }) => address !== null).length;
		expect(await addresses()).toBe(3);
		const before = runtime.clock.now();
		runtime.clock.set(new Date(now.getTime() + (addressDays - 1) * 86_400_000));
		await sweepActivity();
		expect(await addresses()).toBe(3);
		runtime.clock.set(new Date(now.getTime() + (addressDays + 1) * 86_400_000));
		await sweepActivity();
		expect(await addresses()).toBe(0);
		runtime.clock.set(before);
	});
});
