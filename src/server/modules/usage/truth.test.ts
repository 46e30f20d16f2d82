import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import type { Acknowledged, Task } from '../../../../tests/setup/metering-process.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { recordEvents, refoldDays, type UsageEvent } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let owner: pg.Client;

// A database for each test: what a process remembers of one holds for ever.
beforeEach(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
});
afterEach(async () => {
	await owner.end();
	await runtime.stop();
});

/** A generator of even numbers below 1, the same for the same seed: a failure can be looked at again. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Events of every kind over the last 35 days, some of them said twice, in batches of random size. */
function randomBatches(seed: number, count: number): UsageEvent[][] {
	const random = randomFrom(seed);
	const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
	const events: UsageEvent[] = [];
	while (events.length < count) {
		const known = events.length > 0 && random() < 0.2 ? pick(events) : null;
		const time = new Date(
			Date.parse('2026-11-25T09:00:00Z') - Math.floor(random() ** 3 * 35 * 86_400_000)
		).toISOString();
		const made = usageEvent(fixture.mavuno.businessId, {
			time,
			...pick([
				{ type: 'erp.record.saved', data: { branch: pick(['Nakuru', 'Eldoret', null]) } },
				{
					type: 'erp.data.transferred',
					data: {
						bytes: pick([0, 1, 1_500, '0.1', '0.2', '9007199254740993', -20]),
						user: pick(['otieno', 'wanjiku', 'njeri', 'kiprop']),
						branch: pick(['Nakuru', 'Eldoret'])
					}
				},
				{ type: 'erp.load', data: { value: pick([3, '14.2', -5, 12]) } },
				{ type: 'erp.level', data: { value: pick([156, 157, '3.5', -1]) } }
			])
		});
		events.push(known ? { ...made, source: known.source, id: known.id } : made);
	}
	const batches: UsageEvent[][] = [];
	for (let at = 0; at < events.length;) {
		const size = 1 + Math.floor(random() * 40);
		batches.push(events.slice(at, at + size));
		at += size;
	}
	return batches;
}

// Every table of totals, as the raw events say it should be, in SQL of its own.
const readings = `
	select e.business_id, m.id as meter_id, m.aggregation, date_trunc('hour', e.occurred_at, 'UTC') as hour,
		e.occurred_at, e.data ->> m.value_property as value,
		case when m.aggregation in ('sum', 'max', 'latest') then (e.data ->> m.value_property)::numeric end as number,
		(select coalesce(jsonb_object_agg(name, e.data ->> name), '{}')
			from unnest(m.dimensions) name where e.data ->> name is not null) as dimensions,
		cardinality(m.dimensions) > 0 as sliced
	from usage.events e join usage.meters m on m.product_id = e.product_id and m.event_type = e.type`;
const total = `count(*)::text, trim_scale(sum(number))::text as sum, trim_scale(max(number))::text as max,
	trim_scale((array_agg(number order by occurred_at desc, number desc))[1])::text as latest,
	max(occurred_at) as latest_at`;
const kept = `count::text, trim_scale(sum)::text as sum, trim_scale(max)::text as max,
	trim_scale(latest)::text as latest, latest_at`;

const tables: [name: string, actual: string, recounted: string][] = [
	[
		'hours',
		`select business_id, meter_id, hour, ${kept} from usage.hours order by 1, 2, 3`,
		`select business_id, meter_id, hour, ${total} from (${readings}) r group by 1, 2, 3 order by 1, 2, 3`
	],
	[
		'days',
		`select business_id, meter_id, day, ${kept} from usage.days order by 1, 2, 3`,
		`select business_id, meter_id, (hour at time zone 'Africa/Nairobi')::date as day, ${total}
		from (${readings}) r group by 1, 2, 3 order by 1, 2, 3`
	],
	[
		'slices',
		`select s.business_id, s.meter_id, hour, dimensions, ${kept} from usage.slices s
		join usage.dimension_sets d on d.business_id = s.business_id and d.id = s.set_id order by 1, 2, 3, 4`,
		`select business_id, meter_id, hour, dimensions, ${total} from (${readings}) r
		where sliced group by 1, 2, 3, 4 order by 1, 2, 3, 4`
	],
	[
		'uniques',
		`select business_id, meter_id, value, first_hour, last_hour from usage.uniques order by 1, 2, 3`,
		`select business_id, meter_id, value, min(hour) as first_hour, max(hour) as last_hour
		from (${readings}) r where aggregation = 'unique' group by 1, 2, 3 order by 1, 2, 3`
	],
	[
		'unique_hours',
		`select business_id, meter_id, value, hour from usage.unique_hours order by 1, 2, 3, 4`,
		`select distinct business_id, meter_id, value, hour from (${readings}) r
		where aggregation = 'unique' order by 1, 2, 3, 4`
	]
];

