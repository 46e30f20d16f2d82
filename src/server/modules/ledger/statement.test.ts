import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { post, readStatements, type Posting } from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;

const owed = (amountMinor: bigint): Posting => ({
	account: 'receivable',
	amountMinor,
	invoiceId: 'inv_1'
});
const earned = (amountMinor: bigint): Posting => ({
	account: 'revenue',
	amountMinor: -amountMinor,
	taxRate: '0',
	taxClass: 'zero'
});
const cash = (amountMinor: bigint): Posting => ({ account: 'cash', amountMinor });
const credit = (amountMinor: bigint): Posting => ({ account: 'credit', amountMinor });

const entries: {
	as?: () => Member;
	onDay: string;
	kind: 'issued' | 'received' | 'used';
	document: 'invoice' | 'payment' | 'credit_use';
	reference: string;
	currency?: string;
	postings: Posting[];
}[] = [
	{
		onDay: '2026-09-01',
		kind: 'issued',
		document: 'invoice',
		reference: 'INV-1',
		postings: [owed(1000n), earned(1000n)]
	},
	{
		// More than is owed: the rest is there to use.
		onDay: '2026-09-30',
		kind: 'received',
		document: 'payment',
		reference: 'FT-1',
		postings: [cash(1300n), owed(-1000n), credit(-300n)]
	},
	{
		// Written down later than what follows.
		onDay: '2026-10-05',
		kind: 'received',
		document: 'payment',
		reference: 'FT-2',
		postings: [cash(200n), owed(-200n)]
	},
	{
		onDay: '2026-10-01',
		kind: 'issued',
		document: 'invoice',
		reference: 'INV-2',
		postings: [owed(800n), earned(800n)]
	},
	{
		onDay: '2026-10-02',
		kind: 'used',
		document: 'credit_use',
		reference: 'CU-1',
		postings: [credit(300n), owed(-300n)]
	},
	{
		onDay: '2026-10-03',
		kind: 'issued',
		document: 'invoice',
		reference: 'INV-3',
		currency: 'UGX',
		postings: [owed(70n), earned(70n)]
	},
	{
		as: () => pwani,
		onDay: '2026-10-01',
		kind: 'issued',
		document: 'invoice',
		reference: 'INV-4',
		postings: [owed(5n), earned(5n)]
	}
];

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await withSystem('test', async (scope) => {
		for (const { as = () => mavuno, document, reference, currency = 'KES', ...entry } of entries)
			await post(scope, {
				...entry,
				businessId: as().businessId,
				currency,
				document: { kind: document, id: reference, reference }
			});
	});
});
afterAll(() => runtime.stop());

const read = async (from: string, to: string, as = mavuno) =>
	(await withBusiness(as, (scope) => readStatements(scope, { from, to }))).map(
		({ currency, openingMinor, entries, closingMinor }) => [
			currency,
			openingMinor,
			...entries.map(({ onDay, document, amountMinor, balanceMinor }) =>
				[onDay, document.reference, amountMinor, balanceMinor].join(' ')
			),
			closingMinor
		]
	);

it('goes from opening to closing by day, each currency by itself, and leaves out what changes nothing', async () => {
	expect(await read('2026-10-01', '2026-10-31')).toEqual([
		[
			'KES',
			-300n,
			'2026-10-01 INV-2 800 500',
			// The credit that was used is in the balance already.
			'2026-10-05 FT-2 -200 300',
			300n
		],
		['UGX', 0n, '2026-10-03 INV-3 70 70', 70n]
	]);
});

it('has both its days in it, and closes with what the next one opens with', async () => {
	expect(await read('2026-09-01', '2026-09-30')).toEqual([
		['KES', 0n, '2026-09-01 INV-1 1000 1000', '2026-09-30 FT-1 -1300 -300', -300n]
	]);
	expect(await read('2026-09-02', '2026-09-29')).toEqual([['KES', 1000n, 1000n]]);
	expect(await read('2026-08-01', '2026-08-31')).toEqual([]);
});

it('comes in pages, each of which goes on with the balance of the one before', async () => {
	const page = async (page: number) => {
		const [statement] = await withBusiness(mavuno, (scope) =>
			readStatements(scope, {
				from: '2026-09-01',
				to: '2026-10-31',
				paged: { page, size: 2 }
			})
		);
		return statement;
	};
	const [first, second, third] = [await page(1), await page(2), await page(3)];
	expect([first, second, third].map((each) => [each?.count, each?.carriedMinor])).toEqual([
		[4, 0n],
		[4, -300n],
		[4, 300n]
	]);
	expect(second?.entries.map(({ balanceMinor }) => balanceMinor)).toEqual([500n, 300n]);
	expect(third?.entries).toEqual([]);
	expect([first?.closingMinor, third?.closingMinor]).toEqual([300n, 300n]);
});

it('is of the own business, for those who see its bills, and of days in their order', async () => {
	expect(await read('2026-10-01', '2026-10-31', pwani)).toEqual([
		['KES', 0n, '2026-10-01 INV-4 5 5', 5n]
	]);
	const otieno = await createMember(mavuno.businessId, 'Otieno', 'o@mavuno.example', 'member');
	await expect(read('2026-10-01', '2026-10-31', otieno)).rejects.toMatchObject({
		code: 'forbidden'
	});
	await expect(read('2026-10-02', '2026-10-01')).rejects.toMatchObject({
		issues: [{ path: 'to' }]
	});
});
