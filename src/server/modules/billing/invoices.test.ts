import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { payInvoice } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	issueInvoice,
	listInvoices,
	listOpenInvoices,
	readAttention,
	readInvoice,
	saveCustomer,
	saveSeller,
	setNextInvoiceNumber
} from './index.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

const november = [
	{ description: 'ERP System, Business plan', quantity: '1', unitMinor: '1850000' },
	{ description: 'SACCO, Growth plan', quantity: '1', unitMinor: '1400000' },
	{ description: 'M-Pesa collections', quantity: '1322', unitMinor: '300' },
	{ description: 'SMS', quantity: '4350', unitMinor: '90' },
	{ description: 'eTIMS invoices', quantity: '322', unitMinor: '200' }
];

const issue = (
	businessId: string,
	{ lines = november, issuedOn = '2026-11-01', dueOn = '2026-11-30' } = {}
) =>
	system((scope) => issueInvoice(scope, { businessId, issuedOn, dueOn, currency: 'KES', lines }));

const pay = (
	number: string,
	amountMinor: bigint,
	reference: string,
	{ businessId = mavuno.businessId, currency = 'KES' } = {}
) =>
	system((scope) =>
		payInvoice(scope, {
			businessId,
			number,
			amountMinor,
			currency,
			method: 'bank',
			reference,
			receivedOn: '2026-11-20'
		})
	);

const read = (number: string, as = mavuno) =>
	withBusiness(as, (scope) => readInvoice(scope, { number }));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await expect(issue(mavuno.businessId)).rejects.toMatchObject({ code: 'seller_unknown' });
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
	await system((scope) =>
		saveCustomer(scope, {
			businessId: mavuno.businessId,
			validFrom: '2025-01-01',
			name: 'Mavuno Traders Ltd',
			address: ['Lunga Lunga Road', 'Nairobi']
		})
	);
});
afterAll(() => runtime.stop());

