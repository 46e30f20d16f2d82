import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Conflict, Expected } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { post, readBalances, verifyLedger, type Posting } from '../ledger/index.ts';
import {
	applyCredit,
	issueCreditNote,
	issueInvoices,
	readBooks,
	readCreditNote,
	readInvoice,
	readNextReference,
	saveBillingSettings,
	saveNextReference,
	saveSeller,
	settleInvoices,
	voidInvoice,
	writeOffInvoice,
	type DraftLine,
	type InvoiceDraft
} from './index.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

const line = (amountMinor: bigint, more: Partial<DraftLine> = {}): DraftLine => ({
	kind: 'other',
	description: 'Something',
	quantity: '1',
	unitMinor: String(amountMinor),
	exactAmount: String(Number(amountMinor) / 100),
	amountMinor,
	taxClass: 'standard',
	taxIncluded: false,
	...more
});

const draft = (lines: DraftLine[], more: Partial<InvoiceDraft> = {}): InvoiceDraft => ({
	businessId: mavuno.businessId,
	issuedOn: '2026-11-01',
	dueOn: '2026-11-30',
	currency: 'KES',
	lines,
	...more
});

const issue = async (lines: DraftLine[], more: Partial<InvoiceDraft> = {}) => {
	const [issued] = await system((scope) => issueInvoices(scope, [draft(lines, more)]));
	if (!issued) throw new Error('It was issued.');
	return issued;
};

/** What is received: an entry of its own, and what it settles. */
const pay = (businessId: string, invoiceId: string, amountMinor: bigint, onDay = '2026-11-20') =>
	system(async (scope) => {
		const id = `pay_${invoiceId.slice(4)}${amountMinor}${Math.random()}`;
		const [settled] = await settleInvoices(scope, [
			{
				businessId,
				invoiceId,
				source: { kind: 'payment', id, method: 'bank', reference: id },
				amountMinor,
				onDay
			}
		]);
		await post(scope, {
			businessId,
			onDay,
			kind: 'received',
			document: { kind: 'payment', id, reference: id },
			currency: 'KES',
			postings: [
				{ account: 'cash', amountMinor },
				{ account: 'receivable', invoiceId, amountMinor: -amountMinor }
			]
		});
		return settled;
	});

const credit = (number: string, what: Parameters<typeof issueCreditNote>[1]['what']) =>
	system((scope) =>
		issueCreditNote(scope, {
			businessId: mavuno.businessId,
			number,
			issuedOn: '2026-11-10',
			reason: 'Billed twice',
			what
		})
	);

const end = (how: typeof voidInvoice, number: string) =>
	system((scope) =>
		how(scope, { businessId: mavuno.businessId, number, onDay: '2026-12-15', reason: 'A mistake' })
	);

const read = (number: string, as = mavuno) =>
	withBusiness(as, (scope) => readInvoice(scope, { number }));

/** Of the payments here nobody knows but the ledger. */
const disagreements = async () =>
	(await system((scope) => verifyLedger(scope, readBooks))).disagreements.filter(
		({ document }) => document.kind !== 'payment'
	);

const balance = async (account: Posting['account'], as = mavuno) =>
	(await withBusiness(as, (scope) => readBalances(scope, {}))).find(
		(one) => one.account === account
	)?.amountMinor ?? 0n;

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-12-20T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
});
afterAll(() => runtime.stop());

