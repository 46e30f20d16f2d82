import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import { allowPrivateNetworks, loopback } from '#server/platform/outbound.ts';
import type { Member, Scope, Staff } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { usageEvent } from '../../../../tests/setup/metering.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeSubscriptionStatus, startSubscription } from '../billing/index.ts';
import { createBusiness, removeMember } from '../businesses/index.ts';
import {
	createApiKey,
	declareProduct,
	readApiKey,
	saveProduct,
	setWebhook
} from '../catalogue/index.ts';
import { createPerson } from '../identity/index.ts';
import { askExport, grantAccess, removeAccess, saveContact } from '../launch/index.ts';
import {
	defineMeter,
	fireAlerts,
	liftSuspension,
	recordEvents,
	removeAlert,
	saveAlert
} from '../usage/index.ts';
import {
	deliverDue,
	listMessages,
	readMessage,
	readWebhookState,
	resendMessage,
	sendTest
} from './index.ts';
import { sweepMessages } from './messages.ts';
import { sign } from './signatures.ts';

interface Received {
	id: string;
	at: number;
	signature: string;
	text: string;
	body: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** What the product does with the next request; without one it takes it. */
type Answer =
	| { status: number; headers?: Record<string, string>; text?: string }
	| 'silence'
	| ((request: Received) => void);

const start = new Date('2026-11-25T09:00:00Z');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let pwani: Member;
let brian: Staff;
let server: Server;
let url: string;
let received: Received[];
let answers: Answer[];
let answerAll: ((request: Received) => Answer | undefined) | null;
let most: number;
const sockets = new Set<Socket>();

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createProducts();
	brian = await withSystem('test', async (scope) => {
		const { id } = await createPerson(scope, {
			email: 'agent@lixnet.example',
			name: 'Brian Kiptoo',
			password: null,
			staff: true
		});
		return { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
	});
	await system(async (scope) => {
		await declareProduct(scope, {
			product: 'erp',
			roles: [
				{ slug: 'clerk', name: 'Clerk', default: true },
				{ slug: 'manager', name: 'Manager' }
			],
			places: [],
			exports: [{ slug: 'everything', name: 'Everything' }]
		});
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-11-01'
			});
	});
	server = createServer((request, response) => {
		underWay += 1;
		most = Math.max(most, underWay);
		response.on('close', () => (underWay -= 1));
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString();
			const one: Received = {
				id: String(request.headers['webhook-id']),
				at: Number(request.headers['webhook-timestamp']),
				signature: String(request.headers['webhook-signature']),
				text,
				body: JSON.parse(text) as Received['body']
			};
			received.push(one);
			const answer = answerAll?.(one) ?? answers.shift() ?? { status: 204 };
			if (answer === 'silence') return;
			if (typeof answer === 'function') return answer(one);
			response.writeHead(answer.status, answer.headers).end(answer.text);
		});
	});
	server.on('connection', (socket) => {
		sockets.add(socket.on('close', () => sockets.delete(socket)));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
	jobs = await startJobs({ pollingSeconds: 0.5 });
	await jobs.settle();
});
let underWay = 0;
afterAll(async () => {
	for (const socket of sockets) socket.destroy();
	server.close();
	await jobs.stop();
	await runtime.stop();
});
beforeEach(async () => {
	allowPrivateNetworks(loopback);
	[received, answers, answerAll, most] = [[], [], null, 0];
	await point(url);
});
afterEach(async () => {
	for (const socket of sockets) socket.destroy();
	await deliverDue();
	await system(async ({ db }) => {
		await db.deleteFrom('webhooks.messages').execute();
	});
	allowPrivateNetworks([]);
});

function system<R>(
	work: (scope: Scope & Parameters<typeof sweepMessages>[0]) => Promise<R>
): Promise<R> {
	return withSystem('test', work);
}
const staff = <R>(work: (scope: Scope<Staff>) => Promise<R>) => withStaff(brian, 'testing', work);
const point = (to: string | null, product = 'erp') =>
	system((scope) => setWebhook(scope, { product, url: to, ...(to ? { secret } : {}) }));
