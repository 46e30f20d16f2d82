import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	cancelSubscription,
	changePlan,
	changeSeats,
	changeSubscriptionStatus,
	pauseSubscription,
	previewChange,
	resumeSubscription
} from '#server/modules/billing/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import {
	agreementOf,
	at,
	expectTruth,
	flat,
	invoicesOf,
	plan,
	startBilling,
	subscribe,
	use,
	used
} from '../../../../tests/setup/billing.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import type { TestRuntime } from '../../../../tests/setup/runtime.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { closeDue } from './index.ts';

// What members change writes lines that wait; closing bills them.

let runtime: TestRuntime;
let people = 0;

beforeAll(async () => {
	runtime = await startBilling();
});
afterAll(() => runtime.stop());

async function asOwner<R>(
	businessId: string,
	work: (scope: Scope<Member>, subscriptionId: string) => Promise<R>
): Promise<R> {
	const agreement = await agreementOf(businessId);
	const member = await createMember(businessId, 'Wanjiku', `p${++people}@mavuno.example`, 'owner');
	return withBusiness(member, (scope) => work(scope, agreement?.id ?? ''));
}

const seat = (unit: string) => ({
	kind: 'seat' as const,
	price: { model: 'per_unit' as const, unit_amount: unit }
});

it('a dearer plan at once: what is left of the old is given back, of the new charged, its use billed', async () => {
	at('2026-04-01T09:00:00Z');
	const small = await plan([flat('300'), use({ model: 'per_unit', unit_amount: '1' })]);
	const large = await plan([flat('600'), use({ model: 'per_unit', unit_amount: '2' })]);
	const id = await subscribe(small, '2026-04-01');
	await closeDue();
	await used(id, '2026-04-05T09:00:00Z', '10');
	at('2026-04-11T09:00:00Z');
	const preview = await asOwner(id, (scope, subscriptionId) =>
		previewChange(scope, { subscriptionId, plan: large })
	);
	await asOwner(id, (scope, subscriptionId) => changePlan(scope, { subscriptionId, plan: large }));
	await closeDue();
	// Ten of thirty days are of the old.
	const [, changed] = await invoicesOf(id);
	expect(changed).toEqual([
		'2026-04-11',
		['charge', '2026-04-11', 40_000n],
		['credit', '2026-04-11', -20_000n],
		['usage', '2026-04-01', 1_000n]
	]);
	expect(preview.documents.invoice?.subtotalMinor).toBe(20_000n);
	await used(id, '2026-04-15T09:00:00Z', '10');
	at('2026-05-01T09:00:00Z');
	await closeDue();
	expect((await invoicesOf(id))[2]).toEqual([
		'2026-05-01',
		['plan', '2026-05-01', 60_000n],
		['usage', '2026-04-11', 2_000n]
	]);
	await expectTruth();
});

it('a cheaper plan with the next period, and more seats at once', async () => {
	at('2026-04-01T09:00:00Z');
	const large = await plan([flat('600'), seat('30')], { seats: null });
	const small = await plan([flat('300'), seat('30')]);
	const id = await subscribe(large, '2026-04-01');
	await closeDue();
	at('2026-04-16T09:00:00Z');
	await asOwner(id, (scope, subscriptionId) => changeSeats(scope, { subscriptionId, seats: 3 }));
	await closeDue();
	await asOwner(id, (scope, subscriptionId) => changePlan(scope, { subscriptionId, plan: small }));
	await closeDue();
	at('2026-05-01T09:00:00Z');
	await closeDue();
	const invoices = await invoicesOf(id);
	expect(invoices[0]).toEqual([
		'2026-04-01',
		['plan', '2026-04-01', 60_000n],
		['seat', '2026-04-01', 3_000n]
	]);
	// Two more for half of the month.
	const sum = (invoice: unknown[] | undefined): bigint =>
		(invoice ?? [])
			.slice(1)
			.reduce<bigint>((all, line) => all + (line as [string, string, bigint])[2], 0n);
	expect(sum(invoices[1])).toBe(3_000n);
	expect(invoices[2]).toEqual([
		'2026-05-01',
		['plan', '2026-05-01', 30_000n],
		['seat', '2026-05-01', 9_000n]
	]);
	expect(await agreementOf(id)).toMatchObject({ plan: { slug: small }, next: null, seats: 3 });
	await expectTruth();
});

it('one that is cancelled ends with its period, its use billed', async () => {
	at('2026-04-01T09:00:00Z');
	const id = await subscribe(
		await plan([flat('300'), use({ model: 'per_unit', unit_amount: '1' })]),
		'2026-04-01'
	);
	await closeDue();
	await used(id, '2026-04-05T09:00:00Z', '10');
	at('2026-04-16T09:00:00Z');
	await asOwner(id, (scope, subscriptionId) =>
		cancelSubscription(scope, { subscriptionId, reason: 'Too dear' })
	);
	await closeDue();
	at('2026-07-01T09:00:00Z');
	await closeDue();
	expect(await invoicesOf(id)).toEqual([
		['2026-04-01', ['plan', '2026-04-01', 30_000n]],
		['2026-07-01', ['usage', '2026-04-01', 1_000n]]
	]);
	expect(await agreementOf(id)).toMatchObject({
		status: 'ended',
		endedOn: '2026-05-01',
		closesOn: null
	});
	await expectTruth();
});

