import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
	issueInvoice,
	readAgreement,
	readInvoice,
	saveSeller
} from '#server/modules/billing/index.ts';
import { verifyLedger } from '#server/modules/ledger/index.ts';
import { listPayments, readReceipt } from '#server/modules/payments/index.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase, type Database } from '#server/platform/database.ts';
import { withSystem } from '#server/platform/doors.ts';
import { newId } from '#server/platform/ids.ts';
import { createLive, type Live } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import type { Scope, System } from '#server/platform/scope.ts';

import { payInvoice, readBooks } from './setup/payments.ts';
import { testSecrets } from './setup/secrets.ts';

// An installation from before the ledger, brought to the version before the billing centre, then to the newest: each
// time in one transaction, as the portal does it.

const folder = new URL('../migrations/', import.meta.url);
const files = readdirSync(folder)
	.filter((file) => file.endsWith('.sql'))
	.sort();

const name = `carried_${randomBytes(6).toString('hex')}`;
const server = inject('database');
const connection = { ...server, database: name };
let superuser: pg.Client;
let database: Database;
let live: Live;

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

beforeAll(async () => {
	superuser = new pg.Client({ ...server, user: 'postgres', database: 'postgres' });
	await superuser.connect();
	await superuser.query(`create database ${name} owner ${server.user}`);
	const owner = new pg.Client(connection);
	await owner.connect();
	const bring = async (from: string, to: string): Promise<void> => {
		await owner.query('begin');
		for (const file of files.filter((each) => each >= from && each < to))
			await owner.query(readFileSync(new URL(file, folder), 'utf8'));
		await owner.query('commit');
	};
	await bring('', '0050');
	await owner.query(asBefore);
	await bring('0050', '0053');
	await bring('0053', '9');
	await owner.end();

	const log = createLog('silent');
	database = createDatabase({ connection, secrets: testSecrets, log });
	live = createLive(() => database.connectListener(), log);
	setRuntime({
		database,
		clock: fixedClock(new Date('2026-11-25T09:00:00Z')),
		secrets: testSecrets,
		log,
		live,
		publicUrl: 'http://localhost:3000',
		development: true
	});
});
afterAll(async () => {
	setRuntime(null);
	await live.close();
	await database.close();
	await superuser.query(`drop database ${name} with (force)`);
	await superuser.end();
});

