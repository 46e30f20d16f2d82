import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { payInvoice, readBooks } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, listInvoices, readInvoice, saveSeller } from '../billing/index.ts';
import {
	listAccountEntries,
	listEntries,
	post,
	readBalances,
	verifyLedger,
	type Posting
} from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let owner: pg.Client;

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

const issue = (as: Member, unitMinor: string, { issuedOn = '2026-11-01', currency = 'KES' } = {}) =>
	system((scope) =>
		issueInvoice(scope, {
			businessId: as.businessId,
			issuedOn,
			dueOn: '2026-12-31',
			currency,
			lines: [{ description: 'ERP System', quantity: '1', unitMinor }]
		})
	);

const pay = (
	as: Member,
	number: string,
	amountMinor: bigint,
	reference: string,
	currency = 'KES'
) =>
	system((scope) =>
		payInvoice(scope, {
			businessId: as.businessId,
			number,
			amountMinor,
			currency,
			method: 'bank',
			reference,
			receivedOn: '2026-11-20'
		})
	);

const balances = async (as: Member, on?: string) =>
	Object.fromEntries(
		(await withBusiness(as, (scope) => readBalances(scope, { on }))).map(
			({ account, currency, amountMinor }) => [`${account} ${currency}`, amountMinor]
		)
	);

const verified = () => system((scope) => verifyLedger(scope, readBooks));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
	owner = new pg.Client(runtime.connection);
	await owner.connect();
});
afterAll(async () => {
	await owner.end();
	await runtime.stop();
});

describe('what is posted', () => {
	it('of an invoice: it is owed; revenue and tax are earned at their rate', async () => {
		const { id, number } = await issue(mavuno, '1850000');
		const entries = await withBusiness(mavuno, (scope) =>
			listEntries(scope, { document: { kind: 'invoice', id } })
		);
		expect(entries).toEqual([
			{
				id: expect.stringMatching(/^ent_/) as string,
				at: runtime.clock.now(),
				onDay: '2026-11-01',
				kind: 'issued',
				document: { kind: 'invoice', id, reference: number },
				currency: 'KES',
				postings: [
					{ account: 'receivable', amountMinor: 2_146_000n, invoiceId: id },
					{ account: 'revenue', amountMinor: -1_850_000n, taxRate: '16', taxClass: 'standard' },
					{ account: 'tax', amountMinor: -296_000n, taxRate: '16', taxClass: 'standard' }
				]
			}
		]);
	});

	it('of a payment: money came in, less is owed; and it is found with its invoice', async () => {
		const { id, number } = await issue(mavuno, '100');
		const { id: payment } = await pay(mavuno, number, 16n, 'FT-1');
		const entries = await withBusiness(mavuno, (scope) =>
			listEntries(scope, { document: { kind: 'invoice', id } })
		);
		expect(entries.map(({ kind }) => kind).sort()).toEqual(['issued', 'received']);
		expect(entries.find(({ kind }) => kind === 'received')).toMatchObject({
			onDay: '2026-11-20',
			document: { kind: 'payment', id: payment, reference: 'FT-1' },
			postings: [
				{ account: 'cash', amountMinor: 16n },
				{ account: 'receivable', amountMinor: -16n, invoiceId: id }
			]
		});
		const alone = await withBusiness(mavuno, (scope) =>
			listEntries(scope, { document: { kind: 'payment', id: payment } })
		);
		expect(alone).toHaveLength(1);
	});

	it('stands on its accounts from the day of the document on, each currency by itself', async () => {
		expect(await balances(mavuno, '2026-10-31')).toEqual({});
		expect(await balances(mavuno, '2026-11-19')).toEqual({
			'receivable KES': 2_146_116n,
			'revenue KES': -1_850_100n,
			'tax KES': -296_016n
		});
		await issue(mavuno, '500', { currency: 'UGX', issuedOn: '2026-11-20' });
		expect(await balances(mavuno)).toEqual({
			'cash KES': 16n,
			'receivable KES': 2_146_100n,
			'revenue KES': -1_850_100n,
			'tax KES': -296_016n,
			'receivable UGX': 580n,
			'revenue UGX': -500n,
			'tax UGX': -80n
		});
	});

	it('is not there when its document was rolled back', async () => {
		const before = await balances(mavuno);
		const { number } = await issue(mavuno, '700');
		const after = await balances(mavuno);
		await expect(pay(mavuno, number, 1_000n, 'FT-2')).rejects.toMatchObject({
			issues: [{ path: 'invoices.0.amountMinor' }]
		});
		expect(await balances(mavuno)).toEqual(after);
		expect(after).not.toEqual(before);
	});

	it('goes up to fifteen digits, and no further', async () => {
		const { number, totalMinor } = await issue(pwani, '862068965517240');
		expect(totalMinor).toBe(999_999_999_999_998n);
		await pay(pwani, number, 999_999_999_999_997n, 'FT-big');
		expect(await balances(pwani)).toEqual({
			'cash KES': 999_999_999_999_997n,
			'receivable KES': 1n,
			'revenue KES': -862_068_965_517_240n,
			'tax KES': -137_931_034_482_758n
		});
		await expect(issue(pwani, '862068965517243')).rejects.toMatchObject({
			issues: [{ path: 'lines' }]
		});
		// The sum of two such is beyond, and exact still.
		await issue(pwani, '862068965517240');
		expect(await balances(pwani)).toMatchObject({ 'revenue KES': -1_724_137_931_034_480n });
		expect((await verified()).disagreements).toEqual([]);
	});
});

