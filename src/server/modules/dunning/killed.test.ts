import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { bill, standings, subscribeAll } from '../../../../tests/setup/dunning.ts';
import type { Task } from '../../../../tests/setup/dunning-process.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
const each = 15;

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-01T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	const products = await createProducts();
	await subscribeAll([mavuno, pwani]);
	for (const member of [mavuno, pwani])
		for (let count = 0; count < each; count++)
			await bill(member, products, { issuedOn: '2026-11-01', dueOn: '2026-12-01' });
});
afterAll(() => runtime.stop());

/** 22 December: everything up to the suspension is due. */
function start(killsItselfAfter?: number): Promise<NodeJS.Signals | null> {
	const child: ChildProcess = fork(
		fileURLToPath(new URL('../../../../tests/setup/dunning-process.ts', import.meta.url)),
		{ execArgv: [] }
	);
	const task: Task = {
		connection: runtime.connection,
		at: '2026-12-22T09:00:00Z',
		...(killsItselfAfter === undefined ? {} : { killsItselfAfter })
	};
	child.send(task);
	return new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
}

it('killed at any moment, and by several processes at once, each step is taken once', async () => {
	const signals = await Promise.all([start(3), start(9), start(5)]);
	expect(signals).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL']);
	await Promise.all([start(), start()]);

	const [steps, events] = await withSystem('test', ({ db }) =>
		Promise.all([
			db.selectFrom('dunning.steps').select(['invoice_id', 'step', 'outcome']).execute(),
			db
				.selectFrom('platform.events')
				.select(['business_id', 'kind', 'data'])
				.where('kind', 'in', ['dunning.reminded', 'subscription.changed'])
				.execute()
		])
	);
	expect(steps).toHaveLength(2 * each * 8);
	expect(new Set(steps.map(({ invoice_id, step }) => `${invoice_id} ${step}`)).size).toBe(
		steps.length
	);
	const reminded = events
		.filter(({ kind }) => kind === 'dunning.reminded')
		.map(({ data }) => (data as { invoiceId: string }).invoiceId);
	expect(reminded).toHaveLength(2 * each);
	expect(new Set(reminded).size).toBe(2 * each);
	// All of them bill the same product: it was past due once, and suspended once.
	expect(events.filter(({ kind }) => kind === 'subscription.changed')).toHaveLength(4);
	for (const member of [mavuno, pwani])
		expect(await standings(member)).toEqual(['erp: suspended', 'sacco: active']);
}, 60_000);
