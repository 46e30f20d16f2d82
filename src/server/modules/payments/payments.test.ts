import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Invalid, NotFound } from '#server/platform/errors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { readBooks } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	applyCredit,
	issueInvoice,
	readInvoice,
	saveSeller,
	writeOffInvoice
} from '../billing/index.ts';
import { listEntries, readBalances, readStatements, verifyLedger } from '../ledger/index.ts';
import {
	addUpPayments,
	listPayments,
	readCredit,
	readReceipt,
	recordPayment,
	refundCredit,
	reversePayment
} from './index.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

/** An invoice of so many cents and 16 % of them. */
const issue = (as: Member, unitMinor: string, { dueOn = '2026-11-30', currency = 'KES' } = {}) =>
	system((scope) =>
		issueInvoice(scope, {
			businessId: as.businessId,
			issuedOn: '2026-11-01',
			dueOn,
			currency,
			lines: [{ description: 'ERP System', quantity: '1', unitMinor }]
		})
	);

let references = 0;
type Input = Parameters<typeof recordPayment>[1];
const record = (as: Member, amountMinor: bigint, more: Partial<Input> = {}) =>
	system((scope) =>
		recordPayment(scope, {
			businessId: as.businessId,
			method: 'bank',
			reference: `FT-${(references += 1)}`,
			amountMinor,
			currency: 'KES',
			receivedOn: '2026-11-20',
			...more
		})
	);

const read = (number: string, as = mavuno) =>
	withBusiness(as, (scope) => readInvoice(scope, { number }));
const credit = async (as: Member) =>
	(await withBusiness(as, (scope) => readCredit(scope, {}))).map(({ amountMinor }) => amountMinor);
const balance = async (as: Member, account: string) =>
	(await withBusiness(as, (scope) => readBalances(scope, {}))).find(
		(one) => one.account === account && one.currency === 'KES'
	)?.amountMinor ?? 0n;
const disagreements = async () =>
	(await system((scope) => verifyLedger(scope, readBooks))).disagreements;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
});
afterAll(async () => {
	expect(await disagreements()).toEqual([]);
	await runtime.stop();
});

