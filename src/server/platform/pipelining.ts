import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Kysely, type Dialect } from 'kysely';
import type pg from 'pg';

/** A connection remembers this many statements; what is written with ever new words stays unnamed. */
const mostNames = 300;

type Query = (text: unknown, values?: unknown, callback?: unknown) => unknown;

/**
 * Lets a connection do more with less: queries that are asked in the same turn leave in one write, and a
 * statement is parsed and planned once a connection instead of each time. For a page that reads from a
 * dozen tables both together halve what it costs (docs/decisions/doors-and-pipelines.md).
 */
export function quicken(client: pg.PoolClient): void {
	const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
	const plain = promising(client.query.bind(client) as unknown as Query);
	const names = new Map<string, string>();
	let corked = false;

	const query: Query = (text, values, callback) => {
		if (!corked) {
			corked = true;
			stream.cork();
			// After the microtasks of this turn, in which the other queries are asked.
			process.nextTick(() => {
				corked = false;
				stream.uncork();
			});
		}
		if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
			return plain(text, values, callback);
		const name = names.get(text) ?? (names.size < mostNames ? nameOf(text) : undefined);
		if (name === undefined) return plain(text, values, callback);
		names.set(text, name);
		return plain({ name, text, values }, callback);
	};
	Object.assign(client, { query });
}

/**
 * pg's own promise ties each answer to the one before it, as far as the young generation of the heap goes:
 * once one of them has grown old, every row that is read after it grows old too, though nobody holds it any
 * more, and a long download makes the process large. Answers that come by callback are tied to nothing.
 */
function promising(plain: Query): Query {
	return (text, values, callback) => {
		if (callback !== undefined || typeof values === 'function' || 'submit' in Object(text))
			return plain(text, values, callback);
		return new Promise((resolve, reject) => {
			plain(text, values, (error: Error | null, answer: unknown) => {
				if (error) reject(error);
				else resolve(answer);
			});
		});
	};
}

function nameOf(text: string): string {
	return hash('sha256', text, 'base64url').slice(0, 24);
}

/**
 * Lends a connection of a pool. Kysely's own `connection()` asks a query only after the one before it was
 * answered, be the driver as quick as it may; here each goes out when it is asked, and the server answers
 * in order.
 */
export function pipelined<DB>(
	db: Kysely<DB>,
	dialect: Dialect
): <R>(work: (db: Kysely<DB>) => Promise<R>) => Promise<R> {
	const executor = db.getExecutor();
	// Kysely wants one for transactions of its own. Doors open theirs by saying `begin`.
	const driver = dialect.createDriver();
	return (work) =>
		executor.provideConnection((connection) =>
			work(
				new Kysely<DB>({
					config: { dialect },
					dialect,
					driver,
					executor: executor.withConnectionProvider({
						provideConnection: (consumer) => consumer(connection)
					})
				})
			)
		);
}
