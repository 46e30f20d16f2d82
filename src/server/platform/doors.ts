import { CompiledQuery, type Kysely, type QueryResult } from 'kysely';
import { tellChangesOf } from './changes.ts';
import type { Door } from './database.ts';
import { Invalid } from './errors.ts';
import { isId, newId } from './ids.ts';
import { runtime } from './runtime.ts';
import {
	endScope,
	mintScope,
	type Actor,
	type Confined,
	type Member,
	type Scope,
	type Staff,
	type System
} from './scope.ts';
import { sharedReadsOf, shareReads } from './shared-reads.ts';
import type { DB } from './tables.ts';

interface DoorOptions {
	/** A moment other than now: for telling a history, and for tests. */
	at?: Date;
	/** It writes nothing that a page shows, such as when a session was last used. */
	unseen?: boolean;
	/**
	 * The commit follows without waiting for what the work's queries answer: rows are locked no longer than
	 * the server itself takes. For work that asks all of them in one turn and changes nothing that a page
	 * shows without telling of it; where it may not be, a query has to fail (`platform.require`).
	 */
	inOneGo?: boolean;
}

/**
 * The door of members, products and whoever else looks at one business: everything behind it is confined to the actor's business by
 * row-level security.
 */
export function withBusiness<A extends Confined, R>(
	actor: A,
	work: (scope: Scope<A>) => Promise<R>,
	options: DoorOptions = {}
): Promise<R> {
	return open(runtime().database.app, beginFor(actor.businessId), actor, work, options);
}

/**
 * The same door for a page that only looks, beside many of the same business: what one of them has read is
 * not asked again while nothing of the business is written (shared-reads.ts).
 * @throws a DatabaseError with `readOnlyRefusal` when the work writes
 */
export async function withSharedReads<A extends Member, R>(
	actor: A,
	work: (scope: Scope<A>) => Promise<R>
): Promise<R> {
	const begin = beginFor(actor.businessId, 'begin read only');
	const shared = sharedReadsOf(actor.businessId);
	let close = (): void => undefined;
	const done = new Promise<void>((resolve) => (close = resolve));
	let closed: Promise<void> | undefined;
	let opened: Promise<Kysely<DB>> | undefined;

	// Whoever finds all that they ask answered needs no connection.
	const connect = (): Promise<Kysely<DB>> =>
		new Promise((resolve, reject) => {
			closed = runtime().database.app.connect(async (connection) => {
				const say = (words: string) => connection.executeQuery(CompiledQuery.raw(words));
				const begun = say(begin);
				begun.catch(() => undefined);
				resolve(connection);
				try {
					await done;
					await begun;
					await say('commit');
				} catch (error) {
					await say('rollback');
					throw error;
				}
			});
			closed.catch(reject);
		});
	let over = false;
	const ask = async (query: CompiledQuery): Promise<QueryResult<unknown>> => {
		const connection = over ? null : await (opened ??= connect());
		// Asked by a part of the work that nobody waits for any more: the connection may be another's by now.
		if (over || !connection) throw new Error('The door of this question has closed.');
		return connection.executeQuery(query);
	};
	const scope = mintScope(shareReads(shared, ask), actor, shared.at);
	try {
		return await work(scope);
	} catch (error) {
		throw isNoText(error) ? noText() : error;
	} finally {
		endScope(scope);
		over = true;
		close();
		await closed;
	}
}

function beginFor(businessId: string, begin = 'begin'): string {
	// The id goes into the opening message as a literal (`set` takes no parameters), so its form is checked.
	if (!isId('biz', businessId)) throw new Error('A business id of the wrong form reached a door.');
	// One message, one round trip; the first setting makes the second reach the workers of a Citus cluster.
	return `${begin}; set local citus.propagate_set_commands = 'local'; set local app.business_id = '${businessId}'`;
}

/** The door of the vendor's staff. It sees every business; what it was opened for is kept in the audit log. */
export function withStaff<R>(
	actor: Staff,
	reason: string,
	work: (scope: Scope<Staff>) => Promise<R>,
	options: DoorOptions = {}
): Promise<R> {
	return open(
		runtime().database.staff,
		'begin',
		{ ...actor, reason },
		async (scope) => {
			await scope.db
				.insertInto('audit.entries')
				.values({
					id: newId('aud', scope.now),
					person_id: actor.personId,
					reason,
					occurred_at: scope.now
				})
				.execute();
			return work(scope);
		},
		options
	);
}

