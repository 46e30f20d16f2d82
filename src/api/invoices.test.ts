import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBooks, saveSeller } from '#server/modules/billing/index.ts';
import { createIntegratorKey } from '#server/modules/catalogue/index.ts';
import { verifyLedger } from '#server/modules/ledger/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let token: string;
const api = createApi();

interface Answer {
	status: number;
	body: Record<string, unknown> & {
		code?: string;
		number?: string;
		id?: string;
		errors?: { path: string; message: string }[];
	};
}

async function ask(method: string, path: string, body?: object, key?: string): Promise<Answer> {
	const response = await api.request(`/api/v1${path}`, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body ? { 'content-type': 'application/json' } : {}),
			...(key === undefined ? {} : { 'idempotency-key': key })
		},
		...(body ? { body: JSON.stringify(body) } : {})
	});
	return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const training = (more: object = {}) => ({
	business: mavuno.businessId,
	currency: 'KES',
	lines: [
		{ description: 'Training', quantity: '2', unit_amount: '15000' },
		{ description: 'Handbook', unit_amount: '1160.00', tax_included: true }
	],
	...more
});

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-22T21:30:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	({ token } = await withSystem('test', async (scope) => {
		await saveSeller(scope, {
			name: 'Lixnet Ltd',
			address: ['Nairobi'],
			taxPin: 'P051930264T',
			daysToPay: 14
		});
		return createIntegratorKey(scope, {
			name: 'Bookkeeping',
			scopes: ['invoices:read', 'invoices:write']
		});
	}));
});
afterAll(async () => {
	const { disagreements } = await withSystem('test', (scope) => verifyLedger(scope, readBooks));
	expect(disagreements).toEqual([]);
	await runtime.stop();
});

describe('POST /api/v1/invoices', () => {
	it('issues, today in the zone of the business, due after the vendor’s days; once for a key', async () => {
		const first = await ask('POST', '/invoices', training({ reference: 'PO 4711' }), 'a');
		expect(first).toMatchObject({
			status: 200,
			body: {
				kind: 'invoice',
				status: 'open',
				issued_on: '2026-11-23',
				due_on: '2026-12-07',
				reference: 'PO 4711',
				lines: [
					{ position: 1, quantity: '2', unit_amount: '15000', amount: '30000.00' },
					{ position: 2, amount: '1160.00', tax_included: true }
				],
				subtotal: '31000.00',
				taxes: [{ class: 'standard', base: '31000.00', tax: '4960.00' }],
				total: '35960.00',
				left: '35960.00'
			}
		});
		expect(await ask('POST', '/invoices', training({ reference: 'PO 4711' }), 'a')).toEqual(first);
		const read = await ask(
			'GET',
			`/invoices/${String(first.body.number)}?business=${mavuno.businessId}`
		);
		expect(read).toEqual(first);
		const other = `/invoices/${String(first.body.number)}?business=${pwani.businessId}`;
		expect((await ask('GET', other)).status).toBe(404);
	});

	it.each<[string, object, string]>([
		['no line', { lines: [] }, 'lines'],
		[
			'a negative amount',
			{ lines: [{ description: 'x', unit_amount: '-1' }] },
			'lines.0.unit_amount'
		],
		[
			'an amount beyond 15 digits',
			{ lines: [{ description: 'x', unit_amount: '99999999999999' }] },
			'lines.0'
		],
		[
			'a period turned round',
			{
				lines: [
					{
						description: 'x',
						unit_amount: '1',
						period: { start: '2026-11-02', end: '2026-11-01' }
					}
				]
			},
			'lines.0.period.end'
		],
		['a currency that there is not', { currency: 'KSH' }, 'currency'],
		['a debit note that corrects nothing', { kind: 'debit_note' }, 'corrects'],
		['a due date before its day', { issued_on: '2026-11-20', due_on: '2026-11-19' }, 'due_on'],
		[
			'a discount of two kinds',
			{ discounts: [{ label: 'x', percent: '1', amount: '1' }] },
			'discounts.0'
		],
		['a field that there is not', { note: 'x' }, 'note']
	])('refuses %s, with the field', async (_, more, path) => {
		const { status, body } = await ask('POST', '/invoices', training(more));
		expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid' });
		expect(body.errors?.map((error) => error.path)).toEqual([path]);
		expect(body.errors?.[0]?.message).toMatch(/\w/);
	});
});

