import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { createApiKey, readApiKey, revokeApiKey } from '../catalogue/index.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	defineMeter,
	listUsage,
	readBytes,
	readUsage,
	recordEvents,
	type UsageEvent
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let admin: pg.Client;
let watcher: pg.Client;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	// The superuser, who sees what other sessions wait for and may end them.
	[admin, watcher] = [1, 2].map(
		() => new pg.Client({ ...runtime.connection, user: 'postgres' })
	) as [pg.Client, pg.Client];
	await Promise.all([admin.connect(), watcher.connect()]);
});
afterAll(async () => {
	await Promise.all([admin.end(), watcher.end()]);
	await runtime.stop();
});
beforeEach(() => {
	runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
});

const november = { from: new Date('2026-10-31T21:00:00Z'), to: new Date('2026-11-30T21:00:00Z') };

async function bytesOf(member = fixture.mavuno): Promise<bigint> {
	const { total } = await withBusiness(member, (scope) => readBytes(scope, november));
	return total;
}

/** What the module's own tables hold of one source. */
async function stored(source: string): Promise<{ events: number; receipts: number }> {
	const { rows } = await admin.query<{ events: number; receipts: number }>(
		`select count(*)::int as events, count(r.key)::int as receipts
		from usage.events e left join usage.receipts r using (business_id, key) where e.source = $1`,
		[source]
	);
	return rows[0] ?? { events: 0, receipts: 0 };
}

async function faults(events: UsageEvent[]): Promise<{ code: string; issues: unknown[] }> {
	const failure: unknown = await recordEvents(events, fixture.erp).catch((error: unknown) => error);
	if (!(failure instanceof Invalid)) throw failure;
	return {
		code: failure.code,
		issues: failure.issues.map(({ index, path, code }) => [index, path, code])
	};
}

describe('an event counts once', () => {
	const send = (...events: UsageEvent[]) => recordEvents(events, fixture.erp);

	it('when it is sent again, also with another time, type or value: the first stands', async () => {
		const before = await bytesOf();
		const event = usageEvent(fixture.mavuno.businessId, { source: '/again' });
		expect(await send(event)).toEqual({ received: 1, new: 1, known: 0 });
		expect(await send(event)).toEqual({ received: 1, new: 0, known: 1 });
		const changed = {
			...event,
			time: Date.parse('2026-11-20T01:00:00Z'),
			type: 'erp.record.saved',
			data: { bytes: 999, user: 'x' }
		};
		expect(await send(changed)).toEqual({ received: 1, new: 0, known: 1 });
		expect(await bytesOf()).toBe(before + 100n);
		expect(await stored('/again')).toEqual({ events: 1, receipts: 1 });
	});

	it('a thousand times over with a thousand times', async () => {
		const before = await bytesOf();
		const event = usageEvent(fixture.mavuno.businessId, { source: '/my-app' });
		const many = Array.from({ length: 1_000 }, (_, second) => ({
			...event,
			time: event.time - second * 1_000
		}));
		expect(await send(...many)).toEqual({ received: 1_000, new: 1, known: 999 });
		expect(await bytesOf()).toBe(before + 100n);
	});

	it('when many send it at the same moment, each of whom is told the truth', async () => {
		const before = await bytesOf();
		const events = Array.from({ length: 20 }, () =>
			usageEvent(fixture.mavuno.businessId, { source: '/rush' })
		);
		const answers = await Promise.all(
			Array.from({ length: 30 }, (_, turn) =>
				send(...(turn % 2 === 0 ? events : events.toReversed()))
			)
		);
		expect(answers.reduce((sum, answer) => sum + answer.new, 0)).toBe(20);
		for (const answer of answers) expect(answer.new + answer.known).toBe(20);
		expect(await bytesOf()).toBe(before + 2_000n);
		expect(await stored('/rush')).toEqual({ events: 20, receipts: 20 });
	});

	it('and is another event from another source, of another product or of another business', async () => {
		const { mavuno, pwani, erp, sacco } = fixture;
		const of = (businessId: string, source: string): UsageEvent => ({
			businessId,
			source,
			id: '1',
			type: 'sacco.data.transferred',
			time: Date.parse('2026-11-25T08:00:00Z'),
			data: { bytes: 7 }
		});
		const answer = { received: 1, new: 1, known: 0 };
		expect(await recordEvents([of(mavuno.businessId, '/a')], sacco)).toEqual(answer);
		expect(await recordEvents([of(mavuno.businessId, '/b')], sacco)).toEqual(answer);
		expect(await recordEvents([of(pwani.businessId, '/a')], sacco)).toEqual(answer);
		const ofErp = { ...of(mavuno.businessId, '/a'), type: 'erp.record.saved' };
		expect(await recordEvents([ofErp], erp)).toEqual(answer);
	});

	it('and while all are new it takes one transaction that is asked in one go', async () => {
		await recordEvents(
			[usageEvent(fixture.mavuno.businessId, { source: '/in-one-go' })],
			fixture.erp
		);
		let asked = (): string[] => [];
		runtime.database.system.pool.once('acquire', (client) => {
			const { mock } = vi.spyOn(client, 'query');
			asked = () => mock.calls.map(([text]: unknown[]) => String(text));
		});
		await recordEvents(
			[usageEvent(fixture.mavuno.businessId, { source: '/in-one-go' })],
			fixture.erp
		);
		expect(asked().map((text) => /\w+/.exec(text)?.[0])).toEqual([
			'begin',
			'select',
			'select',
			'with',
			'insert',
			'select',
			// Whether the person that is remembered of this hour was taken out of it meanwhile.
			'select',
			'commit'
		]);
	});

	it('in a batch that brings new and known ones mixed', async () => {
		const events = Array.from({ length: 6 }, () =>
			usageEvent(fixture.mavuno.businessId, { source: '/mixed' })
		);
		expect(await send(...events.slice(0, 3))).toEqual({ received: 3, new: 3, known: 0 });
		expect(await send(...events, ...events)).toEqual({ received: 12, new: 3, known: 9 });
		expect(await stored('/mixed')).toEqual({ events: 6, receipts: 6 });
	});
});

