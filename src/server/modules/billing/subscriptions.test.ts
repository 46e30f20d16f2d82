import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { savePlan } from '../catalogue/index.ts';
import {
	changeSubscriptionStatus,
	listMetersToBill,
	listProductHolders,
	listSubscriptionPrices,
	listSubscriptions,
	listTrialsEnding,
	readNextBill,
	readSubscriptionState,
	renewSubscription,
	saveUsagePrices,
	startSubscription
} from './index.ts';

let runtime: TestRuntime;
let products: Awaited<ReturnType<typeof createProducts>>;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);
const here = () => mavuno.businessId;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	products = await createProducts();
	await system((scope) =>
		saveUsagePrices(scope, {
			product: 'erp',
			plan: 'business',
			prices: [{ meter: 'etims', label: 'eTIMS invoices', unitMinor: '200' }]
		})
	);
	await system(async (scope) => {
		const common = { startedOn: '2026-11-01' };
		await startSubscription(scope, {
			...common,
			businessId: here(),
			product: 'erp',
			plan: 'business'
		});
		await startSubscription(scope, {
			...common,
			businessId: pwani.businessId,
			product: 'sacco',
			plan: 'growth'
		});
		await startSubscription(scope, {
			businessId: here(),
			product: 'payroll',
			plan: 'staff',
			startedOn: '2026-09-02',
			trialEndsOn: '2026-12-01',
			seats: 50
		});
	});
});
afterAll(() => runtime.stop());

describe('a subscription', () => {
	it('is listed with its plan, status and dates, to its own business alone', async () => {
		const mine = await withBusiness(mavuno, (scope) => listSubscriptions(scope, {}));
		expect(mine.map(({ product, plan, status }) => [product.slug, plan.name, status])).toEqual([
			['erp', 'Business', 'active'],
			['payroll', 'Staff', 'trial']
		]);
		expect(mine[0]).toMatchObject({
			seats: 20,
			period: { start: '2026-11-01', end: '2026-12-01' },
			renewsOn: '2026-12-01'
		});
		expect(mine[1]).toMatchObject({ seats: 50, renewsOn: null, trialEndsOn: '2026-12-01' });
		const theirs = await withBusiness(pwani, (scope) => listSubscriptions(scope, {}));
		expect(theirs.map(({ product }) => product.slug)).toEqual(['sacco']);
	});

	it('shows a member how it stands and nothing of its price', async () => {
		const member = await createMember(here(), 'Otieno Ouma', 'otieno@mavuno.example', 'member');
		await withBusiness(member, async (scope) => {
			expect(await listSubscriptions(scope, {})).toHaveLength(2);
			for (const secret of [listSubscriptionPrices, listMetersToBill, readNextBill])
				await expect(secret(scope, {})).rejects.toBeInstanceOf(Forbidden);
		});
		const accountant = await createMember(
			here(),
			'Halima Yusuf',
			'halima@mavuno.example',
			'billing'
		);
		const prices = await withBusiness(accountant, (scope) => listSubscriptionPrices(scope, {}));
		expect(new Set(prices.map(({ amountMinor }) => amountMinor))).toEqual(
			new Set([1_850_000n, 0n])
		);
	});

	it('keeps the prices it began with', async () => {
		await system(async (scope) => {
			await savePlan(scope, {
				product: 'erp',
				slug: 'business',
				name: 'Business',
				amountMinor: 9_900_000n,
				currency: 'KES',
				seats: 20,
				position: 1
			});
			await saveUsagePrices(scope, {
				product: 'erp',
				plan: 'business',
				prices: [{ meter: 'etims', label: 'eTIMS invoices', unitMinor: '900' }]
			});
		});
		const bill = await withBusiness(mavuno, (scope) =>
			readNextBill(scope, {
				metered: [{ productId: products.erp, meter: 'etims', quantity: '361' }]
			})
		);
		expect(bill?.subtotalMinor).toBe(1_850_000n + 72_200n);
		expect(bill?.on).toBe('2026-12-01');
	});

	it('names the meters that its next bill rests on, and no trial among them', async () => {
		expect(await withBusiness(mavuno, (scope) => listMetersToBill(scope, {}))).toEqual([
			{
				productId: products.erp,
				meter: 'etims',
				period: { start: '2026-11-01', end: '2026-12-01' }
			}
		]);
		expect(await withBusiness(pwani, (scope) => listMetersToBill(scope, {}))).toEqual([]);
	});

	it('is one a product', async () => {
		const again = system((scope) =>
			startSubscription(scope, {
				businessId: here(),
				product: 'erp',
				plan: 'business',
				startedOn: '2026-11-20'
			})
		);
		await expect(again).rejects.toMatchObject({ status: 409, code: 'subscribed_already' });
	});

	it('refuses a trial that ends before it began, an unknown plan, a date that no calendar has', async () => {
		const start = (change: object) =>
			system((scope) =>
				startSubscription(scope, {
					businessId: pwani.businessId,
					product: 'erp',
					plan: 'business',
					startedOn: '2026-11-20',
					...change
				})
			);
		await expect(start({ trialEndsOn: '2026-11-20' })).rejects.toBeInstanceOf(Invalid);
		await expect(start({ plan: 'growth' })).rejects.toBeInstanceOf(NotFound);
		await expect(start({ startedOn: '2026-02-30' })).rejects.toBeInstanceOf(Invalid);
		expect(
			await withBusiness(pwani, (scope) =>
				readSubscriptionState(scope, { productId: products.erp })
			)
		).toBeNull();
	});
});

