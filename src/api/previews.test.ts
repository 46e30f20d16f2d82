import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, createIntegratorKey } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let token: string;
const api = createApi();

beforeAll(async () => {
	runtime = await startTestRuntime();
	await createProducts();
	await withSystem('test', async (scope) => {
		({ token } = await createApiKey(scope, { product: 'erp' }));
	});
});
afterAll(() => runtime.stop());

interface Line {
	kind: string;
	quantity: string;
	exact_amount: string;
	amount: string;
	units: number;
	of: number;
	period: object;
	steps: { kind: string; amount: string }[];
}
interface Answer {
	status: number;
	type: string | null;
	headers: Headers;
	body: {
		amount: string;
		changed_on: string;
		lines: Line[];
		code: string;
		errors: { path: string; message: string }[];
	};
}

async function ask(noun: 'rating' | 'proration', body: unknown, key = token): Promise<Answer> {
	const response = await api.request(`/api/v1/${noun}-previews`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify(body)
	});
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		headers: response.headers,
		body: (await response.json()) as Answer['body']
	};
}

const perUnit = { model: 'per_unit', unit_amount: '4.4556' };

/** Asks for something that is refused, and gives its first fault. */
async function refusal(noun: 'rating' | 'proration', body: unknown) {
	const { status, type, body: problem } = await ask(noun, body);
	expect({ status, type, code: problem.code }).toEqual({
		status: 400,
		type: 'application/problem+json',
		code: 'invalid'
	});
	return problem.errors[0];
}

