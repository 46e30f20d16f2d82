import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, NotFound } from '#server/platform/errors.ts';
import type { Staff } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createPerson } from '../identity/index.ts';
import {
	listPlans,
	listPlanVersions,
	readPlanVersion,
	retirePlan,
	savePlan,
	savePlanVersion
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let staff: Staff;
beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
	await createProducts();
	const name = 'Joy Nyambura';
	const { id: personId } = await withSystem('test', (scope) =>
		createPerson(scope, { email: 'joy@lixnet.example', name, password: null, staff: true })
	);
	staff = { kind: 'staff', personId, name };
});
afterAll(() => test.stop());

type Input = Parameters<typeof savePlanVersion>[1];
const meters = ['sms', 'members', 'mpesa-collections'];
const save = (input: Partial<Input> & { plan: string }) =>
	withStaff(staff, 'testing', (scope) =>
		savePlanVersion(scope, { product: 'sacco', meters, ...input })
	);
const versionsOf = async (slug: string) => {
	const plans = await withStaff(staff, 'testing', (scope) =>
		listPlanVersions(scope, { product: 'sacco' })
	);
	return plans.find((plan) => plan.slug === slug)?.versions ?? [];
};
const flat = (amount: string) => ({
	slug: 'base',
	kind: 'flat' as const,
	label: 'Platform',
	price: { model: 'flat' as const, amount }
});
const sms = (unit: string, included?: string) => ({
	slug: 'sms',
	kind: 'usage' as const,
	label: 'SMS',
	meter: 'sms',
	price: { model: 'per_unit' as const, unit_amount: unit, ...(included ? { included } : {}) }
});
const tiered = (...tiers: [string | null, string][]) => ({
	slug: 'sms',
	kind: 'usage' as const,
	label: 'SMS',
	meter: 'sms',
	price: {
		model: 'graduated' as const,
		tiers: tiers.map(([up_to, unit_amount]) => ({ up_to, unit_amount }))
	}
});

/** What is refused, as `path: message`. */
async function refusal(work: Promise<unknown>): Promise<string[]> {
	const error = await work.then(
		() => null,
		(failure: unknown) => failure as { issues?: { path: string; message: string }[] }
	);
	return error?.issues?.map(({ path, message }) => `${path}: ${message}`) ?? [];
}

