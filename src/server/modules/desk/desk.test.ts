import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaffAt, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Staff } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivity } from '../activity/index.ts';
import { issueInvoice, listCreditNotes, readInvoice, saveSeller } from '../billing/index.ts';
import { createPerson } from '../identity/index.ts';
import { listPayments } from '../payments/index.ts';
import { askAct, listAskedActs, newActId, readOutcome, type Act } from './index.ts';

let test: TestRuntime;
let jobs: RunningJobs;
let businesses: TwoBusinesses;
let staff: Staff;
let number: string;

beforeAll(async () => {
	test = await startTestRuntime();
	jobs = await startJobs();
	businesses = await createTwoBusinesses();
	await createProducts();
	await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' });
		const { id } = await createPerson(scope, {
			name: 'Brian Kiptoo',
			email: 'brian@lixnet.example',
			password: 'a long enough password',
			staff: true
		});
		staff = { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
		({ number } = await issueInvoice(scope, {
			businessId: businesses.mavuno.businessId,
			issuedOn: '2026-10-01',
			dueOn: '2026-10-31',
			currency: 'KES',
			lines: [{ description: 'Something', quantity: '1', unitMinor: '100000' }]
		}));
	});
});
afterAll(async () => {
	await jobs.stop();
	await test.stop();
});

const at = <R>(work: Parameters<typeof withStaffAt<R>>[3]) =>
	withStaffAt(staff, businesses.mavuno.businessId, 'a telephone call', work);
const ask = async (act: unknown) => {
	const { id } = await at((scope) => askAct(scope, { act: act as Act }));
	await jobs.settle();
	return id;
};
const outcomeOf = (id: string) =>
	withSystem('test', (scope) =>
		readOutcome(scope, { businessId: businesses.mavuno.businessId, id })
	);
const invoice = () => at((scope) => readInvoice(scope, { number }));

describe('what staff ask for', () => {
	it('is done by a job under their name, and stands in the customer’s log', async () => {
		const id = await ask({
			kind: 'payment',
			amount: '1,000.50',
			currency: 'KES',
			method: 'bank',
			reference: 'FT-1',
			receivedOn: '2026-10-02'
		});
		const outcome = await outcomeOf(id);
		const [payment] = (await at((scope) => listPayments(scope, {}))).payments;
		expect(outcome).toEqual({ done: payment?.number, refused: null });
		expect(payment).toMatchObject({ amountMinor: 100_050n, reference: 'FT-1' });
		expect(await invoice()).toMatchObject({ paidMinor: 100_050n, status: 'open' });
		const [asked] = await at((scope) => listAskedActs(scope, {}));
		expect(asked).toMatchObject({ id, askedBy: 'Brian Kiptoo', outcome });
		const { entries } = await withBusiness(businesses.mavuno, (scope) => listActivity(scope, {}));
		const told = entries.find(({ kind }) => kind === 'vendor_acted');
		expect(told?.person?.name).toBe('Brian Kiptoo');
		const others = await withBusiness(businesses.pwani, (scope) => listActivity(scope, {}));
		expect(others.entries.filter(({ kind }) => kind === 'vendor_acted')).toEqual([]);
	});

	it('is refused with its reason, and then has changed nothing', async () => {
		const before = await invoice();
		const twice = await ask({
			kind: 'payment',
			amount: '5',
			currency: 'KES',
			method: 'bank',
			reference: 'FT-1',
			receivedOn: '2026-10-02'
		});
		expect((await outcomeOf(twice))?.refused?.[0]?.message).toMatch(/\w/);
		const tooMuch = await ask({ kind: 'credit_note', number, reason: 'Wrong', amount: '99999' });
		expect((await outcomeOf(tooMuch))?.refused).toHaveLength(1);
		const settled = await ask({ kind: 'void', number, reason: 'Wrong' });
		expect((await outcomeOf(settled))?.refused).toHaveLength(1);
		const fine = await ask({
			kind: 'payment',
			amount: '5.005',
			currency: 'KES',
			method: 'bank',
			reference: 'FT-2',
			receivedOn: '2026-10-02'
		});
		expect((await outcomeOf(fine))?.refused).toMatchObject([{ path: 'amount' }]);
		expect(await invoice()).toEqual(before);
	});

	it('gives back of an invoice, and writes off the rest', async () => {
		const given = await ask({ kind: 'credit_note', number, reason: 'A day less', amount: '58' });
		expect((await outcomeOf(given))?.done).toMatch(/^CRN-/);
		const off = await ask({ kind: 'write_off', number, reason: 'Closed down' });
		expect(await outcomeOf(off)).toEqual({ done: number, refused: null });
		expect(await invoice()).toMatchObject({ status: 'uncollectible' });
	});

	it('is one act when its form is sent twice, and another when it asks for something else', async () => {
		const { number: again } = await withSystem('test', (scope) =>
			issueInvoice(scope, {
				businessId: businesses.mavuno.businessId,
				issuedOn: '2026-10-01',
				dueOn: '2026-10-31',
				currency: 'KES',
				lines: [{ description: 'Something', quantity: '1', unitMinor: '100000' }]
			})
		);
		const part = {
			kind: 'credit_note',
			number: again,
			reason: 'Half a day',
			amount: '116'
		} as const;
		const id = await at((scope) => Promise.resolve(newActId(scope)));
		const [first, second] = await Promise.all(
			[part, part].map((act) => at((scope) => askAct(scope, { act, id })))
		);
		expect([first?.id, second?.id]).toEqual([id, id]);
		const other = await at((scope) => askAct(scope, { act: { ...part, amount: '58' }, id }));
		expect(other.id).not.toBe(id);
		await jobs.settle();
		const { notes } = await at((scope) => listCreditNotes(scope, { invoice: again }));
		expect(notes.map(({ totalMinor }) => totalMinor).sort((a, b) => Number(b - a))).toEqual([
			11_600n,
			5_800n
		]);
	});

	it('starts a subscription', async () => {
		const id = await ask({ kind: 'start', product: 'erp', plan: 'business', seats: 3 });
		expect(await outcomeOf(id)).toEqual({ done: 'erp', refused: null });
		const again = await ask({ kind: 'start', product: 'erp', plan: 'business' });
		expect((await outcomeOf(again))?.refused).toHaveLength(1);
	});

	it('is checked where it is asked, field by field', async () => {
		const refused = at((scope) =>
			askAct(scope, { act: { kind: 'void', number: '', reason: 'x' } as Act })
		);
		await expect(refused).rejects.toThrow(Invalid);
	});

	it('is nobody else’s to ask', async () => {
		const act: Act = { kind: 'void', number, reason: 'x' };
		await expect(
			withBusiness(businesses.mavuno, (scope) => askAct(scope, { act }))
		).rejects.toThrow(Forbidden);
		await expect(withSystem('test', (scope) => askAct(scope, { act }))).rejects.toThrow(Forbidden);
	});
});