describe('issuing an invoice', () => {
	it('numbers it without gaps, also when one before it was rolled back', async () => {
		await system((scope) => setNextInvoiceNumber(scope, { next: 387 }));
		const first = await issue(mavuno.businessId);
		await expect(
			system(async (scope) => {
				await issueInvoice(scope, {
					businessId: pwani.businessId,
					issuedOn: '2026-11-01',
					dueOn: '2026-11-30',
					currency: 'KES',
					lines: november
				});
				throw new Error('half way');
			})
		).rejects.toThrow('half way');
		const [second, third] = await Promise.all([
			issue(pwani.businessId),
			issue(mavuno.businessId, { issuedOn: '2027-01-01', dueOn: '2027-01-31' })
		]);
		expect(first.number).toBe('INV-2026-0387');
		expect([second.number.slice(-4), third.number.slice(-4)].sort()).toEqual(['0388', '0389']);
		expect(third.number).toMatch(/^INV-2027-/);
	});

	it('never goes back in its numbers', async () => {
		await expect(
			system((scope) => setNextInvoiceNumber(scope, { next: 388 }))
		).rejects.toMatchObject({ code: 'number_used' });
	});

	it('reckons lines, VAT and total, and keeps the parties as they were', async () => {
		await system((scope) =>
			saveCustomer(scope, {
				businessId: mavuno.businessId,
				validFrom: '2026-11-15',
				name: 'Mavuno Holdings Ltd',
				address: ['Mombasa Road'],
				taxPin: 'P051482937K'
			})
		);
		const invoice = await read('INV-2026-0387');
		expect(invoice).toMatchObject({
			status: 'open',
			dueOn: '2026-11-30',
			totalMinor: 4_758_900n,
			seller: { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' },
			customer: { name: 'Mavuno Traders Ltd', address: ['Lunga Lunga Road', 'Nairobi'] },
			totals: {
				subtotalMinor: 4_102_500n,
				taxes: [{ rate: '16', baseMinor: 4_102_500n, taxMinor: 656_400n }]
			}
		});
		expect(invoice.lines.map(({ amountMinor }) => amountMinor)).toEqual([
			1_850_000n,
			1_400_000n,
			396_600n,
			391_500n,
			64_400n
		]);
		const later = await issue(mavuno.businessId, { issuedOn: '2026-11-15' });
		expect((await read(later.number)).customer).toMatchObject({
			name: 'Mavuno Holdings Ltd',
			taxPin: 'P051482937K'
		});
	});

	it('is made out to the business by its name when no more is known', async () => {
		const { number } = await issue(pwani.businessId);
		expect((await read(number, pwani)).customer).toEqual({
			name: 'Pwani Farmers Co-operative',
			address: [],
			taxPin: null
		});
	});

	it('cannot be changed afterwards by any door', async () => {
		for (const statement of [
			sql`update billing.invoices set total_minor = 1`,
			sql`update billing.invoices set number = 'x'`,
			sql`delete from billing.invoices`,
			sql`update billing.invoice_lines set amount_minor = 1`,
			sql`delete from billing.invoice_lines`,
			sql`update payments.payments set amount_minor = 1`
		]) {
			await expect(system(({ db }) => statement.execute(db))).rejects.toThrow(/permission denied/);
			await expect(withBusiness(mavuno, ({ db }) => statement.execute(db))).rejects.toThrow(
				/permission denied/
			);
			await expect(
				withStaff({ kind: 'staff', personId: mavuno.personId, name: 'Test' }, 'trying', ({ db }) =>
					statement.execute(db)
				)
			).rejects.toThrow(/permission denied/);
		}
	});

	it('refuses no lines, lines that come to less than nothing, and a due date before its day', async () => {
		for (const wrong of [
			{ lines: [] },
			{ lines: [{ description: 'Credit', quantity: '-1', unitMinor: '100' }] },
			{ lines: [{ description: 'Float', quantity: '1e3', unitMinor: '100' }] },
			{ dueOn: '2026-10-31' }
		])
			await expect(issue(mavuno.businessId, wrong)).rejects.toBeInstanceOf(Invalid);
	});

	it('is paid at once when it comes to nothing', async () => {
		const lines = [{ description: 'Nothing', quantity: '0', unitMinor: '100' }];
		const { number } = await issue(pwani.businessId, { lines });
		expect(await read(number, pwani)).toMatchObject({
			status: 'paid',
			paidOn: '2026-11-01',
			totalMinor: 0n
		});
	});
});

describe('an invoice', () => {
	it('of another business does not exist', async () => {
		const { invoices } = await withBusiness(pwani, (scope) => listInvoices(scope, {}));
		expect(invoices).toHaveLength(3);
		await expect(read(invoices[0]?.number ?? '', mavuno)).rejects.toBeInstanceOf(NotFound);
		await expect(read('INV-2026-0387', pwani)).rejects.toBeInstanceOf(NotFound);
		const mine = await withBusiness(mavuno, (scope) => listOpenInvoices(scope, {}));
		expect(mine.map(({ number }) => number)).not.toContain(invoices[0]?.number);
	});

	it('is not for a member’s eyes', async () => {
		const member = await createMember(
			mavuno.businessId,
			'Otieno Ouma',
			'otieno@mavuno.example',
			'member'
		);
		await withBusiness(member, async (scope) => {
			await expect(listInvoices(scope, {})).rejects.toBeInstanceOf(Forbidden);
			await expect(listOpenInvoices(scope, {})).rejects.toBeInstanceOf(Forbidden);
			await expect(readAttention(scope, {})).rejects.toBeInstanceOf(Forbidden);
			await expect(readInvoice(scope, { number: 'INV-2026-0387' })).rejects.toBeInstanceOf(
				Forbidden
			);
		});
	});

	it('comes newest first, page by page', async () => {
		const page = (before?: string) =>
			withBusiness(mavuno, (scope) =>
				listInvoices(scope, { limit: 2, ...(before === undefined ? {} : { before }) })
			);
		const first = await page();
		expect(first.invoices).toHaveLength(2);
		expect(first.next).not.toBeNull();
		const second = await page(first.next ?? undefined);
		expect(second.invoices.map(({ number }) => number)).toEqual(['INV-2026-0387']);
		expect(second.next).toBeNull();
	});

	it('that is due first asks for attention, in days of the business’s zone', async () => {
		const attention = () => withBusiness(mavuno, (scope) => readAttention(scope, {}));
		expect(await attention()).toEqual({
			number: 'INV-2026-0387',
			amountMinor: 4_758_900n,
			currency: 'KES',
			dueOn: '2026-11-30',
			days: 5,
			others: 2
		});
		// 00:30 on 1 December in Nairobi, still November in London.
		runtime.clock.set(new Date('2026-11-30T21:30:00Z'));
		expect((await attention())?.days).toBe(-1);
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	});
});

describe('a payment', () => {
	it('in parts settles the invoice with the last of them', async () => {
		expect(await pay('INV-2026-0387', 4_000_000n, 'FT-1')).toMatchObject({ settled: false });
		expect(await withBusiness(mavuno, (scope) => readAttention(scope, {}))).toMatchObject({
			amountMinor: 758_900n
		});
		runtime.clock.set(new Date('2026-11-25T09:00:01Z'));
		expect(await pay('INV-2026-0387', 758_900n, 'FT-2')).toMatchObject({ settled: true });
		expect(await read('INV-2026-0387')).toMatchObject({
			status: 'paid',
			paidMinor: 4_758_900n,
			paidOn: '2026-11-20',
			settlements: [
				{ amountMinor: 4_000_000n, reference: 'FT-1' },
				{ amountMinor: 758_900n, reference: 'FT-2' }
			]
		});
	});

	it('told twice is counted once, also at the same moment', async () => {
		await expect(pay('INV-2026-0387', 758_900n, 'FT-2')).rejects.toMatchObject({
			code: 'payment_known'
		});
		const { number } = await issue(mavuno.businessId);
		const tries = await Promise.allSettled([1, 2, 3].map(() => pay(number, 100n, 'FT-3')));
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await read(number)).toMatchObject({ paidMinor: 100n, status: 'open' });
	});

	it('is refused for a paid invoice, in another currency, beyond what is owed, and for another’s invoice', async () => {
		await expect(pay('INV-2026-0387', 1n, 'FT-4')).rejects.toMatchObject({
			code: 'invoice_not_open'
		});
		const { number } = await issue(mavuno.businessId);
		await expect(pay(number, 1n, 'FT-5', { currency: 'UGX' })).rejects.toBeInstanceOf(Invalid);
		await expect(pay(number, 4_758_901n, 'FT-6')).rejects.toBeInstanceOf(Invalid);
		await expect(pay(number, 1n, 'FT-7', { businessId: pwani.businessId })).rejects.toBeInstanceOf(
			NotFound
		);
		expect(await read(number)).toMatchObject({ paidMinor: 0n, settlements: [] });
	});
});
