import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeApiKey } from '#server/modules/catalogue/index.ts';
import { closePeriod, recordEvents } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let fixture: Metered;
const api = createApi();

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	const people = ['otieno', 'achieng', 'barasa'];
	await recordEvents(
		Array.from({ length: 12 }, (_, index) =>
			usageEvent(mavuno.businessId, {
				id: `one/${index}`,
				// Two an hour, back from half past eight in the morning (half past eleven in Nairobi).
				time: new Date(Date.UTC(2026, 10, 25, 8, 30) - index * 1_800_000).toISOString(),
				data: { bytes: '0.1', user: people[index % 3], branch: index < 6 ? 'Nakuru' : 'Eldoret' }
			})
		),
		erp
	);
	await recordEvents(
		[usageEvent(mavuno.businessId, { id: 'level', type: 'erp.level', data: { value: 7 } })],
		erp
	);
	for (const { businessId } of [mavuno, pwani])
		await recordEvents(
			[usageEvent(businessId, { id: 'of-sacco', type: 'sacco.data.transferred' })],
			sacco
		);
});
afterAll(() => runtime.stop());

interface Answer {
	status: number;
	type: string | null;
	headers: Headers;
	body: Record<string, unknown>;
}

async function ask(
	path: string,
	query: string | Record<string, string>,
	key: { token: string } = fixture.erp
): Promise<Answer> {
	const response = await api.request(`/api/v1${path}?${new URLSearchParams(query)}`, {
		headers: { authorization: `Bearer ${key.token}` }
	});
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		headers: response.headers,
		body: (await response.json()) as Answer['body']
	};
}

const mavuno = (): string => fixture.mavuno.businessId;
const today = { from: '2026-11-24T21:00:00Z', to: '2026-11-25T21:00:00Z' };

interface UsageMeter {
	meter: string;
	total: string | null;
	points: (string | null)[];
	groups: { value: string | null; total: string | null }[];
}
const metersOf = ({ body }: Answer): Record<string, UsageMeter> =>
	Object.fromEntries((body['meters'] as UsageMeter[]).map((meter) => [meter.meter, meter]));

describe('GET /usage', () => {
	it('gives exact totals and their course, of the product that asks alone', async () => {
		const answer = await ask('/usage', { business: mavuno(), ...today });
		expect(answer.status).toBe(200);
		expect(answer.body).toMatchObject({
			time_zone: 'Africa/Nairobi',
			granularity: 'day',
			compared: null,
			steps: [{ key: '2026-11-25', start: '2026-11-24T21:00:00.000Z' }],
			next: null
		});
		const meters = metersOf(answer);
		expect(meters['data']).toMatchObject({ total: '1.2', points: ['1.2'], name: 'Data' });
		expect(meters['active-users']).toMatchObject({ total: '3' });
		expect(meters['members']).toMatchObject({ total: '7' });

		const other = await ask('/usage', { business: mavuno(), ...today }, fixture.sacco);
		expect(metersOf(other)).toMatchObject({ data: { total: '100' } });
		expect(Object.keys(metersOf(other))).toEqual(['data']);
	});

	it('compares with the span before, hour by hour', async () => {
		const answer = await ask('/usage', {
			business: mavuno(),
			from: '2026-11-25T06:00:00Z',
			to: '2026-11-25T09:00:00Z',
			granularity: 'hour',
			compare: 'previous',
			meter: 'data'
		});
		expect(answer.body['compared']).toEqual({
			from: '2026-11-25T03:00:00.000Z',
			to: '2026-11-25T06:00:00.000Z'
		});
		expect(metersOf(answer)).toEqual({
			data: expect.objectContaining({
				total: '0.6',
				previous: '0.6',
				points: ['0.2', '0.2', '0.2'],
				earlier: ['0.2', '0.2', '0.2']
			}) as UsageMeter
		});
	});

	it('tells groups apart, page by page, and narrows down', async () => {
		const query = { business: mavuno(), ...today, meter: 'data', by: 'user', limit: '2' };
		const first = await ask('/usage', query);
		const second = await ask('/usage', { ...query, cursor: String(first.body['next']) });
		expect(second.body['next']).toBeNull();
		expect(
			[first, second].map((answer) => metersOf(answer)['data']?.groups.map(({ value }) => value))
		).toEqual([['achieng', 'barasa'], ['otieno']]);

		const narrow = new URLSearchParams({ business: mavuno(), ...today, meter: 'data' });
		narrow.append('where', 'branch:Nakuru');
		narrow.append('person', 'otieno');
		narrow.append('person', 'barasa');
		expect(metersOf(await ask('/usage', String(narrow)))).toMatchObject({ data: { total: '0.4' } });
		expect(
			(await ask('/usage', { business: mavuno(), ...today, by: 'branch' })).body['left_out']
		).toContain('active-users');
	});

	it.each([
		[{ from: 'yesterday' }, 'from'],
		[{ granularity: 'fortnight' }, 'granularity'],
		[{ limit: '101' }, 'limit'],
		[{ cursor: 'x' }, 'cursor'],
		[{ where: 'Nakuru' }, 'where.0'],
		[{ from: '2020-01-01T00:00:00Z', granularity: 'hour' }, 'to'],
		[{ business: 'biz' }, 'business']
	])('refuses %j', async (wrong, path) => {
		const answer = await ask('/usage', { business: mavuno(), ...today, ...wrong });
		expect(answer).toMatchObject({
			status: 400,
			type: 'application/problem+json',
			body: { code: 'invalid', errors: [{ path }] }
		});
	});

	it('knows nothing of a business that does not have the product', async () => {
		const answer = await ask('/usage', { business: fixture.pwani.businessId, ...today });
		expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
	});
});