describe('a batch is taken whole or not at all', () => {
	it('names every fault by its position', async () => {
		const { businessId } = fixture.mavuno;
		const source = '/faulty';
		const good = usageEvent(businessId, { source });
		expect(
			await faults([
				good,
				usageEvent('biz_00000000000000000000000000', { source, type: 'erp.unheard' }),
				usageEvent(businessId, { source, time: '2026-11-25T09:05:00.001Z' }),
				usageEvent(businessId, { source, time: '2026-10-21T08:59:59.999Z' }),
				usageEvent(businessId, { source, data: { user: 'a' } }),
				usageEvent(businessId, { source, data: { bytes: 'not a number', user: 'a' } }),
				usageEvent(businessId, { source, data: { bytes: 1, user: '' } }),
				usageEvent(businessId, { source, data: { bytes: 1, user: 'a', branch: ['b'] } }),
				usageEvent(businessId, { source, data: { bytes: 1, user: 'a', branch: 'b'.repeat(201) } }),
				usageEvent(businessId, { source, data: { bytes: 1, user: 'a\0' } }),
				usageEvent(businessId, { source, data: null })
			])
		).toEqual({
			code: 'invalid_events',
			issues: [
				[1, 'type', 'unknown_type'],
				[2, 'time', 'time_too_far_ahead'],
				[3, 'time', 'time_too_long_ago'],
				[4, 'data.bytes', 'invalid_value'],
				[5, 'data.bytes', 'invalid_value'],
				[6, 'data.user', 'invalid_value'],
				[7, 'data.branch', 'invalid_dimension'],
				[8, 'data.branch', 'invalid_dimension'],
				[9, 'data.user', 'invalid_value'],
				[10, 'data.user', 'invalid_value']
			]
		});
		expect(await stored(source)).toEqual({ events: 0, receipts: 0 });
	});

	it('gives faults of one kind that kind as its own', async () => {
		const event = usageEvent(fixture.mavuno.businessId, { type: 'erp.unheard' });
		expect(await faults([event, event])).toMatchObject({ code: 'unknown_type' });
	});

	it('takes events up to 35 days late and 5 minutes ahead', async () => {
		const { businessId } = fixture.mavuno;
		const answer = await recordEvents(
			[
				usageEvent(businessId, { time: '2026-10-21T09:00:00Z' }),
				usageEvent(businessId, { time: '2026-11-25T09:05:00Z' })
			],
			fixture.erp
		);
		expect(answer.new).toBe(2);
	});

	it('knows no business that does not exist, has not the product, or is none at all', async () => {
		const source = '/strangers';
		for (const businessId of [
			'biz_00000000000000000000000000',
			fixture.pwani.businessId,
			"biz_'; drop table usage.events; --"
		]) {
			const events = [
				usageEvent(fixture.mavuno.businessId, { source }),
				usageEvent(businessId, { source })
			];
			expect(await faults(events)).toEqual({
				code: 'unknown_business',
				issues: [[1, 'subject', 'unknown_business']]
			});
		}
		expect(await stored(source)).toEqual({ events: 0, receipts: 0 });
	});

	it('refuses one batch of a group without harm to the others', async () => {
		const source = '/neighbours';
		const good = (): UsageEvent => usageEvent(fixture.mavuno.businessId, { source });
		const bad = (): UsageEvent => usageEvent(fixture.pwani.businessId, { source });
		const outcomes = await Promise.allSettled(
			Array.from({ length: 12 }, (_, turn) =>
				recordEvents([good(), turn % 3 === 0 ? bad() : good()], fixture.erp)
			)
		);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
		expect(await stored(source)).toEqual({ events: 16, receipts: 16 });
	});

	it('takes an empty batch for what it is', async () => {
		expect(await recordEvents([], fixture.erp)).toEqual({ received: 0, new: 0, known: 0 });
	});
});

