import {
	Kysely,
	PostgresAdapter,
	PostgresIntrospector,
	PostgresQueryCompiler,
	type CompiledQuery,
	type DatabaseConnection,
	type Dialect,
	type Driver,
	type QueryResult
} from 'kysely';
import { onChange } from './changes.ts';
import { runtime } from './runtime.ts';
import type { DB } from './tables.ts';

// An event wakes every open page of its business at once, and they read much the same. What a statement
// answers depends on nothing but the business its door is confined to, its words and its values: so pages
// that look again ask each statement once for all of them. What somebody may see is part of the words and
// values, or is decided before: docs/decisions/live-pages.md.

/** Answers are shared until anything of the business is written, and no longer than this. */
const sharedMs = 1_000;

type Answer = Promise<QueryResult<unknown>>;

/** What the pages of one business have read in one state of its rows. */
export interface SharedReads {
	/** The moment that they are all drawn at: the same questions are asked of it. */
	readonly at: Date;
	readonly answers: Map<string, Answer>;
}

const known = new Map<string, SharedReads>();

onChange((businessId) => {
	if (businessId === null) known.clear();
	else known.delete(businessId);
});

/** What is shared of a business from now on: a new one after every change. */
export function sharedReadsOf(businessId: string): SharedReads {
	const shared = known.get(businessId);
	if (shared) return shared;
	const begun: SharedReads = { at: runtime().clock.now(), answers: new Map() };
	known.set(businessId, begun);
	setTimeout(() => {
		if (known.get(businessId) === begun) known.delete(businessId);
	}, sharedMs).unref();
	return begun;
}

/** The code of PostgreSQL for a write in a transaction that may only read. */
export const readOnlyRefusal = '25006';

/**
 * A database that answers from what is shared, and asks `ask` what nobody has asked yet. A question that
 * failed is nobody's answer: each of those who waited for it asks for itself.
 */
export function shareReads(
	{ answers }: SharedReads,
	ask: (query: CompiledQuery) => Answer
): Kysely<DB> {
	const connection: DatabaseConnection = {
		executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
			const key = keyOf(query);
			const shared = answers.get(key);
			if (shared) return copy<R>(await shared.catch(() => ask(query)));
			const answer = ask(query);
			answers.set(key, answer);
			answer.catch(() => answers.delete(key));
			return copy<R>(await answer);
		},
		streamQuery: () => {
			throw new Error('What is shared is not streamed.');
		}
	};
	return new Kysely<DB>({
		...props,
		executor: executor.withConnectionProvider({ provideConnection: (use) => use(connection) })
	});
}

function keyOf({ sql, parameters }: CompiledQuery): string {
	return `${sql}\n${JSON.stringify(parameters, (_, value: unknown) =>
		typeof value === 'bigint' ? `${value}n` : value
	)}`;
}

/** Whoever reads may change their own rows. */
function copy<R>(answer: QueryResult<unknown>): QueryResult<R> {
	return { ...answer, rows: answer.rows.map((row) => ({ ...(row as object) }) as R) };
}

const done = (): Promise<void> => Promise.resolve();
const refuse = (): Promise<never> =>
	Promise.reject(new Error('A door has opened its transaction already.'));

const driver: Driver = {
	init: done,
	acquireConnection: refuse,
	beginTransaction: refuse,
	commitTransaction: refuse,
	rollbackTransaction: refuse,
	releaseConnection: done,
	destroy: done
};
const dialect: Dialect = {
	createDriver: () => driver,
	createAdapter: () => new PostgresAdapter(),
	createQueryCompiler: () => new PostgresQueryCompiler(),
	createIntrospector: (db) => new PostgresIntrospector(db)
};
const props = { config: { dialect }, dialect, driver };
const executor = new Kysely<DB>({ dialect }).getExecutor();