interface Listed {
	events: { id: string; type: string; subject: string }[];
	next: string | null;
}

async function list(query: Record<string, string>, key = fixture.erp): Promise<Listed> {
	const { status, body } = await ask('/events', query, key);
	expect(status).toBe(200);
	return body as unknown as Listed;
}

describe('GET /events', () => {
	it('lists the product’s events for the business, newest first, page by page', async () => {
		const seen: string[] = [];
		let cursor: string | null = null;
		do {
			const page: Listed = await list({
				business: mavuno(),
				limit: '5',
				...(cursor ? { cursor } : {})
			});
			seen.push(...page.events.map(({ id }) => id));
			cursor = page.next;
		} while (cursor);
		expect(new Set(seen).size).toBe(13);
		expect(seen).toHaveLength(13);
		expect(seen.slice(2)).toEqual(Array.from({ length: 11 }, (_, index) => `one/${index + 1}`));

		const { events } = await list({ business: fixture.pwani.businessId }, fixture.sacco);
		expect(events).toEqual([
			expect.objectContaining({ id: 'of-sacco', subject: fixture.pwani.businessId })
		]);
	});

	it('filters by type, source and time', async () => {
		const ids = async (more: Record<string, string>): Promise<string[]> =>
			(await list({ business: mavuno(), ...more })).events.map(({ id }) => id);
		expect(await ids({ type: 'erp.level' })).toEqual(['level']);
		expect(await ids({ source: '/elsewhere' })).toEqual([]);
		expect(await ids({ source: '/erp/nairobi', type: 'erp.level' })).toEqual(['level']);
		expect(await ids({ from: '2026-11-25T07:00:00Z', to: '2026-11-25T08:00:00Z' })).toEqual([
			'one/2',
			'one/3'
		]);
	});

	it('refuses a cursor that is none, and a business of others', async () => {
		expect(await ask('/events', { business: mavuno(), cursor: '12.x' })).toMatchObject({
			status: 400,
			body: { code: 'invalid', errors: [{ path: 'cursor' }] }
		});
		expect(await ask('/events', { business: fixture.pwani.businessId })).toMatchObject({
			status: 404
		});
	});
});

