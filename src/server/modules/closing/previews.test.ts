import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	cancelSubscription,
	changePlan,
	listInvoices,
	pauseSubscription,
	previewChange,
	readAgreement,
	resumeSubscription,
	saveCustomer,
	saveSeller,
	startSubscription
} from '../billing/index.ts';
import { savePlanVersion } from '../catalogue/index.ts';
import { closeBusinesses } from './close.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const now = new Date('2026-11-01T09:00:00Z');
const day = (civil: string) => new Date(`${civil}T09:00:00Z`);
const system = <R>(work: (scope: Scope<System>) => Promise<R>, at: Date): Promise<R> =>
	withSystem('test', work, { at });
const close = (of: TwoBusinesses['mavuno'], at: Date) =>
	system(
		(scope) => closeBusinesses(scope, { businessIds: [of.businessId], wait: true, graceHours: 3 }),
		at
	);
const invoices = async (of: TwoBusinesses['mavuno']) =>
	(await withBusiness(of, (scope) => listInvoices(scope, {}))).invoices.map(
		({ totalMinor }) => totalMinor
	);

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	await createProducts();
	await system(async (scope) => {
		await saveSeller(scope, { name: 'Lixnet', address: ['Nairobi'], taxPin: 'P051234567X' });
		for (const { businessId } of [mavuno, pwani])
			await saveCustomer(scope, {
				businessId,
				validFrom: '2026-01-01',
				name: 'A customer',
				address: ['Nairobi'],
				taxPin: 'P051482937K'
			});
		// Amounts that do not divide.
		for (const [plan, amount] of [
			['small', '3333.33'],
			['large', '9999.99']
		] as const)
			await savePlanVersion(scope, {
				product: 'erp',
				plan,
				name: plan,
				meters: [],
				prices: [
					{ slug: 'base', kind: 'flat', label: 'Platform', price: { model: 'flat', amount } }
				]
			});
	}, now);
});
afterAll(() => runtime.stop());

const begin = (of: TwoBusinesses['mavuno']) =>
	system(
		(scope) =>
			startSubscription(scope, {
				businessId: of.businessId,
				product: 'erp',
				plan: 'small',
				startedOn: '2026-11-01'
			}),
		now
	);

it('what a preview says is what the invoice of the change asks for, to the cent', async () => {
	const { id: subscriptionId } = await begin(mavuno);
	await close(mavuno, now);
	expect(await invoices(mavuno)).toEqual([386_666n]);
	const at = day('2026-11-12');
	const seen = await withBusiness(
		mavuno,
		(scope) => previewChange(scope, { subscriptionId, plan: 'large' }),
		{ at }
	);
	await withBusiness(
		mavuno,
		(scope) =>
			changePlan(scope, { subscriptionId, plan: 'large', version: seen.version, at: seen.at }),
		{ at }
	);
	await close(mavuno, at);
	expect(await invoices(mavuno)).toEqual([seen.documents.dueMinor, 386_666n]);
	// Once: nothing of it is left.
	await close(mavuno, at);
	expect(await invoices(mavuno)).toHaveLength(2);
	expect(await invoices(pwani)).toEqual([]);
	await close(mavuno, day('2026-12-01'));
	expect((await invoices(mavuno))[0]).toBe(seen.next?.totals.totalMinor);
});

it('a pause begins and ends on its days, a cancellation ends the rest', async () => {
	const { id: subscriptionId } = await begin(pwani);
	await close(pwani, now);
	const as = <R>(work: Parameters<typeof withBusiness<typeof pwani, R>>[1], at: Date) =>
		withBusiness(pwani, work, { at });
	const read = () => as((scope) => readAgreement(scope, { subscriptionId }), now);
	await as(
		(scope) =>
			pauseSubscription(scope, { subscriptionId, from: '2026-11-11', until: '2026-11-25' }),
		now
	);
	await close(pwani, day('2026-11-11'));
	expect(await read()).toMatchObject({ status: 'paused', closesOn: '2026-11-25' });
	// Before it would go on by itself.
	await as((scope) => resumeSubscription(scope, { subscriptionId }), day('2026-11-20'));
	await close(pwani, day('2026-11-20'));
	expect(await read()).toMatchObject({
		status: 'active',
		pausedOn: null,
		anchorOn: '2026-11-20',
		period: { start: '2026-11-20', end: '2026-12-20' },
		advanceBilledUntil: '2026-12-20'
	});
	expect((await invoices(pwani))[0]).toBe(386_666n);
	await as(
		(scope) => cancelSubscription(scope, { subscriptionId, reason: 'The season is over.' }),
		day('2026-12-01')
	);
	await close(pwani, day('2026-12-20'));
	expect(await read()).toMatchObject({ status: 'ended', endedOn: '2026-12-20', closesOn: null });
	expect(await invoices(pwani)).toHaveLength(2);
});
