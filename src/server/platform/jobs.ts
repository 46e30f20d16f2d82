import { sql } from 'kysely';
import pg from 'pg';
import { fromKysely, PgBoss, type KyselyTransactionLike } from 'pg-boss';
import type { Connection } from './database.ts';
import { withSystem } from './doors.ts';
import { readEvent, type DomainEvent, type EventKind } from './events.ts';
import { ownerConfig } from './roles.ts';
import { runtime } from './runtime.ts';
import type { Scope, System } from './scope.ts';

const schema = 'jobs';

interface Definition<T extends object> {
	name: string;
	work: (scope: Scope<System>, data: T) => Promise<void>;
	/** Five fields, in UTC: run by the clock too, with empty data. */
	cron?: string;
	/** For work that talks to the network: it opens its own doors before and after, never around it. */
	opensOwnDoors?: false;
}

interface NetworkDefinition<T extends object> {
	name: string;
	cron?: string;
	opensOwnDoors: true;
	work: (data: T) => Promise<void>;
}

export type Job<T extends object> = Definition<T> | NetworkDefinition<T>;

const jobs = new Map<string, Job<never>>();
const reactions = new Map<string, string[]>();

/**
 * Declares a job at import time. Unless it opens its own doors, its work and its completion commit
 * together: a job killed half way has done nothing and runs again.
 */
export function defineJob<T extends object>(job: Job<T>): Job<T> {
	if (jobs.has(job.name)) throw new Error(`The job ${job.name} is declared twice.`);
	jobs.set(job.name, job as Job<never>);
	return job;
}

/** Declares that a module reacts to a domain event; `name` says who and what, such as `activity.launch`. */
export function on<K extends EventKind>(
	kind: K,
	name: string,
	work: (scope: Scope<System>, event: DomainEvent<K>) => Promise<void>
): void {
	defineJob<{ businessId: string; eventId: string }>({
		name,
		async work(scope, { businessId, eventId }) {
			await work(scope, await readEvent<K>(scope, businessId, eventId));
		}
	});
	reactions.set(kind, [...(reactions.get(kind) ?? []), name]);
}

let boss: PgBoss | null = null;

/** What jobs have put into the queue: looked for when they are done, and not at the next look around. */
const enqueued = new WeakMap<Scope, Set<string>>();

/** Puts a job in the scope's transaction: it exists if and only if that commits. */
export async function enqueue<T extends object>(
	scope: Scope<System>,
	job: Job<T>,
	data: T,
	options: {
		/** Not before this moment, or so many seconds from now by the database's own clock. */
		startAfter?: Date | number;
		/** What `hasten` finds it by. */
		key?: string;
	} = {}
): Promise<void> {
	if (!boss) throw new Error('Jobs are not started in this process.');
	const { startAfter, key } = options;
	await boss.send(job.name, data, {
		...(startAfter === undefined ? {} : { startAfter }),
		...(key === undefined ? {} : { singletonKey: key }),
		db: fromKysely(scope.db as unknown as KyselyTransactionLike)
	});
	if (startAfter === undefined) wakeLater(scope, job.name);
}

/** Has jobs that wait for their moment begin as soon as the scope's transaction commits. Those that began are left alone. */
export async function hasten(
	scope: Scope<System>,
	job: { name: string },
	keys: readonly string[]
): Promise<void> {
	const { numAffectedRows } = await sql`
		update jobs.job set start_after = now()
		where name = ${job.name} and state = 'created' and start_after > now()
			and singleton_key = any(${keys}::text[])`.execute(scope.db);
	if (numAffectedRows) wakeLater(scope, job.name);
}

function wakeLater(scope: Scope, name: string): void {
	enqueued.set(scope, (enqueued.get(scope) ?? new Set<string>()).add(name));
}

/** As the owner: the tables of the job library, and what the system role may do with them. */
export async function installJobs(connection: Connection): Promise<void> {
	const installer = new PgBoss({
		...(ownerConfig(connection) as object),
		schema,
		max: 1,
		supervise: false,
		schedule: false
	});
	await installer.start();
	await installer.stop({ graceful: false });
	const owner = new pg.Client(ownerConfig(connection));
	await owner.connect();
	try {
		await owner.query(`grant usage on schema ${schema} to portal_system;
			grant select, insert, update, delete on all tables in schema ${schema} to portal_system;
			grant usage on all sequences in schema ${schema} to portal_system`);
	} finally {
		await owner.end();
	}
}

export interface RunningJobs {
	/** Resolves when every event waiting now has been relayed and no job is queued or running: for tests and the story. */
	settle(): Promise<void>;
	stop(): Promise<void>;
}

/** Joins the queue, and sees to it that every declared job has its place there. */
async function joinQueue(options: { supervise: boolean }): Promise<PgBoss> {
	const { database, log } = runtime();
	const joined = new PgBoss({
		db: fromKysely(database.system.db as unknown as KyselyTransactionLike),
		schema,
		migrate: false,
		createSchema: false,
		supervise: options.supervise,
		schedule: options.supervise,
		// What these two need is the owner's to do.
		reindex: false,
		monitorVacuum: false
	});
	joined.on('error', (error) => {
		log.error({ error: error.message }, 'the job runner met an error');
	});
	await joined.start();
	for (const name of jobs.keys()) {
		await joined.createQueue(name, {
			retryLimit: 5,
			retryDelay: 2,
			retryBackoff: true,
			expireInSeconds: 300
		});
	}
	return joined;
}

