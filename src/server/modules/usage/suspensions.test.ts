import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, Invalid } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { readProduct, saveProduct } from '../catalogue/index.ts';
import {
	defineMeter,
	fireAlerts,
	liftSuspension,
	listAlerts,
	listFirings,
	listSuspensions,
	recordEvents,
	removeAlert,
	saveAlert,
	type Suspension
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let mavuno: Member;
let pwani: Member;
let otieno: Member;
let sacco: string;
/** Where each test begins: a month of its own, so that nothing of another reaches it. */
let month = 0;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	({ mavuno, pwani } = fixture);
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	sacco = await withBusiness(
		mavuno,
		async (scope) => (await readProduct(scope, { slug: 'sacco' })).id
	);
});
afterAll(() => runtime.stop());
beforeEach(async () => {
	for (const as of [mavuno, pwani])
		for (const { id } of await withBusiness(as, (scope) => listAlerts(scope, {})))
			await withBusiness(as, (scope) => removeAlert(scope, { id }));
	await fire();
	runtime.clock.set(new Date(Date.UTC(2027, (month += 1), 10, 9)));
	await allow('read_only');
});

const allow = (usageSuspension: 'as_suspended' | 'read_only' | 'export_only' | 'closed' | null) =>
	withSystem('test', (scope) => saveProduct(scope, { slug: 'sacco', usageSuspension }));
type Input = Partial<Parameters<typeof saveAlert>[1]>;
const save = (input: Input = {}, as = mavuno) =>
	withBusiness(as, (scope) =>
		saveAlert(scope, { product: 'sacco', meter: 'data', limit: 100, action: 'suspend', ...input })
	);
const suspended = (as = mavuno): Promise<Suspension[]> =>
	withBusiness(as, (scope) => listSuspensions(scope, {}));
function lift(as = mavuno): Promise<void> {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
	return withBusiness(as, (scope) => liftSuspension(scope, { productId: sacco }));
}
/** A second later each time, since events of one moment have no order. */
function fire(): Promise<number> {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
	return withSystem('test', (scope) => fireAlerts(scope, null));
}
const move = (bytes: number, as = mavuno) =>
	recordEvents(
		[
			usageEvent(as.businessId, {
				type: 'sacco.data.transferred',
				data: { bytes },
				time: runtime.clock.now().toISOString()
			})
		],
		fixture.sacco
	);
/** What was told of suspensions since the test began, oldest first. */
async function told(): Promise<string[]> {
	const since = new Date(Date.UTC(2027, month, 10, 9));
	const rows = await withSystem('test', ({ db }) =>
		db
			.selectFrom('platform.events')
			.select(['kind', 'data', 'business_id'])
			.where('kind', 'in', ['usage.suspended', 'usage.suspension-ended'])
			.where('occurred_at', '>=', since)
			.orderBy('occurred_at')
			.orderBy('id')
			.execute()
	);
	return rows.map(({ kind, data, business_id }) => {
		const { why, limit } = data as { why?: string; limit?: string };
		const whose = business_id === mavuno.businessId ? '' : ' of another';
		return kind === 'usage.suspended' ? `suspended at ${limit}${whose}` : `ended: ${why}${whose}`;
	});
}

