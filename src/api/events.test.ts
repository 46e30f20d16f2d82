import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeApiKey } from '#server/modules/catalogue/index.ts';
import { readBytes } from '#server/modules/usage/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, type Metered } from '../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApiHandler } from './app.ts';

const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

let runtime: TestRuntime;
let fixture: Metered;
let server: Server;
let origin: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const handle = createApiHandler();
	server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
	await runtime.stop();
});

interface Answer {
	status: number;
	headers: IncomingMessage['headers'];
	body: Record<string, unknown>;
}

/** Node's own client, since fetch neither sends a header twice nor a body without a length. */
function send(
	options: {
		method?: string;
		path?: string;
		headers?: Record<string, string | string[]>;
		key?: string | null;
		chunks?: (string | Buffer)[];
	} = {}
): Promise<Answer> {
	const { method = 'POST', path = '/api/v1/events', headers = {}, chunks = [] } = options;
	const key = options.key === undefined ? fixture.erp.token : options.key;
	return new Promise((resolve, reject) => {
		const sent = request(
			origin + path,
			{
				method,
				headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers }
			},
			(answer) => {
				let text = '';
				answer.setEncoding('utf8');
				answer.on('data', (chunk: string) => (text += chunk));
				answer.on('end', () => {
					resolve({
						status: answer.statusCode ?? 0,
						headers: answer.headers,
						body: JSON.parse(text || '{}') as Record<string, unknown>
					});
				});
			}
		);
		sent.on('error', reject);
		for (const chunk of chunks) sent.write(chunk);
		sent.end();
	});
}

const post = (
	type: string | null,
	body: unknown,
	headers: Record<string, string | string[]> = {},
	key?: string | null
): Promise<Answer> =>
	send({
		headers: { ...(type === null ? {} : { 'content-type': type }), ...headers },
		chunks: [typeof body === 'string' ? body : JSON.stringify(body)],
		...(key === undefined ? {} : { key })
	});

let made = 0;
const makeEvent = (more: object = {}): Record<string, unknown> => ({
	specversion: '1.0',
	id: `api-${(made += 1)}`,
	source: '/erp/nairobi',
	type: 'erp.data.transferred',
	subject: fixture.mavuno.businessId,
	time: '2026-11-25T08:30:00Z',
	data: { bytes: 100, user: 'otieno', branch: 'Nakuru' },
	...more
});

const bytesOf = (member = fixture.mavuno): Promise<number> =>
	withBusiness(member, async (scope) => {
		const { total } = await readBytes(scope, {
			from: new Date('2026-11-01T00:00:00Z'),
			to: new Date('2026-11-26T00:00:00Z')
		});
		return Number(total);
	});

describe('events are taken', () => {
	it('one by one in the structured mode, and again as known', async () => {
		const event = makeEvent();
		const first = await post(structured, event);
		expect(first).toMatchObject({ status: 200, body: { received: 1, new: 1, known: 0 } });
		expect(first.headers['content-type']).toMatch(/^application\/json/);
		expect(await post('Application/CloudEvents+JSON; charset=UTF-8', event)).toMatchObject({
			status: 200,
			body: { received: 1, new: 0, known: 1 }
		});
	});

	it('in batches, of which the same event counts once', async () => {
		const before = await bytesOf();
		const event = makeEvent();
		expect(await post(`${batched}; charset=UTF-8`, [event, makeEvent(), event])).toMatchObject({
			status: 200,
			body: { received: 3, new: 2, known: 1 }
		});
		expect(await bytesOf()).toBe(before + 200);
	});

	it('a thousand at a time', async () => {
		const events = Array.from({ length: 1_000 }, () => makeEvent());
		expect(await post(batched, events)).toMatchObject({ body: { received: 1_000, new: 1_000 } });
	});

	it('in many requests of one and of two, none lost', async () => {
		const before = await bytesOf();
		const answers = await Promise.all(
			Array.from({ length: 100 }, async () => [
				await post(structured, makeEvent()),
				await post(batched, [makeEvent(), makeEvent()])
			])
		);
		expect(answers.flat().every(({ status }) => status === 200)).toBe(true);
		expect(await bytesOf()).toBe(before + 30_000);
	});

	it.each<[string, () => Record<string, unknown>]>([
		[
			'text',
			() => makeEvent({ type: 'erp.record.saved', datacontenttype: 'text/plain', data: 'x' })
		],
		[
			'bytes',
			() => makeEvent({ type: 'erp.record.saved', data: undefined, data_base64: 'AAEC/w==' })
		],
		['no data', () => makeEvent({ type: 'erp.record.saved', data: undefined })],
		['no time', () => makeEvent({ time: undefined })],
		['extensions', () => makeEvent({ traceparent: '00-1', sampled: true })]
	])('with %s', async (_name, make) => {
		expect(await post(structured, make())).toMatchObject({ status: 200, body: { new: 1 } });
	});
});

