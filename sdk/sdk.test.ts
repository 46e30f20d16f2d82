import { mkdtempSync, readFileSync, rmSync, appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvolve, type Evolve, type EvolveOptions } from './index.ts';

/** What the portal answers to the next request: a status with headers and body, or silence, or a cut. */
type Answer =
	{ status: number; headers?: Record<string, string>; body?: unknown } | 'silence' | 'cut';

interface Received {
	method: string;
	path: string;
	headers: Record<string, unknown>;
	body: unknown;
	at: number;
}

let server: Server;
let url: string;
let received: Received[];
let answers: Answer[];
let problems: string[];
let made: Evolve[];
let folder: string;

beforeEach(async () => {
	[received, answers, problems, made] = [[], [], [], []];
	folder = mkdtempSync(join(tmpdir(), 'sdk-'));
	server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			received.push({
				method: request.method ?? '',
				path: request.url ?? '',
				headers: request.headers,
				body: JSON.parse(Buffer.concat(chunks).toString()),
				at: performance.now()
			});
			const answer = answers.shift() ?? { status: 200 };
			if (answer === 'silence') return;
			if (answer === 'cut') return void request.socket.destroy();
			response.writeHead(answer.status, answer.headers);
			response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
		});
	});
	url = await listen();
});
afterEach(async () => {
	await Promise.all(made.map((each) => each.close(0)));
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	rmSync(folder, { recursive: true });
});

function listen(port = 0): Promise<string> {
	return new Promise((done) =>
		server.listen(port, '127.0.0.1', () =>
			done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
		)
	);
}

function create(options: Partial<EvolveOptions> = {}): Evolve {
	const evolve = createEvolve({
		url,
		key: 'evk_1',
		source: '/erp/test',
		onProblem: (words) => problems.push(words),
		...options
	});
	made.push(evolve);
	return evolve;
}

const usage = (n: number) => ({
	type: 'com.example.data',
	business: 'biz_1',
	data: { bytes: n }
});
const ids = ({ body }: Received) => (body as { id: string }[]).map(({ id }) => id);
const bytes = () =>
	received.flatMap(({ body }) =>
		(body as { data: { bytes: number } }[]).map(({ data }) => data.bytes)
	);

describe('reporting', () => {
	it('sends events as CloudEvents, in one batch, with the product’s key', async () => {
		const evolve = create();
		evolve.event({ ...usage(1), id: 'own', time: new Date('2026-11-25T09:00:00Z') });
		evolve.event(usage(2));
		evolve.correct({ ...usage(3), corrects: 'own' });
		evolve.correct({ ...usage(4), corrects: 'own', data: null });
		expect(await evolve.flush()).toBe(true);
		expect(received).toHaveLength(1);
		expect(received[0]).toMatchObject({
			path: '/api/v1/events',
			headers: {
				authorization: 'Bearer evk_1',
				'content-type': 'application/cloudevents-batch+json'
			},
			body: [
				{
					specversion: '1.0',
					id: 'own',
					source: '/erp/test',
					type: 'com.example.data',
					subject: 'biz_1',
					time: '2026-11-25T09:00:00.000Z',
					datacontenttype: 'application/json',
					data: { bytes: 1 }
				},
				{ id: expect.stringMatching(/^[\da-f-]{36}$/) as string, data: { bytes: 2 } },
				{ type: 'com.example.data', corrects: 'own', data: { bytes: 3 } },
				{ corrects: 'own', data: null }
			]
		});
		expect(evolve.counts.events).toEqual({ queued: 0, sent: 4, refused: 0, dropped: 0 });
	});

	it('sends by itself: a hundred at once, fewer after a second', async () => {
		const evolve = create();
		for (let n = 0; n < 103; n++) evolve.event(usage(n));
		await expect.poll(() => received.length, { timeout: 500 }).toBe(1);
		expect(ids(received[0] as Received)).toHaveLength(100);
		await expect.poll(() => received.length, { timeout: 2_000 }).toBe(2);
		expect(bytes()).toEqual(Array.from({ length: 103 }, (_, n) => n));
		const [first, second] = received;
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(800);
	});

	it('sends only the latest place of each person', async () => {
		const evolve = create();
		for (const path of ['/a', '/b', '/c'])
			evolve.place({ business: 'biz_1', person: 'per_1', label: path, path });
		evolve.place({ business: 'biz_1', person: 'per_2', label: 'D', path: '/d' });
		await evolve.flush();
		expect(received.map(({ body }) => body)).toEqual([
			{ business: 'biz_1', person: 'per_1', label: '/c', path: '/c' },
			{ business: 'biz_1', person: 'per_2', label: 'D', path: '/d' }
		]);
	});

	it('throws nothing into the product, whatever it is given', async () => {
		const evolve = create();
		const circle: Record<string, unknown> = {};
		circle['self'] = circle;
		evolve.correct({ ...usage(1), corrects: undefined as never });
		evolve.correct({ ...usage(1), corrects: 'one', data: undefined as never });
		evolve.event({ ...usage(1), data: circle });
		evolve.event({ ...usage(1), data: { big: 1n } });
		evolve.event(undefined as never);
		evolve.place(null as never);
		expect(problems).toHaveLength(6);
		const careless = create({
			onProblem: () => {
				throw new Error('a careless listener');
			}
		});
		careless.event(undefined as never);
		expect(await evolve.flush()).toBe(true);
		expect(received).toEqual([]);
	});

	it('says at once what cannot be right', () => {
		expect(() => create({ url: 'portal' })).toThrow(TypeError);
		expect(() => create({ url: 'ftp://portal' })).toThrow(/address of a portal/);
		expect(() => create({ key: '' })).toThrow(/key/);
		expect(() => create({ source: '' })).toThrow(/source/);
	});
});

