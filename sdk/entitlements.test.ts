import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvolve, EntitlementsUnknown, type Evolve } from './index.ts';

let server: Server;
let url: string;
let asked: string[];
let problems: string[];
/** What the portal answers with; a promise of it makes it slow. */
let answer: () => number | 'silence' | Promise<number>;
let plan: string;
let evolve: Evolve;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['performance'] });
	[asked, problems, plan] = [[], [], 'business'];
	answer = () => 200;
	server = createServer((request, response) => {
		asked.push(`${request.headers.authorization ?? ''} ${request.url ?? ''}`);
		const told = JSON.stringify({ subscription: { plan }, mode: 'full', people: [] });
		void Promise.resolve(answer()).then((status) => {
			if (status !== 'silence') response.writeHead(status).end(status === 200 ? told : '{}');
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	evolve = createEvolve({
		url,
		key: 'evk_1',
		source: '/erp',
		onProblem: (words) => problems.push(words)
	});
});
afterEach(async () => {
	vi.useRealTimers();
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
});

const planOf = async (business = 'biz_1') =>
	(await evolve.entitlements(business))?.subscription.plan ?? null;

describe('entitlements', () => {
	it('are asked with the product’s key and kept for a minute, each business apart', async () => {
		expect(await planOf()).toBe('business');
		expect(asked).toEqual(['Bearer evk_1 /api/v1/entitlements?business=biz_1']);
		plan = 'growth';
		vi.advanceTimersByTime(59_999);
		expect(await planOf()).toBe('business');
		expect(await planOf('biz_2')).toBe('growth');
		vi.advanceTimersByTime(1);
		expect(await planOf()).toBe('growth');
		expect(asked).toHaveLength(3);
	});

	it('are asked once by many at the same time', async () => {
		expect(new Set(await Promise.all(Array.from({ length: 20 }, () => planOf())))).toEqual(
			new Set(['business'])
		);
		expect(asked).toHaveLength(1);
	});

	it('are null for a business without the product, and that is kept too', async () => {
		answer = () => 404;
		expect([await planOf(), await planOf()]).toEqual([null, null]);
		expect(asked).toHaveLength(1);
		expect(problems).toEqual([]);
	});

	it.each([500, 503, 401, 429])('hold as they were while the portal answers %d', async (status) => {
		await planOf();
		answer = () => status;
		vi.advanceTimersByTime(3_600_000);
		expect(await planOf()).toBe('business');
		expect(problems).toEqual([`How biz_1 stands could not be read: it answered ${status}`]);
		// It is not asked again by every request of the product.
		for (let n = 0; n < 10; n++) expect(await planOf()).toBe('business');
		expect(asked).toHaveLength(2);
		[answer, plan] = [() => 200, 'growth'];
		vi.advanceTimersByTime(5_000);
		expect(await planOf()).toBe('growth');
	});

	it('hold as they were while nothing listens', async () => {
		await planOf();
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
		vi.advanceTimersByTime(60_000);
		expect(await planOf()).toBe('business');
	});

	it('hold as they were, after two seconds, while the portal is slow', async () => {
		await planOf();
		let free: (status: number) => void = () => undefined;
		const slow = new Promise<number>((done) => (free = done));
		[answer, plan] = [() => slow, 'growth'];
		vi.advanceTimersByTime(60_000);
		const began = Date.now();
		expect(await planOf()).toBe('business');
		expect(Date.now() - began).toBeLessThan(4_000);
		free(200);
		await expect.poll(() => planOf()).toBe('growth');
		expect(asked).toHaveLength(2);
	});

	it('that were never told are a failure with words, and asked again soon', async () => {
		answer = () => 500;
		await expect(planOf()).rejects.toThrow(EntitlementsUnknown);
		await expect(planOf()).rejects.toThrow(/biz_1 stands: it was asked a moment ago/);
		expect(asked).toHaveLength(1);
		answer = () => 200;
		vi.advanceTimersByTime(5_000);
		expect(await planOf()).toBe('business');
	});

	it('are asked anew once forgotten, and hold if the portal is away then', async () => {
		await planOf();
		plan = 'growth';
		evolve.forget('biz_1');
		evolve.forget('biz_unknown');
		expect(await planOf()).toBe('growth');
		answer = () => 500;
		evolve.forget('biz_1');
		expect(await planOf()).toBe('growth');
		expect(asked).toHaveLength(3);
	});

	it('that were on their way when forgotten are not taken for news', async () => {
		let free: (status: number) => void = () => undefined;
		const slow = new Promise<number>((done) => (free = done));
		answer = () => slow;
		const before = planOf();
		await expect.poll(() => asked.length).toBe(1);
		evolve.forget('biz_1');
		[answer, plan] = [() => 200, 'growth'];
		expect(await planOf()).toBe('growth');
		free(200);
		expect(await before).toBe('business');
		expect(await planOf()).toBe('growth');
	});
});
