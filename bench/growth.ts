import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startSubscription } from '#server/modules/billing/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import { savePlan, saveProduct } from '#server/modules/catalogue/index.ts';
import {
	defineMeter,
	exploreUsage,
	listEvents,
	readConsumption,
	readHomeFigures,
	recountMeter,
	traceEvent
} from '#server/modules/usage/index.ts';
import { recount } from '#server/modules/usage/recount.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startEmbedded, type Embedded } from '#server/platform/embedded/index.ts';
import { openQueue } from '#server/platform/jobs.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { migrate } from '#server/platform/migrate.ts';
import { setRuntime, type Runtime } from '#server/platform/runtime.ts';
import type { Member } from '#server/platform/scope.ts';
import { secretsFrom } from '#server/platform/secrets.ts';
import { fingerprint, tellPast } from './growth-past.ts';

export interface GrowthFigures {
	/** Medians in milliseconds, beside how many times the smaller's the greater's is. */
	queries: { name: string; small: number; large: number; ratio: number }[];
	/** Of all queries of the page together. */
	page: { small: number; large: number; ratio: number };
	/** Megabytes of tables with their indexes, in the greater database. */
	sizes: { table: string; small: number; large: number }[];
	/** Seconds that it took to build. */
	built: { small: number; large: number };
}

interface Installation {
	runtime: Runtime;
	member: Member;
	productId: string;
	seconds: number;
	close(): Promise<void>;
}

const now = new Date('2026-11-25T09:00:00Z');
const secrets = secretsFrom('the key of a benchmark');
const cache = fileURLToPath(new URL('../.cache/', import.meta.url));

/**
 * What a page of usage costs as events become more: the same queries in two databases on one server, with
 * the same business, people, branches and thirteen months, and a thousandth of the events in one of them.
 */
export async function benchGrowth(
	options: { rounds?: number; small?: number; large?: number } = {}
): Promise<GrowthFigures> {
	const { rounds = 200, small: few = 10_000, large: many = 10_000_000 } = options;
	mkdirSync(cache, { recursive: true });
	const directory = mkdtempSync(path.join(cache, 'bench-growth-'));
	const log = createLog('warn');
	const embedded = await startEmbedded({ dataDir: directory, profile: 'production', log });
	const installations: Installation[] = [];
	try {
		const small = await install(embedded, 'growth_small', few, installations);
		const large = await install(embedded, 'growth_large', many, installations);
		const times = new Map<string, [number[], number[]]>();
		for (let round = -10; round < rounds; round++) {
			for (const [name, query] of queries) {
				const spent = times.get(name) ?? [[], []];
				times.set(name, spent);
				// Each goes first every other time.
				const order = round % 2 === 0 ? [0, 1] : [1, 0];
				for (const which of order) {
					const installation = which === 0 ? small : large;
					setRuntime(installation.runtime);
					const start = performance.now();
					await query(installation, round);
					// The first rounds warm both up.
					if (round >= 0) spent[which === 0 ? 0 : 1].push(performance.now() - start);
				}
			}
		}
		const figures = [...times].map(([name, [one, other]]) => compare(name, one, other));
		const together = (which: 0 | 1): number[] =>
			Array.from({ length: rounds }, (_, round) =>
				[...times.entries()]
					.filter(([name]) => !name.startsWith('events'))
					.reduce((sum, [, spent]) => sum + (spent[which][round] ?? 0), 0)
			);
		return {
			queries: figures,
			page: compare('page', together(0), together(1)),
			sizes: await readSizes(small, large),
			built: { small: small.seconds, large: large.seconds }
		};
	} finally {
		setRuntime(null);
		for (const { close } of installations) await close();
		await embedded.stop();
		rmSync(directory, { recursive: true, force: true });
	}
}

const month = { from: new Date('2026-10-31T21:00:00Z'), to: new Date('2026-11-30T21:00:00Z') };
const before = { from: new Date('2026-09-30T21:00:00Z'), to: month.from };
const today = { from: new Date('2026-11-24T21:00:00Z'), to: new Date('2026-11-25T21:00:00Z') };
const quarter = { from: new Date('2026-08-31T21:00:00Z'), to: month.to };
const year = { from: new Date('2025-11-30T21:00:00Z'), to: month.to };

type Query = (installation: Installation, round: number) => Promise<unknown>;

const explore =
	(input: Parameters<typeof exploreUsage>[1]): Query =>
	({ member }) =>
		withBusiness(member, (scope) => exploreUsage(scope, input));

const queries: [string, Query][] = [
	['the month, day by day, compared', explore({ ...month, compare: 'previous' })],
	['the month by user', explore({ ...month, by: 'user' })],
	['the month by branch, of one user', explore({ ...month, by: 'branch', people: ['user-7'] })],
	['today, hour by hour', explore({ ...today, granularity: 'hour' })],
	['a quarter by week and branch', explore({ ...quarter, granularity: 'week', by: 'branch' })],
	['a year by month, compared', explore({ ...year, granularity: 'month', compare: 'previous' })],
	['a year by user', explore({ ...year, granularity: 'month', by: 'user' })],
	[
		'data consumption of a month, compared',
		({ member, productId }) =>
			withBusiness(member, (scope) =>
				readConsumption(scope, { ...month, previous: before, productIds: [productId] })
			)
	],
	[
		'home',
		({ member }) =>
			withBusiness(member, (scope) =>
				readHomeFigures(scope, {
					...month,
					previousFrom: before.from,
					previousTo: before.to
				})
			)
	],
	[
		'events: the newest fifty',
		({ member: { businessId }, productId }) =>
			withSystem('bench', (scope) => listEvents(scope, { businessId, productId, limit: 50 }), {
				unseen: true
			})
	],
	[
		'events: fifty of a rare type',
		({ member: { businessId }, productId }) =>
			withSystem(
				'bench',
				(scope) => listEvents(scope, { businessId, productId, type: 'bench.level', limit: 50 }),
				{ unseen: true }
			)
	],
	[
		'events: one traced',
		({ member: { businessId }, productId }, round) =>
			withSystem(
				'bench',
				(scope) =>
					traceEvent(scope, {
						businessId,
						productId,
						source: '/bench/nairobi',
						// Two in three are of this business: no remainder of three is none.
						id: `event-${((Math.abs(round) * 37) % 3_000) * 3 + 1}`
					}),
				{ unseen: true }
			)
	]
];