describe('an event in headers (binary mode)', () => {
	const headersOf = (more: Record<string, string | string[]> = {}) => {
		const { id, source, type, subject } = makeEvent() as Record<string, string>;
		return {
			'ce-specversion': '1.0',
			'ce-id': id ?? '',
			'ce-source': source ?? '',
			'ce-type': type ?? '',
			'ce-subject': subject ?? '',
			'ce-time': '2026-11-25T08:30:00Z',
			...more
		};
	};
	const data = { bytes: 5, user: 'njeri' };

	it('is taken with its data as the body', async () => {
		const before = await bytesOf();
		expect(await post('application/json', data, headersOf())).toMatchObject({ body: { new: 1 } });
		expect(await bytesOf()).toBe(before + 5);
	});

	it('is taken without a body where its meter needs none', async () => {
		const headers = headersOf({ 'ce-type': 'erp.record.saved' });
		expect(await send({ headers })).toMatchObject({ status: 200, body: { new: 1 } });
	});

	it('keeps bytes of another type', async () => {
		const headers = headersOf({ 'ce-type': 'erp.record.saved' });
		expect(await post('application/octet-stream', 'abc', headers)).toMatchObject({ status: 200 });
	});

	it.each([
		['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
		['Euro%20%e2%82%ac', 'Euro €'],
		['100%25', '100%'],
		['say%20%22hi%22', 'say "hi"'],
		['plain-ascii_~', 'plain-ascii_~'],
		['Wanjik%C5%A9', 'Wanjikũ'],
		['%41', 'A'],
		['"quoted \\" text"', 'quoted " text']
	])('reads the header %s as %s', async (header, value) => {
		const source = `/header/${(made += 1)}`;
		const headers = headersOf({ 'ce-id': header, 'ce-source': source });
		expect(await post('application/json', data, headers)).toMatchObject({ body: { new: 1 } });
		// The same event in the other mode is known, so the two were read alike.
		const same = makeEvent({ id: value, source });
		expect(await post(structured, same)).toMatchObject({ body: { known: 1 } });
	});

	it.each<[string, Record<string, string | string[]>, string, string]>([
		['a missing id', { 'ce-id': [] }, '{"value":5}', 'missing_attribute'],
		[
			'its content type as an attribute',
			{ 'ce-datacontenttype': 'application/json' },
			'{}',
			'invalid_header'
		],
		['its data as an attribute', { 'ce-data': 'x' }, '{}', 'invalid_header'],
		['a bad time', { 'ce-time': 'nope' }, '{}', 'invalid_time'],
		['data that says it is JSON', {}, '{oops', 'invalid_json'],
		['text that is no UTF-8', { 'ce-ext': '%C0%A0' }, '{}', 'invalid_header'],
		['half an escape', { 'ce-ext': '100%' }, '{}', 'invalid_header'],
		['bytes beyond ASCII', { 'ce-ext': 'é' }, '{}', 'invalid_header'],
		['an attribute sent twice', { 'ce-ext': ['a', 'b'] }, '{}', 'duplicate_header'],
		['its id sent twice', { 'ce-id': ['a', 'b'] }, '{}', 'duplicate_header'],
		['a name that is none', { 'ce-my_ext': 'x' }, '{}', 'invalid_attribute_name']
	])('is refused with %s', async (_name, headers, body, code) => {
		expect(await post('application/json', body, headersOf(headers))).toMatchObject({
			status: 400,
			body: { status: 400, code }
		});
	});
});

describe('what is refused', () => {
	const refused: [string, () => Promise<Answer>, number, string][] = [
		['no key', () => post(structured, makeEvent(), {}, null), 401, 'missing_key'],
		[
			'another scheme',
			() => post(structured, '', { authorization: 'Basic eDp5' }, null),
			401,
			'missing_key'
		],
		['an unknown key', () => post(structured, makeEvent(), {}, 'evk_unknown'), 401, 'unknown_key'],
		[
			'JSON without attributes',
			() => post('application/json', makeEvent()),
			415,
			'unsupported_media_type'
		],
		['no content type', () => post(null, makeEvent()), 415, 'unsupported_media_type'],
		['XML', () => post('application/cloudevents+xml', '<x/>'), 415, 'unsupported_media_type'],
		[
			'XML beside headers',
			() => post('application/cloudevents+xml', '', { 'ce-id': '1' }),
			415,
			'unsupported_media_type'
		],
		[
			'another charset',
			() => post(`${structured}; charset=latin1`, makeEvent()),
			415,
			'unsupported_media_type'
		],
		[
			'a compressed body',
			() => post(structured, 'x', { 'content-encoding': 'gzip' }),
			415,
			'unsupported_encoding'
		],
		['what is no JSON', () => post(structured, 'not json'), 400, 'invalid_json'],
		[
			'JSON that is no UTF-8',
			() =>
				send({
					headers: { 'content-type': structured },
					chunks: [Buffer.from([0x22, 0xff, 0x22])]
				}),
			400,
			'invalid_json'
		],
		['an empty body', () => post(structured, ''), 400, 'invalid_json'],
		['a batch that is one event', () => post(batched, makeEvent()), 400, 'not_a_batch'],
		['one event that is a batch', () => post(structured, [makeEvent()]), 400, 'not_an_event'],
		['an empty batch', () => post(batched, []), 400, 'empty_batch'],
		[
			'1,001 events',
			() =>
				post(
					batched,
					Array.from({ length: 1_001 }, () => 0)
				),
			413,
			'too_many_events'
		],
		['an unknown type', () => post(structured, makeEvent({ type: 'x' })), 422, 'unknown_type'],
		[
			'an unknown business',
			() => post(structured, makeEvent({ subject: 'sub_123' })),
			422,
			'unknown_business'
		],
		[
			'a business without the product',
			() => post(structured, makeEvent({ subject: fixture.pwani.businessId })),
			422,
			'unknown_business'
		],
		[
			'the far future',
			() => post(structured, makeEvent({ time: '2026-11-25T09:06:00Z' })),
			422,
			'time_too_far_ahead'
		],
		[
			'the far past',
			() => post(structured, makeEvent({ time: '2026-10-01T00:00:00Z' })),
			422,
			'time_too_long_ago'
		],
		['a value that is none', () => post(structured, makeEvent({ data: {} })), 422, 'invalid_value'],
		[
			'a dimension that is none',
			() => post(structured, makeEvent({ data: { bytes: 1, user: 'a', branch: {} } })),
			422,
			'invalid_dimension'
		],
		['another method', () => send({ method: 'PUT' }), 405, 'method_not_allowed'],
		['another address', () => send({ path: '/api/v1/unheard' }), 404, 'not_found'],
		['an address beside the version', () => send({ path: '/api' }), 404, 'not_found']
	];

	it.each(refused)('%s', async (_name, attempt, status, code) => {
		const before = await bytesOf();
		const { headers, ...answer } = await attempt();
		expect(answer).toMatchObject({ status, body: { status, code } });
		expect(headers['content-type']).toBe('application/problem+json');
		expect(answer.body['type']).toBe(`http://localhost:3000/api/v1/docs#${code}`);
		expect(answer.body['title']).not.toBe('');
		expect(answer.body['detail']).not.toBe('');
		if (status === 401) expect(headers['www-authenticate']).toMatch(/^Bearer /);
		if (status === 405) expect(headers.allow).toBe('GET, HEAD, POST');
		expect(await bytesOf()).toBe(before);
	});

	it('a key from the moment it is revoked, though it was met a moment ago', async () => {
		const { sacco, pwani } = fixture;
		const send = () =>
			post(
				structured,
				makeEvent({ subject: pwani.businessId, type: 'sacco.data.transferred' }),
				{},
				sacco.token
			);
		expect((await send()).status).toBe(200);
		await withSystem('test', (scope) => revokeApiKey(scope, { id: sacco.id }));
		expect(await send()).toMatchObject({ status: 401, body: { code: 'revoked_key' } });
		expect(await bytesOf(pwani)).toBe(100);
	});

	it('a whole batch, with each fault and its position', async () => {
		const before = await bytesOf();
		const { body } = await post(batched, [
			makeEvent(),
			makeEvent({ id: '' }),
			makeEvent({ time: 'nope', ext: {} })
		]);
		expect(body).toMatchObject({
			status: 400,
			code: 'invalid_events',
			errors: [
				{ index: 1, path: 'id', code: 'invalid_attribute' },
				{ index: 2, path: 'time', code: 'invalid_time' },
				{ index: 2, path: 'ext', code: 'invalid_attribute' }
			]
		});
		expect(await bytesOf()).toBe(before);
	});

	it('a batch with one event of another business, to which nothing comes', async () => {
		const before = await bytesOf(fixture.pwani);
		const { body } = await post(batched, [
			makeEvent(),
			makeEvent({ subject: fixture.pwani.businessId })
		]);
		expect(body).toMatchObject({
			code: 'unknown_business',
			errors: [{ index: 1, path: 'subject' }]
		});
		expect(await bytesOf(fixture.pwani)).toBe(before);
	});

	it('no more than a hundred faults of a batch by name', async () => {
		const { body } = await post(
			batched,
			Array.from({ length: 500 }, () => ({}))
		);
		expect(body['errors']).toHaveLength(100);
	});
});

describe('a body over 1 MB', () => {
	const padded = (length: number): string => JSON.stringify(makeEvent({ ext: 'x' })).padEnd(length);

	it('is refused by the length it announces, and the connection ends', async () => {
		const { status, body, headers } = await post(structured, padded(1_048_577));
		expect([status, body['code'], headers.connection]).toEqual([413, 'body_too_large', 'close']);
	});

	it('is refused while it is still coming, when it announces none', async () => {
		const answer = await new Promise<string>((resolve, reject) => {
			const socket = connect(Number(new URL(origin).port), '127.0.0.1');
			let heard = '';
			socket.write(
				`POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${fixture.erp.token}\r\ncontent-type: ${structured}\r\ntransfer-encoding: chunked\r\n\r\n`
			);
			const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
			// The last chunk never comes: whoever waits for the whole would wait for ever.
			for (let sent = 0; sent < 17; sent++) socket.write(chunk);
			socket.on('data', (data) => (heard += data.toString()));
			socket.on('error', reject);
			socket.on('close', () => {
				resolve(heard);
			});
		});
		expect(answer).toMatch(/^HTTP\/1\.1 413 /);
		expect(answer).toMatch(/"code":"body_too_large"/);
	});

	it('begins one byte beyond: 1,048,576 are taken', async () => {
		expect((await post(structured, padded(1_048_576))).status).toBe(200);
	});
});

it('overload is answered with 429 and when to come again, and nothing of it is taken', async () => {
	const admin = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await admin.connect();
	await admin.query('begin; lock table usage.days in exclusive mode');
	try {
		const held = post(structured, makeEvent());
		await new Promise((resolve) => setTimeout(resolve, 100));
		const waiting = post(structured, makeEvent());
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		const turnedAway = await post(structured, makeEvent());
		expect(turnedAway).toMatchObject({ status: 429, body: { code: 'too_many' } });
		expect(turnedAway.headers['retry-after']).toBe('1');
		await admin.query('commit');
		expect([(await held).status, (await waiting).status]).toEqual([200, 200]);
	} finally {
		await admin.end();
	}
});

it('a failure on our side tells a reference and nothing of itself', async () => {
	const admin = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await admin.connect();
	await admin.query('alter table usage.hours rename to hidden');
	try {
		const { status, body } = await post(structured, makeEvent());
		expect(status).toBe(500);
		expect(body).toEqual({
			type: 'http://localhost:3000/api/v1/docs#internal',
			title: 'Failure on our side',
			status: 500,
			detail: 'Something went wrong on our side.',
			code: 'internal',
			reference: expect.stringMatching(/^[\da-f-]{36}$/) as string
		});
	} finally {
		await admin.query('alter table usage.hidden rename to hours');
		await admin.end();
	}
});
