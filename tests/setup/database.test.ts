import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

test('a test database is a migrated clone, apart from the next one, and gone when dropped', async () => {
	const one = await createTestDatabase();
	const two = await createTestDatabase();
	const read = async (text: string, connection = one.connection) => {
		const client = new pg.Client(connection);
		await client.connect();
		try {
			return (await client.query<Record<string, unknown>>(text)).rows;
		} finally {
			await client.end();
		}
	};
	await read('create table only_here (id int)');
	expect(await read("select to_regclass('only_here')::text as found", two.connection)).toEqual([
		{ found: null }
	]);
	expect(
		await read("select to_regclass('platform.events')::text as found", two.connection)
	).toEqual([{ found: 'platform.events' }]);

	await one.drop();
	await two.drop();
	await expect(read('select 1')).rejects.toThrow(/does not exist/);
});
