import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, Staff } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import {
	bill,
	followAll,
	payFor,
	standings,
	subscribeAll
} from '../../../../tests/setup/dunning.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeSubscriptionStatus, voidInvoice } from '../billing/index.ts';
import { createPerson } from '../identity/index.ts';
import { dropProvider, useProvider } from '../payments/index.ts';
import {
	followInvoice,
	holdInvoice,
	listOwnStandings,
	listStandings,
	listTakenSteps,
	resumeInvoice
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let products: Awaited<ReturnType<typeof createProducts>>;
let mavuno: Member;
let pwani: Member;
let brian: Staff;

/** Due on 1 December 2026 in each test; the clock goes on from there, and days are Nairobi's. */
const days = { issuedOn: '2026-11-01', dueOn: '2026-12-01' };
/** Half past nine in the morning in Nairobi, some days after the due date. */
const dayAfterDue = (day: number) => new Date(Date.UTC(2026, 11, 1 + day, 6, 30));
const goTo = (at: Date) => runtime.clock.set(at);

beforeAll(async () => {
	runtime = await startTestRuntime(dayAfterDue(-20));
	({ mavuno, pwani } = await createTwoBusinesses());
	products = await createProducts();
	await subscribeAll([mavuno, pwani]);
	brian = await withSystem('test', async (scope) => {
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
beforeEach(async () => {
	// What an earlier test left open is paid, so that each begins with nothing to do.
	for (const member of [mavuno, pwani])
		for (const { invoice } of await own(member))
			await payFor(member, invoice.number, invoice.leftMinor);
	await jobs.settle();
	goTo(dayAfterDue(-20));
});

const own = (member: Member) => withBusiness(member, (scope) => listOwnStandings(scope, {}));
const taken = async (member: Member, invoiceId: string) =>
	(await withBusiness(member, (scope) => listTakenSteps(scope, { invoiceId }))).map(
		({ step, outcome }) => `${step}: ${outcome}`
	);
/** The steps of a day, as the hourly job takes them. */
async function live(day: number): Promise<number> {
	goTo(dayAfterDue(day));
	const count = await followAll();
	await jobs.settle();
	return count;
}
async function reminders(number: string): Promise<number[]> {
	const rows = await withSystem('test', ({ db }) =>
		db
			.selectFrom('platform.events')
			.select('data')
			.where('kind', '=', 'dunning.reminded')
			.orderBy('id')
			.execute()
	);
	return rows
		.map(({ data }) => data as { number: string; daysOverdue: number })
		.filter((data) => data.number === number)
		.map(({ daysOverdue }) => daysOverdue);
}

describe('an unpaid invoice', () => {
	it('goes through the schedule, each step on its day and once', async () => {
		const { id, number } = await bill(mavuno, products, days);
		for (let day = -6; day <= 13; day++) await live(day);
		expect(await taken(mavuno, id)).toEqual([
			'due_soon: done',
			'due_today: done',
			'overdue: done',
			'past_due: done',
			'overdue_again: done'
		]);
		expect(await reminders(number)).toEqual([-5, 0, 3, 7]);
		expect(await standings(mavuno)).toEqual(['erp: past_due', 'sacco: active']);

		expect(await live(14)).toBe(2);
		expect(await live(14)).toBe(0);
		expect((await taken(mavuno, id)).slice(-2)).toEqual(['retry: nothing', 'last_reminder: done']);
		await live(21);
		expect(await standings(mavuno)).toEqual(['erp: suspended', 'sacco: active']);
		expect(await standings(pwani)).toEqual(['erp: active', 'sacco: active']);

		await payFor(mavuno, number);
		await jobs.settle();
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
		expect(await live(60)).toBe(0);
		expect(await live(90)).toBe(0);
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
	});

	it('threatens with nothing where it bills no subscription, and befalls none that begins later', async () => {
		const { id, number } = await bill(mavuno, products, days, 'payroll');
		const ahead = async () => (await own(mavuno))[0]?.ahead.map(({ action }) => action);
		expect(new Set(await ahead())).toEqual(new Set(['remind', 'charge']));
		const inStaffsWords = await withStaff(brian, 'testing', (scope) => listStandings(scope, {}));
		expect(
			inStaffsWords
				.find(({ invoice }) => invoice.number === number)
				?.ahead.map((each) => each.action)
		).toEqual(await ahead());
		await live(21);
		expect(await taken(mavuno, id)).toContain('suspend: nothing');
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
	});

	it('is followed in the zone of its business, from the hour of the morning on', async () => {
		const { id } = await bill(mavuno, products, days);
		// 06:59 and 07:00 on 26 November in Nairobi.
		goTo(new Date('2026-11-26T03:59:00Z'));
		expect(await followAll()).toBe(0);
		goTo(new Date('2026-11-26T04:00:00Z'));
		expect(await followAll()).toBe(1);
		expect(await taken(mavuno, id)).toEqual(['due_soon: done']);
	});

	it('after days of standstill everything is done, and only the latest reminder sent', async () => {
		const { id, number } = await bill(mavuno, products, days);
		await live(22);
		expect(await taken(mavuno, id)).toEqual([
			'due_soon: passed',
			'due_today: passed',
			'overdue: passed',
			'past_due: done',
			'overdue_again: passed',
			'retry: nothing',
			'last_reminder: done',
			'suspend: done'
		]);
		expect(await reminders(number)).toEqual([22]);
		expect(await standings(mavuno)).toEqual(['erp: suspended', 'sacco: active']);
	});

	it('that was issued after the day of a reminder is not reminded of at once', async () => {
		const { id, number } = await bill(mavuno, products, {
			issuedOn: '2026-11-28',
			dueOn: '2026-12-01'
		});
		await live(-3);
		expect(await taken(mavuno, id)).toEqual(['due_soon: passed']);
		expect(await reminders(number)).toEqual([]);
	});

	it('is done once by two that do it at the same time', async () => {
		const { id, number } = await bill(mavuno, products, days);
		goTo(dayAfterDue(7));
		const follow = () =>
			withSystem('test', (scope) =>
				followInvoice(scope, { businessId: mavuno.businessId, invoiceId: id })
			);
		const counts = await Promise.all([follow(), follow(), follow()]);
		expect(counts.sort()).toEqual([0, 0, 5]);
		await jobs.settle();
		expect(await reminders(number)).toEqual([7]);
	});

	it('is done once whoever is killed: what was not committed is done by the next', async () => {
		const { id, number } = await bill(mavuno, products, days);
		goTo(dayAfterDue(7));
		const follow = (then: () => void) =>
			withSystem('test', async (scope) => {
				await followInvoice(scope, { businessId: mavuno.businessId, invoiceId: id });
				then();
			});
		await expect(
			follow(() => {
				throw new Error('killed');
			})
		).rejects.toThrow('killed');
		expect(await taken(mavuno, id)).toEqual([]);
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
		await follow(() => undefined);
		await jobs.settle();
		expect(await reminders(number)).toEqual([7]);
		expect(await standings(mavuno)).toEqual(['erp: past_due', 'sacco: active']);
	});

	it('that is paid in part goes on with what is left', async () => {
		const { number } = await bill(mavuno, products, days);
		await payFor(mavuno, number, 100_000n);
		await live(7);
		const [standing] = await own(mavuno);
		expect(standing).toMatchObject({ invoice: { leftMinor: 16_000n }, daysOverdue: 7 });
		expect(await standings(mavuno)).toEqual(['erp: past_due', 'sacco: active']);
	});
});

describe('what it does to a subscription', () => {
	it('is held until the last invoice that holds it is paid', async () => {
		const first = await bill(mavuno, products, days);
		const second = await bill(mavuno, products, { issuedOn: '2026-11-10', dueOn: '2026-12-14' });
		await live(21);
		expect(await standings(mavuno)).toEqual(['erp: suspended', 'sacco: active']);
		await payFor(mavuno, first.number);
		await jobs.settle();
		// The second is seven days over its due date.
		expect(await standings(mavuno)).toEqual(['erp: past_due', 'sacco: active']);
		await payFor(mavuno, second.number);
		await jobs.settle();
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
	});

	it('is lifted when the invoice is made void', async () => {
		const { number } = await bill(mavuno, products, days);
		await live(7);
		expect(await standings(mavuno)).toEqual(['erp: past_due', 'sacco: active']);
		await withSystem('test', (scope) =>
			voidInvoice(scope, {
				businessId: mavuno.businessId,
				number,
				onDay: '2026-12-08',
				reason: 'Issued twice.'
			})
		);
		await jobs.settle();
		expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
	});

	it('is not lifted where somebody changed it by hand since', async () => {
		const { number } = await bill(mavuno, products, days);
		await live(7);
		const become = (status: 'suspended' | 'active') =>
			withSystem('test', (scope) =>
				changeSubscriptionStatus(scope, {
					businessId: mavuno.businessId,
					product: 'erp',
					status,
					on: '2026-12-09'
				})
			);
		await become('suspended');
		await payFor(mavuno, number);
		await jobs.settle();
		expect(await standings(mavuno)).toEqual(['erp: suspended', 'sacco: active']);
		await become('active');
	});

	it('ends in the end, and stays ended', async () => {
		const { number } = await bill(pwani, products, days, 'sacco');
		await live(60);
		expect(await standings(pwani)).toEqual(['erp: active', 'sacco: ended']);
		await payFor(pwani, number);
		await jobs.settle();
		expect(await standings(pwani)).toEqual(['erp: active', 'sacco: ended']);
	});
});

describe('asking for the money', () => {
	it('goes by the provider that is set up, once for a step', async () => {
		const asked: string[] = [];
		useProvider({
			name: 'test_card',
			methods: ['card'],
			currencies: ['KES'],
			stepMinor: 1n,
			charge: ({ amountMinor, reference }) => {
				asked.push(`${amountMinor} ${reference}`);
				return Promise.resolve({
					state: 'failed',
					code: '51',
					message: 'Too little money.',
					again: true
				});
			}
		});
		try {
			const { id, number } = await bill(mavuno, products, days);
			await live(14);
			await live(15);
			expect(asked).toEqual([`116000 ${number}`]);
			const steps = await withBusiness(mavuno, (scope) => listTakenSteps(scope, { invoiceId: id }));
			expect(steps.find(({ step }) => step === 'retry')).toMatchObject({
				outcome: 'failed',
				note: 'Too little money.'
			});
		} finally {
			dropProvider('test_card');
		}
	});

	it('that comes is counted, and stops the rest', async () => {
		useProvider({
			name: 'test_card',
			methods: ['card'],
			currencies: ['KES'],
			stepMinor: 1n,
			charge: ({ amountMinor }) =>
				Promise.resolve({
					state: 'succeeded',
					reference: 'CARD-1',
					amountMinor,
					receivedOn: '2026-12-15'
				})
		});
		try {
			const { id } = await bill(mavuno, products, days);
			await live(14);
			const steps = await withBusiness(mavuno, (scope) => listTakenSteps(scope, { invoiceId: id }));
			expect(steps.find(({ step }) => step === 'retry')).toMatchObject({
				outcome: 'paid',
				note: 'CARD-1'
			});
			expect(await standings(mavuno)).toEqual(['erp: active', 'sacco: active']);
			expect(await live(60)).toBe(0);
		} finally {
			dropProvider('test_card');
		}
	});

	it('says so where no provider can be asked, and goes on', async () => {
		const { id } = await bill(mavuno, products, days);
		await live(14);
		const steps = await withBusiness(mavuno, (scope) => listTakenSteps(scope, { invoiceId: id }));
		expect(steps.find(({ step }) => step === 'retry')).toMatchObject({
			outcome: 'nothing',
			note: 'no_way_to_charge'
		});
	});
});

describe('an invoice on hold', () => {
	const hold = (number: string, reason = 'They asked for a week.') =>
		withStaff(brian, 'testing', (scope) =>
			holdInvoice(scope, { businessId: mavuno.businessId, number, reason })
		);
	const resume = (number: string) =>
		withStaff(brian, 'testing', (scope) =>
			resumeInvoice(scope, { businessId: mavuno.businessId, number })
		);

	it('is let be, and goes on so many days later', async () => {
		const { id, number } = await bill(mavuno, products, days);
		await live(3);
		await hold(number);
		expect(await live(10)).toBe(0);
		expect((await own(mavuno))[0]).toMatchObject({ heldSince: '2026-12-04', ahead: [] });
		await resume(number);
		// Seven days were on hold, so that the seventh after the due date is the fourteenth.
		expect(await live(13)).toBe(0);
		expect(await live(14)).toBe(2);
		expect((await taken(mavuno, id)).slice(-2)).toEqual(['past_due: done', 'overdue_again: done']);
		expect((await own(mavuno))[0]?.ahead[0]).toMatchObject({ slug: 'retry', on: '2026-12-22' });
	});

	it('tells staff why, and customers only that it is', async () => {
		const { number } = await bill(mavuno, products, days);
		await hold(number, 'Their bank has a strike.');
		const [standing] = await withStaff(brian, 'testing', (scope) => listStandings(scope, {}));
		expect(standing).toMatchObject({
			business: { name: 'Mavuno Traders Ltd' },
			hold: { reason: 'Their bank has a strike.', by: 'Brian Kiptoo' }
		});
		expect(JSON.stringify((await own(mavuno))[0]?.taken)).not.toContain('strike');
		await expect(
			withBusiness(mavuno, ({ db }) => db.selectFrom('dunning.holds').select('reason').execute())
		).rejects.toThrow('permission denied');
		await expect(hold(number)).rejects.toMatchObject({ code: 'held_already' });
		await resume(number);
		await expect(resume(number)).rejects.toBeInstanceOf(Conflict);
	});

	it('cannot be one of another business, nor one that is paid, and no member holds one', async () => {
		const { number } = await bill(mavuno, products, days);
		await expect(
			withStaff(brian, 'testing', (scope) =>
				holdInvoice(scope, { businessId: pwani.businessId, number, reason: 'x' })
			)
		).rejects.toBeInstanceOf(NotFound);
		await payFor(mavuno, number);
		await expect(hold(number)).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(mavuno, (scope) =>
				holdInvoice(scope, { businessId: mavuno.businessId, number, reason: 'x' })
			)
		).rejects.toBeInstanceOf(Forbidden);
	});
});

describe('who sees it', () => {
	it('are those who see money, of their own business alone', async () => {
		const { id } = await bill(mavuno, products, days);
		await live(0);
		expect((await own(mavuno)).map(({ invoice }) => invoice.id)).toEqual([id]);
		expect(await own(pwani)).toEqual([]);
		expect(await taken(pwani, id)).toEqual([]);
		const otieno = await createMember(
			mavuno.businessId,
			'Otieno Ouma',
			'otieno@mavuno.example',
			'member'
		);
		await expect(own(otieno)).rejects.toBeInstanceOf(Forbidden);
	});
});