describe('a limit that suspends', () => {
	it('is set by those who lead, where the vendor allows it, and has the mark of 100 %', async () => {
		await expect(save({}, otieno)).rejects.toBeInstanceOf(Forbidden);
		await allow(null);
		await expect(save()).rejects.toBeInstanceOf(Invalid);
		await allow('as_suspended');
		await save({ marks: [75] });
		expect(await withBusiness(mavuno, (scope) => listAlerts(scope, {}))).toMatchObject([
			{ action: 'suspend', marks: [75, 100] }
		]);
		await expect(lift(otieno)).rejects.toBeInstanceOf(Forbidden);
	});

	it('suspends its business once it is reached, until the period ends, and no other', async () => {
		const { id } = await save();
		await save({}, pwani);
		await move(99);
		await move(99, pwani);
		await fire();
		expect(await suspended()).toEqual([]);
		await move(6);
		await fire();
		const since = runtime.clock.now();
		expect(await suspended()).toEqual([
			{
				alertId: id,
				productId: sacco,
				mode: 'read_only',
				meter: { slug: 'data', name: 'Data', unit: 'bytes' },
				limit: '100',
				value: '105',
				since,
				// Midnight in Nairobi.
				until: new Date(Date.UTC(2027, month, 31, 21))
			}
		]);
		expect(await suspended(otieno)).toHaveLength(1);
		expect(await suspended(pwani)).toEqual([]);
		await fire();
		expect(await told()).toEqual(['suspended at 100']);
	});

	it('leaves what the vendor set at that time, and what a suspended subscription leaves by default', async () => {
		await save({ limit: 1 });
		await move(1);
		await fire();
		for (const [set, mode] of [
			['export_only', 'export_only'],
			['closed', 'closed'],
			['as_suspended', 'export_only']
		] as const) {
			await withSystem('test', (scope) =>
				saveProduct(scope, { slug: 'sacco', suspendedMode: 'export_only' })
			);
			await allow(set);
			expect(await suspended()).toMatchObject([{ mode }]);
		}
	});

	it('suspends also where it was reached before it was to suspend', async () => {
		const { id } = await save({ action: 'notify' });
		await move(150);
		expect(await fire()).toBe(1);
		expect(await suspended()).toEqual([]);
		await save({ id });
		expect(await fire()).toBe(0);
		expect(await suspended()).toMatchObject([{ limit: '100', value: '150' }]);
	});

	it('suspends once when many look at the same time', async () => {
		await save();
		await move(100);
		const counts = await Promise.all(Array.from({ length: 8 }, fire));
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
		expect(await told()).toEqual(['suspended at 100']);
	});

	it('of a day is over at midnight', async () => {
		await save({ period: 'day' });
		await move(100);
		await fire();
		expect(await suspended()).toMatchObject([{ until: new Date(Date.UTC(2027, month, 10, 21)) }]);
	});
});

