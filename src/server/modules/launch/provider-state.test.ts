import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { answers } from './answers.ts';
import { listSigningKeys } from './keys.ts';
import { consumePayload, findPayload, savePayload, sweepPayloads } from './payloads.ts';

let runtime: TestRuntime;
beforeAll(async () => {
	runtime = await startTestRuntime();
});
afterAll(() => runtime.stop());

describe('signing keys', () => {
	it('are made once, also when two processes start at once, and stored sealed', async () => {
		const read = () => withSystem('test', (scope) => listSigningKeys(scope));
		const [one, two] = await Promise.all([read(), read()]);
		expect(one).toHaveLength(1);
		expect(one).toEqual(two);
		expect(await read()).toEqual(one);
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ sealed: Buffer }>`select sealed from launch.signing_keys`.execute(db)
		);
		expect(rows).toHaveLength(1);
		expect(rows[0]?.sealed.toString('latin1')).not.toContain(String(one[0]?.n).slice(0, 20));
	});

	it('sign with the newest that is not retired', async () => {
		await withSystem('test', async (scope) => {
			const [old] = await listSigningKeys(scope);
			const { addSigningKey } = await import('./keys.ts');
			const fresh = await addSigningKey(scope);
			await scope.db
				.updateTable('launch.signing_keys')
				.set({ retired_at: scope.now })
				.where('kid', '=', old?.kid ?? '')
				.execute();
			expect((await listSigningKeys(scope)).map(({ kid }) => kid)).toEqual([fresh.kid, old?.kid]);
		});
	});
});

describe('what the provider keeps', () => {
	const code = { model: 'AuthorizationCode', id: 'the code itself' };
	const save = (expiresAt: Date) =>
		withSystem('test', (scope) =>
			savePayload(scope, {
				...code,
				payload: { jti: code.id, grantId: 'sgn_1', nonce: 'n' },
				expiresAt
			})
		);

	it('is found by what the holder shows, which is nowhere stored', async () => {
		await save(new Date('2026-11-26T00:00:00Z'));
		expect(await withSystem('test', (scope) => findPayload(scope, code))).toEqual({
			jti: code.id,
			grantId: 'sgn_1',
			nonce: 'n'
		});
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ row: string }>`select p::text as row from launch.provider_payloads p`.execute(db)
		);
		expect(rows).toHaveLength(1);
		expect(rows[0]?.row).not.toContain(code.id);
		expect(rows[0]?.row).not.toContain(Buffer.from(code.id).toString('hex'));
	});

	it('is consumed once, however many try at the same moment', async () => {
		const tries = await Promise.all(
			Array.from({ length: 8 }, () => withSystem('test', (scope) => consumePayload(scope, code)))
		);
		expect(tries.filter(Boolean)).toHaveLength(1);
		expect(await withSystem('test', (scope) => findPayload(scope, code))).toHaveProperty(
			'consumed'
		);
	});

	it('is swept when its time is over, and not before', async () => {
		const sweep = (at: string) =>
			withSystem('test', (scope) => sweepPayloads(scope), { at: new Date(at) });
		await sweep('2026-11-25T23:59:59Z');
		expect(await withSystem('test', (scope) => findPayload(scope, code))).not.toBeNull();
		await sweep('2026-11-26T00:00:00Z');
		expect(await withSystem('test', (scope) => findPayload(scope, code))).toBeNull();
	});
});

describe('a product', () => {
	const servers: Server[] = [];
	afterAll(() => servers.forEach((server) => server.close().closeAllConnections()));

	async function serve(status: number | null): Promise<{ url: string; asked: () => number }> {
		let asked = 0;
		const server = createServer((_request, response) => {
			asked += 1;
			if (status !== null) response.writeHead(status).end();
		});
		servers.push(server);
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		return {
			url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/login`,
			asked: () => asked
		};
	}

	it.each([
		[200, true],
		[302, true],
		[405, true],
		[500, false],
		[503, false]
	])('that says %i answers: %s', async (status, expected) => {
		expect(await answers((await serve(status)).url)).toBe(expected);
	});

	it('that hangs, or whose server is gone, does not answer', async () => {
		const began = performance.now();
		expect(await answers((await serve(null)).url)).toBe(false);
		expect(performance.now() - began).toBeLessThan(2_500);
		expect(await answers('http://127.0.0.1:9/login')).toBe(false);
	});

	it('is asked once for many launches within seconds', async () => {
		const { url, asked } = await serve(200);
		await Promise.all(Array.from({ length: 10 }, () => answers(url)));
		await answers(url);
		expect(asked()).toBe(1);
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 6_000));
		await answers(url);
		expect(asked()).toBe(2);
	});
});