describe('invoices issued in one turn', () => {
	it('have their numbers in the order of the drafts, debit notes in a series of their own', async () => {
		const first = await issue([line(100n)]);
		const issued = await system((scope) =>
			issueInvoices(scope, [
				draft([line(200n)]),
				draft([line(50n)], { kind: 'debit_note', correctsInvoiceId: first.id }),
				draft([line(300n)], { businessId: pwani.businessId })
			])
		);
		const sequence = Number(first.number.slice(-4));
		expect(issued.map(({ number }) => number)).toEqual([
			`INV-2026-${String(sequence + 1).padStart(4, '0')}`,
			'DBN-2026-0001',
			`INV-2026-${String(sequence + 2).padStart(4, '0')}`
		]);
		expect(issued.map(({ totalMinor }) => totalMinor)).toEqual([232n, 58n, 348n]);
	});

	it('take discounts before tax, and have tax on top beside tax within', async () => {
		const { number } = await issue(
			[
				line(10_001n),
				line(9_999n),
				line(11_600n, { taxIncluded: true }),
				line(777n, { taxClass: 'exempt' })
			],
			{
				discounts: [
					{ label: 'Half', percent: '50' },
					{ label: 'Ten', amountMinor: 1000n }
				]
			}
		);
		const invoice = await read(number);
		const gross = invoice.lines.reduce((sum, one) => sum + one.amountMinor, 0n);
		expect(gross).toBe(32_377n);
		const { discount_minor } = await system(({ db }) =>
			db
				.selectFrom('billing.invoices')
				.select('discount_minor')
				.where('number', '=', number)
				.executeTakeFirstOrThrow()
		);
		expect(discount_minor).toBe(17_189n);
		expect(invoice.totalMinor).toBe(invoice.totals.totalMinor);
		expect(await disagreements()).toEqual([]);
	});

	it('have the reference that the customer said for the next one, then for every one, or the one given', async () => {
		await withBusiness(mavuno, async (scope) => {
			await saveBillingSettings(scope, {
				language: 'en',
				invoicesBy: 'page',
				customerReference: 'Cost centre 7'
			});
			await saveNextReference(scope, { reference: 'PO 4711' });
		});
		const reference = async (more: Partial<InvoiceDraft> = {}) => {
			const as = more.businessId === pwani.businessId ? pwani : mavuno;
			return (await read((await issue([line(100n)], more)).number, as)).customerReference;
		};
		expect(await reference({ businessId: pwani.businessId })).toBeNull();
		expect(await reference({ customerReference: 'By hand' })).toBe('By hand');
		const both = await system((scope) =>
			issueInvoices(scope, [draft([line(100n)]), draft([line(100n)])])
		);
		// Of two at once the first is the next one.
		expect(
			await Promise.all(both.map(async ({ number }) => (await read(number)).customerReference))
		).toEqual(['PO 4711', 'Cost centre 7']);
		expect(await reference()).toBe('Cost centre 7');
		expect(await withBusiness(mavuno, (scope) => readNextReference(scope, {}))).toBeNull();
	});

	it.each<[string, () => Partial<InvoiceDraft>]>([
		['less than nothing', () => ({ lines: [line(100n), line(-101n)] })],
		['more than 15 digits', () => ({ lines: [line(999_999_999_999_999n)] })],
		['a debit note of nothing named', () => ({ kind: 'debit_note' })],
		['an invoice that names another', () => ({ correctsInvoiceId: 'inv_1' })],
		['due before its day', () => ({ dueOn: '2026-10-31' })],
		[
			'a discount of two kinds',
			() => ({ discounts: [{ label: 'x', percent: '1', amountMinor: 1n }] })
		]
	])('refuse %s', async (_, more) => {
		await expect(issue([line(100n)], more())).rejects.toBeInstanceOf(Expected);
	});
});

describe('what settles an invoice', () => {
	it('makes less to pay, and pays it when nothing is left', async () => {
		const { id, number } = await issue([line(100_00n)]);
		expect(await pay(mavuno.businessId, id, 5000n)).toMatchObject({
			status: 'open',
			leftMinor: 6600n
		});
		await expect(pay(mavuno.businessId, id, 6601n)).rejects.toMatchObject({
			code: 'settled_too_much'
		});
		expect(await pay(mavuno.businessId, id, 6600n)).toMatchObject({
			status: 'paid',
			leftMinor: 0n
		});
		expect(await read(number)).toMatchObject({ status: 'paid', paidOn: '2026-11-20' });
		await expect(pay(mavuno.businessId, id, 1n)).rejects.toMatchObject({
			code: 'invoice_not_open'
		});
	});

	it('of another business is not found', async () => {
		const { id } = await issue([line(100n)]);
		await expect(pay(pwani.businessId, id, 1n)).rejects.toMatchObject({ code: 'not_found' });
	});

	it('is never counted beyond what is asked by two at once', async () => {
		const { id } = await issue([line(100n)]);
		const tries = await Promise.allSettled([1, 2, 3].map(() => pay(mavuno.businessId, id, 116n)));
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const one of tries)
			if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Conflict);
	});

	it('is taken back as far as it settled, and the invoice is open again', async () => {
		const { id, number } = await issue([line(100n)]);
		const source = {
			kind: 'payment' as const,
			id: 'pay_bounced',
			method: 'bank',
			reference: 'FT-1'
		};
		const settle = (amountMinor: bigint) =>
			system((scope) =>
				settleInvoices(scope, [
					{ businessId: mavuno.businessId, invoiceId: id, source, amountMinor, onDay: '2026-11-20' }
				])
			);
		await settle(116n);
		await expect(settle(-117n)).rejects.toMatchObject({ code: 'not_settled' });
		await settle(-116n);
		expect(await read(number)).toMatchObject({ status: 'open', paidMinor: 0n, paidOn: null });
		await settle(100n);
		await settle(-100n);
	});
});

