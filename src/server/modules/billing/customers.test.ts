import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withStaffAt, withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import type { Staff } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { findBusinesses } from '../businesses/index.ts';
import { createPerson } from '../identity/index.ts';
import { listEntries, readBalances, readStatements } from '../ledger/index.ts';
import {
	issueInvoice,
	listCustomersThat,
	listCustomerStandings,
	listOpenInvoices,
	readHistory,
	readInvoice,
	saveSeller,
	startSubscription
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let staff: Staff;
const numbers: Record<'mavuno' | 'pwani', string> = { mavuno: '', pwani: '' };

beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
	await createProducts();
	await withSystem('test', async (scope) => {
		await saveSeller(scope, {
			name: 'Lixnet Ltd',
			address: ['Nairobi'],
			taxPin: 'P051930264T'
		});
		const { id } = await createPerson(scope, {
			name: 'Brian Kiptoo',
			email: 'brian@lixnet.example',
			password: 'a long enough password',
			staff: true
		});
		staff = { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
		for (const [who, dueOn] of [
			['mavuno', '2026-10-31'],
			['pwani', '2026-12-31']
		] as const) {
			const { number } = await issueInvoice(scope, {
				businessId: businesses[who].businessId,
				issuedOn: '2026-10-01',
				dueOn,
				currency: 'KES',
				lines: [{ description: 'Something', quantity: '1', unitMinor: '100000' }]
			});
			numbers[who] = number;
		}
		await startSubscription(scope, {
			businessId: businesses.mavuno.businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-11-01'
		});
	});
});
afterAll(() => test.stop());

const today = '2026-11-22';
const across = <R>(work: Parameters<typeof withStaff<R>>[2]) => withStaff(staff, 'a test', work);
const at = <R>(who: keyof TwoBusinesses, work: Parameters<typeof withStaffAt<R>>[3]) =>
	withStaffAt(staff, businesses[who].businessId, 'looking at one', work);

describe('customers, to the vendor’s staff', () => {
	it('say what they have and owe', async () => {
		const { mavuno, pwani } = businesses;
		const standings = await across((scope) =>
			listCustomerStandings(scope, { businessIds: [mavuno.businessId, pwani.businessId], today })
		);
		expect(standings).toMatchObject([
			{
				subscriptions: [{ status: 'active' }],
				owed: [{ currency: 'KES', leftMinor: 116_000n, overdueMinor: 116_000n }]
			},
			{ subscriptions: [], owed: [{ leftMinor: 116_000n, overdueMinor: 0n }] }
		]);
	});

	it('are found by how they stand, and by any part of their name, page by page', async () => {
		const that = (filter: 'owing' | 'overdue' | 'trial') =>
			across((scope) => listCustomersThat(scope, { filter, today }));
		expect(await that('overdue')).toEqual([businesses.mavuno.businessId]);
		expect(await that('owing')).toHaveLength(2);
		expect(await that('trial')).toEqual([]);
		const find = (input: Parameters<typeof findBusinesses>[1]) =>
			across((scope) => findBusinesses(scope, input));
		const names = async (input: Parameters<typeof findBusinesses>[1]) =>
			(await find(input)).businesses.map(({ name }) => name);
		expect(await names({ search: 'FARM' })).toEqual(['Pwani Farmers Co-operative']);
		expect(await names({ search: '%' })).toEqual([]);
		expect(await names({ ids: [businesses.mavuno.businessId] })).toEqual(['Mavuno Traders Ltd']);
		const first = await find({ limit: 1 });
		expect(first.businesses).toMatchObject([{ name: 'Mavuno Traders Ltd' }]);
		const second = await find({ limit: 1, after: first.next ?? '' });
		expect(second).toMatchObject({
			businesses: [{ name: 'Pwani Farmers Co-operative' }],
			next: null
		});
	});

	it('show a member their own alone', async () => {
		const { mavuno, pwani } = businesses;
		const seen = await withBusiness(pwani, (scope) =>
			listCustomerStandings(scope, { businessIds: [mavuno.businessId], today })
		);
		expect(seen).toMatchObject([{ subscriptions: [], owed: [] }]);
	});
});

describe('the door of staff to one business', () => {
	it('shows its papers with every entry, and none of another', async () => {
		const seen = await at('mavuno', async (scope) => {
			const invoice = await readInvoice(scope, { number: numbers.mavuno });
			return {
				invoice,
				open: await listOpenInvoices(scope, {}),
				entries: await listEntries(scope, { document: { kind: 'invoice', id: invoice.id } }),
				balances: await readBalances(scope, {}),
				statements: await readStatements(scope, { from: '2026-01-01', to: today }),
				history: await readHistory(scope, {})
			};
		});
		expect(seen.open.map(({ number }) => number)).toEqual([numbers.mavuno]);
		expect(
			seen.entries[0]?.postings.map(({ account, amountMinor }) => [account, amountMinor])
		).toEqual([
			['receivable', 116_000n],
			['revenue', -100_000n],
			['tax', -16_000n]
		]);
		expect(new Set(seen.balances.map(({ businessId }) => businessId))).toEqual(
			new Set([businesses.mavuno.businessId])
		);
		expect(seen.statements).toMatchObject([{ closingMinor: 116_000n }]);
		expect(seen.history).toMatchObject([{ kind: 'started', onDay: '2026-11-01' }]);
		await expect(
			at('mavuno', (scope) => readInvoice(scope, { number: numbers.pwani }))
		).rejects.toThrow(NotFound);
	});

	it('is confined by the database itself, and may write no invoice', async () => {
		const rows = await at('mavuno', ({ db }) =>
			db.selectFrom('billing.invoices').select('business_id').execute()
		);
		expect(rows).toEqual([{ business_id: businesses.mavuno.businessId }]);
		await expect(
			at('mavuno', ({ db }) => db.updateTable('billing.invoices').set({ status: 'paid' }).execute())
		).rejects.toThrow(/permission denied/);
	});

	it('keeps in the audit log what it was opened for', async () => {
		await at('pwani', () => Promise.resolve());
		const { reason } = await across(({ db }) =>
			db
				.selectFrom('audit.entries')
				.select('reason')
				.where('reason', '=', 'looking at one')
				.executeTakeFirstOrThrow()
		);
		expect(reason).toBe('looking at one');
	});
});