describe('a portal in trouble', () => {
	it.each<[string, Answer]>([
		['fails', { status: 503 }],
		['cuts the line', 'cut'],
		['knows no such key for the moment', { status: 401 }],
		['is behind a proxy that answers with a page', { status: 502, body: 'Bad gateway' }]
	])('that %s gets the same ids again', async (_what, answer) => {
		answers.push(answer);
		const evolve = create();
		evolve.event(usage(1));
		evolve.event(usage(2));
		expect(await evolve.flush()).toBe(true);
		expect(received).toHaveLength(2);
		expect(received[1]?.body).toEqual(received[0]?.body);
		expect(problems).toHaveLength(1);
	});

	it('that asks for patience is given it', async () => {
		answers.push({ status: 429, headers: { 'retry-after': '2' } });
		const evolve = create();
		evolve.event(usage(1));
		expect(await evolve.flush()).toBe(true);
		const [first, second] = received;
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
	});

	it('that hangs holds nobody up: the product goes on, flush gives up when told', async () => {
		answers.push('silence');
		const evolve = create();
		const began = performance.now();
		evolve.event(usage(1));
		expect(performance.now() - began).toBeLessThan(50);
		expect(await evolve.flush(300)).toBe(false);
		expect(performance.now() - began).toBeLessThan(1_000);
		expect(evolve.counts.events).toMatchObject({ queued: 1, sent: 0 });
	});

	it('is tried with longer and longer pauses', async () => {
		answers.push(...Array.from({ length: 3 }, () => ({ status: 500 })));
		const evolve = create();
		evolve.event(usage(1));
		await evolve.flush(10_000);
		const pauses = received.slice(1).map(({ at }, n) => at - (received[n]?.at ?? 0));
		expect(pauses).toHaveLength(3);
		for (const [n, pause] of pauses.entries()) {
			expect(pause).toBeGreaterThanOrEqual(249 * 2 ** n);
			expect(pause).toBeLessThan(500 * 2 ** n + 300);
		}
	});

	it('costs the oldest reports when it stays away too long, and they are counted', async () => {
		answers.push('silence');
		const evolve = create({ limit: 5 });
		evolve.event(usage(0));
		await evolve.flush(100);
		for (let n = 1; n <= 8; n++) evolve.event(usage(n));
		expect(evolve.counts.events).toEqual({ queued: 5, sent: 0, refused: 0, dropped: 4 });
		expect(problems.some((words) => words.includes('full'))).toBe(true);
	});
});

describe('a report that is wrong', () => {
	const refusal = (...indexes: number[]): Answer => ({
		status: 422,
		body: {
			detail: 'This type is not known.',
			errors: indexes.map((index) => ({ index, path: 'type', code: 'unknown_type' }))
		}
	});

	it('is given up alone; the rest of its batch goes again', async () => {
		answers.push(refusal(1, 1, 3));
		const evolve = create();
		for (let n = 0; n < 5; n++) evolve.event(usage(n));
		expect(await evolve.flush()).toBe(true);
		expect(bytes().slice(5)).toEqual([0, 2, 4]);
		expect(evolve.counts.events).toEqual({ queued: 0, sent: 3, refused: 2, dropped: 0 });
		expect(problems).toEqual(['2 refused: 422 This type is not known.']);
	});

	it('is found by halves where nobody says which it is', async () => {
		server.removeAllListeners('request');
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const body = JSON.parse(Buffer.concat(chunks).toString()) as { data: { bytes: number } }[];
				const bad = body.some(({ data }) => data.bytes === 37);
				if (!bad) received.push({ method: '', path: '', headers: {}, body, at: 0 });
				response.writeHead(bad ? 400 : 200).end();
			});
		});
		const evolve = create();
		for (let n = 0; n < 60; n++) evolve.event(usage(n));
		expect(await evolve.flush()).toBe(true);
		expect(bytes()).toEqual(Array.from({ length: 60 }, (_, n) => n).filter((n) => n !== 37));
		expect(evolve.counts.events).toMatchObject({ sent: 59, refused: 1 });
	});
});

