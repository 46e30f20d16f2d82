import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivity } from '../activity/index.ts';
import { startSubscription } from '../billing/index.ts';
import { removeMember } from '../businesses/index.ts';
import { declareProduct } from '../catalogue/index.ts';
import { listNotifications } from '../notifications/index.ts';
import {
	answerAccessRequest,
	askAccess,
	grantAccess,
	listAccesses,
	listAccessRequests,
	listLaunchers,
	readLauncher,
	removeAllAccesses,
	withdrawAccessRequest
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let peter: Member;
let otieno: Member;
let erp: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	const join = (name: string, role: Member['role']) =>
		createMember(
			mavuno.businessId,
			name,
			`${name.split(' ')[0]?.toLowerCase() ?? ''}@mavuno.example`,
			role
		);
	peter = await join('Peter Mwangi', 'admin');
	otieno = await join('Otieno Ouma', 'member');
	({ erp } = await createProducts());
	await withSystem('test', async (scope) => {
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-01'
			});
		await declareProduct(scope, {
			product: 'erp',
			roles: [
				{ slug: 'manager', name: 'Manager' },
				{ slug: 'viewer', name: 'Viewer', default: true },
				{ slug: 'buyer', name: 'Buyer' }
			]
		});
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

/** A minute passes: what is newest is told by time. */
const tick = () => runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
const ask = (as: Member, note?: string) => {
	tick();
	return withBusiness(as, (scope) =>
		askAccess(scope, { product: 'erp', ...(note ? { note } : {}) })
	);
};
const answer = (as: Member, input: Parameters<typeof answerAccessRequest>[1]) =>
	withBusiness(as, (scope) => answerAccessRequest(scope, input));
const list = (as: Member, input: Parameters<typeof listAccessRequests>[1] = {}) =>
	withBusiness(as, (scope) => listAccessRequests(scope, input));
const roleOf = async (as: Member) =>
	(await withBusiness(as, (scope) => readLauncher(scope, { slug: 'erp' }))).role;
const bell = async (as: Member) =>
	(await withBusiness(as, (scope) => listNotifications(scope, {}))).notifications.map(
		({ kind, params }) => ({ kind, ...params })
	);
const mails = async () =>
	(await withSystem('test', (scope) => listMails(scope, 50))).map(({ to, subject }) => [
		to,
		subject
	]);
async function clear(): Promise<void> {
	await withBusiness(mavuno, (scope) => removeAllAccesses(scope, { product: 'erp' }));
}

describe('asking for access', () => {
	it('is one open request a person and product, which leaders see and others do not', async () => {
		const { id } = await ask(otieno, '  I count the stock.  ');
		await expect(ask(otieno)).rejects.toMatchObject({ code: 'access_asked' });
		await ask(pwani);
		expect(await list(mavuno, { product: 'erp', open: true })).toMatchObject([
			{ id, personId: otieno.personId, product: { slug: 'erp' }, note: 'I count the stock.' }
		]);
		expect(await list(mavuno, { product: 'sacco' })).toEqual([]);
		const nyambura = await createMember(
			mavuno.businessId,
			'Nyambura Njoroge',
			'nyambura@mavuno.example',
			'member'
		);
		expect(await list(nyambura)).toEqual([]);
		expect(await list(otieno)).toHaveLength(1);
		const launchers = await withBusiness(otieno, (scope) => listLaunchers(scope, {}));
		expect(launchers.get(erp)).toMatchObject({ allowed: false, people: 0, request: { id } });
	});

	it('comes to one, asked twice at once', async () => {
		const juma = await createMember(pwani.businessId, 'Juma Said', 'juma@pwani.example', 'member');
		const both = await Promise.allSettled([ask(juma), ask(juma)]);
		expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { code: 'access_asked' }
		});
	});

	it('is told to the leaders on the bell and by mail, and stands in the feed', async () => {
		await jobs.settle();
		for (const leader of [mavuno, peter])
			expect(await bell(leader)).toMatchObject([
				{ kind: 'access_requested', by: 'Otieno Ouma', note: 'I count the stock.' }
			]);
		expect(await bell(otieno)).toEqual([]);
		expect(await mails()).toEqual(
			expect.arrayContaining([
				['wanjiku@mavuno.example', 'Otieno Ouma asks for ERP System'],
				['peter@mavuno.example', 'Otieno Ouma asks for ERP System']
			])
		);
		const { entries } = await withBusiness(mavuno, (scope) => listActivity(scope, {}));
		expect(entries.filter(({ kind }) => kind === 'access_requested')).toMatchObject([
			{ person: { name: 'Otieno Ouma' }, product: { slug: 'erp' } }
		]);
	});

	it('is answered by leaders of that business alone, once', async () => {
		const [request] = await list(otieno);
		const id = request?.id ?? '';
		await expect(answer(otieno, { id, answer: 'approved' })).rejects.toMatchObject({
			code: 'forbidden'
		});
		await expect(answer(pwani, { id, answer: 'approved' })).rejects.toMatchObject({
			code: 'not_found'
		});
		await expect(answer(peter, { id, answer: 'approved', role: 'emperor' })).rejects.toMatchObject({
			issues: [{ path: 'role', message: expect.stringContaining('Manager (manager)') as unknown }]
		});
		const both = await Promise.allSettled(
			[mavuno, peter].map((leader) =>
				answer(leader, { id, answer: 'approved', role: 'buyer', reply: 'Welcome.' })
			)
		);
		expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { code: 'request_answered' }
		});
		expect(await roleOf(otieno)).toBe('buyer');
		expect(await list(otieno)).toMatchObject([{ answer: 'approved', reply: 'Welcome.' }]);
		await expect(ask(otieno)).rejects.toMatchObject({ code: 'access_already' });
	});

	it('is answered on the bell and by mail, one message for both', async () => {
		await jobs.settle();
		expect(await bell(otieno)).toMatchObject([
			{ kind: 'access_answered', answer: 'approved', reply: 'Welcome.' }
		]);
		expect((await mails()).filter(([to]) => to === 'otieno@mavuno.example')).toEqual([
			['otieno@mavuno.example', 'You can open ERP System']
		]);
	});

	it('approved without a word about the role gives the product’s default', async () => {
		await clear();
		const { id } = await ask(otieno);
		await answer(peter, { id, answer: 'approved' });
		expect(await roleOf(otieno)).toBe('viewer');
	});

	it('declined gives nothing, says so, and may be asked anew', async () => {
		await clear();
		const { id } = await ask(otieno);
		await answer(peter, { id, answer: 'declined', reply: 'Next month.' });
		expect(await roleOf(otieno)).toBeNull();
		await jobs.settle();
		expect((await bell(otieno))[0]).toMatchObject({ answer: 'declined', by: 'Peter Mwangi' });
		await ask(otieno);
	});

	it('is closed when access is given without looking at it', async () => {
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { product: 'erp', personId: otieno.personId })
		);
		expect(await list(mavuno, { open: true })).toEqual([]);
		expect((await list(otieno))[0]).toMatchObject({
			answer: 'approved',
			answeredBy: mavuno.personId
		});
	});

	it('is taken back by whoever asked, and by nobody else', async () => {
		await clear();
		const { id } = await ask(otieno);
		await expect(
			withBusiness(peter, (scope) => withdrawAccessRequest(scope, { id }))
		).rejects.toMatchObject({ code: 'not_found' });
		await withBusiness(otieno, (scope) => withdrawAccessRequest(scope, { id }));
		await expect(answer(peter, { id, answer: 'approved' })).rejects.toMatchObject({
			code: 'request_answered'
		});
	});

	it('is for products that the business has', async () => {
		await expect(
			withBusiness(otieno, (scope) => askAccess(scope, { product: 'payroll' }))
		).rejects.toMatchObject({ code: 'not_subscribed' });
	});

	it('goes with the membership', async () => {
		await ask(otieno);
		await withBusiness(mavuno, (scope) => removeMember(scope, { personId: otieno.personId }));
		expect(await list(mavuno, { open: true })).toEqual([]);
	});
});