describe('a payment', () => {
	it('pays invoices whole and in part, those due first before others, and the rest is credit', async () => {
		const late = await issue(mavuno, '10000', { dueOn: '2026-12-31' });
		const soon = await issue(mavuno, '5000', { dueOn: '2026-11-10' });
		expect(await record(mavuno, 10_000n)).toMatchObject({
			number: 'RCT-2026-0001',
			allocations: [
				{ number: soon.number, amountMinor: 5_800n, settled: true },
				{ number: late.number, amountMinor: 4_200n, settled: false }
			],
			creditMinor: 0n
		});
		expect(await read(soon.number)).toMatchObject({ status: 'paid', paidOn: '2026-11-20' });
		expect(await read(late.number)).toMatchObject({ status: 'open', paidMinor: 4_200n });
		expect(await record(mavuno, 8_000n)).toMatchObject({
			allocations: [{ number: late.number, amountMinor: 7_400n, settled: true }],
			creditMinor: 600n
		});
		expect(await credit(mavuno)).toEqual([600n]);
		expect(await disagreements()).toEqual([]);
	});

	it('is for what is named first, with an amount no further than that', async () => {
		const soon = await issue(pwani, '1000', { dueOn: '2026-11-10' });
		const late = await issue(pwani, '1000', { dueOn: '2026-12-31' });
		expect(
			await record(pwani, 500n, { invoices: [{ number: late.number, amountMinor: 200n }] })
		).toMatchObject({
			allocations: [
				{ number: late.number, amountMinor: 200n, settled: false },
				{ number: soon.number, amountMinor: 300n, settled: false }
			]
		});
		expect(
			await record(pwani, 960n, { invoices: [{ number: late.number }], others: false })
		).toMatchObject({
			allocations: [{ number: late.number, amountMinor: 960n, settled: true }],
			creditMinor: 0n
		});
	});

	it('stays on account where that is meant, and is used later', async () => {
		const { number, id } = await issue(mavuno, '5000');
		await record(mavuno, 3_000n, { others: false });
		expect(await credit(mavuno)).toEqual([3_600n]);
		expect(await read(number)).toMatchObject({ paidMinor: 0n });
		await system((scope) => applyCredit(scope, { businessId: mavuno.businessId, invoiceId: id }));
		expect(await credit(mavuno)).toEqual([]);
		expect(await read(number)).toMatchObject({ paidMinor: 3_600n, status: 'open' });
		await record(mavuno, 2_200n);
		expect(await read(number)).toMatchObject({ status: 'paid' });
		expect(await disagreements()).toEqual([]);
	});

	it('is posted as what came, what it paid and what is left to use', async () => {
		const { number, id: invoiceId } = await issue(pwani, '100');
		const { id } = await record(pwani, 2_000n, {
			invoices: [{ number }],
			others: false,
			reference: 'FT POSTED'
		});
		const [entry, ...others] = await withBusiness(pwani, (scope) =>
			listEntries(scope, { document: { kind: 'payment', id } })
		);
		expect(others).toEqual([]);
		expect(entry).toMatchObject({
			kind: 'received',
			onDay: '2026-11-20',
			document: { reference: 'FT POSTED' },
			postings: [
				{ account: 'cash', amountMinor: 2_000n },
				{ account: 'receivable', invoiceId, amountMinor: -116n },
				{ account: 'credit', amountMinor: -1_884n }
			]
		});
		const [statement] = await withBusiness(pwani, (scope) =>
			readStatements(scope, { from: '2026-11-20', to: '2026-11-20' })
		);
		expect(statement?.entries.find(({ id: of }) => of === entry?.id)).toMatchObject({
			amountMinor: -2_000n
		});
	});

	it('goes up to fifteen digits, and no further', async () => {
		await expect(record(mavuno, 10n ** 15n)).rejects.toMatchObject({
			issues: [{ path: 'amountMinor' }]
		});
		await expect(record(mavuno, 0n)).rejects.toMatchObject({ issues: [{ path: 'amountMinor' }] });
		const { number } = await record(mavuno, 10n ** 15n - 1n);
		expect(await credit(mavuno)).toEqual([10n ** 15n - 1n]);
		await system((scope) =>
			reversePayment(scope, {
				businessId: mavuno.businessId,
				number,
				reason: 'Typed wrong',
				reversedOn: '2026-11-20'
			})
		);
		expect(await credit(mavuno)).toEqual([]);
	});
});

describe('a payment on what was given up', () => {
	const giveUp = (number: string) =>
		system((scope) =>
			writeOffInvoice(scope, {
				businessId: mavuno.businessId,
				number,
				onDay: '2026-11-10',
				reason: 'The shop is closed'
			})
		);

	it('takes back as much of the write-off, where it is named', async () => {
		const { number } = await issue(mavuno, '1000');
		await giveUp(number);
		// Nothing is owed: money that is not meant for it is credit.
		const { creditMinor } = await record(mavuno, 60n);
		expect(creditMinor).toBe(60n);
		expect(await record(mavuno, 400n, { invoices: [{ number }], others: false })).toMatchObject({
			allocations: [{ number, amountMinor: 400n, settled: false }]
		});
		expect(await read(number)).toMatchObject({ status: 'uncollectible' });
		expect(await record(mavuno, 1_000n, { invoices: [{ number }], others: false })).toMatchObject({
			allocations: [{ amountMinor: 760n, settled: true }],
			creditMinor: 240n
		});
		expect(await read(number)).toMatchObject({ status: 'paid', paidMinor: 1_160n });
		expect(await balance(mavuno, 'written_off')).toBe(0n);
		expect(await disagreements()).toEqual([]);
	});
});

