import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden } from '#server/platform/errors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { tryPrices } from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
});
afterAll(() => test.stop());

type Input = Parameters<typeof tryPrices>[1];
type Price = Input['prices'][number];
const tried = (prices: Price[], used: unknown[]) =>
	withSystem('test', (scope) => tryPrices(scope, { currency: 'KES', prices, used }));

const base: Price = {
	slug: 'base',
	kind: 'flat',
	label: 'Platform',
	price: { model: 'flat', amount: '4500' }
};
const sms: Price = {
	slug: 'sms',
	kind: 'usage',
	label: 'SMS',
	meter: 'sms',
	price: {
		model: 'graduated',
		tiers: [
			{ up_to: '1000', unit_amount: '3' },
			{ up_to: null, unit_amount: '2.125' }
		]
	}
};

describe('prices that are tried', () => {
	it('come to what an invoice would say, each line rounded once', async () => {
		const { period, once } = await tried([base, sms], [{}, { quantity: '1486.5' }]);
		expect(period.lines.map(({ label, amountMinor }) => [label, amountMinor])).toEqual([
			['Platform', 450_000n],
			['SMS', 403_381n]
		]);
		expect(period.lines[1]).toMatchObject({ exactAmount: '4033.8125' });
		expect(period.lines[1]?.steps.map(({ quantity }) => quantity)).toEqual(['1000', '486.5']);
		expect(period.totals).toMatchObject({
			subtotalMinor: 853_381n,
			taxMinor: 136_541n,
			totalMinor: 989_922n
		});
		expect(once).toBeNull();
	});

	it('say apart what is asked once, and what is missing to a minimum', async () => {
		const setup: Price = { ...base, slug: 'setup', kind: 'one_off', label: 'Set-up' };
		const least = (amount: string): Price => ({
			...base,
			slug: 'least',
			kind: 'minimum',
			label: 'Minimum',
			price: { model: 'flat', amount }
		});
		const { period, once } = await tried([base, setup, least('6000')], [{}, {}, {}]);
		expect(period.lines.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
			['flat', 450_000n],
			['minimum', 150_000n]
		]);
		expect(once?.totals.subtotalMinor).toBe(450_000n);
		// With its tax, what was asked comes to 5,220.
		const within = await tried([base, { ...least('5220'), taxIncluded: true }], [{}, {}]);
		expect(within.period.lines).toHaveLength(1);
	});

	it('keep amounts with their tax and without it apart, and classes too', async () => {
		const { period } = await tried(
			[
				base,
				{ ...base, slug: 'within', taxIncluded: true, price: { model: 'flat', amount: '1160' } },
				{ ...base, slug: 'free', taxClass: 'exempt', price: { model: 'flat', amount: '100' } }
			],
			[{}, {}, {}]
		);
		expect(period.totals.taxes).toEqual([
			{ rate: '16', taxClass: 'standard', baseMinor: 550_000n, taxMinor: 88_000n },
			{ rate: '0', taxClass: 'exempt', baseMinor: 10_000n, taxMinor: 0n }
		]);
		expect(period.totals.totalMinor).toBe(648_000n);
	});

	it('are refused with the field, of the price or of its use', async () => {
		const where = (work: Promise<unknown>) =>
			work.then(
				() => [],
				(error: unknown) => (error as { issues: { path: string }[] }).issues.map(({ path }) => path)
			);
		const gap = { model: 'volume' as const, tiers: [{ up_to: '5', unit_amount: '1' }] };
		expect(await where(tried([{ ...sms, price: gap }], [{}]))).toEqual([
			'prices.0.price.tiers.0.up_to'
		]);
		expect(await where(tried([base, sms], [{}, { quantity: '-1' }]))).toEqual(['used.1.quantity']);
		expect(await where(tried([base, sms], [{}, {}]))).toEqual(['used.1.quantity']);
	});

	it('are nobody’s to try in a business', async () => {
		await expect(
			withBusiness(businesses.mavuno, (scope) =>
				tryPrices(scope, { currency: 'KES', prices: [base], used: [{}] })
			)
		).rejects.toThrow(Forbidden);
	});
});
