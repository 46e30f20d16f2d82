import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	endProductState,
	listProductStates,
	planMaintenance,
	renewClientSecret,
	reportProductState,
	saveProduct,
	type ProductState
} from './index.ts';
import { watchProducts } from './watch.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let erp: string;
let server: Server;
const start = new Date('2026-11-25T09:00:00Z');
/** What the product answers; null breaks the connection off. */
let answer: number | null = 200;
let asked: string[] = [];

beforeAll(async () => {
	test = await startTestRuntime(start);
	businesses = await createTwoBusinesses();
	({ erp } = await createProducts());
	server = createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		if (answer === null) return void request.socket.destroy();
		response.writeHead(answer, { location: 'https://elsewhere.example/' }).end();
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	await withSystem('test', async (scope) => {
		await saveProduct(scope, { slug: 'erp', loginUrl: `${origin}/login` });
		await renewClientSecret(scope, { product: 'erp' });
		// Without a secret nobody signs in there: it is not watched.
		await saveProduct(scope, { slug: 'sacco', loginUrl: `${origin}/sacco` });
		// Not set up yet.
		await renewClientSecret(scope, { product: 'payroll' });
	});
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	await test.stop();
});

let minute = 0;
beforeEach(async () => {
	[answer, asked] = [200, []];
	minute += 60;
	await next();
	await withSystem('test', ({ db }) => db.deleteFrom('catalogue.product_states').execute());
	asked = [];
});

/** A minute later. */
async function next(): Promise<void> {
	minute += 1;
	test.clock.set(new Date(start.getTime() + minute * 60_000));
	await watchProducts();
}
async function now(): Promise<ProductState['now']> {
	const states = await withBusiness(businesses.pwani, (scope) => listProductStates(scope, {}));
	return states.get(erp)?.now ?? null;
}

describe('the watch', () => {
	it('asks those that sign people in, at their login address, and follows them nowhere', async () => {
		answer = 302;
		await next();
		expect(asked).toEqual(['HEAD /login']);
		expect(await now()).toBeNull();
	});

	it.each([null, 503])('finds an outage after three silences in a row (%s)', async (silence) => {
		answer = silence;
		await next();
		await next();
		expect(await now()).toBeNull();
		await next();
		const found = await now();
		expect(found).toMatchObject({
			state: 'outage',
			reportedBy: 'watch',
			message: '',
			since: test.clock.now()
		});
		await next();
		expect((await now())?.id).toBe(found?.id);
		answer = 404;
		await next();
		expect(await now()).toBeNull();
	});

	it('begins to count again when it is answered', async () => {
		answer = null;
		await next();
		await next();
		answer = 200;
		await next();
		answer = null;
		await next();
		await next();
		expect(await now()).toBeNull();
	});

	it('takes for a row only what is not far apart', async () => {
		answer = null;
		await next();
		await next();
		minute += 30;
		await next();
		expect(await now()).toBeNull();
	});

	it('says nothing where the vendor has, until the vendor takes it back', async () => {
		const { id } = await withSystem('test', (scope) =>
			reportProductState(scope, { product: 'erp', state: 'outage', message: 'The disk is full.' })
		);
		answer = null;
		for (let check = 0; check < 4; check++) await next();
		expect(await now()).toMatchObject({ id, reportedBy: 'vendor' });
		await withSystem('test', (scope) => endProductState(scope, { id }));
		expect(await now()).toBeNull();
		await next();
		expect(await now()).toMatchObject({ reportedBy: 'watch' });
	});

	it('expects silence during maintenance', async () => {
		await withSystem('test', (scope) =>
			planMaintenance(scope, {
				product: 'erp',
				from: test.clock.now(),
				until: new Date(test.clock.now().getTime() + 5.5 * 60_000)
			})
		);
		answer = null;
		for (let check = 0; check < 5; check++) await next();
		expect(await now()).toMatchObject({ state: 'maintenance' });
		await next();
		expect(await now()).toMatchObject({ state: 'outage', reportedBy: 'watch' });
	});

	it('never ends what the vendor has said', async () => {
		const { id } = await withSystem('test', (scope) =>
			reportProductState(scope, { product: 'erp', state: 'degraded' })
		);
		answer = null;
		for (let check = 0; check < 3; check++) await next();
		expect(await now()).toMatchObject({ state: 'outage' });
		answer = 200;
		await next();
		expect(await now()).toMatchObject({ id, state: 'degraded' });
	});
});
