import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listActivity } from '#server/modules/activity/index.ts';
import { revokeApiKey } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, type Metered } from '../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let fixture: Metered;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	api = createApi();
});
afterAll(() => runtime.stop());

async function post(
	body: unknown,
	{ key = fixture.sacco.token, type = 'application/json' } = {}
): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await api.request('/api/v1/activity', {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': type },
		body: JSON.stringify(body)
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

let made = 0;
const entry = (member: Member, more: object = {}): object => ({
	business: member.businessId,
	id: `entry-${(made += 1)}`,
	time: '2026-11-25T08:30:00Z',
	what: 'added 5 new employees',
	...more
});

const feedOf = (member: Member) => withBusiness(member, (scope) => listActivity(scope, {}));

describe('activity', () => {
	it('comes one by one and in lists, and is in the feed of its business alone', async () => {
		const { mavuno, pwani } = fixture;
		const one = entry(mavuno, {
			person: { email: 'WANJIKU@mavuno.example' },
			where: 'Employees › New',
			path: '/employees'
		});
		expect(await post(one)).toEqual({ status: 200, body: { received: 1, new: 1, known: 0 } });
		const list = [
			one,
			entry(mavuno, { what: 'completed a backup', time: '2026-11-25T08:31:00Z' }),
			entry(pwani, { person: { name: 'Otieno' } })
		];
		expect(await post(list)).toEqual({ status: 200, body: { received: 3, new: 2, known: 1 } });
		expect(JSON.stringify(await feedOf(mavuno))).toMatch(/completed a backup.*Wanjiku Kamau/);
		expect(JSON.stringify(await feedOf(mavuno))).not.toMatch(/Otieno/);
		expect(JSON.stringify(await feedOf(pwani))).toMatch(/Otieno/);
	});

	it('happened when it came, where it says no time', async () => {
		const { mavuno } = fixture;
		await post(entry(mavuno, { what: 'did it just now', time: undefined }));
		const feed = JSON.stringify(await feedOf(mavuno));
		expect(feed).toContain('2026-11-25T09:00:00.000Z');
	});

	it.each<[string, () => unknown, number, string, object[] | undefined]>([
		[
			'without a text',
			() => entry(fixture.mavuno, { what: ' ' }),
			400,
			'invalid',
			[{ index: 0, path: 'what' }]
		],
		[
			'with a field it does not have',
			() => entry(fixture.mavuno, { whom: 'x' }),
			400,
			'invalid',
			[{ path: 'whom' }]
		],
		[
			'with a path to elsewhere',
			() => entry(fixture.mavuno, { path: '//host' }),
			400,
			'invalid',
			[{ path: 'path' }]
		],
		[
			'with a time that is none',
			() => entry(fixture.mavuno, { time: '2026-02-30T00:00:00Z' }),
			400,
			'invalid',
			[{ path: 'time' }]
		],
		[
			'for an id that is none',
			() => entry(fixture.mavuno, { business: "x'; --" }),
			400,
			'invalid',
			[{ path: 'business' }]
		],
		[
			'for a business that is not there',
			() => entry({ ...fixture.mavuno, businessId: 'biz_00000000000000000000000000' }),
			422,
			'unknown_business',
			[{ index: 0, path: 'business' }]
		],
		[
			'from the future',
			() => entry(fixture.mavuno, { time: '2026-11-25T09:06:00Z' }),
			422,
			'time_too_far_ahead',
			[{ index: 0, path: 'time' }]
		],
		['that is a word', () => 'x', 400, 'invalid', [{ index: 0 }]],
		['in a list of none', () => [], 400, 'empty_batch', undefined],
		[
			'in a list of 101',
			() => Array.from({ length: 101 }, () => entry(fixture.mavuno)),
			413,
			'too_many_events',
			undefined
		]
	])('is refused %s', async (_name, make, status, code, errors) => {
		const answer = await post(make());
		expect(answer).toMatchObject({ status, body: { code, ...(errors && { errors }) } });
	});

	it('is taken as a list or not at all', async () => {
		const { mavuno, pwani } = fixture;
		const before = [await feedOf(mavuno), await feedOf(pwani)];
		for (const bad of [{ what: '' }, { time: '2027-01-01T00:00:00Z' }])
			expect((await post([entry(mavuno), entry(pwani), entry(mavuno, bad)])).body).toMatchObject({
				errors: [{ index: 2 }]
			});
		expect([await feedOf(mavuno), await feedOf(pwani)]).toEqual(before);
	});

	it('is not taken for a business that does not have the product', async () => {
		const answer = await post([entry(fixture.mavuno), entry(fixture.pwani)], {
			key: fixture.erp.token
		});
		expect(answer).toMatchObject({
			status: 422,
			body: { code: 'unknown_business', errors: [{ index: 1 }] }
		});
	});

	it('is not taken as anything but JSON, nor without a key', async () => {
		expect(await post({}, { type: 'text/plain' })).toMatchObject({ status: 415 });
		expect(await post({}, { key: 'evk_unknown' })).toMatchObject({
			status: 401,
			body: { code: 'unknown_key' }
		});
	});

	it('is not taken with a key from the moment it is revoked', async () => {
		expect((await post(entry(fixture.mavuno))).status).toBe(200);
		await withSystem('test', (scope) => revokeApiKey(scope, { id: fixture.sacco.id }));
		expect(await post(entry(fixture.mavuno))).toMatchObject({
			status: 401,
			body: { code: 'revoked_key' }
		});
	});
});