describe('a version of a plan', () => {
	it('is the first of a new plan, with what is usual where nothing is said', async () => {
		const made = await save({
			plan: 'chama',
			name: 'Chama',
			prices: [flat('4500'), sms('0.90', '6000')]
		});
		expect(made).toEqual({ version: 1, changes: null });
		const [first] = await versionsOf('chama');
		expect(first).toMatchObject({
			version: 1,
			standing: 'current',
			interval: 'month',
			inAdvance: true,
			currency: 'KES',
			upgrade: 'at_once',
			downgrade: 'period_end',
			cancellation: 'period_end',
			proration: 'day',
			madeBy: 'Joy Nyambura',
			changes: null
		});
		expect(first?.prices.map(({ slug, taxClass }) => [slug, taxClass])).toEqual([
			['base', 'standard'],
			['sms', 'standard']
		]);
	});

	it('is what every business sees of the plan', async () => {
		for (const member of [businesses.mavuno, businesses.pwani]) {
			const plans = await withBusiness(member, (scope) => listPlans(scope, {}));
			expect(plans.find(({ slug }) => slug === 'chama')).toMatchObject({
				version: 1,
				amountMinor: 450_000n,
				currency: 'KES',
				retiredAt: null
			});
		}
	});

	it('follows the one before, keeps what is left out and says what is otherwise', async () => {
		const { version, changes } = await save({
			plan: 'chama',
			trialDays: 14,
			prices: [flat('4500.00'), sms('0.80', '6000')]
		});
		expect(version).toBe(2);
		// 4500.00 is 4500: the base has not changed.
		expect(changes).toMatchObject([
			{ what: 'term', field: 'trialDays', from: null, to: 14 },
			{
				what: 'price',
				slug: 'sms',
				from: { price: { unit_amount: '0.90' } },
				to: { price: { unit_amount: '0.80' } }
			}
		]);
		expect((await versionsOf('chama')).map(({ standing }) => standing)).toEqual([
			'current',
			'past'
		]);
		const prices = await save({ plan: 'chama', prices: [flat('4500')] });
		expect(prices.changes).toMatchObject([{ what: 'price', slug: 'sms', to: null }]);
		expect((await versionsOf('chama'))[0]).toMatchObject({ version: 3, trialDays: 14 });
	});

	it('is refused when it says the same as the last', async () => {
		expect(await refusal(save({ plan: 'chama', prices: [flat('4500')] }))).toEqual([
			': This says the same as version 3, the last one.'
		]);
		expect(await versionsOf('chama')).toHaveLength(3);
	});

	it('is replaced as a draft, and never changes once it is on offer', async () => {
		await save({ plan: 'chama', prices: [flat('5000')], onOfferFrom: 'draft' });
		const seen = await withBusiness(businesses.pwani, (scope) => listPlans(scope, {}));
		const chama = seen.find(({ slug }) => slug === 'chama');
		expect(chama?.version).toBe(3);
		// A draft is nobody's to subscribe to.
		await expect(
			withBusiness(businesses.pwani, (scope) =>
				readPlanVersion(scope, { planId: chama?.id ?? '', version: 4 })
			)
		).rejects.toThrow(NotFound);
		expect(
			await save({ plan: 'chama', prices: [flat('5200')], onOfferFrom: 'draft' })
		).toMatchObject({
			version: 4
		});
		// Left out, it is what the draft says.
		expect(await save({ plan: 'chama', note: 'Dearer diesel' })).toMatchObject({ version: 4 });
		expect((await versionsOf('chama'))[0]).toMatchObject({
			standing: 'current',
			note: 'Dearer diesel',
			prices: [{ price: { amount: '5200' } }]
		});
		const planId = chama?.id ?? '';
		for (const door of [
			(work: (db: Parameters<typeof touch>[0]) => Promise<unknown>) =>
				withSystem('test', ({ db }) => work(db)),
			(work: (db: Parameters<typeof touch>[0]) => Promise<unknown>) =>
				withStaff(staff, 'testing', ({ db }) => work(db))
		]) {
			await expect(door((db) => touch(db, planId))).rejects.toThrow(/never changes/);
			await expect(door((db) => addPrice(db, planId))).rejects.toThrow(/never changes/);
			await expect(
				door((db) => db.deleteFrom('catalogue.plan_prices').where('plan_id', '=', planId).execute())
			).rejects.toThrow(/never changes/);
		}
	});

	it('can be planned, and then nothing comes before it', async () => {
		const from = new Date('2026-12-01T00:00:00+03:00');
		await save({ plan: 'chama', prices: [flat('6000')], onOfferFrom: from });
		expect((await versionsOf('chama')).slice(0, 2).map(({ standing }) => standing)).toEqual([
			'planned',
			'current'
		]);
		const amountAt = (at: Date) =>
			withSystem('test', (scope) => listPlans(scope, {}), { at }).then(
				(plans) => plans.find(({ slug }) => slug === 'chama')?.amountMinor
			);
		expect(await amountAt(new Date(from.getTime() - 1))).toBe(520_000n);
		expect(await amountAt(from)).toBe(600_000n);
		expect(await refusal(save({ plan: 'chama', prices: [flat('5300')] }))).toEqual([
			'onOfferFrom: Version 5 comes later, at 2026-11-30T21:00:00.000Z: this one cannot come before it.'
		]);
		expect(
			await refusal(
				save({ plan: 'chama', prices: [flat('1')], onOfferFrom: new Date('2026-11-01T00:00:00Z') })
			)
		).toEqual(['onOfferFrom: Give a time that is to come.']);
	});

	it('is made once when two save it at the same time', async () => {
		await save({ plan: 'twins', name: 'Twins', prices: [flat('1')] });
		const both = await Promise.allSettled([
			save({ plan: 'twins', prices: [flat('2')] }),
			save({ plan: 'twins', prices: [flat('2')] })
		]);
		expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await versionsOf('twins')).toHaveLength(2);
	});
});

type Database = Parameters<Parameters<typeof withSystem>[1]>[0]['db'];
const touch = (db: Database, planId: string) =>
	db
		.updateTable('catalogue.plan_versions')
		.set({ trial_days: 99 })
		.where('plan_id', '=', planId)
		.execute();
const addPrice = (db: Database, planId: string) =>
	sql`insert into catalogue.plan_prices
		(plan_id, version, slug, position, kind, label, price, tax_class, tax_included)
		values (${planId}, 4, 'extra', 9, 'flat', 'Extra', '{"model":"flat","amount":"1"}', 'standard', false)`.execute(
		db
	);