const advance = (ms: number): void => {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + ms));
};
/** Everything that follows from what happened: reactions, messages, tries that are due. */
const settle = async (): Promise<void> => {
	await jobs.settle();
	// A round that the jobs have begun may hold some of them: then ours has nothing to do, yet is early.
	do await deliverDue();
	while ((await countDue()) > 0);
};
const countDue = (): Promise<number> =>
	system(async ({ db }) => {
		const due = await db
			.selectFrom('webhooks.messages')
			.select('id')
			.where('status', '=', 'waiting')
			.where('next_try_at', '<=', runtime.clock.now())
			.execute();
		return due.length;
	});
const messages = async (input: Partial<Parameters<typeof listMessages>[1]> = {}) =>
	(await staff((scope) => listMessages(scope, { product: 'erp', ...input }))).messages;
const only = async () => {
	const [message, ...more] = await messages();
	expect(more).toEqual([]);
	return staff((scope) => readMessage(scope, { product: 'erp', id: message?.id ?? '' }));
};
const test = (businessId = mavuno.businessId) =>
	staff((scope) => sendTest(scope, { product: 'erp', businessId }));

/** Messages that have failed before and are all due now. */
const fail = async (count: number, of: Member[] = [mavuno]): Promise<void> => {
	answerAll = () => ({ status: 500 });
	for (let n = 0; n < count; n++) {
		await test(of[n % of.length]?.businessId);
		await settle();
		advance(1);
	}
	advance(3_600_000);
	[received, answerAll] = [[], null];
};