function compare(name: string, small: number[], large: number[]): GrowthFigures['queries'][number] {
	const [one, other] = [median(small), median(large)];
	return { name, small: one, large: other, ratio: other / one };
}

function median(values: number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

async function install(
	{ connection }: Embedded,
	name: string,
	events: number,
	installations: Installation[]
): Promise<Installation> {
	const superuser = new pg.Client({ ...connection, user: 'postgres', database: 'postgres' });
	await superuser.connect();
	await superuser.query(`create database ${name} owner ${connection.user}`);
	await superuser.end();
	const own = { ...connection, database: name };
	await migrate(own, secrets);
	const log = createLog('warn');
	const database = createDatabase({ connection: own, secrets, log });
	const live = createLive(() => database.connectListener(), log);
	const runtime: Runtime = {
		database,
		clock: fixedClock(now),
		secrets,
		log,
		live,
		publicUrl: 'http://localhost',
		development: false
	};
	setRuntime(runtime);
	const { productId, businesses } = await furnish();
	const start = performance.now();
	await tellPast(own, { events, productId, businesses, from: year.from, to: now });
	const seconds = (performance.now() - start) / 1000;
	await proveSample(own);
	const installation: Installation = {
		runtime,
		member: {
			kind: 'member',
			businessId: businesses[0],
			personId: `per_${'0'.repeat(26)}`,
			name: 'Bench',
			role: 'owner',
			timeZone: 'Africa/Nairobi'
		},
		productId,
		seconds,
		async close() {
			await live.close();
			await database.close();
		}
	};
	installations.push(installation);
	return installation;
}

/**
 * The past was told by SQL of its own: the newest hours, counted anew from their events by the code that
 * counts, must come to the same.
 */
async function proveSample(connection: Embedded['connection']): Promise<void> {
	const told = await fingerprint(connection);
	const leave = await openQueue();
	for (const meter of ['data', 'requests', 'active-users', 'level']) {
		const from = new Date(now.getTime() - sampleHours * 3_600_000);
		const { id } = await withSystem('bench', (scope) =>
			recountMeter(scope, { product: 'bench', meter, from })
		);
		await recount(id, { afterMs: 0 });
	}
	await leave();
	if ((await fingerprint(connection)) !== told)
		throw new Error('A recount says otherwise than the totals that were built.');
}

const sampleHours = 12;

/** A product with a meter of every kind, and two businesses that have it. */
function furnish(): Promise<{ productId: string; businesses: [string, string] }> {
	return withSystem('bench', async (scope) => {
		const product = 'bench';
		const { id: productId } = await saveProduct(scope, {
			slug: product,
			name: 'Bench',
			summary: '',
			mark: 'initials',
			position: 1
		});
		await savePlan(scope, {
			product,
			slug: 'plan',
			name: 'Plan',
			amountMinor: 0n,
			currency: 'KES',
			position: 1
		});
		const transferred = { product, eventType: 'bench.data', dimensions: ['user', 'branch'] };
		await defineMeter(scope, {
			...transferred,
			slug: 'data',
			name: 'Data',
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes'
		});
		await defineMeter(scope, {
			...transferred,
			slug: 'requests',
			name: 'Requests',
			aggregation: 'count',
			unit: 'count'
		});
		await defineMeter(scope, {
			product,
			slug: 'active-users',
			name: 'Active users',
			eventType: 'bench.data',
			aggregation: 'unique',
			valueProperty: 'user',
			unit: 'people'
		});
		await defineMeter(scope, {
			product,
			slug: 'level',
			name: 'Level',
			eventType: 'bench.level',
			aggregation: 'latest',
			valueProperty: 'bytes',
			unit: 'bytes'
		});
		const businesses: string[] = [];
		for (const name of ['One', 'Two']) {
			const { id } = await createBusiness(scope, { name });
			await startSubscription(scope, {
				businessId: id,
				product,
				plan: 'plan',
				startedOn: '2025-01-01'
			});
			businesses.push(id);
		}
		return { productId, businesses: businesses as [string, string] };
	});
}

async function readSizes(
	small: Installation,
	large: Installation
): Promise<GrowthFigures['sizes']> {
	const [few, many] = [await sizesOf(small), await sizesOf(large)];
	return [...many].map(([table, bytes]) => ({
		table,
		small: (few.get(table) ?? 0) / 1e6,
		large: bytes / 1e6
	}));
}

async function sizesOf({ runtime }: Installation): Promise<Map<string, number>> {
	const { rows } = await runtime.database.system.pool.query<{ name: string; bytes: string }>(
		`select case when c.relname like 'events\\_%' then 'events' else c.relname end as name,
			sum(pg_total_relation_size(c.oid))::text as bytes
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'usage' and c.relkind = 'r'
		group by 1 having sum(pg_total_relation_size(c.oid)) > 100000 order by sum(pg_total_relation_size(c.oid)) desc`
	);
	return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}