describe('a preview of a rating', () => {
	it.each([
		['USD', '47.34'],
		['JPY', '47'],
		['KWD', '47.341'],
		['UGX', '47'],
		['KES', '47.34']
	])('has the exact amount beside the one in %s, %s', async (currency, amount) => {
		const { status, body } = await ask('rating', { currency, price: perUnit, quantity: '10.625' });
		expect(status).toBe(200);
		expect(body).toMatchObject({ amount, lines: [{ exact_amount: '47.34075', amount }] });
	});

	it('takes a use where a price is of events, and tells its steps', async () => {
		const { body } = await ask('rating', {
			currency: 'KES',
			price: {
				model: 'percentage',
				rate_percent: '2.99',
				fixed_per_event: '2.0',
				per_event_min: '1.75',
				per_event_max: '12',
				free_events: 0
			},
			usage: { event_values: ['10', '80', '10000'] }
		});
		expect(body.lines).toMatchObject([{ exact_amount: '18.691', amount: '18.69' }]);
		expect(body.lines[0]?.steps.map(({ kind, amount }) => [kind, amount])).toEqual([
			['percentage', '2.691'],
			['fixed', '4'],
			['event_maximum', '12']
		]);
	});

	it('says how many more may be asked', async () => {
		const { headers } = await ask('rating', { currency: 'KES', price: perUnit, quantity: 1 });
		expect(headers.get('ratelimit-policy')).toContain('q=300');
		expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
	});

	it('is given to a known key only', async () => {
		const { status, body } = await ask('rating', {}, 'evk_nobody');
		expect([status, body.code]).toEqual([401, 'unknown_key']);
	});

	const tiered = (...tiers: object[]) => ({ model: 'graduated', tiers });
	const open = { up_to: null, unit_amount: '1' };
	it.each([
		[
			'overlapping tiers',
			tiered({ up_to: '10', unit_amount: '2' }, { up_to: '5', unit_amount: '1' }, open),
			'1',
			'price.tiers.1.up_to',
			'overlaps the one before'
		],
		[
			'a tier twice',
			tiered({ up_to: '10', unit_amount: '2' }, { up_to: '10', unit_amount: '1' }, open),
			'1',
			'price.tiers.1.up_to',
			'overlaps the one before'
		],
		[
			'an open tier before the last',
			tiered(open, { up_to: null, unit_amount: '2' }),
			'1',
			'price.tiers.0.up_to',
			'overlaps those after'
		],
		[
			'a gap above the last tier',
			tiered({ up_to: '10', unit_amount: '2' }),
			'1',
			'price.tiers.0.up_to',
			'Nothing is said above 10'
		],
		[
			'a tier that ends at nothing',
			tiered({ up_to: '0', unit_amount: '2' }, open),
			'1',
			'price.tiers.0.up_to',
			'above nothing'
		],
		[
			'a tier without a price',
			tiered({ up_to: null }),
			'1',
			'price.tiers.0.unit_amount',
			'what this tier costs'
		],
		['no tiers', tiered(), '1', 'price.tiers', 'at least one tier'],
		['a negative quantity', perUnit, '-1', 'quantity', 'less than nothing'],
		['no quantity', perUnit, undefined, 'quantity', 'needs a quantity'],
		['words for a quantity', perUnit, 'many', 'quantity', 'decimal number'],
		['a quantity that a double may have changed', perUnit, 0.1, 'quantity', 'decimal number'],
		[
			'a negative amount',
			{ model: 'per_unit', unit_amount: '-1' },
			'1',
			'price.unit_amount',
			'less than nothing'
		],
		[
			'an amount of sixteen digits',
			{ model: 'flat', amount: '1234567890123456' },
			'1',
			'price.amount',
			'more than 15 digits'
		],
		[
			'sixteen digits about the point',
			{ model: 'flat', amount: '12345678901234.56' },
			'1',
			'price.amount',
			'more than 15 digits'
		],
		[
			'a quantity of sixteen digits',
			perUnit,
			'1234567890123456',
			'quantity',
			'more than 15 digits'
		],
		[
			'what comes to sixteen digits',
			{ model: 'per_unit', unit_amount: '100000000' },
			'100000',
			'quantity',
			'more than 15 digits'
		],
		['a number for an amount', { model: 'flat', amount: 10.5 }, '1', 'price.amount', 'as text'],
		[
			'a package of nothing',
			{ model: 'package', package_size: '0', package_amount: '1' },
			'1',
			'price.package_size',
			'more than nothing'
		],
		[
			'a maximum below the minimum',
			{ ...perUnit, minimum_spend: '10', maximum_spend: '9.99' },
			'1',
			'price.maximum_spend',
			'below the minimum'
		],
		['a field of another model', { ...perUnit, package_size: '10' }, '1', 'price.package_size', ''],
		['a model that there is none of', { model: 'dynamic' }, '1', 'price.model', '']
	])('refuses %s', async (_what, price, quantity, path, reason) => {
		const fault = await refusal('rating', { currency: 'KES', price, quantity });
		expect(fault?.path).toBe(path);
		expect(fault?.message).toContain(reason);
	});

	it.each([['KSH'], ['kes'], ['XXX'], [404], [undefined]])(
		'refuses %s as a currency',
		async (currency) => {
			const fault = await refusal('rating', { currency, price: perUnit, quantity: '1' });
			expect(fault?.path).toBe('currency');
		}
	);

	const percentage = { model: 'percentage', rate_percent: '1', fixed_per_event: '2' };
	it.each([
		['no total', percentage, {}, 'usage.total'],
		['no events', percentage, { total: '10' }, 'usage.events'],
		['half an event', percentage, { total: '10', events: '1.5' }, 'usage.events'],
		['a negative event', percentage, { event_values: ['1', '-1'] }, 'usage.event_values.1'],
		[
			'another total than that of the events',
			percentage,
			{ event_values: ['1'], total: '2' },
			'usage.total'
		],
		[
			'bounds of events without their values',
			{ ...percentage, per_event_min: '1' },
			{ total: '10', events: 1 },
			'usage.event_values'
		],
		[
			'free events that are not told',
			{ ...percentage, free_events: 1 },
			{ total: '10', events: 2 },
			'usage.running_totals_of_free_events'
		],
		[
			'running totals that stop too soon',
			{ ...percentage, free_events: 3 },
			{ total: '10', events: 5, running_totals_of_free_events: ['1'] },
			'usage.running_totals_of_free_events'
		],
		[
			'running totals that fall',
			{ ...percentage, free_events: 2 },
			{ total: '10', events: 5, running_totals_of_free_events: ['5', '4'] },
			'usage.running_totals_of_free_events.1'
		]
	])('refuses %s', async (_what, price, usage, path) => {
		expect((await refusal('rating', { currency: 'KES', price, usage }))?.path).toBe(path);
	});

	it('refuses a quantity beside a use, and a list', async () => {
		const both = { currency: 'KES', price: perUnit, quantity: '1', usage: { quantity: '1' } };
		expect((await refusal('rating', both))?.path).toBe('usage');
		expect((await refusal('rating', [both]))?.path).toBe('');
	});
});

