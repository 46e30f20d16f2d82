import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPerson } from '#server/modules/identity/index.ts';
import { recordEvents } from '#server/modules/usage/index.ts';
import { withBusiness, withStaff, withSystem } from '#server/platform/doors.ts';
import { Forbidden } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Staff } from '#server/platform/scope.ts';
import {
	at,
	erpKey,
	flat,
	invoicesOf,
	lastEvent,
	plan,
	startBilling,
	subscribe,
	use,
	used
} from '../../../../tests/setup/billing.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { usageEvent } from '../../../../tests/setup/metering.ts';
import type { TestRuntime } from '../../../../tests/setup/runtime.ts';
import { closeDue, readClosingStatus, retryClosing } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let brian: Staff;

beforeAll(async () => {
	runtime = await startBilling();
	brian = await withSystem('test', async (scope) => {
		const { id } = await createPerson(scope, {
			email: 'agent@lixnet.example',
			name: 'Brian Kiptoo',
			password: null,
			staff: true
		});
		return { kind: 'staff', personId: id, name: 'Brian Kiptoo' };
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const asStaff = <R>(work: Parameters<typeof withStaff<R>>[2]): Promise<R> =>
	withStaff(brian, 'testing', work);

it('staff see whom closing could not bill and why, and have it tried again at once', async () => {
	at('2026-01-01T09:00:00Z');
	// More than fifteen digits, until it is corrected.
	const beyond = use({ model: 'per_unit', unit_amount: '999999999999' });
	const failing = await subscribe(await plan([beyond]), '2026-01-01');
	const sound = await subscribe(await plan([flat('10')]), '2026-01-01');
	await used(failing, '2026-01-02T09:00:00Z', '99');
	const wrong = lastEvent();
	// That they began is closed by now, so that nothing closes them besides what is tried here.
	await jobs.settle();
	at('2026-02-01T09:00:00Z');
	await closeDue();
	await jobs.settle();
	const { failures, closedAt } = await asStaff((scope) => readClosingStatus(scope, {}));
	expect(closedAt).toEqual(new Date('2026-02-01T09:00:00Z'));
	expect(failures).toMatchObject([{ businessId: failing, tries: 1 }]);
	expect(failures[0]?.reason).toContain('15 digits');

	await recordEvents(
		[
			usageEvent(failing, {
				id: 'right',
				type: 'erp.data',
				time: '2026-02-01T09:00:00Z',
				data: { value: '1' },
				corrects: wrong
			})
		],
		erpKey(),
		{ at: new Date('2026-02-01T09:00:00Z') }
	);
	await asStaff((scope) => retryClosing(scope, { businessId: failing }));
	await jobs.settle();
	expect(await invoicesOf(failing)).toEqual([
		['2026-02-01', ['usage', '2026-01-01', 99_999_999_999_900n]]
	]);
	expect(await asStaff((scope) => readClosingStatus(scope, {}))).toMatchObject({ failures: [] });

	// What is done is not asked for, and no customer asks.
	await expect(
		asStaff((scope) => retryClosing(scope, { businessId: failing }))
	).rejects.toMatchObject({ code: 'not_failing' });
	const owner = await createMember(sound, 'Wanjiku', 'wanjiku@mavuno.example', 'owner');
	await expect(
		withBusiness(owner, (scope) => retryClosing(scope, { businessId: sound }))
	).rejects.toBeInstanceOf(Forbidden);
});