/** Mavuno pays by two payments, one of them in part; Pwani's is void, its trial runs; Kampala counts without cents. */
const [mavuno, pwani, kampala] = ['mavuno', 'pwani', 'kampala'].map(() =>
	newId('biz', new Date())
) as [string, string, string];
const asBefore = `
	insert into businesses.businesses (id, name, time_zone, currency, created_at) values
		('${mavuno}', 'Mavuno', 'Africa/Nairobi', 'KES', '2025-01-01'),
		('${pwani}', 'Pwani', 'Africa/Nairobi', 'KES', '2025-01-01'),
		('${kampala}', 'Kampala', 'Africa/Kampala', 'UGX', '2025-01-01');
	insert into catalogue.products (id, slug, name, summary, mark, position, login_url, created_at) values
		('prd_erp', 'erp', 'ERP', 'ERP', 'erp', 1, 'https://erp.example/login', '2024-01-01'),
		('prd_sacco', 'sacco', 'SACCO', 'Savings', 'sacco', 2, 'https://sacco.example/login', '2024-01-01');
	insert into catalogue.plans
		(id, product_id, slug, name, amount_minor, currency, position, seats, included_bytes, trial_days) values
		('pla_business', 'prd_erp', 'business', 'Business', 1000000, 'KES', 1, 20, null, null),
		('pla_growth', 'prd_sacco', 'growth', 'Growth', 15000, 'KES', 1, null, null, 30);
	insert into billing.usage_prices (plan_id, meter, label, included, unit_minor) values
		('pla_growth', 'sms', 'SMS', 100, 90.5);
	insert into billing.subscriptions (business_id, id, product_id, plan_id, status, amount_minor, currency, started_on,
		anchor_on, period_start, period_end, renews_on, trial_ends_on, ended_on, suspended_at) values
		('${mavuno}', 'sub_ended', 'prd_sacco', 'pla_growth', 'ended', 12000, 'KES',
			'2024-02-01', '2024-02-01', '2025-01-01', '2025-02-01', null, null, '2025-02-01', null),
		('${mavuno}', 'sub_active', 'prd_erp', 'pla_business', 'active', 900000, 'KES',
			'2025-03-31', '2025-03-31', '2026-10-31', '2026-11-30', '2026-11-30', null, null, null),
		('${mavuno}', 'sub_due', 'prd_sacco', 'pla_growth', 'past_due', 15000, 'KES',
			'2025-03-01', '2025-03-01', '2026-11-01', '2026-12-01', '2026-12-01', null, null, null),
		('${pwani}', 'sub_trial', 'prd_sacco', 'pla_growth', 'trial', 15000, 'KES',
			'2026-11-01', '2026-11-01', '2026-11-01', '2026-12-01', null, '2026-12-01', null, null),
		('${kampala}', 'sub_held', 'prd_erp', 'pla_business', 'suspended', 1000000, 'KES',
			'2026-01-01', '2026-01-01', '2026-11-01', '2026-12-01', null, null, null, '2026-11-20');
	insert into billing.subscription_prices (business_id, subscription_id, meter, label, included, unit_minor) values
		('${mavuno}', 'sub_ended', 'sms', 'SMS', 100, 80),
		('${mavuno}', 'sub_due', 'sms', 'SMS', 100, 90.5),
		('${pwani}', 'sub_trial', 'sms', 'SMS', 100, 90.5);
	insert into billing.invoices (business_id, id, series, sequence, number, status, issued_on, due_on, issued_at,
		currency, subtotal_minor, tax_minor, total_minor, paid_minor, paid_on, seller, customer)
	select business_id, id, 'invoices', sequence, 'INV-2026-000' || sequence, status, day, due, day + time '08:00', currency,
		subtotal, tax, subtotal + tax, paid, paid_on,
		'{"name": "Lixnet Ltd", "address": [], "taxPin": null}',
		'{"name": "A customer", "address": [], "taxPin": null}'
	from (values
		('${mavuno}', 'inv_1', 1, 'paid', date '2026-09-01', date '2026-09-30', 'KES', 900101, 144016, 1044117,
			date '2026-09-20'),
		('${kampala}', 'inv_2', 2, 'open', date '2026-10-01', date '2026-10-31', 'UGX', 5000, 800, 800, null),
		('${pwani}', 'inv_3', 3, 'void', date '2026-10-01', date '2026-10-31', 'KES', 100, 16, 0, null),
		('${mavuno}', 'inv_4', 4, 'open', date '2026-11-01', date '2026-11-30', 'KES', 15000, 2400, 0, null)
	) as old (business_id, id, sequence, status, day, due, currency, subtotal, tax, paid, paid_on);
	insert into billing.invoice_lines (business_id, invoice_id, position, product_id, meter, description,
		period_start, period_end, quantity, unit_minor, amount_minor, tax_rate) values
		('${mavuno}', 'inv_1', 1, 'prd_erp', null, 'Plan', '2026-09-01', '2026-10-01', 1, 900000, 900000, 16),
		('${mavuno}', 'inv_1', 2, 'prd_sacco', 'sms', 'SMS', '2026-08-01', '2026-09-01', 1.12, 90.5, 101, 16.0),
		('${kampala}', 'inv_2', 1, null, null, 'Training', null, null, 2, 2500, 5000, 16),
		('${pwani}', 'inv_3', 1, null, null, 'Mistake', null, null, 1, 100, 100, 16),
		('${mavuno}', 'inv_4', 1, 'prd_sacco', null, 'Plan', '2026-11-01', '2026-12-01', 1, 15000, 15000, 16);
	insert into billing.payments (business_id, id, invoice_id, amount_minor, currency, method, reference, received_on,
		recorded_at) values
		('${mavuno}', 'pay_a1', 'inv_1', 1000000, 'KES', 'bank', 'FT 1', '2026-09-18', '2026-09-18 08:00Z'),
		('${mavuno}', 'pay_a2', 'inv_1', 44117, 'KES', 'bank', 'ft1', '2026-09-20', '2026-09-20 08:00Z'),
		('${kampala}', 'pay_a3', 'inv_2', 800, 'UGX', 'mpesa', 'QWE', '2026-10-10', '2026-10-10 08:00Z');
	update billing.series set next = 5 where slug = 'invoices';
`;

it('no two migrations have one number', () => {
	const numbers = files.map((file) => file.slice(0, 4));
	expect(numbers).toEqual([...new Set(numbers)]);
});