describe('what no version can say', () => {
	const on = (fields: Partial<Input>) => refusal(save({ plan: 'odd', name: 'Odd', ...fields }));
	it.each<[string, Partial<Input>, string]>([
		[
			'a currency that is none',
			{ currency: 'KSH' },
			'currency: Write a currency by its three letters, such as KES.'
		],
		[
			'a meter of another product',
			{ prices: [{ ...sms('1'), meter: 'stock' }] },
			'prices.0.meter: The product has no meter called stock.'
		],
		[
			'usage of no meter',
			{ prices: [{ ...sms('1'), meter: null }] },
			'prices.0.meter: Give the meter.'
		],
		[
			'tiers that overlap',
			{ prices: [tiered(['100', '1'], ['50', '2'], [null, '3'])] },
			'prices.0.price.tiers.1.up_to: This tier overlaps the one before, which goes up to 100.'
		],
		[
			'tiers that end',
			{ prices: [tiered(['100', '1'])] },
			'prices.0.price.tiers.0.up_to: Nothing is said above 100: the last tier is open, up_to is null.'
		],
		[
			'tiers after one without end',
			{ prices: [tiered([null, '1'], [null, '2'])] },
			'prices.0.price.tiers.0.up_to: Only the last tier is open: it overlaps those after it.'
		],
		[
			'a minimum above the maximum',
			{
				prices: [
					{
						...sms('1'),
						price: { model: 'per_unit', unit_amount: '1', minimum_spend: '10', maximum_spend: '9' }
					}
				]
			},
			'prices.0.price.maximum_spend: The maximum is below the minimum.'
		],
		[
			'an amount finer than its currency',
			{ currency: 'UGX', prices: [flat('10.5')] },
			'prices.0.price.amount: UGX has 0 digits behind the point.'
		],
		[
			'two prices of one slug',
			{ prices: [flat('1'), flat('2')] },
			'prices.1.slug: Another price of this version has this slug.'
		],
		[
			'two prices of one meter',
			{ prices: [sms('1'), { ...sms('2'), slug: 'more' }] },
			'prices.1.meter: Another price asks for this meter already.'
		],
		[
			'a flat price by tiers',
			{ prices: [{ ...tiered([null, '1']), kind: 'flat', meter: null }] },
			'prices.0.price.model: This is not reckoned for what is asked here.'
		],
		[
			'a flat amount with limits',
			{ prices: [{ ...flat('5'), price: { model: 'flat', amount: '5', minimum_spend: '9' } }] },
			'prices.0.price: A flat amount has no minimum and no maximum.'
		],
		[
			'less than nothing',
			{ prices: [flat('-1')] },
			'prices.0.price.amount: This cannot be less than nothing.'
		],
		[
			'more than 15 digits',
			{ prices: [flat('1234567890123456')] },
			'prices.0.price.amount: This has more than 15 digits.'
		]
	])('is %s', async (_, fields, expected) => {
		expect(await on(fields)).toEqual([expected]);
	});

	it('leaves nothing behind', async () => {
		expect(await versionsOf('odd')).toEqual([]);
		await expect(save({ plan: 'nameless' })).rejects.toThrow(NotFound);
	});

	it('is nothing that a member could say', async () => {
		await expect(
			withBusiness(businesses.mavuno, (scope) =>
				savePlanVersion(scope, { product: 'sacco', plan: 'growth', meters, trialDays: 700 })
			)
		).rejects.toThrow(Forbidden);
		await expect(
			withBusiness(businesses.mavuno, ({ db }) =>
				db.updateTable('catalogue.plan_versions').set({ trial_days: 700 }).execute()
			)
		).rejects.toThrow(/permission denied/);
	});
});

describe('a plan', () => {
	it('keeps its version when it is saved again as it is', async () => {
		const growth = {
			product: 'sacco',
			slug: 'growth',
			name: 'Growth',
			amountMinor: 1_400_000n,
			currency: 'KES'
		};
		await withSystem('test', (scope) => savePlan(scope, growth));
		expect(await versionsOf('growth')).toHaveLength(1);
		await withSystem('test', (scope) => savePlan(scope, { ...growth, amountMinor: 1_500_000n }));
		expect((await versionsOf('growth')).map(({ version }) => version)).toEqual([2, 1]);
	});

	it('that is retired has no further versions, and is retired once', async () => {
		const plan = { product: 'sacco', plan: 'twins' };
		await withStaff(staff, 'testing', (scope) => retirePlan(scope, plan));
		await expect(save({ plan: 'twins', trialDays: 3 })).rejects.toThrow(Conflict);
		await expect(withStaff(staff, 'testing', (scope) => retirePlan(scope, plan))).rejects.toThrow(
			NotFound
		);
	});
});