const entry = (postings: Posting[], id = 'inv_1') => ({
	businessId: mavuno.businessId,
	onDay: '2026-11-25',
	kind: 'issued' as const,
	document: { kind: 'invoice' as const, id, reference: 'INV-X' },
	currency: 'KES',
	postings
});
const cash = (amountMinor: bigint): Posting => ({ account: 'cash', amountMinor });
const credit = (amountMinor: bigint): Posting => ({ account: 'credit', amountMinor });

describe('an entry', () => {
	it('is posted once for what happened to its document', async () => {
		const twice = system(async (scope) => {
			await post(scope, entry([cash(5n), credit(-5n)]));
			await post(scope, entry([cash(5n), credit(-5n)]));
		});
		await expect(twice).rejects.toMatchObject({ code: 'posted_already' });
		expect(await balances(mavuno)).not.toHaveProperty('credit KES');
	});

	it.each<[string, Posting[]]>([
		['does not balance', [cash(5n), credit(-4n)]],
		['has one side', [cash(0n), credit(0n), cash(0n)]],
		['has no side', []],
		['goes beyond fifteen digits', [cash(10n ** 15n), credit(-(10n ** 15n))]],
		['owes for no invoice', [cash(5n), { account: 'receivable', amountMinor: -5n }]],
		['earns at no rate', [cash(5n), { account: 'revenue', amountMinor: -5n }]],
		['earns in no class', [cash(5n), { account: 'revenue', amountMinor: -5n, taxRate: '16' }]],
		['taxes money', [{ ...cash(5n), taxRate: '16' }, credit(-5n)]]
	])('that %s is refused', async (_, postings) => {
		await expect(system((scope) => post(scope, entry(postings)))).rejects.toBeInstanceOf(Invalid);
	});

	it('that does not balance cannot be committed, whoever writes it and however', async () => {
		const write = (amounts: number[]) =>
			system(async ({ db, now }) => {
				const id = `ent_${'0'.repeat(26)}`;
				await sql`insert into ledger.entries
						(business_id, id, at, on_day, kind, document_kind, document_id, reference, currency)
					values (${mavuno.businessId}, ${id}, ${now}, '2026-11-25', 'issued', 'refund', 'x', 'x', 'KES')`.execute(
					db
				);
				for (const [index, amount] of amounts.entries())
					await sql`insert into ledger.postings (business_id, entry_id, position, account, amount_minor)
						values (${mavuno.businessId}, ${id}, ${index + 1}, 'cash', ${amount})`.execute(db);
			});
		for (const amounts of [[], [5], [5, -4], [5, -5, 1]])
			await expect(write(amounts), String(amounts)).rejects.toThrow(/does not balance/);
		const [{ id } = { id: '' }] = (
			await withBusiness(mavuno, (scope) => listAccountEntries(scope, { account: 'cash' }))
		).entries;
		await expect(
			system(({ db }) =>
				sql`insert into ledger.postings (business_id, entry_id, position, account, amount_minor)
					values (${mavuno.businessId}, ${id}, 9, 'cash', 1)`.execute(db)
			)
		).rejects.toThrow(/does not balance/);
		await expect(
			owner.query(
				'update ledger.postings set amount_minor = amount_minor + 1 where entry_id = $1',
				[id]
			)
		).rejects.toThrow(/does not balance/);
		await expect(
			owner.query(`delete from ledger.postings where entry_id = $1 and account = 'cash'`, [id])
		).rejects.toThrow(/does not balance/);
	});

	it('is changed by no door, and written by jobs alone', async () => {
		const staff = { kind: 'staff' as const, personId: mavuno.personId, name: 'Test' };
		const doors = [
			system,
			(work: (scope: Scope) => Promise<unknown>) => withBusiness(mavuno, work),
			(work: (scope: Scope) => Promise<unknown>) => withStaff(staff, 'trying', work)
		];
		for (const [index, door] of doors.entries()) {
			for (const statement of [
				sql`update ledger.entries set reference = 'x'`,
				sql`delete from ledger.entries`,
				sql`update ledger.postings set amount_minor = 1`,
				sql`delete from ledger.postings`,
				...(index === 0
					? []
					: [
							sql`insert into ledger.entries default values`,
							sql`insert into ledger.postings default values`
						])
			])
				await expect(door(({ db }) => statement.execute(db))).rejects.toThrow(/permission denied/);
		}
		await expect(
			withBusiness(mavuno, (scope) => post(scope, entry([cash(5n), credit(-5n)])))
		).rejects.toMatchObject({ code: 'forbidden' });
	});
});

