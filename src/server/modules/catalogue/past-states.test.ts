import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	endProductState,
	listPastStates,
	planMaintenance,
	reportProductState,
	restoreProduct
} from './index.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;
const start = new Date('2026-11-25T09:00:00Z');
const hour = (hours: number) => new Date(start.getTime() + hours * 3_600_000);

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	businesses = await createTwoBusinesses();
	await createProducts();
});
afterAll(() => runtime.stop());

it('what was the matter is told once it is over, newest first, and to every customer', async () => {
	const at = <R>(hours: number, work: Parameters<typeof withSystem<R>>[1]) =>
		withSystem('test', work, { at: hour(hours) });
	// Long ago; an outage; a maintenance that ends by itself; one called off before it began; one that goes on.
	await at(-2000, (scope) => reportProductState(scope, { product: 'erp', state: 'outage' }));
	await at(-1999, (scope) => restoreProduct(scope, { product: 'erp' }));
	await at(1, (scope) =>
		reportProductState(scope, { product: 'erp', state: 'outage', message: 'A cable was cut.' })
	);
	await at(2, (scope) => restoreProduct(scope, { product: 'erp' }));
	const plan = (from: number, until: number) =>
		at(2, (scope) =>
			planMaintenance(scope, { product: 'erp', from: hour(from), until: hour(until) })
		);
	await plan(3, 4);
	const { id } = await plan(6, 7);
	await at(5, (scope) => endProductState(scope, { id }));
	await at(8, (scope) => reportProductState(scope, { product: 'erp', state: 'degraded' }));
	await at(8, (scope) => reportProductState(scope, { product: 'sacco', state: 'outage' }));
	await at(9, (scope) => restoreProduct(scope, { product: 'sacco' }));

	const told = (hours: number) =>
		withBusiness(
			businesses.pwani,
			(scope) => listPastStates(scope, { product: 'erp', since: hour(-720) }),
			{ at: hour(hours) }
		);
	expect(await told(10)).toMatchObject([
		{ state: 'maintenance', from: hour(3), until: hour(4) },
		{ state: 'outage', message: 'A cable was cut.', from: hour(1), until: hour(2) }
	]);
	// While the maintenance was going on it was not over.
	expect(await told(3.5)).toMatchObject([{ state: 'outage' }]);
});