it('a pause gives back what was paid for it, and a new period begins after it', async () => {
	at('2026-04-01T09:00:00Z');
	const id = await subscribe(
		await plan([flat('300'), use({ model: 'per_unit', unit_amount: '1' })]),
		'2026-04-01'
	);
	await closeDue();
	await used(id, '2026-04-05T09:00:00Z', '10');
	at('2026-04-10T09:00:00Z');
	await asOwner(id, (scope, subscriptionId) =>
		pauseSubscription(scope, { subscriptionId, from: '2026-04-16', until: '2026-05-20' })
	);
	await closeDue();
	expect(await invoicesOf(id)).toHaveLength(1);
	at('2026-04-16T09:00:00Z');
	expect(await closeDue()).toMatchObject({ creditNotes: 1, invoices: 1 });
	expect((await invoicesOf(id))[1]).toEqual(['2026-04-16', ['usage', '2026-04-01', 1_000n]]);
	expect(await agreementOf(id)).toMatchObject({ status: 'paused', closesOn: '2026-05-20' });
	at('2026-05-18T09:00:00Z');
	expect(await closeDue()).toMatchObject({ invoices: 0 });
	await asOwner(id, (scope, subscriptionId) => resumeSubscription(scope, { subscriptionId }));
	await closeDue();
	expect((await invoicesOf(id))[2]).toEqual(['2026-05-18', ['plan', '2026-05-18', 30_000n]]);
	expect(await agreementOf(id)).toMatchObject({
		status: 'active',
		pausedOn: null,
		resumesOn: null,
		period: { start: '2026-05-18', end: '2026-06-18' }
	});
	const notes = await runtime.database.system.db
		.selectFrom('billing.credit_notes')
		.select('subtotal_minor')
		.where('business_id', '=', id)
		.execute();
	expect(notes).toEqual([{ subtotal_minor: 15_000n }]);
	await expectTruth();
});

it('one that ends in a pause is billed for what came late of its last period, and for nothing twice', async () => {
	at('2026-04-01T09:00:00Z');
	const id = await subscribe(
		await plan([flat('300'), use({ model: 'per_unit', unit_amount: '1' })]),
		'2026-04-01'
	);
	await closeDue();
	await used(id, '2026-04-05T09:00:00Z', '10');
	at('2026-04-10T09:00:00Z');
	await asOwner(id, (scope, subscriptionId) =>
		pauseSubscription(scope, { subscriptionId, from: '2026-04-16', until: '2026-08-01' })
	);
	at('2026-04-16T09:00:00Z');
	await closeDue();
	expect(await agreementOf(id)).toMatchObject({ status: 'paused', closesOn: '2026-05-22' });
	await used(id, '2026-04-06T09:00:00Z', '2');
	at('2026-05-22T09:00:00Z');
	expect(await closeDue()).toMatchObject({ invoices: 1, failed: 0 });
	expect(await agreementOf(id)).toMatchObject({ status: 'paused', closesOn: '2026-08-01' });
	at('2026-05-25T09:00:00Z');
	await withSystem('test', (scope) =>
		changeSubscriptionStatus(scope, {
			businessId: id,
			product: 'erp',
			status: 'ended',
			on: '2026-05-25'
		})
	);
	expect(await closeDue()).toMatchObject({ failed: 0 });
	expect((await invoicesOf(id)).slice(1)).toEqual([
		['2026-04-16', ['usage', '2026-04-01', 1_000n]],
		['2026-05-22', ['late_usage', '2026-04-01', 200n]]
	]);
	await expectTruth();
});

it('a trial goes on with the plan that was chosen in it', async () => {
	at('2026-04-01T09:00:00Z');
	const id = await subscribe(await plan([flat('300')]), '2026-04-01', {
		trialEndsOn: '2026-04-15'
	});
	const chosen = await plan([
		flat('600'),
		{ kind: 'one_off', price: { model: 'flat', amount: '50' } }
	]);
	at('2026-04-10T09:00:00Z');
	await asOwner(id, (scope, subscriptionId) => changePlan(scope, { subscriptionId, plan: chosen }));
	at('2026-04-15T09:00:00Z');
	await closeDue();
	expect(await invoicesOf(id)).toEqual([
		['2026-04-15', ['plan', '2026-04-15', 60_000n], ['one_off', '2026-04-15', 5_000n]]
	]);
	expect(await agreementOf(id)).toMatchObject({
		status: 'active',
		anchorOn: '2026-04-15',
		plan: { slug: chosen }
	});
	await expectTruth();
});