describe('roles', () => {
	const grant = (role?: string) =>
		withBusiness(mavuno, (scope) =>
			grantAccess(scope, { product: 'erp', personId: peter.personId, ...(role ? { role } : {}) })
		);
	const declare = (...slugs: string[]) =>
		withSystem('test', (scope) =>
			declareProduct(scope, {
				product: 'erp',
				roles: slugs.map((slug) => ({ slug, name: slug }))
			})
		);

	it('that the product retired stay with whoever holds them, and are given to nobody', async () => {
		await grant('buyer');
		await declare('manager', 'viewer');
		await grant('buyer');
		expect(await roleOf(peter)).toBe('buyer');
		await grant('manager');
		await expect(grant('buyer')).rejects.toMatchObject({ code: 'invalid' });
		// Without a default the product leaves the choice to us.
		await expect(grant()).rejects.toMatchObject({ issues: [{ path: 'role' }] });
	});

	it('are anything for a product that declared none', async () => {
		await declare();
		await grant('anything');
		expect(await roleOf(peter)).toBe('anything');
		await grant();
		expect(await roleOf(peter)).toBe('user');
	});
});

it('everybody but those named loses access at once, in this business alone', async () => {
	await withSystem('test', async (scope) => {
		for (const member of [mavuno, peter, pwani])
			await grantAccess(scope, {
				businessId: member.businessId,
				personId: member.personId,
				product: 'erp'
			});
	});
	const removed = await withBusiness(mavuno, (scope) =>
		removeAllAccesses(scope, { product: 'erp', except: [mavuno.personId] })
	);
	expect(removed).toEqual({ removed: 1 });
	const left = (as: Member) => withBusiness(as, (scope) => listAccesses(scope, {}));
	expect((await left(mavuno)).map(({ personId }) => personId)).toEqual([mavuno.personId]);
	expect(await left(pwani)).toHaveLength(1);
});