describe('what a product is told', () => {
	it('of a subscription that changed, as it stands, signed and with the event’s time', async () => {
		await system((scope) =>
			saveProduct(scope, { slug: 'erp', suspendedMode: 'closed', closingNoticeDays: 7 })
		);
		await system((scope) =>
			changeSubscriptionStatus(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				status: 'suspended',
				on: '2026-11-25'
			})
		);
		await settle();
		expect(received).toHaveLength(1);
		const [message] = received;
		expect(message?.body).toEqual({
			type: 'subscription.changed',
			timestamp: start.toISOString(),
			data: {
				business: { id: mavuno.businessId, name: 'Mavuno Traders Ltd' },
				subscription: {
					status: 'suspended',
					mode: 'read_only',
					plan: 'business',
					seats: 20,
					trial_ends_on: null,
					closes_at: '2026-12-02T09:00:00.000Z'
				}
			}
		});
		const { id = '', text: body = '' } = message ?? {};
		expect(id).toMatch(/^whm_[0-9a-hjkmnp-tv-z]{26}$/);
		expect(message?.at).toBe(start.getTime() / 1000);
		expect(message?.signature).toBe(sign([secret], { id, at: start, body })['webhook-signature']);
		await system((scope) =>
			changeSubscriptionStatus(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				status: 'active',
				on: '2026-11-25'
			})
		);
		await settle();
		expect(received[1]?.body.data['subscription']).toMatchObject({
			status: 'active',
			mode: 'full',
			closes_at: null
		});
	});

	it('of a limit of the business’s own that suspends it, and of its end', async () => {
		const { token } = await system((scope) => createApiKey(scope, { product: 'erp' }));
		const key = await system((scope) => readApiKey(scope, { token }));
		await system(async (scope) => {
			await saveProduct(scope, { slug: 'erp', usageSuspension: 'export_only' });
			await defineMeter(scope, {
				product: 'erp',
				slug: 'records',
				name: 'Records',
				eventType: 'erp.record.saved',
				aggregation: 'count',
				unit: 'count'
			});
		});
		const { id } = await withBusiness(mavuno, (scope) =>
			saveAlert(scope, { product: 'erp', meter: 'records', limit: 1, action: 'suspend' })
		);
		if (!key) throw new Error('The key was not made.');
		await recordEvents([usageEvent(mavuno.businessId, { type: 'erp.record.saved' })], key);
		await system((scope) => fireAlerts(scope, null));
		await settle();
		expect(received.map(({ body }) => body)).toMatchObject([
			{
				type: 'subscription.changed',
				data: {
					business: { id: mavuno.businessId },
					subscription: { status: 'active', mode: 'export_only', closes_at: null }
				}
			}
		]);
		await withBusiness(mavuno, (scope) => liftSuspension(scope, { productId: key.productId }));
		await settle();
		expect(received[1]?.body).toMatchObject({
			type: 'subscription.changed',
			data: { subscription: { status: 'active', mode: 'full' } }
		});
		expect(received).toHaveLength(2);
		await withBusiness(mavuno, (scope) => removeAlert(scope, { id }));
		await settle();
	});

	it('of a subscription that began', async () => {
		await point(url, 'payroll');
		await system((scope) =>
			startSubscription(scope, {
				businessId: pwani.businessId,
				product: 'payroll',
				plan: 'staff',
				startedOn: '2026-11-25',
				trialEndsOn: '2026-12-25'
			})
		);
		await settle();
		expect(received.map(({ body }) => body)).toMatchObject([
			{
				type: 'subscription.changed',
				data: {
					business: { id: pwani.businessId },
					subscription: { status: 'trial', trial_ends_on: '2026-12-25', plan: 'staff' }
				}
			}
		]);
	});

	it('of access given, changed and taken, also with the membership', async () => {
		const { personId } = otieno;
		const person = { id: personId, name: 'Otieno Ouma', email: 'otieno@mavuno.example' };
		const input = { personId, product: 'erp' };
		const as = <R>(work: (scope: Scope<Member>) => Promise<R>) => withBusiness(mavuno, work);
		await as((scope) => grantAccess(scope, input));
		await settle();
		await as((scope) => grantAccess(scope, { ...input, role: 'manager' }));
		await settle();
		await as((scope) => removeAccess(scope, input));
		await settle();
		expect(received.map(({ body }) => [body.type, body.data['person'], body.data['role']])).toEqual(
			['clerk', 'manager', null].map((role) => ['access.changed', person, role])
		);
		const halima = await createMember(mavuno.businessId, 'Halima', 'halima@m.example', 'member');
		await point(url, 'sacco');
		received = [];
		await as((scope) => removeMember(scope, { personId: halima.personId }));
		await settle();
		// The business does not have the other product.
		expect(received.map(({ body }) => [body.type, body.data['person'], body.data['role']])).toEqual(
			[['access.changed', { id: halima.personId, name: 'Halima', email: 'halima@m.example' }, null]]
		);
	});

	it('of settings that changed and of an export that is asked for', async () => {
		await withBusiness(mavuno, (scope) =>
			saveContact(scope, { product: 'erp', name: 'Achieng', email: '', phone: '' })
		);
		const { id } = await withBusiness(mavuno, (scope) =>
			askExport(scope, { product: 'erp', kind: 'everything' })
		);
		await settle();
		const byType = received.map(({ body }) => body).sort((a, b) => (a.type < b.type ? 1 : -1));
		expect(byType).toMatchObject([
			{
				type: 'settings.changed',
				data: {
					business: { id: mavuno.businessId },
					settings: {
						landing: { to: 'last', always: false },
						contact: { name: 'Achieng', email: '', phone: '' }
					}
				}
			},
			{
				type: 'export.asked',
				data: {
					business: { id: mavuno.businessId },
					export: {
						id,
						kind: 'everything',
						asked_by: { id: mavuno.personId, name: 'Wanjiku Kamau' },
						asked_at: start.toISOString()
					}
				}
			}
		]);
	});

	it('of access is what stands when it is told, so that no order of telling is wrong', async () => {
		const input = { personId: otieno.personId, product: 'erp' };
		await withBusiness(mavuno, async (scope) => {
			await grantAccess(scope, { ...input, role: 'manager' });
			await removeAccess(scope, input);
		});
		await settle();
		expect(received.map(({ body }) => body.data['role'])).toEqual([null, null]);
	});

	it('is nothing without an address, and nothing of another product', async () => {
		await point(null);
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { personId: otieno.personId, product: 'erp' })
		);
		await settle();
		expect(received).toEqual([]);
		expect(await messages()).toEqual([]);
	});

	it('is one message an event, also when the reaction runs twice', async () => {
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { personId: otieno.personId, product: 'erp', role: 'manager' })
		);
		await jobs.settle();
		await system(async ({ db }) => {
			await db.updateTable('platform.events').set({ dispatched_at: null }).execute();
		});
		await point(url, 'sacco');
		await settle();
		const ids = received.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
		expect((await messages()).filter(({ kind }) => kind === 'access.changed').length).toBe(
			received.filter(({ body }) => body.type === 'access.changed').length
		);
	});

	it('is signed with both secrets for a day after a change', async () => {
		await system((scope) => setWebhook(scope, { product: 'erp', url, renew: true }));
		await test();
		await settle();
		expect(received[0]?.signature.split(' ')).toHaveLength(2);
		const { id = '', text: body = '' } = received[0] ?? {};
		const at = runtime.clock.now();
		expect(received[0]?.signature.split(' ')[1]).toBe(
			sign([secret], { id, at, body })['webhook-signature']
		);
	});
});