describe('the entries of a business', () => {
	it('stay hidden from the other, and from a member who may not see bills', async () => {
		const { invoices } = await withBusiness(mavuno, (scope) => listInvoices(scope, {}));
		const document = { kind: 'invoice' as const, id: invoices[0]?.id ?? '' };
		expect(await withBusiness(mavuno, (scope) => listEntries(scope, { document }))).toHaveLength(1);
		expect(
			await withBusiness(pwani, (scope) =>
				listEntries(scope, { document, businessId: mavuno.businessId })
			)
		).toEqual([]);
		const both = await system((scope) => readBalances(scope, {}));
		expect(new Set(both.map(({ businessId }) => businessId)).size).toBe(2);
		const own = await withBusiness(pwani, (scope) =>
			readBalances(scope, { businessId: mavuno.businessId })
		);
		expect(new Set(own.map(({ businessId }) => businessId))).toEqual(new Set([pwani.businessId]));
		const otieno = await createMember(mavuno.businessId, 'Otieno', 'o@mavuno.example', 'member');
		await expect(withBusiness(otieno, (scope) => readBalances(scope, {}))).rejects.toMatchObject({
			code: 'forbidden'
		});
	});

	it('come by account, the last first, page by page', async () => {
		const page = (before?: string) =>
			withBusiness(mavuno, (scope) =>
				listAccountEntries(scope, { account: 'receivable', limit: 2, before })
			);
		const seen: string[] = [];
		for (let before: string | undefined; ;) {
			const { entries, next } = await page(before);
			seen.push(...entries.map(({ id }) => id));
			if (next === null) break;
			before = next;
		}
		expect(seen).toHaveLength(5);
		expect(seen).toEqual([...new Set(seen)].sort().reverse());
	});
});

/** Numbers that look random and are the same in every run (mulberry32). */
function dice(seed: number): (sides: number) => number {
	let state = seed;
	return (sides) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
	};
}

