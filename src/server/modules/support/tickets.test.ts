import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import type { Member, Scope, Staff } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createPerson } from '../identity/index.ts';
import {
	answerTicket,
	closeTicket,
	countOpenTickets,
	countTicketQueue,
	listTicketQueue,
	listTickets,
	openTicket,
	readTicket,
	readUsualFirstReply,
	setNextTicketNumber
} from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let otieno: Member;
let pwani: Member;
let brian: Staff;

const start = new Date('2026-11-25T09:00:00Z');
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);
const asStaff = <R>(work: (scope: Scope) => Promise<R>, at?: Date) =>
	withStaff(brian, 'answering a ticket', work, at ? { at } : {});

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createProducts();
	brian = await withSystem('test', async (scope) => {
		await setNextTicketNumber(scope, { next: 2041 });
		const { id } = await createPerson(scope, {
			email: 'agent@lixnet.example',
			name: 'Brian Kiptoo',
			password: null,
			staff: true
		});
		return { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
	});
});
afterAll(() => runtime.stop());

const open = (subject: string, as = mavuno, at = start, product?: string) =>
	withBusiness(
		as,
		(scope) =>
			openTicket(scope, { subject, body: 'Please look.', ...(product ? { product } : {}) }),
		{ at }
	);
const read = (number: string, as = mavuno) =>
	withBusiness(as, (scope) => readTicket(scope, { number }));
const told = (ticketId: string) =>
	withSystem('test', async ({ db }) => {
		const rows = await db
			.selectFrom('platform.events')
			.select(['kind', 'data', 'actor'])
			.orderBy('id')
			.execute();
		return rows.filter(({ data }) => (data as { ticketId?: string }).ticketId === ticketId);
	});

describe('a ticket', () => {
	it('goes from open to waiting to open to closed, and each step is told', async () => {
		const { id, number } = await open('Statements do not add up', mavuno, start, 'sacco');
		expect(number).toBe('TKT-2041');
		expect(await read(number)).toMatchObject({
			state: 'open',
			product: { slug: 'sacco', name: 'SACCO' },
			firstReplyAt: null,
			messages: [{ author: { name: 'Wanjiku Kamau', side: 'member' }, body: 'Please look.' }]
		});

		await asStaff((scope) => answerTicket(scope, { number, body: 'I see it.' }), minutes(46));
		expect(await read(number)).toMatchObject({ state: 'waiting', firstReplyAt: minutes(46) });

		await withBusiness(otieno, (scope) => answerTicket(scope, { number, body: 'Thank you.' }), {
			at: minutes(60)
		});
		await asStaff((scope) => answerTicket(scope, { number, body: 'Done.' }), minutes(70));
		await withBusiness(mavuno, (scope) => closeTicket(scope, { number }), { at: minutes(80) });
		const closed = await read(number);
		expect(closed).toMatchObject({
			state: 'closed',
			firstReplyAt: minutes(46),
			closedAt: minutes(80),
			changedAt: minutes(80)
		});
		expect(closed.messages.map(({ author, at }) => [author.name, at])).toEqual([
			['Wanjiku Kamau', start],
			['Brian Kiptoo', minutes(46)],
			['Otieno Ouma', minutes(60)],
			['Brian Kiptoo', minutes(70)]
		]);
		expect(
			(await told(id)).map(({ kind, data }) => [kind, (data as { side?: string }).side])
		).toEqual([
			['ticket.opened', undefined],
			['ticket.answered', 'staff'],
			['ticket.answered', 'member'],
			['ticket.answered', 'staff'],
			['ticket.closed', undefined]
		]);
	});

	it('that is closed takes no message and cannot be closed again', async () => {
		const { number } = await open('A question');
		await asStaff((scope) => closeTicket(scope, { number }));
		await expect(asStaff((scope) => closeTicket(scope, { number }))).rejects.toMatchObject({
			status: 409,
			code: 'ticket_closed'
		});
		await expect(
			withBusiness(mavuno, (scope) => answerTicket(scope, { number, body: 'Once more' }))
		).rejects.toMatchObject({ code: 'ticket_closed' });
		expect((await read(number)).messages).toHaveLength(1);
	});

	it('of another business does not exist, for reading, answering or closing', async () => {
		const { number } = await open('Ours alone');
		await expect(read(number, pwani)).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(pwani, (scope) => answerTicket(scope, { number, body: 'Hello' }))
		).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(pwani, (scope) => closeTicket(scope, { number }))
		).rejects.toBeInstanceOf(NotFound);
		const theirs = await withBusiness(pwani, (scope) => listTickets(scope, {}));
		expect(theirs.tickets).toEqual([]);
		expect(await withBusiness(pwani, (scope) => countOpenTickets(scope, {}))).toBe(0);
	});

	it('gets numbers that no two share, also when opened at the same moment', async () => {
		const opened = await Promise.all(
			[mavuno, pwani, otieno, pwani].map((member) => open('At once', member))
		);
		expect(new Set(opened.map(({ number }) => number)).size).toBe(4);
	});

	it('is refused without a subject or a message, with its field named', async () => {
		const failure = await withBusiness(mavuno, (scope) =>
			openTicket(scope, { subject: ' ', body: '' })
		).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Invalid);
		expect((failure as Invalid).issues.map(({ path }) => path)).toEqual(['subject', 'body']);
	});

	it('is a talk between people: a job cannot open one', async () => {
		await expect(
			withSystem('test', (scope) => openTicket(scope, { subject: 'Beep', body: 'Beep' }))
		).rejects.toBeInstanceOf(Forbidden);
	});
});

