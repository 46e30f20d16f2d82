import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueInvoice, saveSeller } from '#server/modules/billing/index.ts';
import { createIntegratorKey, type KeyScope } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let writing: string;
let reading: string;
const api = createApi();

const makeKey = async (name: string, scopes: KeyScope[]) =>
	(await withSystem('test', (scope) => createIntegratorKey(scope, { name, scopes }))).token;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	writing = await makeKey('Bank feed', ['payments:write']);
	reading = await makeKey('Reports', ['payments:read']);
	await withSystem('test', (scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' })
	);
});
afterAll(() => runtime.stop());

const issue = (businessId: string) =>
	withSystem('test', (scope) =>
		issueInvoice(scope, {
			businessId,
			issuedOn: '2026-11-01',
			dueOn: '2026-11-30',
			currency: 'KES',
			lines: [{ description: 'ERP', quantity: '1', unitMinor: '100000' }]
		})
	);

interface Answer {
	status: number;
	body: Record<string, unknown> & { code?: string; errors?: { path: string }[] };
}

async function ask(
	method: string,
	path: string,
	body?: unknown,
	{ token = writing, key }: { token?: string; key?: string } = {}
): Promise<Answer> {
	const response = await api.request(`/api/v1${path}`, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...(key === undefined ? {} : { 'idempotency-key': key })
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) })
	});
	return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const payment = (more: object = {}) => ({
	business: mavuno.businessId,
	method: 'bank',
	reference: 'FT-1',
	amount: '1200.00',
	currency: 'KES',
	received_on: '2026-11-20',
	...more
});

describe('payments over the API', () => {
	it('are recorded once, and answered alike when sent again', async () => {
		const { number } = await issue(mavuno.businessId);
		const first = await ask('POST', '/payments', payment(), { key: 'one' });
		expect(first).toMatchObject({
			status: 200,
			body: {
				number: 'RCT-2026-0001',
				invoices: [{ number, amount: '1160.00' }],
				credit: '40.00',
				reversed_on: null
			}
		});
		expect(await ask('POST', '/payments', payment(), { key: 'one' })).toEqual(first);
		// Without the key, or with another, the reference is known.
		expect(await ask('POST', '/payments', payment({ reference: 'ft - 1' }))).toMatchObject({
			status: 409,
			body: { code: 'payment_known' }
		});
		expect(
			await ask('GET', `/payments?business=${mavuno.businessId}`, undefined, { token: reading })
		).toMatchObject({ status: 200, body: { payments: [first.body], next: null } });
	});

	it('are taken back, and credit is paid back', async () => {
		const { number } = await issue(mavuno.businessId);
		const { body } = await ask(
			'POST',
			'/payments',
			payment({ reference: 'CHQ-1', invoices: [{ number, amount: '500' }], others: false })
		);
		expect(body).toMatchObject({ invoices: [{ amount: '500.00' }], credit: '700.00' });
		const reversal = { business: mavuno.businessId, reason: 'It bounced' };
		expect(
			await ask('POST', `/payments/${String(body['number'])}/reversal`, reversal)
		).toMatchObject({ status: 200, body: { reversed_on: '2026-11-25' } });
		expect(
			await ask('POST', `/payments/${String(body['number'])}/reversal`, reversal)
		).toMatchObject({ status: 409, body: { code: 'payment_reversed' } });
		const refund = {
			business: mavuno.businessId,
			method: 'bank',
			reference: 'OUT-1',
			amount: '40.00',
			currency: 'KES',
			paid_on: '2026-11-24',
			reason: 'Paid too much'
		};
		expect(await ask('POST', '/refunds', { ...refund, amount: '40.01' })).toMatchObject({
			status: 409,
			body: { code: 'credit_too_small' }
		});
		expect((await ask('POST', '/refunds', refund)).status).toBe(200);
		expect(await ask('POST', '/refunds', refund)).toMatchObject({ body: { code: 'refund_known' } });
	});

	it('may be certificates of withheld VAT', async () => {
		const { number } = await issue(pwani.businessId);
		const certificate = {
			business: pwani.businessId,
			number: 'WHV-1',
			certified_on: '2026-11-22',
			amount: '20.00',
			invoices: [{ number }]
		};
		expect(await ask('POST', '/withholding-certificates', certificate)).toMatchObject({
			status: 200,
			body: { invoices: [{ number, amount: '20.00' }], credit: '0.00' }
		});
		expect(await ask('POST', '/withholding-certificates', certificate)).toMatchObject({
			status: 409,
			body: { code: 'certificate_known' }
		});
	});

	it.each<[string, object, string]>([
		['cents of cents', { amount: '1.001' }, 'amount'],
		['words', { amount: 'many' }, 'amount'],
		['a number', { amount: 12 }, 'amount'],
		['nothing', { amount: '0' }, 'amount'],
		['more than 15 digits', { amount: '10000000000000.00' }, 'amount'],
		['no currency', { currency: 'KSH' }, 'currency'],
		['a currency that nothing is owed in', { currency: 'UGX', amount: '5' }, 'currency'],
		['a day that is none', { received_on: '2026-02-30' }, 'received_on'],
		['a day to come', { received_on: '2027-01-01' }, 'received_on'],
		['no reference', { reference: ' ' }, 'reference'],
		['a way that there is not', { method: 'cowrie' }, 'method'],
		['a field that there is not', { invoice: 'INV-1' }, 'invoice']
	])('are refused with %s, by the field', async (_, more, path) => {
		const { status, body } = await ask('POST', '/payments', payment({ reference: 'X', ...more }));
		expect(status).toBe(400);
		expect(body.errors?.[0]?.path).toBe(path);
	});

	it('are of the business that is named, by a key that was made for it', async () => {
		const { number } = await issue(pwani.businessId);
		expect(
			await ask('POST', '/payments', payment({ reference: 'Y', invoices: [{ number }] }))
		).toMatchObject({ status: 404 });
		expect(await ask('POST', '/payments', payment(), { token: reading })).toMatchObject({
			status: 403,
			body: { code: 'key_not_for_this' }
		});
		expect(
			await ask('GET', `/payments/RCT-2026-0001?business=${pwani.businessId}`, undefined, {
				token: reading
			})
		).toMatchObject({ status: 404 });
		expect(
			await ask('GET', `/payments/RCT-2026-0001?business=${mavuno.businessId}`, undefined, {
				token: reading
			})
		).toMatchObject({ status: 200 });
	});
});