describe('a suspension ends', () => {
	const reach = async (input: Input = {}): Promise<string> => {
		const { id } = await save(input);
		await move(120);
		await fire();
		expect(await suspended()).toHaveLength(1);
		// What is told at one moment has no order.
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
		return id;
	};

	/** What the newest entry of the history says came of it. */
	const history = async () => {
		const { firings } = await withBusiness(mavuno, (scope) => listFirings(scope, { limit: 1 }));
		expect(firings[0]?.suspension).toBeTruthy();
		return { limit: firings[0]?.limit, ended: firings[0]?.suspension?.ended };
	};

	it('with its period, at that moment, also where nobody looks until later', async () => {
		await reach();
		runtime.clock.set(new Date(Date.UTC(2027, month, 31, 20, 59, 59)));
		expect(await suspended()).toHaveLength(1);
		runtime.clock.set(new Date(Date.UTC(2027, month, 31, 21)));
		expect(await suspended()).toEqual([]);
		// A portal that was down for two days tells it then, once, and dates it right.
		runtime.clock.set(new Date(Date.UTC(2027, (month += 1), 2, 21)));
		await Promise.all([fire(), fire()]);
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ ended_at: Date; until: Date; ended_for: string }>`
				select ended_at, until, ended_for from usage.suspensions order by since desc limit 1`.execute(db)
		);
		expect(rows[0]?.ended_for).toBe('period');
		expect(rows[0]?.ended_at).toEqual(rows[0]?.until);
		month -= 1;
		expect(await told()).toEqual(['suspended at 100', 'ended: period']);
		month += 1;
	});

	it('when somebody who leads lifts it, for the rest of the period', async () => {
		await reach();
		await expect(lift(otieno)).rejects.toBeInstanceOf(Forbidden);
		await lift(pwani);
		expect(await suspended()).toHaveLength(1);
		await Promise.all([lift(), lift()]);
		await lift();
		await move(500);
		await fire();
		expect(await suspended()).toEqual([]);
		expect(await told()).toEqual(['suspended at 100', 'ended: lifted']);
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ ended_by: string }>`
				select ended_by from usage.suspensions order by since desc limit 1`.execute(db)
		);
		expect(rows[0]?.ended_by).toBe(mavuno.personId);
		const { firings } = await withBusiness(otieno, (scope) => listFirings(scope, { limit: 1 }));
		expect(firings).toMatchObject([
			{
				mark: 100,
				suspension: {
					until: new Date(Date.UTC(2027, month, 31, 21)),
					ended: { why: 'lifted', by: mavuno.personId }
				}
			}
		]);
		expect(
			(await withBusiness(pwani, (scope) => listFirings(scope, {}))).firings
		).not.toContainEqual(
			expect.objectContaining({ suspension: expect.objectContaining({ ended: expect.anything() }) })
		);
	});

	it('and does not come back while somebody lifts it as others look', async () => {
		await reach();
		await Promise.all([fire(), lift(), fire(), fire()]);
		await fire();
		expect(await suspended()).toEqual([]);
		expect(await told()).toEqual(['suspended at 100', 'ended: lifted']);
	});

	it('at once when the limit is raised above the use, and comes again for the higher one', async () => {
		const id = await reach();
		await save({ id, limit: 120 });
		expect(await suspended()).toMatchObject([{ limit: '100' }]);
		await fire();
		// Reached as well: it goes on, and nobody is told twice.
		expect(await suspended()).toMatchObject([{ limit: '120' }]);
		expect(await history()).toEqual({ limit: '120', ended: null });
		await save({ id, limit: 200 });
		expect(await suspended()).toEqual([]);
		expect(await history()).toEqual({
			limit: '120',
			ended: { why: 'raised', by: mavuno.personId, at: runtime.clock.now() }
		});
		await move(80);
		await fire();
		expect(await suspended()).toMatchObject([{ limit: '200', value: '200' }]);
		expect(await history()).toEqual({ limit: '200', ended: null });
		expect(await told()).toEqual(['suspended at 100', 'ended: raised', 'suspended at 200']);
	});

	it('and lifted does not come again for a limit that is set back', async () => {
		const id = await reach();
		await lift();
		await save({ id, limit: 500 });
		await fire();
		await save({ id, limit: 100 });
		await fire();
		await save({ id, limit: 50 });
		await fire();
		expect(await suspended()).toEqual([]);
	});

	it.each([
		['is removed', (id: string) => withBusiness(mavuno, (scope) => removeAlert(scope, { id }))],
		['suspends nothing any more', (id: string) => save({ id, action: 'notify' })],
		['limits the day instead', (id: string) => save({ id, period: 'day', limit: 10_000 })]
	])('when its alert %s', async (_what, change) => {
		const id = await reach();
		await change(id);
		expect(await suspended()).toEqual([]);
		expect(await told()).toEqual(['suspended at 100', 'ended: changed']);
	});

	it('when the vendor does not allow it any more: at once, and told by the next look', async () => {
		await reach();
		await allow(null);
		expect(await suspended()).toEqual([]);
		await fire();
		expect(await told()).toEqual(['suspended at 100', 'ended: vendor']);
		await allow('closed');
		await fire();
		expect(await suspended()).toEqual([]);
	});

	it('of one alert, while another of the product goes on', async () => {
		const first = await reach();
		const { id } = await save({ limit: 110 });
		await fire();
		expect(await suspended()).toHaveLength(2);
		await save({ id: first, action: 'notify' });
		expect(await suspended()).toMatchObject([{ alertId: id }]);
		await lift();
		expect(await suspended()).toEqual([]);
	});
});

it('a limit of a level over time suspends once enough of it was held long enough', async () => {
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'sacco',
			slug: 'held',
			name: 'Held',
			eventType: 'sacco.held',
			aggregation: 'weighted',
			valueProperty: 'gb',
			unit: 'count'
		})
	);
	// 10 for ten hours; nothing is sent in between, and use goes on all the same.
	await save({ meter: 'held', limit: 100 });
	await recordEvents(
		[
			usageEvent(mavuno.businessId, {
				type: 'sacco.held',
				data: { gb: 10 },
				time: runtime.clock.now().toISOString()
			})
		],
		fixture.sacco
	);
	const begun = runtime.clock.now().getTime();
	runtime.clock.set(new Date(begun + 9 * 3_600_000));
	await fire();
	expect(await suspended()).toEqual([]);
	runtime.clock.set(new Date(begun + 10 * 3_600_000));
	await fire();
	expect(await suspended()).toMatchObject([{ limit: '100', meter: { slug: 'held' } }]);
	expect(await suspended(pwani)).toEqual([]);
	await fire();
	expect(await told()).toEqual(['suspended at 100']);
});