describe('a payment is refused', () => {
	it('that was counted before, however its reference is written, also at once', async () => {
		await record(mavuno, 100n, { reference: 'FT 26 abc' });
		for (const reference of ['FT 26 abc', 'ft26ABC', ' FT26 ABC '])
			await expect(record(mavuno, 100n, { reference })).rejects.toMatchObject({
				code: 'payment_known'
			});
		// By another way it is other money, and so is another customer's.
		await record(mavuno, 1n, { reference: 'FT 26 abc', method: 'mpesa' });
		await record(pwani, 1n, { reference: 'FT 26 abc' });
		const before = await credit(mavuno);
		const tries = await Promise.allSettled(
			Array.from({ length: 5 }, () => record(mavuno, 7n, { reference: 'FT-RACE' }))
		);
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const each of tries)
			if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'payment_known' });
		expect(await credit(mavuno)).toEqual([(before[0] ?? 0n) + 7n]);
	});

	it('in another currency, for what is not theirs, not open, named twice or less than named', async () => {
		const { number } = await issue(mavuno, '1000');
		const dollars = await issue(mavuno, '1000', { currency: 'USD' });
		const others = await issue(pwani, '1000');
		const refused = (more: Partial<Input>, amount = 1_000n) => record(mavuno, amount, more);
		await expect(refused({ invoices: [{ number }], currency: 'USD' })).rejects.toMatchObject({
			issues: [{ path: 'invoices.0.number' }]
		});
		await expect(refused({ currency: 'UGX' })).rejects.toMatchObject({
			issues: [{ path: 'currency' }]
		});
		expect(await refused({ currency: 'USD' })).toMatchObject({
			allocations: [{ number: dollars.number }]
		});
		await expect(refused({ invoices: [{ number: others.number }] })).rejects.toBeInstanceOf(
			NotFound
		);
		await expect(refused({ invoices: [{ number: 'INV-NONE' }] })).rejects.toBeInstanceOf(NotFound);
		await expect(refused({ invoices: [{ number }, { number }] })).rejects.toMatchObject({
			issues: [{ path: 'invoices.1.number' }]
		});
		await expect(
			refused({ invoices: [{ number, amountMinor: 1_161n }] }, 2_000n)
		).rejects.toMatchObject({ issues: [{ path: 'invoices.0.amountMinor' }] });
		await expect(refused({ invoices: [{ number, amountMinor: 1_001n }] })).rejects.toMatchObject({
			issues: [{ path: 'invoices.0.amountMinor', message: 'This is more than came.' }]
		});
		await expect(refused({ receivedOn: '2027-01-01' })).rejects.toMatchObject({
			issues: [{ path: 'receivedOn' }]
		});
		for (const reference of ['', '  ', 'x'.repeat(81), 'two\nlines'])
			await expect(refused({ reference })).rejects.toBeInstanceOf(Invalid);
		await record(mavuno, 1_160n, { invoices: [{ number }], others: false });
		await expect(refused({ invoices: [{ number }] })).rejects.toMatchObject({
			code: 'invoice_not_open'
		});
	});

	it('and leaves no hole in the numbers of receipts', async () => {
		await expect(record(mavuno, 1n, { currency: 'UGX' })).rejects.toBeInstanceOf(Invalid);
		await Promise.allSettled([
			record(mavuno, 1n),
			record(pwani, 1n, { invoices: [{ number: 'INV-NONE' }] }),
			record(pwani, 1n)
		]);
		const all = await Promise.all(
			[mavuno, pwani].map((as) => withBusiness(as, (scope) => listPayments(scope, { limit: 500 })))
		);
		const numbers = all
			.flatMap(({ payments }) => payments)
			.map(({ number }) => Number(number.slice(-4)))
			.sort((one, other) => one - other);
		expect(numbers).toEqual(numbers.map((_, place) => place + 1));
	});

	it('from members and staff, and nobody changes one', async () => {
		const input = {
			businessId: mavuno.businessId,
			method: 'bank' as const,
			reference: 'FT-OWN',
			amountMinor: 1n,
			currency: 'KES',
			receivedOn: '2026-11-20'
		};
		const staff = { kind: 'staff' as const, personId: mavuno.personId, name: 'Test' };
		await expect(
			withBusiness(mavuno, (scope) => recordPayment(scope, input))
		).rejects.toMatchObject({ code: 'forbidden' });
		await expect(
			withStaff(staff, 'trying', (scope) => recordPayment(scope, input))
		).rejects.toMatchObject({ code: 'forbidden' });
		const doors = [
			(work: (scope: Scope) => Promise<unknown>) => withBusiness(mavuno, work),
			(work: (scope: Scope) => Promise<unknown>) => withStaff(staff, 'trying', work),
			system
		];
		for (const door of doors)
			for (const statement of [
				sql`update payments.payments set amount_minor = 1`,
				sql`delete from payments.payments`,
				sql`update payments.allocations set amount_minor = 1`,
				sql`delete from payments.refunds`,
				sql`update payments.certificates set amount_minor = 1`
			])
				await expect(door(({ db }) => statement.execute(db))).rejects.toThrow(/permission denied/);
	});
});