describe('the desk', () => {
	it('lists the last changed first, by state and page by page', async () => {
		const member = await createMember(
			pwani.businessId,
			'Juma Said',
			'juma@pwani.example',
			'member'
		);
		await Promise.all([1, 2].map((minute) => open(`Later ${minute}`, member, minutes(minute))));
		const page = (input: Parameters<typeof listTickets>[1]) =>
			withBusiness(pwani, (scope) => listTickets(scope, input));
		const first = await page({ limit: 1 });
		expect(first.tickets.map(({ subject }) => subject)).toEqual(['Later 2']);
		const rest = await page({ limit: 10, before: first.next ?? '' });
		expect(rest.tickets.map(({ subject }) => subject)).toEqual(['Later 1', 'At once', 'At once']);
		expect(rest.next).toBeNull();
		expect((await page({ state: 'closed' })).tickets).toEqual([]);
		expect(await withBusiness(pwani, (scope) => countOpenTickets(scope, {}))).toBe(4);
	});
});

describe('the usual first reply', () => {
	const usual = (as: Member) => withBusiness(as, (scope) => readUsualFirstReply(scope, {}));

	it('is the median of the answered tickets of the last 90 days, of one’s own business', async () => {
		expect(await usual(pwani)).toBeNull();
		const day = 1440;
		for (const [age, reply] of [
			[89, 12],
			[60, 50],
			[30, 46],
			[91, 3000]
		] as const) {
			const { number } = await open(`${age} days ago`, pwani, minutes(-age * day));
			await asStaff(
				(scope) => answerTicket(scope, { number, body: 'Yes' }),
				minutes(-age * day + reply)
			);
		}
		expect(await usual(pwani)).toBe(46);
		expect(await usual(mavuno)).toBe(46);
	});
});

describe('staff', () => {
	it('find what waits for them over all businesses, the longest wait first, page by page', async () => {
		const before = await asStaff((scope) => countTicketQueue(scope, {}));
		const numbers = [
			(await open('Waits longest', pwani, minutes(-900))).number,
			(await open('Waits', mavuno, minutes(-800))).number
		];
		expect(await asStaff((scope) => countTicketQueue(scope, {}))).toEqual({
			...before,
			open: before.open + 2
		});
		const first = await asStaff((scope) => listTicketQueue(scope, { state: 'open', limit: 1 }));
		const then = await asStaff((scope) =>
			listTicketQueue(scope, { state: 'open', limit: 1, after: first.next ?? '' })
		);
		expect([...first.tickets, ...then.tickets]).toMatchObject([
			{ number: numbers[0], businessId: pwani.businessId },
			{ number: numbers[1], businessId: mavuno.businessId }
		]);
		await asStaff((scope) => answerTicket(scope, { number: numbers[0] ?? '', body: 'Yes.' }));
		const waiting = await asStaff((scope) => listTicketQueue(scope, { state: 'waiting' }));
		expect(waiting.tickets.map(({ number }) => number)).toContain(numbers[0]);
	});

	it('read any ticket, and a member still only those of their own business', async () => {
		const { number } = await open('Statement', pwani);
		expect(await asStaff((scope) => readTicket(scope, { number }))).toMatchObject({
			businessId: pwani.businessId,
			messages: [{ body: 'Please look.' }]
		});
		await expect(read(number, mavuno)).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(mavuno, (scope) => listTicketQueue(scope, { state: 'open' }))
		).rejects.toBeInstanceOf(Forbidden);
	});
});