describe('a try', () => {
	it('that is taken delivers, and is kept with what was answered', async () => {
		answers.push({ status: 202, text: 'thank\0you' });
		await test();
		await settle();
		expect(await only()).toMatchObject({
			kind: 'webhook.test',
			business: { id: mavuno.businessId, name: 'Mavuno Traders Ltd' },
			status: 'delivered',
			nextTryAt: null,
			tries: 1,
			last: { status: 202, failure: null },
			body: received[0]?.text,
			deliveries: [
				{
					number: 1,
					url,
					at: runtime.clock.now(),
					status: 202,
					failure: null,
					answer: 'thank\ufffdyou',
					byHand: false
				}
			]
		});
	});

	it('that fails is followed by others for three days, with one id and new times, then given up', async () => {
		answerAll = () => ({ status: 500, text: 'not now' });
		await test();
		await settle();
		const begun = runtime.clock.now().getTime();
		const waits: number[] = [];
		for (;;) {
			const { nextTryAt } = await only();
			if (!nextTryAt) break;
			// Not a moment sooner.
			runtime.clock.set(new Date(nextTryAt.getTime() - 1));
			await deliverDue();
			expect(received).toHaveLength(waits.length + 1);
			waits.push(nextTryAt.getTime() - begun);
			runtime.clock.set(nextTryAt);
			await deliverDue();
		}
		expect(received).toHaveLength(10);
		expect(waits.at(-1)).toBeGreaterThan(3 * 86_400_000);
		expect(new Set(received.map(({ id }) => id)).size).toBe(1);
		expect(new Set(received.map(({ text }) => text)).size).toBe(1);
		expect(received.map(({ at }) => at)).toEqual(
			[0, ...waits].map((wait) => Math.floor((begun + wait) / 1000))
		);
		expect(await only()).toMatchObject({ status: 'given_up', tries: 10 });
		advance(30 * 86_400_000);
		await deliverDue();
		expect(received).toHaveLength(10);
	});

	it('that is answered at last is the last one', async () => {
		answers.push({ status: 503 }, { status: 302, headers: { location: url } });
		await test();
		await settle();
		for (let tries = 0; tries < 3; tries++) {
			advance(10 * 60_000);
			await deliverDue();
		}
		expect(await only()).toMatchObject({
			status: 'delivered',
			deliveries: [{ status: 204 }, { status: 302 }, { status: 503 }]
		});
	});

	it('is put off as the product asks', async () => {
		answers.push({ status: 429, headers: { 'retry-after': '200' } });
		await test();
		await settle();
		expect((await only()).nextTryAt).toEqual(new Date(runtime.clock.now().getTime() + 200_000));
	});

	it('that says gone is the last one, and the vendor’s staff are told, once a day', async () => {
		const letters = async () =>
			(await system((scope) => listMails(scope, 100))).filter(
				({ to }) => to === 'agent@lixnet.example'
			);
		const before = (await letters()).length;
		advance(2 * 86_400_000);
		answerAll = () => ({ status: 410 });
		await test();
		await test(pwani.businessId);
		await settle();
		await jobs.settle();
		expect((await messages()).map(({ status, tries }) => [status, tries])).toEqual([
			['given_up', 1],
			['given_up', 1]
		]);
		const [letter] = await letters();
		expect((await letters()).length - before).toBe(1);
		expect(letter?.subject).toBe('ERP System does not take what the portal tells it');
		expect(letter?.body).toContain('/console/products/erp/webhooks?status=given_up');
	});

	it.each([
		['nothing listens', () => point('http://127.0.0.1:1/'), 'refused'],
		['no machine has the name', () => point('http://nowhere.invalid/'), 'name'],
		[
			'it leads into a private network',
			() => {
				allowPrivateNetworks([]);
				return point(url.replace('127.0.0.1', 'localhost'));
			},
			'private'
		]
	])('fails in words when %s', async (_why, arrange, kind) => {
		await arrange();
		await test();
		await settle();
		expect(await only()).toMatchObject({
			status: 'waiting',
			last: { status: null, failure: { kind } }
		});
		expect(received).toEqual([]);
	});

	it('is none once the product has no address any more', async () => {
		answers.push({ status: 500 });
		await test();
		await settle();
		await point(null);
		advance(600_000);
		await deliverDue();
		expect(await only()).toMatchObject({ status: 'given_up', tries: 1 });
	});
});