describe('a payment that did not come after all', () => {
	const reverse = (as: Member, number: string, reversedOn = '2026-11-24') => {
		// Entries and settlements sort by age: it is later than the payment.
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
		return system((scope) =>
			reversePayment(scope, {
				businessId: as.businessId,
				number,
				reason: 'The cheque bounced',
				reversedOn
			})
		);
	};

	it('leaves its invoices open again, and may come anew', async () => {
		const { number } = await issue(mavuno, '2000');
		const { number: receipt } = await record(mavuno, 2_320n, {
			invoices: [{ number }],
			others: false,
			reference: 'CHQ-1'
		});
		const cash = await balance(mavuno, 'cash');
		await reverse(mavuno, receipt);
		expect(await read(number)).toMatchObject({
			status: 'open',
			paidMinor: 0n,
			settlements: [
				{ source: 'payment', reference: 'CHQ-1', amountMinor: 2_320n },
				{ source: 'payment', reference: 'CHQ-1', amountMinor: -2_320n, onDay: '2026-11-24' }
			]
		});
		expect(await balance(mavuno, 'cash')).toBe(cash - 2_320n);
		expect(
			await withBusiness(mavuno, (scope) => readReceipt(scope, { number: receipt }))
		).toMatchObject({ reversedOn: '2026-11-24', reversalReason: 'The cheque bounced' });
		await expect(reverse(mavuno, receipt)).rejects.toMatchObject({ code: 'payment_reversed' });
		expect(
			await record(mavuno, 2_320n, { invoices: [{ number }], reference: 'CHQ-1' })
		).toMatchObject({ allocations: [{ settled: true }] });
		expect(await disagreements()).toEqual([]);
	});

	it('takes back what its credit was used for', async () => {
		const kept = await record(pwani, 500n, { others: false });
		expect(kept.creditMinor).toBe(500n);
		const before = (await credit(pwani))[0] ?? 0n;
		const { number: bounced } = await record(pwani, 4_000n, { others: false });
		const open = await issue(pwani, '3000', { dueOn: '2026-11-05' });
		await system((scope) =>
			applyCredit(scope, { businessId: pwani.businessId, invoiceId: open.id })
		);
		expect(await read(open.number, pwani)).toMatchObject({ status: 'paid' });
		await reverse(pwani, bounced);
		// What is left of the credit stays where it was used; the rest is owed again.
		const invoice = await read(open.number, pwani);
		expect(invoice).toMatchObject({ status: 'open' });
		expect(invoice.paidMinor + ((await credit(pwani))[0] ?? 0n)).toBe(before);
		expect(await disagreements()).toEqual([]);
	});

	it('is of the same business, and not before it came', async () => {
		const { number } = await record(mavuno, 1n);
		await expect(reverse(pwani, number)).rejects.toBeInstanceOf(NotFound);
		await expect(reverse(mavuno, number, '2026-11-19')).rejects.toMatchObject({
			issues: [{ path: 'reversedOn' }]
		});
		await expect(reverse(mavuno, number, '2027-11-19')).rejects.toBeInstanceOf(Invalid);
	});
});

