import { sql, type Insertable, type Kysely } from 'kysely';
import type { DB } from './tables.ts';

/** So many rows go in one statement: enough that a statement's own cost does not count. */
const batch = 5000;

type ColumnType =
	'text' | 'integer' | 'bigint' | 'numeric' | 'boolean' | 'date' | 'timestamptz' | 'jsonb';

/**
 * Inserts many rows, an array a column: their number is not bounded by how many parameters a statement may
 * have, and ten thousand cost little more than one.
 *
 * @param types of the columns that are written; JSON comes as text
 */
export async function insertAll<
	T extends keyof DB & string,
	C extends keyof Insertable<DB[T]> & string
>(
	db: Kysely<DB>,
	table: T,
	types: Record<C, ColumnType>,
	rows: readonly Record<C, unknown>[]
): Promise<void> {
	const columns = Object.entries<ColumnType>(types) as [C, ColumnType][];
	for (let start = 0; start < rows.length; start += batch) {
		const some = rows.slice(start, start + batch);
		const arrays = columns.map(
			([column, type]) => sql`${some.map((row) => row[column] ?? null)}::${sql.raw(`${type}[]`)}`
		);
		await sql`insert into ${sql.table(table)} (${sql.join(columns.map(([column]) => sql.ref(column)))})
			select * from unnest(${sql.join(arrays)})`.execute(db);
	}
}
