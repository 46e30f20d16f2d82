import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { startTestRuntime, type TestRuntime } from './runtime.ts';

let runtime: TestRuntime;
beforeAll(async () => {
	runtime = await startTestRuntime();
});
afterAll(() => runtime.stop());

test('a door opens on the test’s own database, at the time the test sets', async () => {
	runtime.clock.set(new Date('2026-01-31T12:00:00Z'));
	await withSystem('a test', async (scope) => {
		expect(scope.now).toEqual(new Date('2026-01-31T12:00:00Z'));
		const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
			scope.db
		);
		expect(rows[0]?.name).toBe(runtime.connection.database);
	});
});
