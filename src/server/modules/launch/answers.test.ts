import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { answers, type ProductAnswer } from './answers.ts';

let runtime: TestRuntime;

beforeAll(async () => {
	runtime = await startTestRuntime();
});
afterAll(() => runtime.stop());

describe('a product', () => {
	const servers: Server[] = [];
	afterAll(() => servers.forEach((server) => server.close().closeAllConnections()));

	async function serve(
		status: number | null | ((request: IncomingMessage) => number)
	): Promise<{ url: string; asked: () => number }> {
		let asked = 0;
		const server = createServer((request, response) => {
			asked += 1;
			const says = typeof status === 'function' ? status(request) : status;
			if (says !== null) response.writeHead(says).end();
		});
		servers.push(server);
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		return {
			url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/login`,
			asked: () => asked
		};
	}

	it.each([
		[200, 'answers'],
		[302, 'answers'],
		// Login addresses that miss what a launch brings along.
		[400, 'answers'],
		[405, 'answers'],
		[401, 'refuses'],
		[403, 'refuses'],
		[404, 'refuses'],
		[410, 'refuses'],
		[500, 'failing'],
		[503, 'failing']
	] as [number, ProductAnswer['kind']][])('that says %i counts as: %s', async (status, kind) => {
		expect(await answers((await serve(status)).url)).toMatchObject({ kind });
	});

	it('that does not know HEAD is asked as a browser would', async () => {
		const { url } = await serve((request) => (request.method === 'HEAD' ? 404 : 302));
		expect(await answers(url)).toEqual({ kind: 'answers' });
	});

	it.each(['not an address', 'ftp://127.0.0.1/login', 'http://nobody.invalid/login'])(
		'at %s is lost',
		async (url) => {
			expect(await answers(url)).toEqual({ kind: 'lost' });
		}
	);

	it('that hangs, or whose server is gone, does not answer', async () => {
		const began = performance.now();
		expect(await answers((await serve(null)).url)).toEqual({ kind: 'silent' });
		expect(performance.now() - began).toBeLessThan(2_500);
		expect(await answers('http://127.0.0.1:9/login')).toEqual({ kind: 'silent' });
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