describe('any invoices and payments', () => {
	it.each([1, 2, 3])('keep every balance right (seed %i)', async (seed) => {
		const roll = dice(seed);
		for (let step = 0; step < 30; step++) {
			const as = roll(2) === 0 ? mavuno : pwani;
			const { invoices } = await withBusiness(as, (scope) => listInvoices(scope, { limit: 100 }));
			const open = invoices.filter(({ status }) => status === 'open');
			const invoice = open[roll(Math.max(1, open.length))];
			if (!invoice || roll(3) === 0) {
				await system((scope) =>
					issueInvoice(scope, {
						businessId: as.businessId,
						issuedOn: '2026-11-01',
						dueOn: '2026-12-31',
						currency: roll(4) === 0 ? 'UGX' : 'KES',
						lines: Array.from({ length: 1 + roll(4) }, () => ({
							description: 'Something',
							quantity: `${1 + roll(5000)}.${roll(1000)}`,
							unitMinor: `${roll(90_000)}.${roll(100)}1`
						}))
					})
				);
			} else {
				const left = invoice.totalMinor - invoice.paidMinor;
				const amount = roll(2) === 0 || left < 3n ? left : 1n + (left * BigInt(roll(100))) / 100n;
				await pay(
					as,
					invoice.number,
					amount < left ? amount : left,
					`S${seed}-${step}`,
					invoice.currency
				);
			}
		}
		for (const as of [mavuno, pwani]) {
			const sums: Record<string, bigint> = {};
			const book = (account: string, currency: string, amount: bigint) => {
				const key = `${account} ${currency}`;
				sums[key] = (sums[key] ?? 0n) + amount;
			};
			await withBusiness(as, async (scope) => {
				const { invoices } = await listInvoices(scope, { limit: 100 });
				for (const { number } of invoices) {
					const { currency, totals, totalMinor, paidMinor } = await readInvoice(scope, { number });
					book('receivable', currency, totalMinor - paidMinor);
					book('revenue', currency, -totals.subtotalMinor);
					book('tax', currency, -totals.taxMinor);
					if (paidMinor > 0n) book('cash', currency, paidMinor);
				}
			});
			const kept = await balances(as);
			expect(kept).toEqual(sums);
			for (const currency of ['KES', 'UGX'])
				expect(
					Object.entries(kept)
						.filter(([key]) => key.endsWith(currency))
						.reduce((sum, [, amount]) => sum + amount, 0n)
				).toBe(0n);
		}
		expect((await verified()).disagreements).toEqual([]);
	});
});

const migration = (name: string): string =>
	readFileSync(new URL(`../../../../migrations/${name}.sql`, import.meta.url), 'utf8');

describe('an installation older than the ledger', () => {
	it('has an entry for all that was issued and paid, dated as the documents', async () => {
		const before = await system((scope) => readBalances(scope, {}));
		const asked = { account: 'receivable' as const, limit: 100 };
		const list = () => withBusiness(mavuno, (scope) => listAccountEntries(scope, asked));
		const { entries } = await list();
		await owner.query('begin; drop schema ledger cascade');
		// Where payments stood then.
		await owner.query(`create table billing.payments as
			select p.business_id, p.id, a.invoice_id, a.amount_minor, p.currency, p.reference, p.received_on,
				p.recorded_at
			from payments.payments p join payments.allocations a
				on a.business_id = p.business_id and a.payment_id = p.id`);
		await owner.query(migration('0050_ledger'));
		await owner.query('drop table billing.payments');
		// What was added to the ledger since: everything behind this in its migration.
		const later = migration('0054_invoices');
		await owner.query(later.slice(later.indexOf('-- Zero-rated and exempt')));
		await owner.query('commit');
		expect(await system((scope) => readBalances(scope, {}))).toEqual(before);
		const shown = ({ document, ...entry }: (typeof entries)[number]) =>
			[document.id, { ...entry, id: '', document }] as const;
		expect(Object.fromEntries((await list()).entries.map(shown))).toEqual(
			Object.fromEntries(entries.map(shown))
		);
		expect((await verified()).disagreements).toEqual([]);
	});
});