describe('what is kept', () => {
	it('is the event as it came, in the month in which it happened', async () => {
		await recordEvents(
			[
				usageEvent(fixture.mavuno.businessId, {
					source: '/kept',
					time: '2026-10-31T23:59:59.999Z',
					data: { bytes: 1, user: 'Wanjikũ 😀 "\\', note: 'a\u0000b\ud800' },
					attributes: { traceparent: '00-1' }
				})
			],
			fixture.erp
		);
		const { rows } = await admin.query(
			`select tableoid::regclass::text as part, occurred_at, received_at, data::text, attributes
			from usage.events where source = '/kept'`
		);
		expect(rows).toEqual([
			{
				part: 'usage.events_2026_10',
				occurred_at: new Date('2026-10-31T23:59:59.999Z'),
				received_at: new Date('2026-11-25T09:00:00Z'),
				data: '{"bytes":1,"user":"Wanjikũ 😀 \\"\\\\","note":"a\\u0000b\\ud800"}',
				attributes: { traceparent: '00-1' }
			}
		]);
	});

	it('stays counted, and known, when its month is dropped', async () => {
		runtime.clock.set(new Date('2026-07-10T09:00:00Z'));
		const july = usageEvent(fixture.mavuno.businessId, {
			source: '/dropped',
			time: '2026-07-09T09:00:00Z'
		});
		const span = { from: new Date('2026-07-01T00:00:00Z'), to: new Date('2026-07-31T00:00:00Z') };
		const read = () =>
			withBusiness(fixture.mavuno, (scope) =>
				readUsage(scope, { meter: { productId: fixture.erp.productId, meter: 'data' }, ...span })
			);
		await recordEvents([july], fixture.erp);
		await admin.query('drop table usage.events_2026_07');
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
		expect((await read()).total).toBe('100');
		const again = { ...july, time: Date.parse('2026-11-25T08:00:00Z') };
		expect(await recordEvents([again], fixture.erp)).toMatchObject({ new: 0, known: 1 });
		expect((await read()).total).toBe('100');
	});

	it('can be told of a moment long ago, as a history', async () => {
		const then = new Date('2025-11-03T12:00:00Z');
		const event = usageEvent(fixture.mavuno.businessId, { time: '2025-11-03T11:00:00Z' });
		expect(await recordEvents([event], fixture.erp, { at: then })).toMatchObject({ new: 1 });
	});
});

describe('a key', () => {
	it('that is revoked while its events wait counts nothing more', async () => {
		const { businessId } = fixture.mavuno;
		const { id, token } = await withSystem('test', (scope) =>
			createApiKey(scope, { product: 'erp' })
		);
		const key = await withSystem('test', (scope) => readApiKey(scope, { token }));
		if (!key) throw new Error('The key was not made.');
		const source = '/revoked';

		// A group is held up half way, so that what follows has to wait.
		await admin.query('begin; lock table usage.days in exclusive mode');
		const first = recordEvents([usageEvent(businessId, { source: '/holding' })], fixture.erp);
		await new Promise((resolve) => setTimeout(resolve, 100));
		const waiting = recordEvents([usageEvent(businessId, { source })], key);
		const neighbour = recordEvents([usageEvent(businessId, { source: '/holding' })], fixture.erp);
		waiting.catch(() => undefined);
		await withSystem('test', (scope) => revokeApiKey(scope, { id }));
		await admin.query('commit');

		expect(await first).toMatchObject({ new: 1 });
		await expect(waiting).rejects.toMatchObject({ status: 401, code: 'revoked_key' });
		expect(await neighbour).toMatchObject({ new: 1 });
		expect(await stored(source)).toEqual({ events: 0, receipts: 0 });
	});
});

