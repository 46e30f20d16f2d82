import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { installJobs, startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payInvoice } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, readInvoice, saveSeller } from '../billing/index.ts';
import {
	askForPayment,
	dropProvider,
	listPayments,
	settleAttempt,
	useProvider,
	type Charge,
	type Outcome
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

/** What the provider was asked for, and what it answers next. */
let asked: Charge[] = [];
let answer: (charge: Charge) => Outcome;

const issue = () =>
	system((scope) =>
		issueInvoice(scope, {
			businessId: mavuno.businessId,
			issuedOn: '2026-11-01',
			dueOn: '2026-11-30',
			currency: 'KES',
			lines: [{ description: 'ERP System', quantity: '1', unitMinor: '100001' }]
		})
	);
const ask = (number: string, key: string) =>
	system((scope) =>
		askForPayment(scope, {
			businessId: mavuno.businessId,
			key,
			currency: 'KES',
			invoices: [number]
		})
	);
const settle = (id: string, outcome: Outcome) =>
	system((scope) => settleAttempt(scope, { businessId: mavuno.businessId, id, outcome }));
const read = (number: string) => withBusiness(mavuno, (scope) => readInvoice(scope, { number }));
const paid = (reference: string, amountMinor = 116_100n): Outcome => ({
	state: 'succeeded',
	reference,
	amountMinor,
	receivedOn: '2026-11-25'
});
const pending = (): Outcome => ({
	state: 'pending',
	providerReference: `ws_${asked.length}`,
	lookAt: new Date(runtime.clock.now().getTime() + 60_000)
});

beforeAll(async () => {
	runtime = await startTestRuntime();
	await installJobs(runtime.connection);
	jobs = await startJobs({ pollingSeconds: 0.5 });
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' })
	);
});
afterAll(async () => {
	dropProvider('test_push');
	await jobs.stop();
	await runtime.stop();
});
beforeEach(() => {
	asked = [];
	answer = pending;
	useProvider({
		name: 'test_push',
		methods: ['mpesa'],
		currencies: ['KES'],
		stepMinor: 100n,
		charge: async (charge) => {
			asked.push(charge);
			return Promise.resolve(answer(charge));
		}
	});
});

describe('asking a provider for money', () => {
	it('is not possible where none is set up', async () => {
		dropProvider('test_push');
		const { number } = await issue();
		expect(await ask(number, 'a')).toBeNull();
	});

	it('happens once a key and once an invoice while it is under way, in the provider’s steps', async () => {
		const { number } = await issue();
		const first = await ask(number, 'b');
		expect(first).toMatchObject({ state: 'asked' });
		expect(await ask(number, 'b')).toEqual(first);
		expect((await ask(number, 'c'))?.id).toBe(first?.id);
		await jobs.settle();
		expect(asked).toHaveLength(1);
		// KES 1,160.01 in whole shillings, and no cent less than is owed.
		expect(asked[0]).toMatchObject({
			attemptId: first?.id,
			amountMinor: 116_100n,
			reference: number
		});
		expect(await ask(number, 'd')).toMatchObject({ id: first?.id, state: 'pending' });
		await settle(first?.id ?? '', paid('SKL1'));
		expect(await read(number)).toMatchObject({ status: 'paid' });
		// Nothing is left to ask for.
		expect(await ask(number, 'e')).toBeNull();
	});

	it('takes answers twice, late and in any order, and counts money once', async () => {
		const { number } = await issue();
		const { id = '' } = (await ask(number, 'f')) ?? {};
		await jobs.settle();
		await settle(id, {
			state: 'failed',
			code: '1037',
			message: 'No answer from the phone.',
			again: true
		});
		expect(await settle(id, pending())).toMatchObject({ state: 'failed' });
		// What came, came: also when the provider had given up.
		expect(await settle(id, paid('SKL2'))).toMatchObject({ state: 'succeeded' });
		expect(await settle(id, paid('SKL2'))).toMatchObject({ state: 'succeeded' });
		await Promise.all([settle(id, paid('SKL2')), settle(id, paid('SKL2'))]);
		const { payments } = await withBusiness(mavuno, (scope) =>
			listPayments(scope, { search: 'SKL2' })
		);
		expect(payments).toMatchObject([
			// The rest went to what else is owed, here the invoice of the first test.
			{ method: 'mpesa', amountMinor: 116_100n, allocations: [{}, { amountMinor: 99n }] }
		]);
	});

	it('is the same payment where a confirmation of its own came first', async () => {
		const { number } = await issue();
		const { id = '' } = (await ask(number, 'g')) ?? {};
		await system((scope) =>
			payInvoice(scope, {
				businessId: mavuno.businessId,
				number,
				amountMinor: 116_001n,
				currency: 'KES',
				method: 'mpesa',
				reference: 'SKL3',
				receivedOn: '2026-11-25'
			})
		);
		await settle(id, paid('skl3', 116_001n));
		expect(await read(number)).toMatchObject({ status: 'paid', paidMinor: 116_001n });
	});

	it('may be tried again once it has failed', async () => {
		answer = () => ({ state: 'failed', code: '1', message: 'Too little money.', again: true });
		const { number } = await issue();
		const first = await ask(number, 'h');
		await jobs.settle();
		const second = await ask(number, 'i');
		expect(second?.id).not.toBe(first?.id);
		await expect(
			system((scope) =>
				settleAttempt(scope, {
					businessId: pwani.businessId,
					id: second?.id ?? '',
					outcome: paid('SKL4')
				})
			)
		).rejects.toMatchObject({ code: 'not_found' });
	});
});