describe('many messages', () => {
	it('of a business arrive in order, and one that fails holds up none', async () => {
		await fail(6);
		[most, answerAll] = [0, ({ id }) => (id === received[0]?.id ? { status: 500 } : undefined)];
		await settle();
		const failing = [received[0]?.id];
		const listed = (await messages()).reverse();
		expect(received.map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
		expect(listed.filter(({ status }) => status === 'waiting').map(({ id }) => id)).toEqual(
			failing
		);
		expect(most).toBe(1);
	});

	it('to a slow product go four at a time and leave room for another product', async () => {
		await point(url, 'sacco');
		const slow = ({ body }: Received): Answer | undefined =>
			(body.data['business'] as { name: string }).name.startsWith('B ') ? 'silence' : undefined;
		const ids = await system(async (scope) => {
			const made = Array.from({ length: 6 }, (_, n) => createBusiness(scope, { name: `B ${n}` }));
			return (await Promise.all(made)).map(({ id }) => id);
		});
		answerAll = () => ({ status: 500 });
		for (const id of ids) await test(id);
		await settle();
		advance(60_000);
		[received, answerAll] = [[], slow];
		const sent = deliverDue();
		await expect.poll(() => received.length).toBe(4);
		// What comes while the slow ones are waited for is sent at once, and no fifth to the slow product.
		await staff((scope) => sendTest(scope, { product: 'sacco', businessId: pwani.businessId }));
		await jobs.settle();
		await expect.poll(() => received.length).toBe(5);
		await test(pwani.businessId);
		await jobs.settle();
		expect(received).toHaveLength(5);
		expect(received[4]?.body.data['business']).toMatchObject({ id: pwani.businessId });
		answerAll = null;
		for (const socket of sockets) socket.destroy();
		await sent;
		expect(received).toHaveLength(8);
	});
});

describe('several processes', () => {
	const sender = () =>
		spawn(
			process.execPath,
			[
				fileURLToPath(new URL('../../../../tests/setup/webhook-sender.ts', import.meta.url)),
				JSON.stringify({ connection: runtime.connection, at: runtime.clock.now() })
			],
			{ stdio: ['ignore', 'inherit', 'inherit'] }
		);

	it('send each message once', async () => {
		await fail(12, [mavuno, pwani]);
		const both = [sender(), sender()];
		await Promise.all([deliverDue(), ...both.map((each) => once(each, 'close'))]);
		expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
		await deliverDue();
		const ids = received.map(({ id }) => id);
		expect(ids).toHaveLength(12);
		expect(new Set(ids).size).toBe(12);
		expect((await messages()).every(({ status }) => status === 'delivered')).toBe(true);
	});

	it('take over from one that is killed in the middle, with the same id', async () => {
		await fail(1);
		const killed = sender();
		const ended = once(killed, 'close');
		answers.push(() => killed.kill('SIGKILL'));
		await ended;
		expect(killed.signalCode).toBe('SIGKILL');
		expect(received).toHaveLength(1);
		await deliverDue();
		expect(received).toHaveLength(1);
		advance(60_000);
		await deliverDue();
		expect(received).toHaveLength(2);
		expect(received[1]?.id).toBe(received[0]?.id);
		expect(received[1]?.text).toBe(received[0]?.text);
		expect(await only()).toMatchObject({ status: 'delivered', tries: 2 });
	});
});

describe('staff', () => {
	const resend = (id: string) => staff((scope) => resendMessage(scope, { product: 'erp', id }));

	it('send again what was delivered, and a failure changes nothing of it', async () => {
		await test();
		await settle();
		const { id } = await only();
		answers.push({ status: 500 });
		await resend(id);
		await settle();
		expect(await only()).toMatchObject({
			status: 'delivered',
			deliveries: [
				{ number: 2, status: 500, byHand: true },
				{ number: 1, status: 204, byHand: false }
			]
		});
		await resend(id);
		await settle();
		expect(received.map((each) => each.id)).toEqual([id, id, id]);
	});

	it('send again what was given up, and what waits, without disturbing its schedule', async () => {
		answers.push({ status: 500 }, { status: 500 });
		await test();
		await settle();
		const before = await only();
		await resend(before.id);
		await settle();
		expect(await only()).toMatchObject({
			status: 'waiting',
			nextTryAt: before.nextTryAt,
			tries: 2
		});
		answers.push({ status: 410 });
		await resend(before.id);
		await settle();
		expect(await only()).toMatchObject({ status: 'given_up' });
		await resend(before.id);
		await settle();
		expect(await only()).toMatchObject({ status: 'delivered', nextTryAt: null });
	});

	it('do not send where there is no address, no such message or business, nor another product’s', async () => {
		await test();
		await settle();
		const { id } = await only();
		const sacco = (work: (scope: Scope<Staff>) => Promise<unknown>) => expect(staff(work)).rejects;
		await point(null, 'sacco');
		await sacco((scope) => resendMessage(scope, { product: 'sacco', id })).toBeInstanceOf(NotFound);
		await sacco((scope) => readMessage(scope, { product: 'sacco', id })).toBeInstanceOf(NotFound);
		await sacco((scope) =>
			sendTest(scope, { product: 'sacco', businessId: mavuno.businessId })
		).toBeInstanceOf(Conflict);
		await sacco((scope) =>
			sendTest(scope, { product: 'erp', businessId: `biz_${'0'.repeat(25)}z` })
		).toBeInstanceOf(NotFound);
		await point(null);
		await sacco((scope) => resendMessage(scope, { product: 'erp', id })).toBeInstanceOf(Conflict);
		expect((await only()).tries).toBe(1);
	});

	it('alone may look, send and test', async () => {
		const works: ((scope: Scope) => Promise<unknown>)[] = [
			(scope) => listMessages(scope, { product: 'erp' }),
			(scope) => readWebhookState(scope, { product: 'erp' }),
			(scope) => sendTest(scope, { product: 'erp', businessId: mavuno.businessId })
		];
		for (const work of works)
			await expect(withBusiness(mavuno, work)).rejects.toBeInstanceOf(Forbidden);
		// No row of it is reached through a member's door, whatever is asked.
		await expect(
			withBusiness(mavuno, ({ db }) => db.selectFrom('webhooks.messages').select('id').execute())
		).rejects.toThrow(/permission denied/);
	});

	it('see both businesses’ messages, by status, page by page', async () => {
		answerAll = ({ body }) =>
			(body.data['business'] as { id: string }).id === pwani.businessId
				? { status: 500 }
				: undefined;
		for (let n = 0; n < 3; n++) {
			await test();
			await test(pwani.businessId);
			advance(1);
		}
		await settle();
		const all = await messages();
		expect(all.map(({ business }) => business.name).sort()).toEqual([
			...Array<string>(3).fill('Mavuno Traders Ltd'),
			...Array<string>(3).fill('Pwani Farmers Co-operative')
		]);
		const waiting = await messages({ status: 'waiting' });
		expect(new Set(waiting.map(({ business }) => business.id))).toEqual(
			new Set([pwani.businessId])
		);
		const paged: string[] = [];
		for (let before: string | null | undefined; before !== null;) {
			const { messages: page, next } = await staff((scope) =>
				listMessages(scope, { product: 'erp', limit: 4, ...(before ? { before } : {}) })
			);
			paged.push(...page.map(({ id }) => id));
			before = next;
		}
		expect(paged).toEqual(all.map(({ id }) => id));
		expect(await staff((scope) => readWebhookState(scope, { product: 'erp' }))).toEqual({
			counts: { waiting: 3, delivered: 3, given_up: 0 },
			failing: 3,
			deliveredAt: runtime.clock.now()
		});
		expect(await staff((scope) => readWebhookState(scope, { product: 'sacco' }))).toEqual({
			counts: { waiting: 0, delivered: 0, given_up: 0 },
			failing: 0,
			deliveredAt: null
		});
	});
});

it('messages are kept for thirty days, and their tries with them', async () => {
	await test();
	await settle();
	advance(86_400_000);
	await test();
	await settle();
	advance(29 * 86_400_000);
	await system(sweepMessages);
	expect(await messages()).toHaveLength(2);
	advance(1);
	await system(sweepMessages);
	expect(await messages()).toHaveLength(1);
	const tries = await system(({ db }) =>
		db.selectFrom('webhooks.deliveries').select('message_id').execute()
	);
	expect(tries).toHaveLength(1);
});