describe('credit', () => {
	const refund = (as: Member, amountMinor: bigint, reference: string) =>
		system((scope) =>
			refundCredit(scope, {
				businessId: as.businessId,
				method: 'bank',
				reference,
				amountMinor,
				currency: 'KES',
				paidOn: '2026-11-24',
				reason: 'Paid twice'
			})
		);

	it('is paid back once, no more than there is, and by one of two at the same time', async () => {
		await system((scope) => applyCredit(scope, { businessId: mavuno.businessId }));
		await record(mavuno, 50_000n, { others: false });
		const before = (await credit(mavuno))[0] ?? 0n;
		await refund(mavuno, 1_000n, 'OUT-1');
		expect(await credit(mavuno)).toEqual([before - 1_000n]);
		await expect(refund(mavuno, 1_000n, 'out 1')).resolves.toBeDefined();
		await expect(refund(mavuno, 1_000n, 'OUT-1')).rejects.toMatchObject({ code: 'refund_known' });
		await expect(refund(mavuno, before, 'OUT-2')).rejects.toMatchObject({
			code: 'credit_too_small'
		});
		const left = before - 2_000n;
		const tries = await Promise.allSettled([
			refund(mavuno, left, 'OUT-3'),
			refund(mavuno, left, 'OUT-4')
		]);
		expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await credit(mavuno)).toEqual([]);
		expect(await disagreements()).toEqual([]);
	});
});

describe('the payments of a business', () => {
	it('are found by day, way and reference, page by page, and added up', async () => {
		const list = (input: Parameters<typeof listPayments>[1]) =>
			withBusiness(mavuno, (scope) => listPayments(scope, input));
		const { payments: all } = await list({ limit: 500 });
		const paged: string[] = [];
		for (let after: string | null | undefined; after !== null;) {
			const page = await list({ limit: 2, ...(after === undefined ? {} : { after }) });
			paged.push(...page.payments.map(({ number }) => number));
			after = page.next;
		}
		expect(paged).toEqual(all.map(({ number }) => number));
		expect(paged.length).toBeGreaterThan(5);
		expect((await list({ method: 'mpesa' })).payments.map(({ method }) => method)).toEqual([
			'mpesa'
		]);
		expect((await list({ search: 'chq' })).payments).toHaveLength(2);
		expect((await list({ from: '2026-11-21' })).payments).toEqual([]);
		const sums = await withBusiness(mavuno, (scope) => addUpPayments(scope, { search: 'CHQ-1' }));
		expect(sums).toEqual([{ currency: 'KES', count: 2, totalMinor: 2_320n }]);
	});

	it('stay hidden from the other, and from a member who may not see bills', async () => {
		const { payments } = await withBusiness(mavuno, (scope) => listPayments(scope, {}));
		const number = payments[0]?.number ?? '';
		await expect(
			withBusiness(pwani, (scope) => readReceipt(scope, { number }))
		).rejects.toBeInstanceOf(NotFound);
		await expect(
			withBusiness(pwani, (scope) => readReceipt(scope, { number, businessId: mavuno.businessId }))
		).rejects.toBeInstanceOf(NotFound);
		const others = await withBusiness(pwani, (scope) => listPayments(scope, { limit: 500 }));
		expect(others.payments.map((payment) => payment.number)).not.toContain(number);
		const otieno = await createMember(mavuno.businessId, 'Otieno', 'o@mavuno.example', 'member');
		await expect(withBusiness(otieno, (scope) => listPayments(scope, {}))).rejects.toMatchObject({
			code: 'forbidden'
		});
	});
});
