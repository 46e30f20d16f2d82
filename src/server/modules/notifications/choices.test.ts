import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { removeMember } from '../businesses/index.ts';
import {
	listNotifications,
	readChoices,
	saveChoices,
	tell,
	type ProductNews,
	type Topic
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let halima: Member;
let pwani: Member;
let erp: string;
let sacco: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	halima = await createMember(
		mavuno.businessId,
		'Halima Yusuf',
		'halima@mavuno.example',
		'billing'
	);
	({ erp, sacco } = await createProducts());
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const choices = (as: Member, product = 'erp') =>
	withBusiness(as, (scope) => readChoices(scope, { product }));
const choose = (
	as: Member,
	chosen: Parameters<typeof saveChoices>[1]['choices'],
	product = 'erp'
) => withBusiness(as, (scope) => saveChoices(scope, { product, choices: chosen }));
/** How a topic reaches somebody, in one word each. */
async function ways(as: Member, topic: Topic, product = 'erp'): Promise<string> {
	const choice = (await choices(as, product)).find((one) => one.topic === topic);
	return [choice?.bell && 'bell', choice?.mail && 'mail'].filter(Boolean).join(' and ');
}

let told = 0;

/** Tells all of Mavuno of the ERP. @returns who heard of it on the bell, and who by mail */
async function heard(topic: Topic, more: Partial<ProductNews> = {}) {
	told += 1;
	const key = more.key ?? `news ${told}`;
	await withSystem('test', (scope) =>
		tell(scope, {
			businessId: mavuno.businessId,
			productId: erp,
			topic,
			personIds: [mavuno.personId, otieno.personId, halima.personId, pwani.personId],
			key,
			kind: 'access_granted',
			params: { product: 'ERP System', key },
			at: runtime.clock.now(),
			letter: { subject: key, text: 'The words.', path: '/products/erp' },
			...more
		})
	);
	const bell: string[] = [];
	for (const member of [mavuno, otieno, halima, pwani]) {
		const { notifications } = await withBusiness(member, (scope) =>
			listNotifications(scope, { limit: 100 })
		);
		for (const { params } of notifications)
			if (params['key'] === key) bell.push(first(member.name));
	}
	const letters = await withSystem('test', (scope) => listMails(scope, 100));
	const mail = letters.filter(({ subject }) => subject === key).map(({ to }) => to.split('@')[0]);
	return { bell, mail: mail.sort() };
}
const first = (name: string): string => name.split(' ')[0] ?? '';

describe('who has chosen nothing', () => {
	it.each([
		['state', 'bell and mail', 'bell', 'bell'],
		['access', 'bell and mail', 'bell and mail', 'bell and mail'],
		['alerts', 'bell and mail', '', ''],
		['subscription', 'bell and mail', 'bell and mail', 'bell']
	] as const)('hears of %s by: owner %s, billing %s, member %s', async (topic, ...expected) => {
		expect([
			await ways(mavuno, topic),
			await ways(halima, topic),
			await ways(otieno, topic)
		]).toEqual(expected);
	});

	it('is told so', async () => {
		expect(await heard('state')).toEqual({
			bell: ['Wanjiku', 'Otieno', 'Halima'],
			mail: ['wanjiku']
		});
		expect(await heard('subscription')).toEqual({
			bell: ['Wanjiku', 'Otieno', 'Halima'],
			mail: ['halima', 'wanjiku']
		});
	});
});

describe('a choice', () => {
	it('holds for its person, its product, its topic and its business', async () => {
		await choose(otieno, { state: { bell: false, mail: true } });
		expect(await ways(otieno, 'state')).toBe('mail');
		expect(await ways(otieno, 'state', 'sacco')).toBe('bell');
		expect(await ways(otieno, 'subscription')).toBe('bell');
		expect(await ways(mavuno, 'state')).toBe('bell and mail');
		expect(await ways(pwani, 'state')).toBe('bell and mail');
		expect(await heard('state')).toEqual({
			bell: ['Wanjiku', 'Halima'],
			mail: ['otieno', 'wanjiku']
		});
		expect(await heard('state', { productId: sacco })).toEqual({
			bell: ['Wanjiku', 'Otieno', 'Halima'],
			mail: ['wanjiku']
		});
	});

	it('can be changed, and leaves out nothing that asks for an answer', async () => {
		await choose(otieno, {
			state: { bell: true, mail: false },
			access: { bell: false, mail: false },
			subscription: { bell: false, mail: false }
		});
		expect(await choices(otieno)).toEqual([
			{ topic: 'state', bell: true, mail: false, bellAlways: false },
			{ topic: 'access', bell: true, mail: false, bellAlways: true },
			{ topic: 'subscription', bell: true, mail: false, bellAlways: true }
		]);
		expect(await heard('access')).toEqual({
			bell: ['Wanjiku', 'Otieno', 'Halima'],
			mail: ['halima', 'wanjiku']
		});
	});

	it('is of a product that exists', async () => {
		await expect(choose(otieno, { state: { bell: true, mail: true } }, 'x')).rejects.toBeInstanceOf(
			NotFound
		);
	});
});

describe('news', () => {
	it('reach nobody twice, whoever tells them how often', async () => {
		const key = 'the same';
		await heard('access', { key });
		const again = await Promise.all([heard('access', { key }), heard('access', { key })]);
		expect(again).toEqual(
			Array(2).fill({ bell: ['Wanjiku', 'Otieno', 'Halima'], mail: ['halima', 'wanjiku'] })
		);
	});

	it('say in their letter who writes, where it leads and where to choose', async () => {
		await heard('access', { key: 'a letter' });
		const letters = await withSystem('test', (scope) => listMails(scope, 100));
		expect(
			letters.find(({ subject, to }) => subject === 'a letter' && to === 'wanjiku@mavuno.example')
				?.body
		).toBe(`Hello Wanjiku Kamau,

The words.

http://localhost:3000/products/erp

You choose what we write to you about ERP System:
http://localhost:3000/products/erp/settings#notifications

Evolve by Lixnet
`);
	});

	it('of last week are not mailed any more', async () => {
		const at = new Date(runtime.clock.now().getTime() - 4 * 86_400_000);
		expect(await heard('access', { at })).toEqual({
			bell: ['Wanjiku', 'Otieno', 'Halima'],
			mail: []
		});
	});

	it('pass over who has left the business meanwhile', async () => {
		await withBusiness(mavuno, (scope) => removeMember(scope, { personId: otieno.personId }));
		await jobs.settle();
		const key = 'he has left';
		await withSystem('test', (scope) =>
			tell(scope, {
				businessId: mavuno.businessId,
				productId: erp,
				topic: 'access',
				personIds: [otieno.personId],
				key,
				kind: 'access_granted',
				params: {},
				at: scope.now,
				letter: { subject: key, text: '', path: '/' }
			})
		);
		const letters = await withSystem('test', (scope) => listMails(scope, 100));
		expect(letters.filter(({ subject }) => subject === key)).toEqual([]);
	});
});
