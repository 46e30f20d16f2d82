import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import type { Scope, Staff } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createPerson } from '../identity/index.ts';
import {
	endProductState,
	listProductStates,
	listStatesToTell,
	markStatesTold,
	planMaintenance,
	reportProductState,
	restoreProduct,
	type ProductState
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let products: { erp: string; sacco: string; payroll: string };
let staff: Staff;
const start = new Date('2026-11-25T09:00:00Z');
beforeAll(async () => {
	test = await startTestRuntime(start);
	businesses = await createTwoBusinesses();
	products = await createProducts();
	const name = 'Joy Nyambura';
	const { id: personId } = await withSystem('test', (scope) =>
		createPerson(scope, { email: 'joy@lixnet.example', name, password: null, staff: true })
	);
	staff = { kind: 'staff', personId, name };
});
afterAll(() => test.stop());
beforeEach(async () => {
	test.clock.set(start);
	await withSystem('test', ({ db }) => db.deleteFrom('catalogue.product_states').execute());
});

const byStaff = <R>(work: Parameters<typeof withStaff<R>>[2]) => withStaff(staff, 'a test', work);
const hour = (hours: number) => new Date(start.getTime() + hours * 3_600_000);
const report = (state: 'degraded' | 'outage', message = '') =>
	byStaff((scope) => reportProductState(scope, { product: 'erp', state, message }));
const plan = (from: number, until: number, message = '') =>
	byStaff((scope) =>
		planMaintenance(scope, { product: 'erp', from: hour(from), until: hour(until), message })
	);
const end = (id: string) => byStaff((scope) => endProductState(scope, { id }));
async function stateOf(slug: 'erp' | 'sacco' = 'erp'): Promise<ProductState | undefined> {
	const states = await withBusiness(businesses.pwani, (scope) => listProductStates(scope, {}));
	return states.get(products[slug]);
}

describe('how a product stands', () => {
	it('is looked at anew by the open pages of every business when it changes', async () => {
		const { live } = runtime();
		const { mavuno, pwani } = businesses;
		const heard = new Set<string>();
		const stops = [mavuno, pwani].map(({ businessId }) =>
			live.hear(businessId, (topic) => heard.add(`${topic} ${businessId}`))
		);
		const marks = () => [mavuno, pwani].map(({ businessId }) => live.mark(businessId));
		for (const change of [
			() => report('outage'),
			() => plan(1, 2),
			() => byStaff((scope) => restoreProduct(scope, { product: 'erp' }))
		]) {
			heard.clear();
			const before = marks();
			await change();
			await expect
				.poll(() => heard)
				.toEqual(new Set([`launch ${mavuno.businessId}`, `launch ${pwani.businessId}`]));
			for (const [index, mark] of marks().entries()) expect(mark).not.toBe(before[index]);
		}
		for (const stop of stops) stop();
	});

	it('is operational where nothing else is said', async () => {
		await report('degraded');
		expect(await stateOf('sacco')).toEqual({ now: null, planned: [] });
	});

	it('is the worst of what is the case', async () => {
		await report('degraded', 'Reports are slow.');
		expect((await stateOf())?.now).toMatchObject({
			state: 'degraded',
			message: 'Reports are slow.',
			since: start,
			expectedUntil: null,
			reportedBy: 'vendor'
		});
		await plan(0, 2);
		expect((await stateOf())?.now).toMatchObject({ state: 'maintenance', expectedUntil: hour(2) });
		await report('outage');
		expect((await stateOf())?.now?.state).toBe('outage');
	});

	it('is what was said last: the outage takes the place of what worked badly', async () => {
		await report('degraded');
		const { id } = await report('outage');
		await end(id);
		expect((await stateOf())?.now).toBeNull();
	});

	it('is one thing, whoever says it at once', async () => {
		await Promise.all(
			['outage', 'degraded', 'outage', 'degraded'].map((state) =>
				withSystem('test', (scope) =>
					reportProductState(scope, { product: 'erp', state: state as 'outage' })
				)
			)
		);
		const { id } = (await stateOf())?.now ?? { id: '' };
		await end(id);
		expect((await stateOf())?.now).toBeNull();
	});

	it('is not said of a product that is not there', async () => {
		await expect(
			byStaff((scope) => reportProductState(scope, { product: 'nothing', state: 'outage' }))
		).rejects.toBeInstanceOf(NotFound);
	});

	it('is the same one with other words', async () => {
		const { id } = await report('outage', 'We are looking into it.');
		test.clock.set(hour(1));
		expect(await report('outage', 'The disk is being changed.')).toEqual({ id });
		expect((await stateOf())?.now).toMatchObject({
			message: 'The disk is being changed.',
			since: start
		});
	});

	it('says when it should work again, by the vendor’s clock', async () => {
		const reportUntil = (expectedUntil: string) =>
			byStaff((scope) =>
				reportProductState(scope, { product: 'erp', state: 'outage', expectedUntil })
			);
		await reportUntil('2026-11-25T14:30');
		expect((await stateOf())?.now?.expectedUntil).toEqual(new Date('2026-11-25T11:30:00Z'));
		await expect(reportUntil('2026-11-25T11:30')).rejects.toMatchObject({
			issues: [{ path: 'expectedUntil' }]
		});
	});

	it('has maintenance in it from when it begins until it is over, by itself', async () => {
		await plan(30, 31, 'The yearly one.');
		await plan(2, 4, 'New tax tables.');
		expect(await stateOf()).toEqual({
			now: null,
			planned: [
				{
					id: expect.stringMatching(/^sta_/),
					message: 'New tax tables.',
					from: hour(2),
					until: hour(4)
				},
				{
					id: expect.stringMatching(/^sta_/),
					message: 'The yearly one.',
					from: hour(30),
					until: hour(31)
				}
			]
		});
		test.clock.set(hour(2));
		expect(await stateOf()).toMatchObject({
			now: { state: 'maintenance', since: hour(2), expectedUntil: hour(4) },
			planned: [{ from: hour(30) }]
		});
		test.clock.set(hour(4));
		expect((await stateOf())?.now).toBeNull();
	});

	it('is what it was before once a maintenance is called off', async () => {
		const { id } = await plan(2, 4);
		await end(id);
		expect(await stateOf()).toEqual({ now: null, planned: [] });
		await expect(end(id)).rejects.toBeInstanceOf(NotFound);
	});

	it('is operational after a restoration, which leaves what is planned', async () => {
		await report('outage');
		await plan(0, 1);
		await plan(2, 4);
		const restore = () => byStaff((scope) => restoreProduct(scope, { product: 'erp' }));
		expect(await restore()).toEqual({ ended: 2 });
		expect(await stateOf()).toMatchObject({ now: null, planned: [{ from: hour(2) }] });
		expect(await restore()).toEqual({ ended: 0 });
	});

	it('takes the times of a maintenance by the vendor’s clock, or with an offset', async () => {
		await byStaff((scope) =>
			planMaintenance(scope, {
				product: 'erp',
				from: '2026-11-30T22:00',
				until: '2026-11-30T23:30:00+02:00'
			})
		);
		expect((await stateOf())?.planned).toMatchObject([
			{ from: new Date('2026-11-30T19:00:00Z'), until: new Date('2026-11-30T21:30:00Z') }
		]);
	});

	it.each(['', 'tomorrow', '2026-11-31T10:00', '2026-11-30T25:00', '2026-11-30'])(
		'takes “%s” for no moment',
		async (from) => {
			await expect(
				byStaff((scope) =>
					planMaintenance(scope, { product: 'erp', from, until: '2026-12-01T10:00' })
				)
			).rejects.toMatchObject({ issues: [{ path: 'from' }] });
		}
	);

	it.each([
		[2, 2, 'until'],
		[4, 2, 'until'],
		[-3, -1, 'until'],
		[2, 2 + 15 * 24, 'until'],
		[400 * 24, 400 * 24 + 1, 'from']
	])('takes no maintenance from hour %i until hour %i', async (from, until, path) => {
		const refused = plan(from, until);
		await expect(refused).rejects.toBeInstanceOf(Invalid);
		await expect(refused).rejects.toMatchObject({ issues: [{ path }] });
	});

	it('is said by the vendor alone', async () => {
		const { id } = await report('outage');
		const tries: ((scope: Scope) => Promise<unknown>)[] = [
			(scope) => reportProductState(scope, { product: 'erp', state: 'outage' }),
			(scope) => planMaintenance(scope, { product: 'erp', from: hour(2), until: hour(4) }),
			(scope) => endProductState(scope, { id }),
			(scope) => restoreProduct(scope, { product: 'erp' })
		];
		for (const tried of tries)
			await expect(withBusiness(businesses.mavuno, tried)).rejects.toBeInstanceOf(Forbidden);
		await expect(
			withBusiness(businesses.mavuno, ({ db }) =>
				db.updateTable('catalogue.product_states').set({ ended_at: start }).execute()
			)
		).rejects.toThrow('permission denied');
	});
});

describe('what people are told', () => {
	/** Tells what there is to tell, and gives it in one word each. */
	const tell = () =>
		withSystem('test', async (scope) => {
			const states = await listStatesToTell(scope);
			await markStatesTold(scope, states);
			return states.map(({ product, state, what }) => `${product} ${state} ${what}`);
		});

	it('is that something began and that it is over, once each', async () => {
		const { id } = await report('outage', 'The disk is full.');
		expect(await withSystem('test', (scope) => listStatesToTell(scope))).toEqual([
			{
				id,
				productId: products.erp,
				product: 'erp',
				name: 'ERP System',
				state: 'outage',
				message: 'The disk is full.',
				from: start,
				until: null,
				what: 'started'
			}
		]);
		expect(await tell()).toEqual(['erp outage started']);
		await report('outage', 'Still full.');
		expect(await tell()).toEqual([]);
		await end(id);
		expect(await tell()).toEqual(['erp outage ended']);
		expect(await tell()).toEqual([]);
	});

	it('is what follows, where one state takes the place of another', async () => {
		await report('degraded');
		await tell();
		await report('outage');
		expect(await tell()).toEqual(['erp outage started']);
	});

	it('is a maintenance when it is planned, when it begins and when it is over', async () => {
		await plan(2, 4);
		expect(await tell()).toEqual(['erp maintenance planned']);
		expect(await tell()).toEqual([]);
		test.clock.set(hour(2));
		expect(await tell()).toEqual(['erp maintenance started']);
		expect(await tell()).toEqual([]);
		test.clock.set(hour(4));
		expect(await tell()).toEqual(['erp maintenance ended']);
		expect(await tell()).toEqual([]);
	});

	it('is that a maintenance is called off, where they knew of it', async () => {
		const { id } = await plan(2, 4);
		await end((await plan(3, 4)).id);
		await tell();
		await end(id);
		test.clock.set(hour(3));
		expect(await tell()).toEqual(['erp maintenance called-off']);
		expect(await tell()).toEqual([]);
	});

	it('is not what came and went before anybody could be told', async () => {
		await end((await report('outage')).id);
		await plan(1, 2);
		test.clock.set(hour(3));
		expect(await tell()).toEqual([]);
	});

	it('is for the job that tells, and no other', async () => {
		await expect(byStaff((scope) => listStatesToTell(scope as never))).rejects.toBeInstanceOf(
			Forbidden
		);
	});
});