describe('a credit note', () => {
	it('makes less to pay; what the invoice asks for no longer is the customer’s credit, and pays the next', async () => {
		const { id, number } = await issue([line(10_000n)]);
		await pay(mavuno.businessId, id, 10_000n);
		const before = await balance('credit');
		expect(await credit(number, { whole: true })).toMatchObject({
			number: 'CRN-2026-0001',
			totalMinor: 11_600n,
			settledMinor: 1600n
		});
		expect(await balance('credit')).toBe(before - 10_000n);
		expect(await read(number)).toMatchObject({ status: 'paid' });
		const next = await issue([line(20_000n)], { dueOn: '2026-11-01' });
		const used = await system((scope) =>
			applyCredit(scope, { businessId: mavuno.businessId, invoiceId: next.id })
		);
		expect(used).toMatchObject([{ invoiceId: next.id, leftMinor: 13_200n }]);
		expect(await balance('credit')).toBe(before);
		expect(await system((scope) => applyCredit(scope, { businessId: mavuno.businessId }))).toEqual(
			[]
		);
		expect(await disagreements()).toEqual([]);
	});

	it('of another business does not exist', async () => {
		const { number } = await issue([line(100n)]);
		const note = await credit(number, { whole: true });
		const look = (as: typeof mavuno) =>
			withBusiness(as, (scope) => readCreditNote(scope, { number: note.number }));
		expect(await look(mavuno)).toMatchObject({
			corrects: { number },
			reason: 'Billed twice',
			totals: { totalMinor: 116n }
		});
		await expect(look(pwani)).rejects.toMatchObject({ code: 'not_found' });
	});

	it('is one of two that come at once for the same', async () => {
		const { number } = await issue([line(10_000n)]);
		const tries = await Promise.allSettled(
			[1, 2].map(() => credit(number, { lines: [{ position: 1, amountMinor: 6000n }] }))
		);
		expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { code: 'credited_too_much' }
		});
	});

	it('counts what later invoices gave back of a line, and they count it', async () => {
		const { id, number } = await issue([line(10_000n)]);
		const back = (amountMinor: bigint) =>
			issue([
				line(50_000n),
				line(-amountMinor, { kind: 'credit', credits: { invoiceId: id, position: 1 } })
			]);
		const later = await back(4000n);
		await expect(back(6001n)).rejects.toMatchObject({ code: 'credited_too_much' });
		expect(await credit(number, { whole: true })).toMatchObject({ totalMinor: 6960n });
		await expect(back(1n)).rejects.toMatchObject({ code: 'credited_too_much' });
		// What is void gives nothing back.
		await end(voidInvoice, later.number);
		expect(await credit(number, { whole: true })).toMatchObject({ totalMinor: 4640n });
		expect(await disagreements()).toEqual([]);
	});

	it('is not for an invoice that is void, nor dated before it', async () => {
		const { number } = await issue([line(100n)], { issuedOn: '2026-11-11' });
		await expect(credit(number, { whole: true })).rejects.toMatchObject({ code: 'too_early' });
		await end(voidInvoice, number);
		await expect(credit(number, { whole: true })).rejects.toMatchObject({ code: 'invoice_void' });
	});
});

describe('an invoice that is void', () => {
	it('asks for nothing, has an entry that takes it back, and takes no money', async () => {
		const before = [await balance('receivable'), await balance('tax')];
		const { id, number } = await issue([line(100n)]);
		await end(voidInvoice, number);
		expect([await balance('receivable'), await balance('tax')]).toEqual(before);
		expect(await read(number)).toMatchObject({ status: 'void' });
		await expect(pay(mavuno.businessId, id, 1n)).rejects.toMatchObject({
			code: 'invoice_not_open'
		});
		await expect(end(voidInvoice, number)).rejects.toMatchObject({ code: 'invoice_not_open' });
		expect(await disagreements()).toEqual([]);
	});

	it('was not paid, wholly or in part', async () => {
		const { id, number } = await issue([line(100n)]);
		await pay(mavuno.businessId, id, 1n);
		await expect(end(voidInvoice, number)).rejects.toMatchObject({ code: 'invoice_settled' });
	});
});

