import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payInvoice, readBooks } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { tellDisagreement } from '../../../commands/ledger.ts';
import { issueInvoice, saveSeller } from '../billing/index.ts';
import { verifyLedger } from './index.ts';

let runtime: TestRuntime;
let owner: pg.Client;
let mavuno: string;
let pwani: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	const { mavuno: one, pwani: other } = await createTwoBusinesses();
	mavuno = one.businessId;
	pwani = other.businessId;
	await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' });
		for (const businessId of [mavuno, pwani, mavuno]) {
			const { number } = await issueInvoice(scope, {
				businessId,
				issuedOn: '2026-11-01',
				dueOn: '2026-11-30',
				currency: 'KES',
				lines: [{ description: 'ERP System', quantity: '1', unitMinor: '10000' }]
			});
			await payInvoice(scope, {
				businessId,
				number,
				amountMinor: 600n,
				currency: 'KES',
				method: 'bank',
				reference: `FT-${number.slice(-1)}`,
				receivedOn: '2026-11-20'
			});
		}
	});
	// Who may turn off even the checks that hold for the owner of the tables.
	owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
});
afterAll(async () => {
	await owner.end();
	await runtime.stop();
});

const verify = () => withSystem('test', (scope) => verifyLedger(scope, readBooks));

beforeEach(async () => {
	expect(await verify()).toEqual({ businesses: 2, entries: 6, disagreements: [] });
});

