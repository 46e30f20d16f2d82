import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp, type Http } from './http.ts';

const origin = { publicUrl: 'http://portal.example', publicUrlGiven: true, trustProxy: false };
/** What was written down. */
const written: unknown[] = [];
const log = { error: (fields: unknown) => written.push(fields) };
const opened: Http[] = [];
afterEach(async () => {
	for (const http of opened.splice(0)) await http.drain(0);
});

async function open(obstacles: string[] = []) {
	const http = createHttp({ origin, log, obstacles: () => Promise.resolve(obstacles) });
	opened.push(http);
	await http.listen('127.0.0.1', 0);
	const { port } = http.server.address() as AddressInfo;
	return { http, port, ask: (path: string) => fetch(`http://127.0.0.1:${port}${path}`) };
}

const text =
	(words: string) =>
	(_: IncomingMessage, response: ServerResponse): void => {
		response.end(words);
	};

describe('which face answers', () => {
	test('a mounted one for its prefix and what is below it, the pages for the rest', async () => {
		const { http, ask } = await open();
		http.serve({ mounted: [{ prefix: '/api', handler: text('api') }], pages: text('pages') });
		for (const [path, face] of [
			['/api', 'api'],
			['/api?x', 'api'],
			['/api/v1', 'api'],
			['/apiary', 'pages'],
			['/', 'pages']
		] as const) {
			expect(await (await ask(path)).text(), path).toBe(face);
		}
	});

	test('a face that throws is answered with 500, and the server lives on', async () => {
		const { http, ask } = await open();
		http.serve({
			mounted: [
				{
					prefix: '/late',
					handler: () => Promise.reject(new Error('late'))
				}
			],
			pages: () => {
				throw new Error('now');
			}
		});
		expect((await ask('/')).status).toBe(500);
		expect((await ask('/late')).status).toBe(500);
		expect((await ask('/healthz')).status).toBe(200);
	});

	test('what fails is written down without what its address opens', async () => {
		const { http, ask } = await open();
		http.serve({
			mounted: [],
			pages: () => {
				throw new Error('now');
			}
		});
		written.length = 0;
		await ask('/i/the-key.of-an-invoice/pdf?language=sw');
		expect(written).toMatchObject([{ path: '/i/[withheld]/pdf' }]);
		expect(JSON.stringify(written)).not.toContain('the-key');
	});
});

describe('while it starts', () => {
	test('the process is alive, not ready, and asks the rest to come back', async () => {
		const { ask } = await open(['the database is not open yet']);
		expect((await ask('/healthz')).status).toBe(200);
		const ready = await ask('/readyz');
		expect(ready.status).toBe(503);
		expect(await ready.json()).toEqual({
			ready: false,
			obstacles: ['the database is not open yet']
		});
		const page = await ask('/');
		expect(page.status).toBe(503);
		expect(page.headers.get('retry-after')).toBe('2');
	});

	test('it is ready when nothing stands in the way', async () => {
		const { ask } = await open();
		const ready = await ask('/readyz');
		expect(ready.status).toBe(200);
		expect(await ready.json()).toEqual({ ready: true, obstacles: [] });
	});

	test('a taken port is a sentence with another to choose', async () => {
		const squatter = createServer().listen(0, '127.0.0.1');
		await once(squatter, 'listening');
		const { port } = squatter.address() as AddressInfo;
		const http = createHttp({ origin, log, obstacles: () => Promise.resolve([]) });
		await expect(http.listen('127.0.0.1', port)).rejects.toThrow(
			`Port ${port} is taken by another program. Stop that program, or choose another port, such as PORT=`
		);
		squatter.close();
	});

	test('an address of another machine is a sentence about HOST', async () => {
		const http = createHttp({ origin, log, obstacles: () => Promise.resolve([]) });
		await expect(http.listen('192.0.2.1', 0)).rejects.toThrow(/HOST is "192\.0\.2\.1"/);
	});
});

describe('draining', () => {
	test('a request under way is answered, its connection closed, and no new one taken', async () => {
		const { http, port, ask } = await open();
		let release = (): void => undefined;
		const arrived = new Promise<void>((resolve) => {
			http.serve({
				mounted: [],
				pages: (_, response) => {
					release = () => response.end('done');
					resolve();
				}
			});
		});
		const agent = new Agent({ keepAlive: true });
		const answer = new Promise<IncomingMessage>((resolve) => {
			get({ port, host: '127.0.0.1', agent }, resolve);
		});
		await arrived;
		const drained = http.drain(5_000);
		await expect(ask('/healthz')).rejects.toThrow();
		release();
		const response = await answer;
		expect(response.headers.connection).toBe('close');
		response.resume();
		await drained;
		agent.destroy();
	});

	test('a request that does not end is cut when patience does', async () => {
		const { http, port } = await open();
		const arrived = new Promise<void>((resolve) => {
			http.serve({ mounted: [], pages: () => resolve() });
		});
		const cut = new Promise<Error>((resolve) => {
			get({ port, host: '127.0.0.1' }).on('error', resolve);
		});
		await arrived;
		const began = performance.now();
		await http.drain(100);
		expect(performance.now() - began).toBeLessThan(2_000);
		expect((await cut).message).toMatch(/socket hang up|ECONNRESET/);
	});
});