describe('an invoice that was given up', () => {
	it('is written off; what comes for it later takes so much of that back', async () => {
		const { id, number } = await issue([line(10_000n)]);
		await pay(mavuno.businessId, id, 600n);
		const before = await balance('written_off');
		await end(writeOffInvoice, number);
		expect(await read(number)).toMatchObject({ status: 'uncollectible' });
		expect(await balance('written_off')).toBe(before + 11_000n);
		expect(await pay(mavuno.businessId, id, 1000n, '2027-01-10')).toMatchObject({
			status: 'uncollectible'
		});
		expect(await balance('written_off')).toBe(before + 10_000n);
		await expect(pay(mavuno.businessId, id, 10_001n, '2027-01-11')).rejects.toMatchObject({
			code: 'settled_too_much'
		});
		expect(await credit(number, { amountMinor: 1000n })).toMatchObject({ settledMinor: 1000n });
		expect(await pay(mavuno.businessId, id, 9000n, '2027-01-12')).toMatchObject({ status: 'paid' });
		expect(await balance('written_off')).toBe(before);
		expect(await disagreements()).toEqual([]);
	});
});

describe('whatever was issued', () => {
	it('cannot be changed or deleted through any door', async () => {
		const statements = [
			sql`update billing.settlements set amount_minor = 1`,
			sql`delete from billing.settlements`,
			sql`update billing.credit_notes set total_minor = 1`,
			sql`delete from billing.credit_note_lines`,
			sql`update billing.invoice_lines set amount_minor = 1`,
			sql`update billing.invoice_taxes set tax_minor = 1`
		];
		const staff = { kind: 'staff' as const, personId: mavuno.personId, name: 'Test' };
		for (const statement of statements) {
			await expect(system(({ db }) => statement.execute(db))).rejects.toThrow(/permission denied/);
			await expect(withBusiness(mavuno, ({ db }) => statement.execute(db))).rejects.toThrow(
				/permission denied/
			);
			await expect(withStaff(staff, 'trying', ({ db }) => statement.execute(db))).rejects.toThrow(
				/permission denied/
			);
		}
	});
});

/** Numbers that look like chance and are the same each time (mulberry32). */
function chance(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
	};
}

describe('any sequence of acts', () => {
	it('leaves a ledger that balances and agrees, and gives back no more than was billed', async () => {
		for (let seed = 1; seed <= 8; seed++) {
			const below = chance(seed);
			const invoices: { id: string; number: string }[] = [];
			for (let turn = 0; turn < 25; turn++) {
				const one = invoices[below(Math.max(1, invoices.length))];
				const acts: (() => Promise<unknown>)[] = [
					async () => invoices.push(await issue(any(below))),
					async () =>
						invoices.push(
							await issue([
								...any(below),
								line(-BigInt(1 + below(2000)), {
									kind: 'credit',
									...(one ? { credits: { invoiceId: one.id, position: 1 } } : {})
								})
							])
						),
					() => (one ? pay(mavuno.businessId, one.id, BigInt(1 + below(9000))) : Promise.resolve()),
					() =>
						one ? credit(one.number, { amountMinor: BigInt(1 + below(9000)) }) : Promise.resolve(),
					() => (one ? credit(one.number, { whole: true }) : Promise.resolve()),
					() =>
						one
							? credit(one.number, {
									lines: [{ position: 1, amountMinor: BigInt(1 + below(4000)) }]
								})
							: Promise.resolve(),
					() => (one ? end(voidInvoice, one.number) : Promise.resolve()),
					() => (one ? end(writeOffInvoice, one.number) : Promise.resolve()),
					() => system((scope) => applyCredit(scope, { businessId: mavuno.businessId }))
				];
				try {
					await acts[below(acts.length)]?.();
				} catch (error) {
					// Much of it makes no sense, and is refused as such.
					if (!(error instanceof Expected)) throw error;
				}
			}
			expect(await disagreements(), `seed ${seed}`).toEqual([]);
			const { rows } = await system(({ db }) =>
				sql`select n.number from billing.invoices n where n.total_minor <
					(select coalesce(sum(c.total_minor), 0) from billing.credit_notes c where c.invoice_id = n.id)
					and not exists (select from billing.invoice_lines l
						where l.invoice_id = n.id and l.amount_minor < 0)`.execute(db)
			);
			expect(rows, `seed ${seed}`).toEqual([]);
		}
	});

	function any(below: (count: number) => number): DraftLine[] {
		return Array.from({ length: 1 + below(3) }, () =>
			line(BigInt(1 + below(9000)), {
				taxClass: (['standard', 'zero', 'reduced'] as const)[below(3)] ?? 'standard',
				taxIncluded: below(3) === 0
			})
		);
	}
});