// As no door can, and with the checks of the database turned off.
it.each<[string, string, string[]]>([
	[
		'a posting of another amount',
		`update ledger.postings set amount_minor = -9999 where account = 'revenue'
			and entry_id in (select id from ledger.entries where reference = 'INV-2026-0001')`,
		[
			'invoice INV-2026-0001: its entry of 3 postings comes to KES 0.01 instead of nothing.',
			'invoice INV-2026-0001: revenue at 16 % is KES -99.99 in the ledger, KES -100.00 by the document.'
		]
	],
	[
		'a posting to another account, which balances',
		`update ledger.postings set account = 'credit' where account = 'cash'
			and entry_id in (select id from ledger.entries where reference = 'FT-2')`,
		[
			'payment FT-2: credit is KES 6.00 in the ledger, KES 0.00 by the document.',
			'payment FT-2: cash is KES 0.00 in the ledger, KES 6.00 by the document.'
		]
	],
	[
		'a payment that counts towards another invoice',
		`update ledger.postings set invoice_id =
				(select document_id from ledger.entries where reference = 'INV-2026-0003')
			where account = 'receivable'
			and entry_id in (select id from ledger.entries where reference = 'FT-1')`,
		[
			'payment FT-1: receivable is KES -6.00 in the ledger, KES 0.00 by the document.',
			'payment FT-1: receivable is KES 0.00 in the ledger, KES -6.00 by the document.',
			'invoice INV-2026-0001: KES 116.00 is left to pay by the ledger, KES 110.00 by the invoice.',
			'invoice INV-2026-0003: KES 104.00 is left to pay by the ledger, KES 110.00 by the invoice.'
		]
	],
	[
		'an entry that is gone',
		`delete from ledger.postings where entry_id in (select id from ledger.entries where reference = 'FT-3');
			delete from ledger.entries where reference = 'FT-3'`,
		[
			'payment FT-3 is not in the ledger.',
			'invoice INV-2026-0003: KES 116.00 is left to pay by the ledger, KES 110.00 by the invoice.'
		]
	],
	[
		'an entry without postings',
		`delete from ledger.postings where entry_id in (select id from ledger.entries where reference = 'FT-3')`,
		[
			'payment FT-3: its entry of 0 postings comes to KES 0.00 instead of nothing.',
			'payment FT-3: cash is KES 0.00 in the ledger, KES 6.00 by the document.',
			'payment FT-3: receivable is KES 0.00 in the ledger, KES -6.00 by the document.',
			'invoice INV-2026-0003: KES 116.00 is left to pay by the ledger, KES 110.00 by the invoice.'
		]
	],
	[
		'an entry of another document',
		`update ledger.entries set document_id = 'pay_none' where reference = 'FT-2'`,
		[
			'payment FT-2 is in the ledger, and there is no such document.',
			'payment FT-2 is not in the ledger.'
		]
	],
	[
		'an entry of another day',
		`update ledger.entries set on_day = '2026-12-01' where reference = 'INV-2026-0002'`,
		['invoice INV-2026-0002: the ledger has it on 2026-12-01, the document is of 2026-11-01.']
	],
	[
		'an entry in another currency',
		`update ledger.entries set currency = 'UGX' where reference = 'FT-2'`,
		[
			'payment FT-2: cash is UGX 600 in the ledger, UGX 0 by the document.',
			'payment FT-2: receivable is UGX -600 in the ledger, UGX 0 by the document.',
			'payment FT-2: cash is KES 0.00 in the ledger, KES 6.00 by the document.',
			'payment FT-2: receivable is KES 0.00 in the ledger, KES -6.00 by the document.',
			'invoice INV-2026-0002: KES 116.00 is left to pay by the ledger, KES 110.00 by the invoice.',
			'invoice INV-2026-0002: UGX -600 is left to pay by the ledger, UGX 0 by the invoice.'
		]
	],
	[
		'a line of another amount',
		`update billing.invoice_lines set amount_minor = 10001 where invoice_id in
			(select id from billing.invoices where number = 'INV-2026-0002')`,
		[
			'invoice INV-2026-0002: revenue at 16 % is KES -100.00 in the ledger, KES -100.01 by the document.'
		]
	],
	[
		'an invoice that says that more was paid',
		`update billing.invoices set paid_minor = 700 where number = 'INV-2026-0002'`,
		[
			'invoice INV-2026-0002: KES 110.00 is left to pay by the ledger, KES 109.00 by the invoice.',
			'invoice INV-2026-0002: KES 7.00 is settled by the document, KES 6.00 by its settlements.'
		]
	],
	[
		'a line that says that some of it was given back',
		`update billing.invoice_lines set credited_minor = 5 where invoice_id in
			(select id from billing.invoices where number = 'INV-2026-0002')`,
		[
			'invoice INV-2026-0002: KES 0.05 is given back of a line by the document, KES 0.00 by what gives it back.'
		]
	],
	[
		'an invoice that was given up without an entry',
		`update billing.invoices set status = 'uncollectible', given_up_on = '2026-12-01',
			paid_minor = total_minor where number = 'INV-2026-0002'`,
		[
			'invoice INV-2026-0002: KES 110.00 is left to pay by the ledger, KES 0.00 by the invoice.',
			'invoice INV-2026-0002: KES 116.00 is settled by the document, KES 6.00 by its settlements.'
		]
	]
])('%s is named, with its document', async (_, statement, sentences) => {
	await owner.query('create schema kept');
	const tables = ['ledger.entries', 'ledger.postings', 'billing.invoices', 'billing.invoice_lines'];
	const copy = (table: string) => `kept.${table.replace('.', '_')}`;
	for (const table of tables)
		await owner.query(`create table ${copy(table)} as select * from ${table}`);
	const unchecked = (words: string) =>
		owner.query(`begin; set local session_replication_role = replica; ${words}; commit`);
	try {
		await unchecked(statement);
		const { disagreements } = await verify();
		expect(disagreements.map(tellDisagreement).sort()).toEqual([...sentences].sort());
		const named = sentences.some((sentence) => /0002|FT-2/.test(sentence)) ? pwani : mavuno;
		expect(new Set(disagreements.map(({ businessId }) => businessId))).toEqual(new Set([named]));
	} finally {
		for (const table of tables)
			await unchecked(`delete from ${table}; insert into ${table} select * from ${copy(table)}`);
		await owner.query('drop schema kept cascade');
	}
});

it('is done at one moment: what is written meanwhile is neither missed nor half seen', async () => {
	const result = await withSystem('test', (scope) =>
		verifyLedger(scope, async (same, input) => {
			await withSystem('test', (other) =>
				payInvoice(other, {
					businessId: pwani,
					number: 'INV-2026-0002',
					amountMinor: 1n,
					currency: 'KES',
					method: 'bank',
					reference: 'FT-meanwhile',
					receivedOn: '2026-11-20'
				})
			);
			return readBooks(same, input);
		})
	);
	expect(result).toEqual({ businesses: 2, entries: 6, disagreements: [] });
	expect((await verify()).entries).toBe(7);
	await expect(
		withBusiness(
			{
				kind: 'member',
				businessId: mavuno,
				personId: 'per_x',
				name: 'Wanjiku',
				role: 'owner',
				timeZone: 'Africa/Nairobi'
			},
			(scope) => verifyLedger(scope as never, readBooks)
		)
	).rejects.toMatchObject({ code: 'forbidden' });
});
