import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSubscription } from '#server/modules/billing/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createMetered, type Metered } from '../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApiHandler } from './app.ts';

let runtime: TestRuntime;
let fixture: Metered;
let server: Server;
let origin: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	await withSystem('test', (scope) =>
		startSubscription(scope, {
			businessId: fixture.pwani.businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-01-01'
		})
	);
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

const size = 500;
const batches = 60;
/** 20,000 events may wait, beside two groups of at most 2,000 that are under way. */
const room = 24_000;

/** Two businesses by turns, as one product would report for both. */
const batch = (number: number): string =>
	JSON.stringify(
		Array.from({ length: size }, (_, index) => ({
			specversion: '1.0',
			id: `${number}-${index}`,
			source: '/flood',
			type: 'erp.data.transferred',
			subject: (index % 2 ? fixture.mavuno : fixture.pwani).businessId,
			time: '2026-11-25T08:30:00Z',
			data: { bytes: 1, user: 'otieno', branch: 'Nakuru' }
		}))
	);

it('of far more than can be written what is acknowledged is kept and counted, and the rest is turned away at once', async () => {
	const admin = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await admin.connect();
	try {
		// Nothing can be written until all who find no room have been told.
		await admin.query('begin; lock table usage.days in exclusive mode');
		let told = 0;
		const answers = await Promise.all(
			Array.from({ length: batches }, async (_, number) => {
				const answer = await fetch(`${origin}/api/v1/events`, {
					method: 'POST',
					headers: {
						authorization: `Bearer ${fixture.erp.token}`,
						'content-type': 'application/cloudevents-batch+json'
					},
					body: batch(number)
				});
				const body = (await answer.json()) as { new?: number; code?: string };
				if (answer.status === 429 && (told += 1) === batches - room / size)
					await admin.query('commit');
				return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
			})
		);
		const taken = answers.filter(({ status }) => status === 200);
		const turnedAway = answers.filter(({ status }) => status === 429);
		expect(taken.length + turnedAway.length).toBe(answers.length);
		expect(taken.length * size).toBeLessThanOrEqual(room);
		expect(taken.length).toBeGreaterThan(0);
		for (const { retryAfter, body } of turnedAway) {
			expect(retryAfter).toBe('1');
			expect(body).toMatchObject({ code: 'too_many' });
		}
		for (const { body } of taken) expect(body).toMatchObject({ new: size });

		const { rows } = await admin.query<{ kept: number; counted: number; bytes: number }>(
			`select (select count(*)::int from usage.events where source = '/flood') as kept,
				(select count(*)::int from usage.receipts) as received,
				sum(d.count)::int as counted, sum(d.sum)::int as bytes
			from usage.days d join usage.meters m on m.id = d.meter_id where m.aggregation = 'sum'`
		);
		const all = taken.length * size;
		expect(rows).toEqual([{ kept: all, received: all, counted: all, bytes: all }]);
	} finally {
		await admin.end();
	}
});