describe('holding a product', () => {
	it('is told for many businesses at once', async () => {
		const businessIds = [mavuno.businessId, pwani.businessId];
		const holders = (productId: string, ids = businessIds) =>
			system((scope) => listProductHolders(scope, { productId, businessIds: ids }));
		expect(await holders(products.erp)).toEqual([mavuno.businessId]);
		expect(await holders(products.sacco)).toEqual([pwani.businessId]);
		expect(await holders(products.sacco, [mavuno.businessId])).toEqual([]);
		expect(await holders(products.sacco, [])).toEqual([]);
	});
});

describe('the course of a subscription', () => {
	const change = (status: Parameters<typeof changeSubscriptionStatus>[1]['status'], on: string) =>
		system((scope) =>
			changeSubscriptionStatus(scope, {
				businessId: pwani.businessId,
				product: 'sacco',
				status,
				on
			})
		);
	const state = () =>
		withBusiness(pwani, (scope) => readSubscriptionState(scope, { productId: products.sacco }));

	it('moves on from its anchor day, month by month', async () => {
		await system(async (scope) => {
			await startSubscription(scope, {
				businessId: pwani.businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-31'
			});
			const periods = [];
			for (let month = 0; month < 3; month++)
				periods.push(
					await renewSubscription(scope, { businessId: pwani.businessId, product: 'erp' })
				);
			expect(periods).toEqual([
				{ start: '2026-02-28', end: '2026-03-31' },
				{ start: '2026-03-31', end: '2026-04-30' },
				{ start: '2026-04-30', end: '2026-05-31' }
			]);
		});
	});

	it('goes past due, is suspended, works again, ends, and stays ended', async () => {
		await change('past_due', '2026-11-20');
		expect((await state())?.status).toBe('past_due');
		await change('suspended', '2026-11-25');
		expect(
			(await withBusiness(pwani, (scope) => listSubscriptions(scope, {}))).find(
				({ product }) => product.slug === 'sacco'
			)?.renewsOn
		).toBeNull();
		await change('active', '2026-11-26');
		await expect(change('active', '2026-11-26')).rejects.toBeInstanceOf(Conflict);
		await change('ended', '2026-11-27');
		expect(await state()).toMatchObject({ status: 'ended', endedOn: '2026-11-27' });
		await expect(change('active', '2026-11-28')).rejects.toBeInstanceOf(NotFound);
		expect(
			await system((scope) =>
				listProductHolders(scope, {
					productId: products.sacco,
					businessIds: [pwani.businessId]
				})
			)
		).toEqual([]);
	});

	it('may begin anew after it ended', async () => {
		await system((scope) =>
			startSubscription(scope, {
				businessId: pwani.businessId,
				product: 'sacco',
				plan: 'growth',
				startedOn: '2026-11-28'
			})
		);
		expect((await state())?.status).toBe('active');
	});

	it('begins its first period when a trial becomes active', async () => {
		const active = (on: string) =>
			system((scope) =>
				changeSubscriptionStatus(scope, {
					businessId: here(),
					product: 'payroll',
					status: 'active',
					on
				})
			);
		await expect(
			system((scope) => renewSubscription(scope, { businessId: here(), product: 'payroll' }))
		).rejects.toMatchObject({ code: 'not_renewing' });
		const ending = (from: string, to: string) =>
			system((scope) => listTrialsEnding(scope, { from, to }));
		expect(await ending('2026-12-01', '2026-12-01')).toMatchObject([
			{ businessId: here(), product: { slug: 'payroll' }, endsOn: '2026-12-01' }
		]);
		expect(await ending('2026-12-02', '2026-12-09')).toEqual([]);
		await active('2026-11-20');
		const payroll = (await withBusiness(mavuno, (scope) => listSubscriptions(scope, {}))).at(-1);
		expect(payroll).toMatchObject({
			status: 'active',
			period: { start: '2026-11-20', end: '2026-12-20' },
			renewsOn: '2026-12-20'
		});
		expect(await ending('2026-12-01', '2026-12-01')).toEqual([]);
	});
});
