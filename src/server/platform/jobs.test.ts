import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../tests/setup/businesses.ts';
import { withBusiness, withSystem } from './doors.ts';
import { emit } from './events.ts';
import { defineJob, enqueue, on, openQueue, startJobs, type RunningJobs } from './jobs.ts';
import { newId } from './ids.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'test.happened': { word: string };
		'test.failing': { word: string };
	}
}

let runtime: TestRuntime;
let businesses: TwoBusinesses;
let jobs: RunningJobs;
const heard: string[] = [];
let failures = 0;

on('test.happened', 'test.first', async (_, event) => {
	heard.push(`first ${event.data.word} ${event.businessId} by ${event.actor.name}`);
});
on('test.happened', 'test.second', async (_, event) => {
	heard.push(`second ${event.data.word}`);
});
// Writes, then fails the first time: what it wrote then must be gone.
on('test.failing', 'test.failing', async (scope, event) => {
	await scope.db
		.insertInto('platform.mails')
		.values({
			id: newId('mai', scope.now),
			recipient: 'a@b.example',
			subject: event.data.word,
			body: '',
			created_at: scope.now
		})
		.execute();
	failures += 1;
	if (failures === 1) throw new Error('the first try fails');
});
const counted = defineJob<{ n: number }>({
	name: 'test.counted',
	async work(_, { n }) {
		heard.push(`counted ${n}`);
	}
});

beforeAll(async () => {
	runtime = await startTestRuntime(new Date());
	businesses = await createTwoBusinesses();
	jobs = await startJobs({ pollingSeconds: 0.5 });
	await jobs.settle();
	heard.length = 0;
}, 60_000);
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

describe('a domain event', () => {
	it('reaches every reaction once, with who did it and where', async () => {
		await withBusiness(businesses.mavuno, (scope) =>
			emit(scope, 'test.happened', { word: 'once' })
		);
		await jobs.settle();
		await jobs.settle();
		expect(heard.splice(0).sort()).toEqual([
			`first once ${businesses.mavuno.businessId} by Wanjiku Kamau`,
			'second once'
		]);
	});

	it('is not told when its transaction fails', async () => {
		await withBusiness(businesses.mavuno, async (scope) => {
			await emit(scope, 'test.happened', { word: 'never' });
			throw new Error('undone');
		}).catch(() => undefined);
		await jobs.settle();
		expect(heard.splice(0)).toEqual([]);
	});

	it('is reacted to again after a failure, and the failed try leaves nothing', async () => {
		await withBusiness(businesses.pwani, (scope) => emit(scope, 'test.failing', { word: 'twice' }));
		await expect.poll(() => failures, { timeout: 15_000, interval: 100 }).toBe(2);
		await jobs.settle();
		const rows = await withSystem('test', ({ db }) =>
			db.selectFrom('platform.mails').select('subject').where('subject', '=', 'twice').execute()
		);
		expect(rows).toHaveLength(1);
	}, 30_000);
});

describe('a job', () => {
	it('exists if and only if the transaction that enqueued it commits', async () => {
		await withSystem('test', (scope) => enqueue(scope, counted, { n: 1 }));
		await withSystem('test', async (scope) => {
			await enqueue(scope, counted, { n: 2 });
			throw new Error('undone');
		}).catch(() => undefined);
		await jobs.settle();
		expect(heard.splice(0)).toEqual(['counted 1']);
	});
});

describe('a process that runs no jobs', () => {
	it('puts them into the queue for one that does, and nothing before it has joined', async () => {
		await jobs.stop();
		const put = (n: number) => withSystem('test', (scope) => enqueue(scope, counted, { n }));
		await expect(put(100)).rejects.toThrow('Jobs are not started');
		const leave = await openQueue();
		await put(101);
		await leave();
		await expect(put(102)).rejects.toThrow('Jobs are not started');
		jobs = await startJobs({ pollingSeconds: 0.5 });
		await jobs.settle();
		expect(heard.filter((line) => /^counted 10\d$/.test(line))).toEqual(['counted 101']);
	});
});