describe('a preview of a proration', () => {
	const change = {
		currency: 'USD',
		from: { amount: '10.00' },
		to: { amount: '20.00' },
		period: { start: '2024-01-01', end: '2024-02-01' },
		moment: '2024-01-16T12:00:00Z',
		zone: 'UTC'
	};

	it('is by days, of which that of the change is the new one’s', async () => {
		const { status, body } = await ask('proration', change);
		expect(status).toBe(200);
		expect(body).toMatchObject({ changed_on: '2024-01-16', amount: '5.16' });
		expect(body.lines).toEqual([
			{
				kind: 'credit',
				period: { start: '2024-01-16', end: '2024-02-01' },
				units: 16,
				of: 31,
				exact_amount: '-5.161290322581',
				amount: '-5.16'
			},
			{
				kind: 'charge',
				period: { start: '2024-01-16', end: '2024-02-01' },
				units: 16,
				of: 31,
				exact_amount: '10.322580645161',
				amount: '10.32'
			}
		]);
	});

	it('is by seconds where asked', async () => {
		const { body } = await ask('proration', { ...change, mode: 'second' });
		expect(body).toMatchObject({
			amount: '5.00',
			lines: [{ amount: '-5.00' }, { amount: '10.00' }]
		});
		expect(body.lines[0]?.period).toEqual({
			start: '2024-01-16T12:00:00Z',
			end: '2024-02-01T00:00:00Z'
		});
	});

	it('takes a day of the zone for a moment', async () => {
		const at = { ...change, zone: 'Africa/Nairobi', moment: '2024-01-16' };
		const { body } = await ask('proration', at);
		expect(body).toMatchObject({ changed_on: '2024-01-16', lines: [{ units: 16 }, { units: 16 }] });
		// The evening before in UTC is that day in Nairobi.
		const { body: evening } = await ask('proration', { ...at, moment: '2024-01-15T21:00:00Z' });
		expect(evening).toEqual(body);
	});

	it('charges alone where nothing ends, and credits alone where nothing begins', async () => {
		const { body: begins } = await ask('proration', { ...change, from: null });
		expect(begins.lines.map(({ kind }) => kind)).toEqual(['charge']);
		const { body: ends } = await ask('proration', { ...change, to: null });
		expect(ends.lines.map(({ kind }) => kind)).toEqual(['credit']);
	});

	it.each([
		[
			'a moment before the period',
			{ moment: '2023-12-31T23:59:59Z' },
			'moment',
			'not in the period'
		],
		['a moment at its end', { moment: '2024-02-01T00:00:00Z' }, 'moment', 'not in the period'],
		[
			'a period that ends before it begins',
			{ period: { start: '2024-02-01', end: '2024-01-01' } },
			'period.end',
			'after it begins'
		],
		[
			'a day that no calendar has',
			{ period: { start: '2024-01-01', end: '2024-02-30' } },
			'period.end',
			'No calendar'
		],
		['a moment that is none', { moment: 'tomorrow' }, 'moment', 'Write a moment'],
		['an unknown zone', { zone: 'Nairobi' }, 'zone', 'time zone'],
		['an unknown mode', { mode: 'hour' }, 'mode', ''],
		['an unknown currency', { currency: 'KSH' }, 'currency', 'three letters'],
		['a negative amount', { to: { amount: '-1' } }, 'to.amount', 'less than nothing'],
		[
			'sixteen digits',
			{ from: { amount: '1234567890123456' } },
			'from.amount',
			'more than 15 digits'
		],
		[
			'more credited than billed',
			{ from: { amount: '10', credited: '10.01' } },
			'from.credited',
			'more than was billed'
		]
	])('refuses %s', async (_what, wrong, path, reason) => {
		const fault = await refusal('proration', { ...change, ...wrong });
		expect(fault?.path).toBe(path);
		expect(fault?.message).toContain(reason);
	});
});

describe('an integrator', () => {
	it.each([
		['rating', { currency: 'KES', price: perUnit, quantity: '2' }, '8.91'],
		[
			'proration',
			{
				currency: 'KES',
				from: { amount: '3000' },
				to: { amount: '6000' },
				period: { start: '2026-11-01', end: '2026-12-01' },
				moment: '2026-11-16',
				zone: 'Africa/Nairobi',
				mode: 'day'
			},
			'1500.00'
		]
	] as const)(
		'asks for %s with a key for the catalogue, and with no other',
		async (noun, body, amount) => {
			const keyFor = (scopes: Parameters<typeof createIntegratorKey>[1]['scopes']) =>
				withSystem('test', (scope) =>
					createIntegratorKey(scope, { name: `${noun} ${scopes.join(' ')}`, scopes })
				);
			const right = await ask(noun, body, (await keyFor(['catalogue:read'])).token);
			expect(right).toMatchObject({ status: 200, body: { amount } });
			expect(right.headers.get('ratelimit')).toMatch(/^"default";r=599/);
			const wrong = await ask(noun, body, (await keyFor(['invoices:write'])).token);
			expect(wrong).toMatchObject({ status: 403, body: { code: 'key_not_for_this' } });
		}
	);
});