describe('a database that was carried over', () => {
	it('has a ledger that balances and agrees', async () => {
		const { entries, disagreements } = await system((scope) => verifyLedger(scope, readBooks));
		expect(disagreements).toEqual([]);
		// Four issued, three received, and what undoes the void one.
		expect(entries).toBe(8);
	});

	it('has its invoices as they were, with what settled them', async () => {
		const [paid, part, gone] = await system((scope) =>
			Promise.all([
				readInvoice(scope, { businessId: mavuno, number: 'INV-2026-0001' }),
				readInvoice(scope, { businessId: kampala, number: 'INV-2026-0002' }),
				readInvoice(scope, { businessId: pwani, number: 'INV-2026-0003' })
			])
		);
		expect(paid).toMatchObject({ status: 'paid', totalMinor: 1_044_117n, paidOn: '2026-09-20' });
		expect(paid.settlements).toMatchObject([
			{ source: 'payment', method: 'bank', reference: 'FT 1', amountMinor: 1_000_000n },
			{ source: 'payment', method: 'bank', reference: 'ft1', amountMinor: 44_117n }
		]);
		expect(paid.lines.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
			['plan', 900_000n],
			['usage', 101n]
		]);
		expect(part).toMatchObject({ status: 'open', currency: 'UGX', paidMinor: 800n });
		expect(gone).toMatchObject({ status: 'void', paidMinor: 0n });
	});

	it('has a receipt for each payment', async () => {
		const { payments } = await system((scope) => listPayments(scope, { businessId: mavuno }));
		expect(payments.map(({ number, amountMinor }) => [number, amountMinor])).toEqual([
			['RCT-2026-0002', 44_117n],
			['RCT-2026-0001', 1_000_000n]
		]);
		const receipt = await system((scope) =>
			readReceipt(scope, { businessId: kampala, number: 'RCT-2026-0003' })
		);
		expect(receipt).toMatchObject({
			method: 'mpesa',
			allocations: [{ invoiceNumber: 'INV-2026-0002', amountMinor: 800n }],
			creditMinor: 0n
		});
	});

	it('has its subscriptions by the version of the plan that asks what they asked', async () => {
		const agreed = await system((scope) =>
			Promise.all(
				['sub_ended', 'sub_active', 'sub_due', 'sub_trial', 'sub_held'].map((subscriptionId) =>
					readAgreement(scope, { subscriptionId })
				)
			)
		);
		const flat = (amount: string) => ({ model: 'flat', amount });
		const sms = (unit_amount: string) => ({ model: 'per_unit', included: '100', unit_amount });
		expect(
			agreed.map(({ status, terms, closesOn }) => ({
				status,
				version: terms.version,
				closesOn,
				asks: terms.prices.map(({ price }) => price)
			}))
		).toEqual([
			{ status: 'ended', version: 1, closesOn: null, asks: [flat('120'), sms('0.8')] },
			{ status: 'active', version: 1, closesOn: '2026-11-30', asks: [flat('9000')] },
			{ status: 'past_due', version: 2, closesOn: '2026-12-01', asks: [flat('150'), sms('0.905')] },
			{ status: 'trial', version: 2, closesOn: '2026-12-01', asks: [flat('150'), sms('0.905')] },
			{ status: 'suspended', version: 2, closesOn: null, asks: [flat('10000')] }
		]);
	});

	it('goes on where it was: numbers, money and the ledger', async () => {
		const { number } = await system(async (scope) => {
			await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
			return issueInvoice(scope, {
				businessId: pwani,
				issuedOn: '2026-11-25',
				dueOn: '2026-12-05',
				currency: 'KES',
				lines: [{ description: 'Training', quantity: '1', unitMinor: '100000' }]
			});
		});
		expect(number).toBe('INV-2026-0005');
		await system((scope) =>
			payInvoice(scope, {
				businessId: mavuno,
				number: 'INV-2026-0004',
				amountMinor: 17_400n,
				currency: 'KES',
				method: 'bank',
				reference: 'FT-2',
				receivedOn: '2026-11-25'
			})
		);
		const { payments } = await system((scope) => listPayments(scope, { businessId: mavuno }));
		expect(payments[0]?.number).toBe('RCT-2026-0004');
		const { disagreements } = await system((scope) => verifyLedger(scope, readBooks));
		expect(disagreements).toEqual([]);
	});
});