describe('GET /events/{source}/{id}', () => {
	const trace = (source: string, id: string, business = mavuno(), key = fixture.erp) =>
		ask(`/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}`, { business }, key);

	it('says where the event was counted', async () => {
		expect(await trace('/erp/nairobi', 'one/0')).toMatchObject({
			status: 200,
			body: {
				source: '/erp/nairobi',
				id: 'one/0',
				time: '2026-11-25T08:30:00.000Z',
				hour: '2026-11-25T08:00:00.000Z',
				day: '2026-11-25',
				stored: true,
				dropped_at: null,
				event: { subject: mavuno(), data: { bytes: '0.1', user: 'otieno', branch: 'Nakuru' } },
				counted: [
					{ meter: 'active-users', version: 1, value: 'otieno', dimensions: null },
					{
						meter: 'data',
						aggregation: 'sum',
						unit: 'bytes',
						value: '0.1',
						dimensions: { user: 'otieno', branch: 'Nakuru' }
					}
				]
			}
		});
	});

	it('says for which closed periods it came too late', async () => {
		const november = { start: '2026-11-01', end: '2026-11-20' };
		await withSystem('test', (scope) =>
			closePeriod(scope, {
				businessId: mavuno(),
				productId: fixture.erp.productId,
				...november
			})
		);
		const time = '2026-11-19T12:00:00Z';
		const later = new Date(runtime.clock.now().getTime() + 1_000);
		await recordEvents([usageEvent(mavuno(), { id: 'late', time })], fixture.erp, { at: later });
		await recordEvents(
			[usageEvent(mavuno(), { id: 'not-late', time: '2026-11-19T21:00:00Z' })],
			fixture.erp,
			{ at: later }
		);
		expect((await trace('/erp/nairobi', 'late')).body['counted']).toMatchObject([
			{ meter: 'active-users', adjusts: [november] },
			{ meter: 'data', adjusts: [november] }
		]);
		expect((await trace('/erp/nairobi', 'not-late')).body['counted']).toMatchObject([
			{ adjusts: [] },
			{ adjusts: [] }
		]);
	});

	it('shows what was corrected, and by what', async () => {
		const type = 'sacco.data.transferred';
		const event = (id: string, more: object = {}) => ({
			specversion: '1.0',
			id,
			source: '/sacco',
			type,
			subject: fixture.pwani.businessId,
			time: '2026-11-25T07:15:00Z',
			data: { bytes: 5 },
			...more
		});
		const correction = { corrects: 'wrong', time: '2026-11-25T09:04:00Z', traceparent: '00-1' };
		for (const sent of [
			event('wrong'),
			event('right', { ...correction, data: { bytes: 4 } }),
			event('gone', { ...correction, data: null })
		]) {
			const { status } = await api.request('/api/v1/events', {
				method: 'POST',
				headers: {
					authorization: `Bearer ${fixture.sacco.token}`,
					'content-type': 'application/cloudevents+json'
				},
				body: JSON.stringify(sent)
			});
			expect(status).toBe(200);
		}
		const { businessId } = fixture.pwani;
		const time = '2026-11-25T07:15:00.000Z';
		const sent_time = '2026-11-25T09:04:00.000Z';
		const right = await trace('/sacco', 'right', businessId, fixture.sacco);
		expect(right.body).toMatchObject({
			time,
			event: {
				corrects: 'wrong',
				corrected_by: 'gone',
				sent_time,
				attributes: { traceparent: '00-1' }
			},
			counted: [],
			corrections: [
				{ id: 'wrong', time, counts: false },
				{ id: 'right', time: sent_time, counts: false },
				{ id: 'gone', time: sent_time, counts: false }
			]
		});
		const { events } = await list({ business: businessId, source: '/sacco' }, fixture.sacco);
		expect(events).toHaveLength(3);
		expect(events).toContainEqual(
			expect.objectContaining({ id: 'wrong', corrects: null, corrected_by: 'right' })
		);
		const never = await trace('/sacco', 'wrong', mavuno(), fixture.sacco);
		expect(never.status).toBe(404);
	});

	it('finds names with every kind of character', async () => {
		for (const [source, id] of [
			['urn:x:%2F?a=b#c', '100 % of/it?'],
			['https://mavuno.example/ä', 'ñ+&=']
		] as const) {
			await recordEvents([usageEvent(mavuno(), { source, id })], fixture.erp);
			expect(await trace(source, id)).toMatchObject({ status: 200, body: { source, id } });
		}
	});

	it('knows nothing of what never came, nor of what is another product’s or business’s', async () => {
		for (const answer of [
			await trace('/erp/nairobi', 'never'),
			await trace('/erp/nairobi', 'of-sacco'),
			await trace('/erp/nairobi', 'one/0', mavuno(), fixture.sacco),
			await trace('/erp/nairobi', 'of-sacco', fixture.pwani.businessId),
			await trace('/erp/nairobi', 'one/0', fixture.pwani.businessId, fixture.sacco)
		])
			expect(answer).toMatchObject({
				status: 404,
				type: 'application/problem+json',
				body: { code: 'not_found' }
			});
	});
});

describe('how often a key may ask', () => {
	it('is said with every answer, also of a failure, and is counted by key', async () => {
		const left = ({ headers }: Answer): number =>
			Number(/^"default";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1]);
		const good = await ask('/events', { business: mavuno() });
		const bad = await ask('/usage', { business: mavuno() });
		expect(good.headers.get('ratelimit-policy')).toBe('"default";q=300;w=60');
		expect(bad.status).toBe(400);
		expect(left(bad)).toBe(left(good) - 1);

		for (let rest = left(bad); rest > 0; rest--) await ask('/events', { business: mavuno() });
		const refused = await ask('/events', { business: mavuno() });
		expect(refused).toMatchObject({ status: 429, body: { code: 'too_many' } });
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(left(refused)).toBe(0);
		expect((await ask('/events', { business: mavuno() }, fixture.sacco)).status).toBe(200);
	}, 60_000);

	it('does not let a revoked key read on', async () => {
		const { sacco } = fixture;
		await withSystem('test', (scope) => revokeApiKey(scope, { id: sacco.id }));
		expect(await ask('/events', { business: mavuno() }, sacco)).toMatchObject({
			status: 401,
			body: { code: 'revoked_key' }
		});
	});
});
