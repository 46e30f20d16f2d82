import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden } from '#server/platform/errors.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { payInvoice } from '../../../../tests/setup/payments.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { addUpInvoices, issueInvoice, saveSeller, selectInvoices } from './index.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let productId: string;
const numbers: string[] = [];
const today = '2026-11-22';

/** Before tax, in shillings. */
const issued = [
	{ issuedOn: '2026-08-01', dueOn: '2026-08-31', amount: 300, pays: true },
	{ issuedOn: '2026-09-01', dueOn: '2026-09-30', amount: 100 },
	{ issuedOn: '2026-10-01', dueOn: '2026-12-15', amount: 200 },
	{ issuedOn: '2026-11-01', dueOn: '2026-11-30', amount: 100, currency: 'USD' },
	{ issuedOn: '2026-11-02', dueOn: '2026-11-30', amount: 400, product: true }
];

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	productId = (await createProducts()).erp;
	await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
		for (const { issuedOn, dueOn, amount, pays, product, currency = 'KES' } of issued) {
			const unitMinor = String(amount * 100);
			const line = { description: 'Plan', quantity: '1', unitMinor };
			const { number, totalMinor } = await issueInvoice(scope, {
				businessId: mavuno.businessId,
				issuedOn,
				dueOn,
				currency,
				lines: [product ? { ...line, productId } : line]
			});
			numbers.push(number);
			if (pays)
				await payInvoice(scope, {
					businessId: mavuno.businessId,
					number,
					amountMinor: totalMinor,
					currency,
					method: 'bank',
					reference: 'FT1',
					receivedOn: '2026-08-20'
				});
		}
		await issueInvoice(scope, {
			businessId: pwani.businessId,
			issuedOn: '2026-11-03',
			dueOn: '2026-11-30',
			currency: 'KES',
			lines: [{ description: 'Plan', quantity: '1', unitMinor: '20000' }]
		});
	});
});
afterAll(() => runtime.stop());

type Asked = Omit<Parameters<typeof selectInvoices>[1], 'today'>;
const select = (asked: Asked = {}) =>
	withBusiness(mavuno, (scope) => selectInvoices(scope, { today, ...asked }));
/** Which of the five, counted from one, in order. */
const found = async (asked: Asked): Promise<number[]> =>
	(await select(asked)).invoices.map(({ number }) => numbers.indexOf(number) + 1);

describe('the list of invoices', () => {
	it.each<[string, Asked, number[]]>([
		['nothing', {}, [5, 4, 3, 2, 1]],
		['paid', { standing: 'paid' }, [1]],
		['overdue', { standing: 'overdue' }, [2]],
		['due', { standing: 'due' }, [5, 4, 3]],
		['void', { standing: 'void' }, []],
		['from and to, both included', { from: '2026-09-01', to: '2026-11-01' }, [4, 3, 2]],
		['at least and at most, both included', { least: 11_600n, most: 23_200n }, [4, 3, 2]],
		['two at once', { standing: 'due', least: 30_000n }, [5]],
		['a number that is not there', { search: '%' }, []],
		['the dearest first', { order: 'amount' }, [5, 1, 3, 4, 2]],
		['the cheapest first', { order: 'amount', direction: 'ascending' }, [2, 4, 3, 1, 5]],
		['due first', { order: 'due', direction: 'ascending' }, [1, 2, 4, 5, 3]]
	])('by %s', async (_, asked, expected) => {
		expect(await found(asked)).toEqual(expected);
	});

	it('by a product on any of its lines, and by a part of its number in any letters', async () => {
		expect(await found({ productId })).toEqual([5]);
		expect(await found({ search: (numbers[2] ?? '').slice(-6).toLowerCase() })).toEqual([3]);
	});

	it.each<Asked>([
		{},
		{ order: 'amount' },
		{ order: 'due', direction: 'ascending' },
		{ order: 'issued', direction: 'ascending' }
	])('is paged without gaps under %j', async (asked) => {
		const paged: string[] = [];
		let after: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof select>> = await select({
				...asked,
				limit: 2,
				...(after === null ? {} : { after })
			});
			expect(page.invoices.length).toBeLessThanOrEqual(2);
			paged.push(...page.invoices.map(({ number }) => number));
			after = page.next;
		} while (after !== null);
		expect(paged).toEqual((await select(asked)).invoices.map(({ number }) => number));
	});

	it('begins anew at a place of another order', async () => {
		expect(await found({ order: 'due', after: '4649240.INV-2026-0003' })).toHaveLength(5);
		expect(await found({ order: 'amount', after: '2026-11-30.INV-2026-0003' })).toHaveLength(5);
	});

	it('adds up what fits, each currency by itself', async () => {
		const sums = (asked: Omit<Asked, 'order'>) =>
			withBusiness(mavuno, (scope) => addUpInvoices(scope, { today, ...asked }));
		expect(await sums({})).toEqual([
			{ currency: 'KES', count: 4, totalMinor: 116_000n, leftMinor: 81_200n },
			{ currency: 'USD', count: 1, totalMinor: 11_600n, leftMinor: 11_600n }
		]);
		expect(await sums({ standing: 'paid' })).toEqual([
			{ currency: 'KES', count: 1, totalMinor: 34_800n, leftMinor: 0n }
		]);
		expect(await sums({ standing: 'void' })).toEqual([]);
	});

	it('is for those who see money', async () => {
		const member = await createMember(mavuno.businessId, 'Otieno', 'otieno@list.example', 'member');
		await expect(
			withBusiness(member, (scope) => selectInvoices(scope, { today }))
		).rejects.toBeInstanceOf(Forbidden);
	});
});
