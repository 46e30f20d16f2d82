import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const folder = new URL('../../../../migrations/', import.meta.url);
const names = readdirSync(folder).sort();
const migration = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

const database = `test_${randomBytes(8).toString('hex')}`;
const server = inject('database');
let owner: pg.Client;

const onServer = async (statement: string): Promise<void> => {
	const client = new pg.Client({ ...server, user: 'postgres', database: 'postgres' });
	await client.connect();
	await client.query(statement).finally(() => client.end());
};

/** An installation as it was before 0054, with two businesses: invoices that are paid, open and void. */
beforeAll(async () => {
	await onServer(`create database ${database} owner ${server.user}`);
	owner = new pg.Client({ ...server, database });
	await owner.connect();
	for (const name of names.filter((one) => one < '0054')) await owner.query(migration(name));
	await owner.query(`
		begin;
		insert into businesses.businesses (id, name, time_zone, currency, created_at) values
			('biz_a', 'Mavuno', 'Africa/Nairobi', 'KES', now()), ('biz_b', 'Kampala', 'Africa/Kampala', 'UGX', now());
		insert into catalogue.products (id, slug, name, summary, mark, position, created_at)
			values ('prd_1', 'erp', 'ERP', '', 'erp', 1, now());
		insert into billing.invoices (business_id, id, series, sequence, number, status, issued_on, due_on, issued_at,
			currency, subtotal_minor, tax_minor, total_minor, paid_minor, paid_on, seller, customer) values
			('biz_a', 'inv_1', 'invoices', 1, 'INV-2026-0001', 'paid', '2026-09-01', '2026-09-30', now(), 'KES',
				1000101, 160016, 1160117, 1160117, '2026-09-20', '{}', '{}'),
			('biz_b', 'inv_2', 'invoices', 2, 'INV-2026-0002', 'open', '2026-10-01', '2026-10-31', now(), 'UGX',
				5000, 800, 5800, 800, null, '{}', '{}'),
			('biz_a', 'inv_3', 'invoices', 3, 'INV-2026-0003', 'void', '2026-10-01', '2026-10-31', now(), 'KES',
				100, 16, 116, 0, null, '{}', '{}');
		insert into billing.invoice_lines (business_id, invoice_id, position, product_id, meter, description,
			period_start, period_end, quantity, unit_minor, amount_minor, tax_rate) values
			('biz_a', 'inv_1', 1, 'prd_1', null, 'Plan', '2026-09-01', '2026-10-01', 1, 1000000, 1000000, 16),
			('biz_a', 'inv_1', 2, 'prd_1', 'sms', 'SMS', '2026-08-01', '2026-09-01', 1.12, 90.5, 101, 16.0),
			('biz_b', 'inv_2', 1, null, null, 'Training', null, null, 2, 2500, 5000, 16),
			('biz_a', 'inv_3', 1, null, null, 'Mistake', null, null, 1, 100, 100, 16);
		insert into billing.payments (business_id, id, invoice_id, amount_minor, currency, method, reference,
			received_on, recorded_at) values
			('biz_a', 'pay_1', 'inv_1', 1160117, 'KES', 'bank', 'FT-1', '2026-09-20', now()),
			('biz_b', 'pay_2', 'inv_2', 800, 'UGX', 'mpesa', 'QWE', '2026-10-10', now());
		insert into ledger.entries (business_id, id, at, on_day, kind, document_kind, document_id, reference, currency)
		select business_id, 'ent_' || substr(id, 5), issued_at, issued_on, 'issued', 'invoice', id, number, currency
		from billing.invoices;
		insert into ledger.postings (business_id, entry_id, position, account, amount_minor, invoice_id, tax_rate)
		select business_id, 'ent_' || substr(id, 5), 1, 'receivable', total_minor, id, null::numeric from billing.invoices
		union all
		select business_id, 'ent_' || substr(id, 5), 2, 'revenue', -subtotal_minor, null, 16 from billing.invoices
		union all
		select business_id, 'ent_' || substr(id, 5), 3, 'tax', -tax_minor, null, 16 from billing.invoices;
		commit`);
	await owner.query(
		`begin; ${names
			.filter((one) => one.startsWith('0054'))
			.map(migration)
			.join('\n')}; commit`
	);
});
afterAll(async () => {
	await owner.end();
	await onServer(`drop database ${database} with (force)`);
});

const read = async (statement: string): Promise<unknown[]> => (await owner.query(statement)).rows;

it('lines know what they ask for, how they are taxed, and what they came to before the rounding', async () => {
	expect(
		await read(`select invoice_id, position, kind, tax_class, tax_included, exact_amount, discount_minor::int,
			credited_minor::int from billing.invoice_lines order by invoice_id, position`)
	).toEqual(
		[
			['inv_1', 1, 'plan', '10000'],
			['inv_1', 2, 'usage', '1.0136'],
			// Shillings of Uganda have no cents.
			['inv_2', 1, 'other', '5000'],
			['inv_3', 1, 'other', '1']
		].map(([invoice_id, position, kind, exact_amount]) => ({
			invoice_id,
			position,
			kind,
			exact_amount,
			tax_class: 'standard',
			tax_included: false,
			discount_minor: 0,
			credited_minor: 0
		}))
	);
});

it('tax by class is what the invoice says', async () => {
	expect(
		await read(`select invoice_id, tax_class, rate, base_minor::int, tax_minor::int
			from billing.invoice_taxes order by invoice_id`)
	).toEqual(
		[
			['inv_1', 1_000_101, 160_016],
			['inv_2', 5000, 800],
			['inv_3', 100, 16]
		].map(([invoice_id, base_minor, tax_minor]) => ({
			invoice_id,
			tax_class: 'standard',
			rate: '16',
			base_minor,
			tax_minor
		}))
	);
});

it('payments are settlements, and come to what was paid', async () => {
	expect(
		await read(`select s.business_id, s.id, s.invoice_id, s.source_kind, s.source_id, s.on_day::text
			from billing.settlements s join billing.invoices i on i.business_id = s.business_id and i.id = s.invoice_id
			where i.paid_minor = s.amount_minor order by s.id`)
	).toEqual([
		{
			business_id: 'biz_a',
			id: 'set_1',
			invoice_id: 'inv_1',
			source_kind: 'payment',
			source_id: 'pay_1',
			on_day: '2026-09-20'
		},
		{
			business_id: 'biz_b',
			id: 'set_2',
			invoice_id: 'inv_2',
			source_kind: 'payment',
			source_id: 'pay_2',
			on_day: '2026-10-10'
		}
	]);
});

it('what is void has a day, and the ledger takes it back', async () => {
	expect(
		await read(`select number, voided_on::text from billing.invoices where voided_on is not null`)
	).toEqual([{ number: 'INV-2026-0003', voided_on: '2026-10-01' }]);
	expect(
		await read(`select p.account, p.tax_class, sum(p.amount_minor)::int as balance, count(*)::int as postings
			from ledger.entries e join ledger.postings p on p.business_id = e.business_id and p.entry_id = e.id
			where e.document_id = 'inv_3' group by 1, 2 order by 1`)
	).toEqual([
		{ account: 'receivable', tax_class: null, balance: 0, postings: 2 },
		{ account: 'revenue', tax_class: 'standard', balance: 0, postings: 2 },
		{ account: 'tax', tax_class: 'standard', balance: 0, postings: 2 }
	]);
});
