import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payFor, subscribeAll } from '../../../../tests/setup/dunning.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { issueInvoice, listUnpaid } from '../billing/index.ts';
import { dropProvider, useProvider } from '../payments/index.ts';
import { followInvoice, listDue, listOwnStandings, saveSchedule, type Step } from './index.ts';

// Lago's dunning campaigns (getlago/lago-api@1b1c24a6a6, spec/scenarios/dunning and spec/services/dunning_campaigns),
// as far as they fit: there a customer is asked again so many days after the last time, by currency and from an
// amount on; here an invoice is, on days that are reckoned from its due date. Left out are
// - 04, that exactly two days later is too early: there hours count, here civil days;
// - 08 and 15, which turn on an amount below which nobody is asked: there is none here;
// - 10's event that a campaign has finished: here an invoice stays where its last step left it;
// - 17, that each of a vendor's entities asks for its own: there is one seller.

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
/** The currency of each attempt. */
let attempts: string[] = [];

const charges = (...days: number[]): Step[] =>
	days.map((day) => ({ slug: `charge_${day}`, day, action: 'charge' }));
const remindOnly: Step[] = [{ slug: 'late', day: 1, action: 'remind' }];

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2024-12-20T10:00:00Z'));
	({ mavuno } = await createTwoBusinesses());
	await createProducts();
	await subscribeAll([mavuno], '2024-01-01');
	useProvider({
		name: 'test_card',
		methods: ['card'],
		currencies: null,
		stepMinor: 1n,
		charge: ({ currency }) => {
			attempts.push(currency);
			return Promise.resolve({ state: 'failed', code: '51', message: 'No.', again: true });
		}
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	dropProvider('test_card');
	await jobs.stop();
	await runtime.stop();
});
beforeEach(async () => {
	for (const invoice of await unpaid())
		if (invoice.currency === 'KES') await payFor(mavuno, invoice.number, invoice.leftMinor);
	await jobs.settle();
	attempts = [];
});

const unpaid = () =>
	withSystem('test', (scope) => listUnpaid(scope, { businessId: mavuno.businessId }));
const follow = (steps: Step[]) =>
	withSystem('test', (scope) => saveSchedule(scope, { hour: 0, linkDays: 30, steps }));
const owe = (currency: string, amount: string, dueOn: string) =>
	withSystem('test', (scope) =>
		issueInvoice(scope, {
			businessId: mavuno.businessId,
			issuedOn: '2024-12-20',
			dueOn,
			currency,
			lines: [{ description: 'ERP', quantity: '1', unitMinor: amount }]
		})
	);
async function run(day: string): Promise<string[]> {
	runtime.clock.set(new Date(`${day}T10:00:00Z`));
	const before = attempts.length;
	for (const invoice of await withSystem('test', (scope) => listDue(scope)))
		await withSystem('test', (scope) => followInvoice(scope, invoice));
	await jobs.settle();
	return attempts.slice(before);
}

describe('cases from elsewhere', () => {
	it('06: attempts stop at their number, and the invoice stays overdue', async () => {
		await follow(charges(2, 4));
		const { id } = await owe('KES', '15900', '2025-01-05');
		expect(await run('2025-01-07')).toEqual(['KES']);
		expect(await run('2025-01-09')).toEqual(['KES']);
		expect(await run('2025-01-13')).toEqual([]);
		const standings = await withBusiness(mavuno, (scope) => listOwnStandings(scope, {}));
		expect(standings.find(({ invoice }) => invoice.id === id)).toMatchObject({ daysOverdue: 8 });
	});

	it('16: without a step that asks, nobody is asked', async () => {
		await follow(remindOnly);
		await owe('KES', '15900', '2025-01-05');
		expect(await run('2025-01-13')).toEqual([]);
	});

	it('18: what was paid between looking and doing is not asked for', async () => {
		await follow(charges(2));
		const { number } = await owe('KES', '10000', '2025-01-05');
		runtime.clock.set(new Date('2025-01-07T10:00:00Z'));
		const due = await withSystem('test', (scope) => listDue(scope));
		expect(due).toHaveLength(1);
		await payFor(mavuno, number, 11_600n);
		for (const invoice of due)
			expect(await withSystem('test', (scope) => followInvoice(scope, invoice))).toBe(0);
		await jobs.settle();
		expect(attempts).toEqual([]);
	});

	it('19: a schedule that is replaced between looking and doing is not followed', async () => {
		await follow(charges(2));
		await owe('KES', '15900', '2025-01-05');
		runtime.clock.set(new Date('2025-01-07T10:00:00Z'));
		const due = await withSystem('test', (scope) => listDue(scope));
		await follow([{ slug: 'much_later', day: 90, action: 'remind' }]);
		for (const invoice of due)
			expect(await withSystem('test', (scope) => followInvoice(scope, invoice))).toBe(0);
		await jobs.settle();
		expect(attempts).toEqual([]);
	});

	it('09 and 10: each currency is asked for by itself, until none is left to ask for', async () => {
		await follow(charges(2, 4));
		await owe('USD', '12000', '2025-01-02');
		await owe('EUR', '15900', '2025-01-04');
		await run('2025-01-04');
		await run('2025-01-06');
		expect(attempts.toSorted()).toEqual(['EUR', 'USD', 'USD']);
		await run('2025-01-08');
		await run('2025-01-09');
		expect(attempts.toSorted()).toEqual(['EUR', 'EUR', 'USD', 'USD']);
		expect(await run('2025-01-20')).toEqual([]);
	});
});
