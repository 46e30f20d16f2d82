import { sql, type RawBuilder } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { instantArray, int8Array, jsonArray, textArray, uuidArray } from './arrays.ts';
import { statement } from './statement.ts';

let runtime: TestRuntime;
beforeAll(async () => {
	runtime = await startTestRuntime();
});
afterAll(() => runtime.stop());

function ask(query: RawBuilder<{ value: unknown }>): Promise<unknown[]> {
	return withSystem('test', async ({ db }) => {
		const { rows } = await query.execute(db);
		return rows.map(({ value }) => value);
	});
}

it('text arrives as it was sent', async () => {
	const values = ['', 'a', null, 'NULL', '{"}\\', 'Wanjikũ 😀', 'é'.repeat(3_000), null];
	expect(await ask(sql`select unnest(${textArray(values)}::text[]) as value`)).toEqual(values);
});

it('JSON arrives as it was sent, and what is none is refused', async () => {
	const values = ['{"a": 1,"b":"\\u0000"}', null, '[]'];
	expect(await ask(sql`select unnest(${jsonArray(values)}::json[])::text as value`)).toEqual(
		values
	);
	await expect(ask(sql`select ${jsonArray(['{'])}::json[] as value`)).rejects.toThrow(/json/);
});

it('instants arrive to the millisecond, before 2000 and before 1970 too', async () => {
	const values = [
		0, -1, 1, 946_684_799_999, 946_684_800_000, 1_764_061_200_123, -62_135_596_800_000
	];
	expect(
		await ask(
			sql`select (extract(epoch from unnest(${instantArray(values)}::timestamptz[])) * 1000)::bigint as value`
		)
	).toEqual(values.map(BigInt));
});

it('whole numbers arrive up to the last that a double holds', async () => {
	const values = [
		0,
		1,
		-1,
		2 ** 31,
		-(2 ** 32) - 5,
		Number.MAX_SAFE_INTEGER,
		Number.MIN_SAFE_INTEGER
	];
	expect(await ask(sql`select unnest(${int8Array(values)}::bigint[]) as value`)).toEqual(
		values.map(BigInt)
	);
});

it('ids arrive byte for byte', async () => {
	const bytes = Array.from({ length: 16 }, (_, index) => String.fromCharCode(index * 17)).join('');
	expect(await ask(sql`select unnest(${uuidArray([bytes])}::uuid[])::text as value`)).toEqual([
		'00112233-4455-6677-8899-aabbccddeeff'
	]);
});

it('nothing arrives as nothing', async () => {
	for (const [empty, type] of [
		[textArray([]), 'text'],
		[uuidArray([]), 'uuid'],
		[instantArray([]), 'timestamptz']
	] as const)
		expect(await ask(sql`select cardinality(${empty}::${sql.raw(type)}[])::int as value`)).toEqual([
			0
		]);
});

it('arrays of one transaction keep out of each other’s way, also when they outgrow their memory', async () => {
	const long = Array.from({ length: 40 }, (_, index) => String(index).repeat(30_000));
	const short = long.map((_, index) => index);
	const [first, second, third] = [textArray(long), int8Array(short), textArray(long)];
	expect(await ask(sql`select unnest(${first}::text[]) as value`)).toEqual(long);
	expect(await ask(sql`select unnest(${second}::bigint[]) as value`)).toEqual(short.map(BigInt));
	expect(await ask(sql`select unnest(${third}::text[]) as value`)).toEqual(long);
});

it('a statement is planned once a connection', async () => {
	const double = statement<{ value: number }>('select $1::int * 2 as value');
	await withSystem('test', async (scope) => {
		expect(await Promise.all([double(scope, [2]), double(scope, [4])])).toEqual([
			[{ value: 4 }],
			[{ value: 8 }]
		]);
		const { rows } = await sql<{ uses: bigint }>`
			select generic_plans + custom_plans as uses from pg_prepared_statements
			where statement = 'select $1::int * 2 as value'`.execute(scope.db);
		expect(rows).toEqual([{ uses: 2n }]);
	});
});