/**
 * The door of the vendor's staff to one business: confined to it by row-level security, as its members are, and
 * allowed no more than they are by the database. What it was opened for is in the audit log before.
 */
export async function withStaffAt<R>(
	actor: Staff,
	businessId: string,
	reason: string,
	work: (scope: Scope<Staff>) => Promise<R>,
	/** What is read across businesses besides, before it: how many tickets wait. */
	before: (scope: Scope<Staff>) => Promise<void> = () => Promise.resolve(),
	options: DoorOptions = {}
): Promise<R> {
	const begin = beginFor(businessId);
	await withStaff(actor, reason, before, options);
	return open(runtime().database.app, begin, { ...actor, reason, businessId }, work, options);
}

/** The door of jobs, schedules, sign-in and the operator's command line. `job` names which. */
export function withSystem<R>(
	job: string,
	work: (scope: Scope<System>) => Promise<R>,
	options: DoorOptions = {}
): Promise<R> {
	return open(runtime().database.system, 'begin', { kind: 'system', job }, work, options);
}

function open<A extends Actor, R>(
	door: Door,
	begin: string,
	actor: A,
	work: (scope: Scope<A>) => Promise<R>,
	options: DoorOptions
): Promise<R> {
	return door.connect(async (connection) => {
		const say = (words: string) => connection.executeQuery(CompiledQuery.raw(words));
		const scope = mintScope(connection, actor, options.at ?? runtime().clock.now());
		let failed = false;
		// Before `begin` is said: so it leaves in the same write, once everything has been asked.
		const committed = options.inOneGo
			? atEndOfTurn(() => (failed ? Promise.resolve(null) : say('commit')))
			: null;
		// Not awaited before the work: the first query of the work follows in the same round trip. Should
		// `begin` fail, no business is set, every tenant table refuses, and the failure surfaces below.
		const begun = say(begin);
		begun.catch(() => undefined);
		try {
			const working = work(scope);
			if (committed) {
				working.catch(() => {
					failed = true;
				});
				const [result, , end] = await Promise.all([working, begun, committed]);
				if (!hasCommitted(end)) throw new Error('A query failed, and with it the transaction.');
				return result;
			}
			const result = await working;
			await begun;
			const wrote = options.unseen ? null : askWhetherItWrote(connection);
			// Its failure surfaces below, and may come before the commit is answered.
			wrote?.catch(() => undefined);
			await say('commit');
			// Before the caller can answer anybody: what it has changed is drawn anew from now on.
			if (await wrote) tellChangesOf(scope);
			return result;
		} catch (error) {
			await say('rollback');
			throw isNoText(error) ? noText() : error;
		} finally {
			endScope(scope);
		}
	});
}

/**
 * PostgreSQL stores no character of the code zero (22021), not even escaped in JSON (22P05). Nobody types one:
 * whoever sends it, in an address or a field, is told so, wherever it was to be looked up or written.
 */
function isNoText(error: unknown): boolean {
	const code = (error as { code?: unknown } | null)?.code;
	return code === '22021' || code === '22P05';
}

function noText(): Invalid {
	return new Invalid([
		{ path: '', message: 'There is a character in it that is no text. Write it again.' }
	]);
}

/** When all promises of this turn have run, and before a connection lets go what was asked meanwhile. */
function atEndOfTurn<R>(work: () => Promise<R>): Promise<R> {
	return new Promise((resolve, reject) => {
		process.nextTick(() => {
			work().then(resolve, reject);
		});
	});
}

/** PostgreSQL ends a transaction of which a query failed with a rollback, whatever it is told. */
function hasCommitted(end: QueryResult<unknown> | null): boolean {
	return (end?.rows[0] as { command?: string } | undefined)?.command === 'COMMIT';
}

/** In the same round trip as the commit: PostgreSQL gives a transaction its id when it first writes. */
async function askWhetherItWrote(connection: Kysely<DB>): Promise<boolean> {
	const { rows } = await connection.executeQuery<{ wrote: boolean }>(
		CompiledQuery.raw('select pg_current_xact_id_if_assigned() is not null as wrote')
	);
	return rows[0]?.wrote ?? true;
}
