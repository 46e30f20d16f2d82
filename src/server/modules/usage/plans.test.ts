import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Scope } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	exploreUsage,
	listUsage,
	readConsumption,
	readHomeFigures,
	recordEvents,
	traceEvent
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** What each question touched while there was one event of each person and hour. */
const few = new Map<string, Touched>();
/** With twenty, in six hours. */
const many = new Map<string, Touched>();

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	await record('first', 1);
	await askAll(few);
	await record('more', 19);
	await askAll(many);
}, 60_000);
afterAll(() => runtime.stop());

async function askAll(answers: Map<string, Touched>): Promise<void> {
	for (const [name, ask] of questions)
		answers.set(
			name,
			await withBusiness(fixture.mavuno, (scope) => touchedBy(scope, () => ask(scope)))
		);
}

/** Ten days of three months, three people, mornings and afternoons; one more each is in another hour. */
async function record(name: string, each: number): Promise<void> {
	const { mavuno, erp } = fixture;
	for (const month of [8, 9, 10])
		for (let day = 1; day <= 10; day++) {
			const at = new Date(Date.UTC(2026, month, day, 18));
			const events = [];
			for (const user of ['otieno', 'wanjiku', 'njeri'])
				for (const hour of [6, 12])
					for (let one = 0; one < each; one++)
						events.push(
							usageEvent(mavuno.businessId, {
								id: `${name} ${month} ${day} ${hour} ${user} ${one}`,
								time: new Date(Date.UTC(2026, month, day, hour + (one % 6), one)).toISOString(),
								data: { bytes: 7, user, branch: user === 'njeri' ? 'Nakuru' : 'Eldoret' }
							})
						);
			await recordEvents(events, erp, { at });
		}
}

interface Touched {
	/** How often each table was read from end to end, and how often by an index. */
	scans: Record<string, { whole: number; index: number }>;
	rows: number;
}

/** What PostgreSQL itself counts of a transaction's reading, where indexes are taken wherever there are any. */
async function touchedBy(scope: Scope, work: () => Promise<unknown>): Promise<Touched> {
	await sql`set local enable_seqscan = off`.execute(scope.db);
	// What the connection did before may not have been handed on yet.
	const before = new Map((await countReading(scope)).map((row) => [row.name, row]));
	await work();
	const touched: Touched = { scans: {}, rows: 0 };
	for (const { name, whole, index, rows } of await countReading(scope)) {
		const then = before.get(name) ?? { whole: 0, index: 0, rows: 0 };
		if (whole + index === then.whole + then.index) continue;
		touched.scans[name] = { whole: whole - then.whole, index: index - then.index };
		touched.rows += rows - then.rows;
	}
	return touched;
}

async function countReading({ db }: Scope) {
	const { rows } = await sql<{ name: string; whole: number; index: number; rows: number }>`
		select relname as name, seq_scan::int as whole, coalesce(idx_scan, 0)::int as index,
			(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
		from pg_stat_xact_user_tables where schemaname = 'usage'`.execute(db);
	return rows;
}

const month = { from: new Date('2026-08-31T21:00:00Z'), to: new Date('2026-09-30T21:00:00Z') };
const quarter = { from: month.from, to: new Date('2026-11-30T21:00:00Z') };

type Ask = (scope: Scope) => Promise<unknown>;
const explore =
	(input: Parameters<typeof exploreUsage>[1]): Ask =>
	(scope) =>
		exploreUsage(scope, input);
const questions: [name: string, ask: Ask][] = [
	['a month by day, compared', explore({ ...month, compare: 'previous' })],
	['a month by person', explore({ ...month, by: 'user' })],
	['a month by branch, of one person', explore({ ...month, by: 'branch', people: ['otieno'] })],
	['a quarter by week and branch', explore({ ...quarter, granularity: 'week', by: 'branch' })],
	['a quarter by month', explore({ ...quarter, granularity: 'month' })],
	['figures of a month', (scope) => listUsage(scope, month)],
	[
		'data consumption',
		(scope) =>
			readConsumption(scope, {
				...month,
				previous: month,
				productIds: [fixture.erp.productId]
			})
	],
	[
		'home',
		(scope) =>
			readHomeFigures(scope, { ...quarter, previousFrom: month.from, previousTo: month.to })
	]
];

describe.each(questions)('%s', (name) => {
	it('finds its rows by an index, and touches no events', () => {
		const scans = many.get(name)?.scans ?? {};
		expect(Object.keys(scans)).toEqual(expect.arrayContaining([expect.stringContaining('day')]));
		expect(Object.keys(scans).filter((table) => table.startsWith('events'))).toEqual([]);
		for (const [table, { whole }] of Object.entries(scans)) {
			// There are few meters, and all of them are wanted.
			if (!['meters', 'meter_versions'].includes(table)) expect(whole, table).toBe(0);
		}
	});

	it('touches as many rows for twenty times the events', () => {
		expect(few.get(name)?.rows).toBeGreaterThan(0);
		expect(many.get(name)?.rows).toBe(few.get(name)?.rows);
	});
});

it('an event is traced by its receipt, in the partition of its month alone', async () => {
	const { mavuno, erp } = fixture;
	await withSystem('test', async (scope) => {
		const { scans } = await touchedBy(scope, () =>
			traceEvent(scope, {
				businessId: mavuno.businessId,
				productId: erp.productId,
				source: '/erp/nairobi',
				id: 'first 9 4 12 njeri 0'
			})
		);
		const { receipts, ...others } = scans;
		expect(receipts).toEqual({ whole: 0, index: 1 });
		const read = Object.entries(others).filter(([name]) => name.startsWith('events'));
		expect(read).toEqual([['events_2026_10', { whole: 0, index: 1 }]]);
	});
});
