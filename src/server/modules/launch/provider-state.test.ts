import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	listKeyStates,
	readSigningKeys,
	rotateSigningKey,
	sweepSigningKeys,
	withdrawSigningKey
} from './keys.ts';
import { consumePayload, findPayload, savePayload, sweepPayloads } from './payloads.ts';

let runtime: TestRuntime;
beforeAll(async () => {
	runtime = await startTestRuntime();
});
afterAll(() => runtime.stop());

describe('signing keys', () => {
	const minutes = (count: number) => new Date(runtime.clock.now().getTime() + count * 60_000);
	const read = (at = minutes(0)) => withSystem('test', (scope) => readSigningKeys(scope), { at });
	const rotate = (options: { at?: Date; atOnce?: boolean } = {}) =>
		withSystem('test', (scope) => rotateSigningKey(scope, { atOnce: options.atOnce ?? false }), {
			at: options.at ?? minutes(0)
		});
	const states = async (at: Date) =>
		(await withSystem('test', (scope) => listKeyStates(scope), { at })).map(({ state }) => state);

	it('are made once, also when two processes start at once, and stored sealed', async () => {
		// The clocks of two machines are never quite the same.
		const [one, two] = await Promise.all([read(), read(new Date(minutes(0).getTime() - 40))]);
		expect(one.others).toEqual([]);
		expect(one).toEqual(two);
		expect(await read()).toEqual(one);
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ sealed: Buffer }>`select sealed from launch.signing_keys`.execute(db)
		);
		expect(rows).toHaveLength(1);
		expect(rows[0]?.sealed.toString('latin1')).not.toContain(String(one.signing.n).slice(0, 20));
	});

	it('are published a while before they sign, and one follows the other without a gap', async () => {
		const { signing: first } = await read();
		const next = await rotate();
		const before = await read();
		expect(before.signing.kid).toBe(first.kid);
		expect(before.others.map(({ kid }) => kid)).toEqual([next.kid]);
		expect(before.changesAt).toEqual(minutes(15));
		expect(await states(minutes(14))).toEqual(['waiting', 'signing']);
		const after = await read(minutes(15));
		expect(after.signing.kid).toBe(next.kid);
		expect(after.others.map(({ kid }) => kid)).toEqual([first.kid]);
		expect(after.changesAt).toBeNull();
		expect(await states(minutes(15))).toEqual(['signing', 'replaced']);
	});

	it('sign at once when told to, also before one that is waiting', async () => {
		const at = minutes(60);
		const { signing: old } = await read(at);
		const waiting = await rotate({ at });
		const now = await rotate({ at: minutes(61), atOnce: true });
		expect((await read(minutes(61))).signing.kid).toBe(now.kid);
		// The one that waited never signs.
		expect((await read(minutes(90))).signing.kid).toBe(now.kid);
		expect((await read(minutes(61))).others.map(({ kid }) => kid)).toEqual(
			expect.arrayContaining([waiting.kid, old.kid])
		);
	});

	it('are removed when no session can hold what they signed, and not a day earlier', async () => {
		const { signing, others } = await read(minutes(90));
		const sweep = (at: Date) => withSystem('test', (scope) => sweepSigningKeys(scope), { at });
		await sweep(minutes(61 + 14 * 24 * 60));
		expect((await read(minutes(90))).others.length).toBeGreaterThan(0);
		expect(others.length).toBeGreaterThan(1);
		await sweep(minutes(61 + 15 * 24 * 60));
		expect(await read(minutes(90))).toEqual({ signing, others: [], changesAt: null });
	});

	it('are withdrawn at once when one may be known, but never the one that signs', async () => {
		const at = minutes(120);
		const { signing: leaked } = await read(at);
		const withdraw = (kid: string) =>
			withSystem('test', (scope) => withdrawSigningKey(scope, { kid }), { at });
		await expect(withdraw(leaked.kid)).rejects.toMatchObject({ code: 'key_signs' });
		await expect(withdraw('unknown')).rejects.toMatchObject({ status: 404 });
		const { kid } = await rotate({ at, atOnce: true });
		await withdraw(leaked.kid);
		expect(await states(at)).toEqual(['signing']);
		expect((await read(at)).signing.kid).toBe(kid);
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