describe('what the product is', () => {
	it('is declared whole, the latest alone, until the portal has it', async () => {
		answers.push({ status: 503 });
		const evolve = create();
		evolve.declare({ roles: [{ slug: 'clerk', name: 'Clerk' }] });
		evolve.declare({
			roles: [{ slug: 'clerk', name: 'Clerk', default: true }],
			exports: [{ slug: 'everything', name: 'Everything' }]
		});
		expect(await evolve.flush()).toBe(true);
		expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'PUT /api/v1/product',
			'PUT /api/v1/product'
		]);
		expect(received[1]?.body).toEqual({
			roles: [{ slug: 'clerk', name: 'Clerk', default: true }],
			places: [],
			exports: [{ slug: 'everything', name: 'Everything' }]
		});
		expect(evolve.counts.declarations).toEqual({ queued: 0, sent: 1, refused: 0, dropped: 0 });
	});
});

describe('an export', () => {
	it('is reported in order, again until the portal has it', async () => {
		answers.push({ status: 500 });
		const evolve = create();
		evolve.reportExport('exp_1', { status: 'preparing' });
		evolve.reportExport('exp_1', {
			status: 'ready',
			path: '/exports/1.zip',
			bytes: 4096,
			expiresAt: new Date('2026-12-02T09:00:00Z')
		});
		expect(await evolve.flush()).toBe(true);
		expect(received.map(({ method, path, body }) => [method, path, body])).toEqual([
			['POST', '/api/v1/exports/exp_1', { status: 'preparing' }],
			['POST', '/api/v1/exports/exp_1', { status: 'preparing' }],
			[
				'POST',
				'/api/v1/exports/exp_1',
				{
					status: 'ready',
					path: '/exports/1.zip',
					bytes: 4096,
					expires_at: '2026-12-02T09:00:00.000Z'
				}
			]
		]);
	});

	it('that the portal does not know, or has given up, holds up no other', async () => {
		answers.push({ status: 404 }, { status: 409, body: { detail: 'Given up.' } });
		const evolve = create();
		for (const id of ['exp_1', '../events', 'exp_3'])
			evolve.reportExport(id, { status: 'failed', message: 'No room.' });
		expect(await evolve.flush()).toBe(true);
		expect(received[1]?.path).toBe('/api/v1/exports/..%2Fevents');
		expect(evolve.counts.exports).toMatchObject({ sent: 1, refused: 2 });
	});

	it('that is told wrongly disturbs nobody', async () => {
		const evolve = create();
		evolve.reportExport('exp_1', undefined as never);
		evolve.declare(null as never);
		expect(await evolve.flush()).toBe(true);
		expect(problems).toHaveLength(2);
	});
});

describe('a file', () => {
	it('keeps what is waiting, for the next start, with the same ids and in order', async () => {
		const file = join(folder, 'queue');
		answers.push('silence');
		const before = create({ file });
		for (let n = 0; n < 3; n++) before.event(usage(n));
		before.place({ business: 'biz_1', person: 'per_1', label: 'A', path: '/a' });
		expect(await before.close(200)).toBe(false);
		const [first] = received;

		appendFileSync(file, '+{"n":99,"lane":"events","it');
		received = [];
		const after = create({ file });
		after.event(usage(3));
		expect(await after.close()).toBe(true);
		const events = received.filter(({ path }) => path === '/api/v1/events');
		expect(events.flatMap(ids).slice(0, 3)).toEqual(ids(first as Received));
		expect(events.flatMap(({ body }) => body)).toHaveLength(4);

		received = [];
		expect(await create({ file }).flush()).toBe(true);
		expect(received).toEqual([]);
	});

	it('does not grow for ever', async () => {
		const file = join(folder, 'queue');
		const evolve = create({ file });
		for (let round = 0; round < 30; round++) {
			for (let n = 0; n < 100; n++) evolve.event(usage(n));
			expect(await evolve.flush()).toBe(true);
		}
		expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(2_500);
	});

	it('that cannot be written costs nothing but its own purpose', async () => {
		const evolve = create({ file: join(folder, 'no', 'such', 'folder') });
		evolve.event(usage(1));
		expect(await evolve.flush()).toBe(true);
		expect(received).toHaveLength(1);
		expect(problems[0]).toMatch(/could not be written/);
	});
});