/**
 * Lets a process that runs no jobs put some into the queue, for the server to run: the command line.
 * @returns what leaves the queue again
 */
export async function openQueue(): Promise<() => Promise<void>> {
	const joined = await joinQueue({ supervise: false });
	boss = joined;
	return async () => {
		boss = null;
		await joined.stop({ graceful: false, close: false });
	};
}

/** Starts the job runner: the declared jobs, their schedules, and the relay of domain events. */
export async function startJobs(options: { pollingSeconds?: number } = {}): Promise<RunningJobs> {
	const { live } = runtime();
	const started = await joinQueue({ supervise: true });
	boss = started;

	const workers = new Map<string, string>();
	const wake = (names: Iterable<string>): void => {
		for (const name of names) {
			const worker = workers.get(name);
			if (worker) started.notifyWorker(worker);
		}
	};
	for (const job of jobs.values()) {
		if (job.cron) await started.schedule(job.name, job.cron, {}, { tz: 'UTC' });
		workers.set(
			job.name,
			await started.work(
				job.name,
				{ pollingIntervalSeconds: options.pollingSeconds ?? 2, batchSize: 20 },
				async (batch) => {
					for (const { id, data } of batch) wake(await runJob(started, job, id, data as never));
				}
			)
		);
	}

	const relay = startRelay(wake);
	const unhear = live.hear(null, (topic) => {
		if (topic === 'events') void relay.run();
	});
	const poll = setInterval(() => void relay.run(), 5_000);
	await relay.run();

	return {
		async settle() {
			for (;;) {
				await relay.run();
				if ((await countUnfinished()) === 0) return;
				wake(workers.keys());
				await new Promise((resolve) => setTimeout(resolve, 25));
			}
		},
		async stop() {
			clearInterval(poll);
			unhear();
			await relay.stop();
			boss = null;
			await started.stop({ graceful: true, timeout: 5_000, close: false });
		}
	};
}

/**
 * Each job of a batch ends by itself: one that fails takes none of the others along.
 * @returns the names of the jobs that it has put into the queue
 */
async function runJob(
	running: PgBoss,
	job: Job<never>,
	id: string,
	data: never
): Promise<Iterable<string>> {
	try {
		if (job.opensOwnDoors) {
			await job.work(data);
			await running.complete(job.name, id);
			return [];
		}
		return await withSystem(job.name, async (scope) => {
			await job.work(scope, data);
			await running.complete(job.name, id, null, {
				db: fromKysely(scope.db as unknown as KyselyTransactionLike)
			});
			return enqueued.get(scope) ?? [];
		});
	} catch (error) {
		runtime().log.error({ job: job.name, id, error }, 'a job failed; it will be tried again');
		await running.fail(job.name, id, { message: (error as Error).message });
		return [];
	}
}

async function countUnfinished(): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select (select count(*) from platform.events where dispatched_at is null)::int
			+ (select count(*) from jobs.job where state in ('created', 'retry', 'active')
				and start_after <= now() and name = any(${[...jobs.keys()]}))::int as count`.execute(
		runtime().database.system.db
	);
	return rows[0]?.count ?? 0;
}

/** Turns waiting domain events into one job a reaction, each event exactly once. */
function startRelay(wake: (names: Iterable<string>) => void): {
	run(): Promise<void>;
	stop(): Promise<void>;
} {
	let running: Promise<void> | null = null;
	let again = false;
	let stopped = false;

	const drain = async (): Promise<void> => {
		do {
			again = false;
			while (!stopped && (await relayBatch(wake)) > 0);
		} while (again && !stopped);
	};
	const run = (): Promise<void> => {
		if (running) {
			again = true;
			return running;
		}
		running = drain()
			.catch((error: unknown) => {
				runtime().log.error({ error }, 'domain events could not be relayed; tried again shortly');
			})
			.finally(() => {
				running = null;
			});
		return running;
	};
	return {
		run,
		async stop() {
			stopped = true;
			await running;
		}
	};
}

/** @param wake told which jobs there are now, once they are committed */
async function relayBatch(wake: (names: Iterable<string>) => void): Promise<number> {
	const { count, names } = await withSystem(
		'platform.relay',
		async (scope) => {
			const events = await scope.db
				.selectFrom('platform.events')
				.select(['id', 'business_id', 'kind'])
				.where('dispatched_at', 'is', null)
				.orderBy('id')
				.limit(200)
				.forUpdate()
				.skipLocked()
				.execute();
			if (events.length === 0) return { count: 0, names: [] };
			const due = new Map<string, { data: object }[]>();
			for (const event of events) {
				for (const name of reactions.get(event.kind) ?? []) {
					due.set(name, [
						...(due.get(name) ?? []),
						{ data: { businessId: event.business_id, eventId: event.id } }
					]);
				}
			}
			if (!boss) throw new Error('Jobs are not started in this process.');
			for (const [name, batch] of due) {
				await boss.insert(name, batch, {
					db: fromKysely(scope.db as unknown as KyselyTransactionLike)
				});
			}
			await scope.db
				.updateTable('platform.events')
				.set({ dispatched_at: scope.now })
				.where(
					'id',
					'in',
					events.map((event) => event.id)
				)
				.where('dispatched_at', 'is', null)
				.execute();
			return { count: events.length, names: [...due.keys()] };
		},
		{ unseen: true }
	);
	wake(names);
	return count;
}