describe('when the database fails half way', () => {
	/** Whoever of ours waits for a lock: not from the session that holds it, which would see old news. */
	const endWaiting = async (): Promise<number> => {
		const { rowCount } = await watcher.query(
			`select pg_terminate_backend(pid) from pg_stat_activity
			where usename = 'portal_system' and datname = current_database() and wait_event_type = 'Lock'`
		);
		return rowCount ?? 0;
	};

	it('tries again, and counts once', async () => {
		const before = await bytesOf();
		const source = '/killed-once';
		let settled = false;
		await admin.query('begin; lock table usage.days in exclusive mode');
		const answer = recordEvents([usageEvent(fixture.mavuno.businessId, { source })], fixture.erp);
		void answer.then(() => (settled = true));
		await expect.poll(endWaiting, { timeout: 5_000 }).toBeGreaterThan(0);
		expect(settled).toBe(false);
		await admin.query('commit');
		expect(await answer).toMatchObject({ received: 1 });
		expect(await bytesOf()).toBe(before + 100n);
		expect(await stored(source)).toEqual({ events: 1, receipts: 1 });
	});

	it('leaves nothing of what it did not acknowledge', async () => {
		const before = await withBusiness(fixture.mavuno, (scope) => listUsage(scope, november));
		const source = '/killed';
		await admin.query('begin; lock table usage.days in exclusive mode');
		const outcome = recordEvents(
			[usageEvent(fixture.mavuno.businessId, { source })],
			fixture.erp
		).then(
			() => 'counted',
			() => 'failed'
		);
		for (let settled = false; !settled;) {
			await endWaiting();
			settled = await Promise.race([
				outcome.then(() => true),
				new Promise<false>((resolve) => setTimeout(resolve, 20, false))
			]);
		}
		await admin.query('commit');
		expect(await outcome).toBe('failed');
		expect(await stored(source)).toEqual({ events: 0, receipts: 0 });
		const after = await withBusiness(fixture.mavuno, (scope) => listUsage(scope, november));
		expect(after).toEqual(before);
	});
});

describe('open pages', () => {
	it('hear of it after the commit, once a business, and only of their own', async () => {
		const heard: string[] = [];
		const seen: bigint[] = [];
		const before = await bytesOf();
		const stopHearing = [fixture.mavuno, fixture.pwani].map((member) =>
			runtime.live.hear(member.businessId, (topic) => {
				if (topic !== 'usage') return;
				heard.push(member.businessId);
				void bytesOf(member).then((bytes) => seen.push(bytes));
			})
		);
		// The connection that listens opens in the background.
		await expect
			.poll(async () => {
				const { rows } = await watcher.query(
					`select from pg_stat_activity where application_name = 'evolve listener' and query like 'listen%'
						and datname = current_database()`
				);
				return rows.length;
			})
			.toBeGreaterThan(0);
		const { businessId } = fixture.mavuno;
		await recordEvents([usageEvent(businessId), usageEvent(businessId)], fixture.erp);
		await expect.poll(() => seen).toEqual([before + 200n]);
		expect(heard).toEqual([businessId]);
		for (const stop of stopHearing) stop();
	});
});

describe('a meter', () => {
	it('counts from the moment it is defined, also where its type was unknown a moment ago', async () => {
		const event = usageEvent(fixture.mavuno.businessId, { type: 'erp.printed', data: undefined });
		await expect(recordEvents([event], fixture.erp)).rejects.toMatchObject({
			code: 'unknown_type'
		});
		await withSystem('test', (scope) =>
			defineMeter(scope, {
				product: 'erp',
				slug: 'prints',
				name: 'Prints',
				eventType: 'erp.printed',
				aggregation: 'count',
				unit: 'count'
			})
		);
		expect(await recordEvents([event], fixture.erp)).toMatchObject({ new: 1 });
	});

	it('keeps what it counts, and may be renamed', async () => {
		const peak = {
			product: 'erp',
			slug: 'peak',
			name: 'Highest load',
			eventType: 'erp.load',
			aggregation: 'max',
			valueProperty: 'value',
			unit: 'count'
		} as const;
		const define = (change: object) =>
			withSystem('test', (scope) => defineMeter(scope, { ...peak, ...change }));
		const { id } = await define({});
		expect(await define({ name: 'Peak' })).toEqual({ id });
		await expect(define({ aggregation: 'sum' })).rejects.toMatchObject({
			code: 'meter_defined_otherwise'
		});
		await expect(define({ product: 'unheard' })).rejects.toMatchObject({ code: 'not_found' });
		await expect(define({ valueProperty: undefined })).rejects.toMatchObject({ code: 'invalid' });
	});
});
