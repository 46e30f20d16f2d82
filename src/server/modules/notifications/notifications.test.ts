import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, Staff } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, saveSeller, startSubscription } from '../billing/index.ts';
import { createPerson } from '../identity/index.ts';
import { grantAccess } from '../launch/index.ts';
import { answerTicket, openTicket } from '../support/index.ts';
import { countUnread, listNotifications, markRead, remind } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let halima: Member;
let pwani: Member;
let brian: Staff;

const list = (as: Member, input: Parameters<typeof listNotifications>[1] = {}) =>
	withBusiness(as, (scope) => listNotifications(scope, input));
const kinds = async (as: Member) => (await list(as)).notifications.map(({ kind }) => kind);
const unread = (as: Member) => withBusiness(as, (scope) => countUnread(scope, {}));
const issue = (member: Member, dueOn: string) =>
	withSystem('test', (scope) =>
		issueInvoice(scope, {
			businessId: member.businessId,
			issuedOn: '2026-11-01',
			dueOn,
			currency: 'KES',
			lines: [{ description: 'ERP', quantity: '1', unitMinor: '100' }]
		})
	);
const remindAt = (at: string) =>
	withSystem('test', (scope) => remind(scope, {}), { at: new Date(at) });

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-20T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	halima = await createMember(
		mavuno.businessId,
		'Halima Yusuf',
		'halima@mavuno.example',
		'billing'
	);
	await createProducts();
	brian = await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
		const { id } = await createPerson(scope, {
			email: 'agent@lixnet.example',
			name: 'Brian Kiptoo',
			password: null,
			staff: true
		});
		return { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

describe('who is told', () => {
	it('of an invoice: those who see money, in its business', async () => {
		const { number } = await issue(mavuno, '2026-11-30');
		await jobs.settle();
		expect(await kinds(mavuno)).toEqual(['invoice_issued']);
		expect(await kinds(halima)).toEqual(['invoice_issued']);
		expect(await kinds(otieno)).toEqual([]);
		expect(await kinds(pwani)).toEqual([]);
		expect((await list(mavuno)).notifications[0]?.params).toEqual({
			number,
			amountMinor: '116',
			currency: 'KES',
			dueOn: '2026-11-30'
		});
	});

	it('of an answer: who opened the ticket, when it is staff’s', async () => {
		const { number } = await withBusiness(otieno, (scope) =>
			openTicket(scope, { subject: 'Sums', body: 'They differ.' })
		);
		await withBusiness(mavuno, (scope) => answerTicket(scope, { number, body: 'Yes, they do.' }));
		await jobs.settle();
		expect(await kinds(otieno)).toEqual([]);
		await withStaff(brian, 'answering', (scope) =>
			answerTicket(scope, { number, body: 'I look.' })
		);
		await jobs.settle();
		expect((await list(otieno)).notifications).toMatchObject([
			{ kind: 'ticket_answered', params: { number, subject: 'Sums', by: 'Brian Kiptoo' } }
		]);
		expect(await kinds(mavuno)).not.toContain('ticket_answered');
	});

	it('of an access: the person who got it, unless they gave it to themselves', async () => {
		await withBusiness(mavuno, async (scope) => {
			await grantAccess(scope, { personId: otieno.personId, product: 'erp' });
			await grantAccess(scope, { personId: mavuno.personId, product: 'erp' });
		});
		await jobs.settle();
		expect((await list(otieno)).notifications).toContainEqual(
			expect.objectContaining({
				kind: 'access_granted',
				params: { product: 'ERP System', by: 'Wanjiku Kamau' }
			})
		);
		expect(await kinds(mavuno)).not.toContain('access_granted');
	});
});

describe('the daily reminder', () => {
	it('tells owners and admins of a trial seven days before it ends', async () => {
		await withSystem('test', (scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'payroll',
				plan: 'staff',
				startedOn: '2026-09-02',
				trialEndsOn: '2026-12-01'
			})
		);
		await remindAt('2026-11-23T04:00:00Z');
		expect(await kinds(mavuno)).not.toContain('trial_ending');
		await remindAt('2026-11-24T04:00:00Z');
		await remindAt('2026-11-25T04:00:00Z');
		expect((await kinds(mavuno)).filter((kind) => kind === 'trial_ending')).toHaveLength(1);
		expect(await kinds(halima)).not.toContain('trial_ending');
		expect(await kinds(pwani)).not.toContain('trial_ending');
	});
});

describe('reading', () => {
	it('counts down, one by one or all up to a moment', async () => {
		const { notifications } = await list(mavuno, { unread: true });
		expect(notifications.length).toBeGreaterThan(1);
		expect(await unread(mavuno)).toBe(notifications.length);
		const id = notifications.at(-1)?.id ?? '';
		const read = (input: Parameters<typeof markRead>[1]) =>
			withBusiness(mavuno, (scope) => markRead(scope, input));
		await read({ id });
		await read({ id });
		expect(await unread(mavuno)).toBe(notifications.length - 1);
		await read({ until: new Date('2026-11-01T00:00:00Z') });
		expect(await unread(mavuno)).toBe(notifications.length - 1);
		await read({});
		expect(await unread(mavuno)).toBe(0);
		expect((await list(mavuno)).notifications).toHaveLength(notifications.length);
	});

	it('of another person is impossible, in the same business and in another', async () => {
		const [his] = (await list(otieno)).notifications;
		for (const other of [mavuno, pwani])
			await expect(
				withBusiness(other, (scope) => markRead(scope, { id: his?.id ?? '' }))
			).rejects.toBeInstanceOf(NotFound);
		const before = await unread(otieno);
		await withBusiness(mavuno, (scope) => markRead(scope, {}));
		expect(await unread(otieno)).toBe(before);
		expect(before).toBeGreaterThan(0);
	});

	it('pages from the newest', async () => {
		const first = await list(otieno, { limit: 1 });
		const rest = await list(otieno, { before: first.next ?? '' });
		expect(rest.next).toBeNull();
		expect([...first.notifications, ...rest.notifications]).toEqual(
			(await list(otieno)).notifications
		);
	});
});