async function expectTruth(): Promise<void> {
	for (const [name, actual, recounted] of tables) {
		const { rows: is } = await owner.query(actual);
		const { rows: shouldBe } = await owner.query(recounted);
		expect(shouldBe.length, name).toBeGreaterThan(0);
		expect(is, name).toEqual(shouldBe);
	}
}

async function countEvents(): Promise<number> {
	const { rows } = await owner.query<{ count: number }>(
		'select count(*)::int as count from usage.events'
	);
	return rows[0]?.count ?? 0;
}

const distinct = (batches: UsageEvent[][]): number =>
	new Set(batches.flat().map(({ source, id }) => `${source} ${id}`)).size;

describe('totals equal a recount from the events', () => {
	it.each([1, 2, 3])(
		'after random batches at random moments, some of them twice (%i)',
		async (seed) => {
			const batches = randomBatches(seed, 1_500);
			const random = randomFrom(seed + 100);
			const sent = [...batches, ...batches.filter(() => random() < 0.2)];
			sent.sort(() => random() - 0.5);
			const answers = await Promise.all(
				sent.map(async (batch) => {
					await new Promise((resolve) => setTimeout(resolve, random() * 300));
					return recordEvents(batch, fixture.erp);
				})
			);
			expect(answers.reduce((sum, answer) => sum + answer.new, 0)).toBe(distinct(batches));
			expect(await countEvents()).toBe(distinct(batches));
			await expectTruth();
		}
	);

	it('after a process was killed in the middle, and another sent everything again', async () => {
		const batches = randomBatches(4, 3_000);
		const acknowledged = new Set<number>();
		const child = fork(
			fileURLToPath(new URL('../../../../tests/setup/metering-process.ts', import.meta.url)),
			{ execArgv: [] }
		);
		child.on('message', (index: Acknowledged) => acknowledged.add(index));
		const { connection } = runtime;
		const { id, productId } = fixture.erp;
		child.send({
			connection,
			key: { id, productId },
			at: '2026-11-25T09:00:00Z',
			batches
		} satisfies Task);
		await expect
			.poll(() => acknowledged.size, { interval: 5, timeout: 15_000 })
			.toBeGreaterThan(20);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(acknowledged.size).toBeLessThan(batches.length);

		// What is under way at that moment ends with its session.
		await expect
			.poll(async () => {
				const { rows } = await owner.query(
					`select from pg_stat_activity where datname = current_database() and state <> 'idle'
						and pid <> pg_backend_pid() and backend_type = 'client backend'`
				);
				return rows.length;
			})
			.toBe(0);
		await expectTruth();
		await Promise.all(
			[...acknowledged].map(async (index) => {
				const batch = batches[index] ?? [];
				const answer = await recordEvents(batch, fixture.erp);
				expect(answer).toEqual({ received: batch.length, new: 0, known: batch.length });
			})
		);
		await Promise.all(batches.map((batch) => recordEvents(batch, fixture.erp)));
		expect(await countEvents()).toBe(distinct(batches));
		await expectTruth();
	});

	it('from two processes that send the same at the same time', async () => {
		const batches = randomBatches(5, 1_500);
		const children = [1, 2].map(() =>
			fork(fileURLToPath(new URL('../../../../tests/setup/metering-process.ts', import.meta.url)), {
				execArgv: []
			})
		);
		const done = children.map(
			(child) =>
				new Promise<void>((resolve) => {
					let left = batches.length;
					child.on('message', () => {
						left -= 1;
						if (left === 0) resolve();
					});
				})
		);
		const { connection } = runtime;
		const { id, productId } = fixture.erp;
		for (const child of children)
			child.send({
				connection,
				key: { id, productId },
				at: '2026-11-25T09:00:00Z',
				batches
			} satisfies Task);
		await Promise.all(done);
		for (const child of children) child.kill('SIGKILL');
		expect(await countEvents()).toBe(distinct(batches));
		await expectTruth();
	});
});

it('days can be folded anew in another zone, while events go on arriving', async () => {
	const { businessId } = fixture.mavuno;
	const batches = randomBatches(6, 600);
	const sending = Promise.all(
		batches.map(async (batch, index) => {
			await new Promise((resolve) => setTimeout(resolve, index * 5));
			return recordEvents(batch, fixture.erp);
		})
	);
	await new Promise((resolve) => setTimeout(resolve, 40));
	await withSystem('test', (scope) =>
		refoldDays(scope, { businessId, timeZone: 'Pacific/Auckland' })
	);
	await sending;
	const { rows: is } = await owner.query(
		`select meter_id, day, ${kept} from usage.days order by 1, 2`
	);
	const { rows: shouldBe } = await owner.query(
		`select meter_id, (hour at time zone 'Pacific/Auckland')::date as day, ${total}
		from (${readings}) r group by 1, 2 order by 1, 2`
	);
	expect(is).toEqual(shouldBe);
	await withSystem('test', (scope) =>
		refoldDays(scope, { businessId, timeZone: 'Africa/Nairobi' })
	);
	await expectTruth();
});