describe('drafts', () => {
	it('are reckoned, changed by who has read them last, issued, and gone', async () => {
		const made = await ask('POST', '/invoice-drafts', training());
		expect(made.body).toMatchObject({ version: 1, total: '35960.00' });
		const path = `/invoice-drafts/${String(made.body.id)}`;
		const discounts = [{ label: 'Friends', percent: '10' }];
		const changed = await ask('PUT', path, { ...training({ discounts }), version: 1 });
		expect(changed.body).toMatchObject({ version: 2, total: '32364.00' });
		expect((await ask('PUT', path, { ...training(), version: 1 })).body.code).toBe('draft_changed');
		const list = await ask('GET', `/invoice-drafts?business=${mavuno.businessId}`);
		expect(list.body).toMatchObject({ drafts: [{ id: made.body.id, version: 2 }] });
		const issued = await ask('POST', `${path}/issue`, {
			business: mavuno.businessId,
			version: 2,
			due_on: '2026-12-31'
		});
		expect(issued.body).toMatchObject({ total: '32364.00', due_on: '2026-12-31' });
		expect((await ask('GET', `${path}?business=${mavuno.businessId}`)).status).toBe(404);
	});

	it('are thrown away, and take no number', async () => {
		const numbers = async () =>
			Number((await ask('POST', '/invoices', training())).body.number?.slice(-4));
		const before = await numbers();
		const { body } = await ask('POST', '/invoice-drafts', training());
		const path = `/invoice-drafts/${String(body.id)}?business=${mavuno.businessId}`;
		expect((await ask('DELETE', path)).body).toEqual({ id: body.id });
		expect((await ask('DELETE', path)).status).toBe(404);
		expect(await numbers()).toBe(before + 1);
	});
});

describe('credit notes', () => {
	it('give back of lines, of an amount, of the rest, and no more', async () => {
		const { body } = await ask('POST', '/invoices', training());
		const invoice = String(body.number);
		const credit = (what: object) =>
			ask('POST', '/credit-notes', {
				business: mavuno.businessId,
				invoice,
				reason: 'Called off',
				...what
			});
		expect((await credit({ lines: [{ position: 1, amount: '15000.00' }] })).body).toMatchObject({
			invoice,
			total: '17400.00',
			settled: '17400.00',
			credit: '0.00'
		});
		expect((await credit({ amount: '500' })).body).toMatchObject({ total: '500.00' });
		expect((await credit({ amount: '18060.01' })).body.code).toBe('credited_too_much');
		expect((await credit({ amount: '1.001' })).body.errors?.[0]?.path).toBe('amount');
		expect((await credit({})).status).toBe(400);
		expect((await credit({ whole: true })).body).toMatchObject({ total: '18060.00' });
		expect((await credit({ whole: true })).body.code).toBe('credited_too_much');
		const after = await ask('GET', `/invoices/${invoice}?business=${mavuno.businessId}`);
		expect(after.body).toMatchObject({ status: 'paid', left: '0.00', settled: '35960.00' });
		const list = `/credit-notes?business=${mavuno.businessId}&invoice=${invoice}&limit=2`;
		const page = await ask('GET', list);
		expect(page.body['credit_notes']).toHaveLength(2);
		const rest = await ask('GET', `${list}&after=${String(page.body['next'])}`);
		expect(rest.body).toMatchObject({ credit_notes: [{}], next: null });
		expect((await ask('GET', `/credit-notes?business=${pwani.businessId}`)).body).toEqual({
			credit_notes: [],
			next: null
		});
	});
});

describe('an invoice', () => {
	it('is made void, given up, corrected by a debit note, and listed as it stands', async () => {
		const issue = async (more = {}) =>
			String((await ask('POST', '/invoices', training(more))).body.number);
		const [mistaken, lost] = [await issue(), await issue()];
		const end = (number: string, verb: string) =>
			ask('POST', `/invoices/${number}/${verb}`, {
				business: mavuno.businessId,
				reason: 'A mistake'
			});
		expect((await end(mistaken, 'void')).body).toMatchObject({ status: 'void', left: '0.00' });
		expect((await end(mistaken, 'void')).body.code).toBe('invoice_not_open');
		expect((await end(lost, 'write-off')).body).toMatchObject({
			status: 'uncollectible',
			reason: 'A mistake'
		});
		const note = await issue({ kind: 'debit_note', corrects: lost });
		expect(note).toMatch(/^DBN-2026-/);
		const standing = async (which: string) =>
			(await ask('GET', `/invoices?business=${mavuno.businessId}&standing=${which}`)).body[
				'invoices'
			];
		expect(await standing('void')).toMatchObject([{ number: mistaken }]);
		expect(await standing('uncollectible')).toMatchObject([{ number: lost }]);
		const page = await ask('GET', `/invoices?business=${mavuno.businessId}&limit=3`);
		const rest = await ask(
			'GET',
			`/invoices?business=${mavuno.businessId}&after=${String(page.body['next'])}&limit=100`
		);
		const all = [page, rest].flatMap(({ body }) => body['invoices'] as { number: string }[]);
		expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);
		expect(all.map(({ number }) => number)).toContain(note);
	});
});
