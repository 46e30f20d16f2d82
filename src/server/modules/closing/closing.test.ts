import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSubscriptionStatus, startSubscription } from '#server/modules/billing/index.ts';
import { saveCoupon } from '#server/modules/catalogue/index.ts';
import { recordEvents } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import {
	agreementOf,
	at,
	erpKey,
	expectTruth,
	flat,
	invoicesOf,
	lastEvent,
	plan,
	startBilling,
	subscribe,
	use,
	used
} from '../../../../tests/setup/billing.ts';
import { usageEvent } from '../../../../tests/setup/metering.ts';
import type { TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	closeDue,
	holdClosing,
	listUnbilledChanges,
	readClosingStatus,
	releaseClosing
} from './index.ts';

let runtime: TestRuntime;

beforeAll(async () => {
	runtime = await startBilling();
});
afterAll(() => runtime.stop());

describe('a subscription that goes on', () => {
	it('is billed in advance at its start, and month by month with its use', async () => {
		at('2026-01-10T09:00:00Z');
		const id = await subscribe(
			await plan([flat('1000'), use({ model: 'per_unit', unit_amount: '2', included: '10' })]),
			'2026-01-10'
		);
		expect(await closeDue()).toMatchObject({ subscriptions: 1, invoices: 1 });
		expect(await closeDue()).toMatchObject({ subscriptions: 0, invoices: 0 });
		expect(await invoicesOf(id)).toEqual([['2026-01-10', ['plan', '2026-01-10', 100_000n]]]);

		await used(id, '2026-01-20T09:00:00Z', '15');
		// The last second of the period in Nairobi, and the first of the next.
		await used(id, '2026-02-09T20:59:59Z', '1');
		await used(id, '2026-02-09T21:00:00Z', '100');
		at('2026-02-09T20:59:00Z');
		expect(await closeDue()).toMatchObject({ subscriptions: 0 });
		// Over, but for three hours its last events are waited for.
		at('2026-02-09T23:59:00Z');
		expect(await closeDue()).toMatchObject({ subscriptions: 0 });
		at('2026-02-10T00:00:00Z');
		expect(await closeDue()).toMatchObject({ subscriptions: 1, invoices: 1 });
		expect((await invoicesOf(id))[1]).toEqual([
			'2026-02-10',
			['plan', '2026-02-10', 100_000n],
			['usage', '2026-01-10', 1_200n]
		]);
		expect(await agreementOf(id)).toMatchObject({
			period: { start: '2026-02-10', end: '2026-03-10' },
			advanceBilledUntil: '2026-03-10',
			closesOn: '2026-03-10'
		});
		await expectTruth();
	});

	it('is billed period by period, in order, after days of standstill', async () => {
		at('2026-01-31T09:00:00Z');
		const id = await subscribe(
			await plan([flat('1000'), use({ model: 'per_unit', unit_amount: '2' })]),
			'2026-01-31'
		);
		for (const [day, value] of [
			['2026-02-01', '5'],
			['2026-03-01', '7'],
			['2026-04-01', '9']
		] as const)
			await used(id, `${day}T09:00:00Z`, value);
		at('2026-05-02T09:00:00Z');
		await closeDue();
		// Each boundary from the anchor, the 31st.
		expect(await invoicesOf(id)).toEqual([
			['2026-05-02', ['plan', '2026-01-31', 100_000n]],
			['2026-05-02', ['plan', '2026-02-28', 100_000n], ['usage', '2026-01-31', 1_000n]],
			['2026-05-02', ['plan', '2026-03-31', 100_000n], ['usage', '2026-02-28', 1_400n]],
			['2026-05-02', ['plan', '2026-04-30', 100_000n], ['usage', '2026-03-31', 1_800n]]
		]);
		await expectTruth();
	});

	it('has one invoice for all that falls due on one day, and leaves what was billed elsewhere', async () => {
		at('2026-01-05T09:00:00Z');
		const id = await subscribe(await plan([flat('10')]), '2026-01-05', { firstPeriodBilled: true });
		at('2026-01-05T09:01:00Z');
		await withSystem('test', (scope) =>
			startSubscription(scope, {
				businessId: id,
				product: 'sacco',
				plan: 'growth',
				startedOn: '2026-01-05',
				firstPeriodBilled: true
			})
		);
		expect(await closeDue()).toMatchObject({ invoices: 0 });
		at('2026-02-05T09:00:00Z');
		await closeDue();
		expect(await invoicesOf(id)).toEqual([
			['2026-02-05', ['plan', '2026-02-05', 1_000n], ['plan', '2026-02-05', 1_400_000n]]
		]);
	});

	it('is billed when its day has begun in its own zone', async () => {
		at('2026-03-01T05:00:00Z');
		const terms = await plan([flat('1')]);
		const here = await subscribe(terms, '2026-03-01');
		const east = await subscribe(terms, '2026-03-01', { timeZone: 'Pacific/Auckland' });
		const west = await subscribe(terms, '2026-03-01', { timeZone: 'America/Los_Angeles' });
		await closeDue();
		const counts = async () =>
			(await Promise.all([east, here, west].map(invoicesOf))).map(({ length }) => length);
		// In Los Angeles it is still February.
		expect(await counts()).toEqual([1, 1, 0]);
		at('2026-03-31T14:00:00Z');
		await closeDue();
		expect(await counts()).toEqual([2, 1, 1]);
		at('2026-04-01T06:00:00Z');
		await closeDue();
		expect(await counts()).toEqual([2, 2, 1]);
		at('2026-04-01T10:00:00Z');
		await closeDue();
		expect(await counts()).toEqual([2, 2, 2]);
		await expectTruth();
	});

	it('is billed afterwards where the plan says so, minimum and all', async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan(
				[
					flat('100'),
					{ kind: 'one_off', price: { model: 'flat', amount: '50' } },
					{ kind: 'minimum', price: { model: 'flat', amount: '500' } },
					use({
						model: 'graduated',
						tiers: [
							{ up_to: '10', unit_amount: '3' },
							{ up_to: null, unit_amount: '1' }
						]
					})
				],
				{ inAdvance: false }
			),
			'2026-01-01'
		);
		await closeDue();
		await used(id, '2026-01-15T09:00:00Z', '15');
		at('2026-02-01T09:00:00Z');
		await closeDue();
		expect(await invoicesOf(id)).toEqual([
			['2026-01-01', ['one_off', '2026-01-01', 5_000n]],
			[
				'2026-02-01',
				['plan', '2026-01-01', 10_000n],
				['usage', '2026-01-01', 3_500n],
				['minimum', '2026-01-01', 36_500n]
			]
		]);
	});
});

describe('use that comes late', () => {
	it('comes on the next invoice as its own line, once, at what it would have cost in time', async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan([
				use({
					model: 'graduated',
					tiers: [
						{ up_to: '10', unit_amount: '3' },
						{ up_to: null, unit_amount: '1' }
					],
					included: '5'
				}),
				use({ model: 'per_unit', unit_amount: '2' }, 'calls')
			]),
			'2026-01-01'
		);
		await used(id, '2026-01-15T09:00:00Z', '10');
		at('2026-02-01T09:00:00Z');
		await closeDue();
		// What was within the first tier is so no more.
		await used(id, '2026-01-16T09:00:00Z', '15');
		await used(id, '2026-01-16T09:00:00Z', '4', 'calls');
		await used(id, '2026-02-02T09:00:00Z', '6');
		at('2026-03-01T09:00:00Z');
		await closeDue();
		await closeDue();
		expect(await invoicesOf(id)).toEqual([
			['2026-02-01', ['usage', '2026-01-01', 1_500n]],
			[
				'2026-03-01',
				['usage', '2026-02-01', 300n],
				['late_usage', '2026-01-01', 2_500n],
				['late_usage', '2026-01-01', 800n]
			]
		]);
		// Thirty-five days late, and no more of it afterwards.
		await used(id, '2026-01-31T09:00:00Z', '1', 'calls');
		at('2026-04-01T09:00:00Z');
		await closeDue();
		expect((await invoicesOf(id))[2]).toEqual(['2026-04-01', ['late_usage', '2026-01-01', 200n]]);
		await used(id, '2026-01-31T09:00:00Z', '1', 'calls');
		at('2026-05-01T09:00:00Z');
		await closeDue();
		expect(await invoicesOf(id)).toHaveLength(3);
		await expectTruth();
	});
});

describe('use that comes after the last period', () => {
	const begin = async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan([flat('10'), use({ model: 'per_unit', unit_amount: '1' })]),
			'2026-01-01'
		);
		await closeDue();
		await used(id, '2026-01-02T09:00:00Z', '15');
		return id;
	};
	const become = (businessId: string, status: 'suspended' | 'active' | 'ended', on: string) =>
		withSystem('test', (scope) =>
			changeSubscriptionStatus(scope, { businessId, product: 'erp', status, on })
		);

	it('has a last invoice of its own once nothing can come any more', async () => {
		const id = await begin();
		at('2026-01-20T09:00:00Z');
		await become(id, 'ended', '2026-01-20');
		await closeDue();
		expect(await agreementOf(id)).toMatchObject({ status: 'ended', closesOn: '2026-02-25' });
		await used(id, '2026-01-19T09:00:00Z', '7');
		// Not its period, and nobody asked for it.
		await used(id, '2026-01-20T09:00:00Z', '100');
		at('2026-02-24T20:59:00Z');
		expect(await closeDue()).toMatchObject({ subscriptions: 0 });
		at('2026-02-24T21:00:00Z');
		expect(await closeDue()).toMatchObject({ subscriptions: 1, invoices: 1 });
		expect(await closeDue()).toMatchObject({ subscriptions: 0 });
		expect((await invoicesOf(id)).slice(1)).toEqual([
			['2026-01-20', ['usage', '2026-01-01', 1_500n]],
			['2026-02-25', ['late_usage', '2026-01-01', 700n]]
		]);
		expect(await agreementOf(id)).toMatchObject({ closesOn: null });
		// And nothing does come any more.
		at('2026-02-26T09:00:00Z');
		await expect(used(id, '2026-02-26T08:00:00Z', '1')).rejects.toMatchObject({
			code: 'unknown_business'
		});
		await expectTruth();
	});

	it('is given back by a credit note where it turned out to be less', async () => {
		const id = await begin();
		const corrected = lastEvent();
		at('2026-01-20T09:00:00Z');
		await become(id, 'ended', '2026-01-20');
		await closeDue();
		const when = '2026-01-21T09:00:00Z';
		const correction = usageEvent(id, {
			id: 'less',
			type: 'erp.data',
			time: when,
			data: { value: '4' },
			corrects: corrected
		});
		await recordEvents([correction], erpKey(), { at: new Date(when) });
		at('2026-02-25T09:00:00Z');
		expect(await closeDue()).toMatchObject({ invoices: 0, creditNotes: 1 });
		expect(await closeDue()).toMatchObject({ creditNotes: 0 });
		await expectTruth();
	});

	it('is billed of one that waits for its money, whose period is not billed a second time', async () => {
		const id = await begin();
		at('2026-01-20T09:00:00Z');
		await become(id, 'suspended', '2026-01-20');
		at('2026-02-01T09:00:00Z');
		await closeDue();
		expect(await agreementOf(id)).toMatchObject({ status: 'suspended', closesOn: '2026-03-09' });
		await used(id, '2026-01-19T09:00:00Z', '7');
		at('2026-03-09T09:00:00Z');
		expect(await closeDue()).toMatchObject({ invoices: 1 });
		await used(id, '2026-01-19T10:00:00Z', '1');
		at('2026-03-20T09:00:00Z');
		await become(id, 'ended', '2026-03-20');
		await closeDue();
		expect((await invoicesOf(id)).slice(1)).toEqual([
			['2026-02-01', ['usage', '2026-01-01', 1_500n]],
			['2026-03-09', ['late_usage', '2026-01-01', 700n]]
		]);
		expect(await agreementOf(id)).toMatchObject({ status: 'ended', closesOn: null });
		await expectTruth();
	});

	it('is billed with the first period of one that goes on before', async () => {
		const id = await begin();
		at('2026-01-20T09:00:00Z');
		await become(id, 'suspended', '2026-01-20');
		at('2026-02-01T09:00:00Z');
		await closeDue();
		await used(id, '2026-01-19T09:00:00Z', '7');
		at('2026-02-10T09:00:00Z');
		await become(id, 'active', '2026-02-10');
		await closeDue();
		at('2026-03-10T09:00:00Z');
		await closeDue();
		expect((await invoicesOf(id)).slice(2)).toEqual([
			['2026-02-10', ['plan', '2026-02-10', 1_000n]],
			['2026-03-10', ['plan', '2026-03-10', 1_000n], ['late_usage', '2026-01-01', 700n]]
		]);
		await expectTruth();
	});
});

describe('use that changes after nobody looks at it any more', () => {
	it('is told to whoever bills it by hand, of its business alone', async () => {
		at('2026-01-01T09:00:00Z');
		const terms = await plan([use({ model: 'per_unit', unit_amount: '1' })]);
		const [one, other] = [
			await subscribe(terms, '2026-01-01'),
			await subscribe(terms, '2026-01-01')
		];
		const unbilled = (businessId: string) =>
			withSystem('test', (scope) => listUnbilledChanges(scope, { businessId }));
		await used(other, '2026-01-15T09:00:00Z', '10');
		await used(one, '2026-01-15T09:00:00Z', '10');
		const corrected = lastEvent();
		for (const month of ['02', '03', '04']) {
			at(`2026-${month}-01T09:00:00Z`);
			await closeDue();
		}
		expect(await unbilled(one)).toEqual([]);
		const time = '2026-04-02T09:00:00Z';
		const correction = usageEvent(one, {
			id: 'much-later',
			type: 'erp.data',
			time,
			data: { value: '4' },
			corrects: corrected
		});
		await recordEvents([correction], erpKey(), { at: new Date(time) });
		expect(await unbilled(one)).toMatchObject([
			{ meter: 'data', start: '2026-01-01', end: '2026-02-01', billed: '10', now: '4' }
		]);
		expect(await unbilled(other)).toEqual([]);
	});
});

describe('use of which each event is priced', () => {
	it.each([
		[
			'a part for each',
			{ model: 'percentage', rate_percent: '1', fixed_per_event: '2' },
			1_700n,
			2_000n
		],
		// 2 and 5, then 2 more.
		[
			'bounds of each',
			{ model: 'percentage', rate_percent: '1', per_event_min: '2', per_event_max: '5' },
			700n,
			900n
		],
		['the first free', { model: 'percentage', rate_percent: '1', free_events: '1' }, 1_200n, 1_300n]
	] as const)('is billed, with %s, also what comes late', async (_, price, first, both) => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(await plan([use(price)]), '2026-01-01');
		await used(id, '2026-01-10T09:00:00Z', '100');
		await used(id, '2026-01-11T09:00:00Z', '1200');
		at('2026-02-01T09:00:00Z');
		await closeDue();
		await used(id, '2026-01-09T09:00:00Z', '100');
		at('2026-03-01T09:00:00Z');
		await closeDue();
		const lines = (await invoicesOf(id)).map(([, line]) => (line as [string, string, bigint])[2]);
		expect([lines[0], lines.reduce((sum, line) => sum + line, 0n)]).toEqual([first, both]);
	});
});

describe('use that turns out to be less', () => {
	it('is given back: on the next invoice, or by a credit note where that asks for less', async () => {
		at('2026-01-01T09:00:00Z');
		const terms = await plan([use({ model: 'per_unit', unit_amount: '1' })]);
		const [one, other] = [
			await subscribe(terms, '2026-01-01'),
			await subscribe(terms, '2026-01-01')
		];
		const take = async (businessId: string, value: string) => {
			await used(businessId, '2026-01-15T09:00:00Z', value);
			return lastEvent();
		};
		const ids = [await take(one, '10'), await take(other, '10')];
		at('2026-02-01T09:00:00Z');
		await closeDue();
		await Promise.all(
			[one, other].map((businessId, index) =>
				recordEvents(
					[
						usageEvent(businessId, {
							id: `c${index}`,
							type: 'erp.data',
							time: '2026-02-01T09:00:00Z',
							data: { value: '4' },
							corrects: ids[index] ?? ''
						})
					],
					erpKey(),
					{ at: new Date('2026-02-01T09:00:00Z') }
				)
			)
		);
		await used(one, '2026-02-15T09:00:00Z', '50');
		at('2026-03-01T09:00:00Z');
		expect(await closeDue()).toMatchObject({ creditNotes: 1 });
		expect((await invoicesOf(one))[1]).toEqual([
			'2026-03-01',
			['credit', '2026-01-01', -600n],
			['usage', '2026-02-01', 5_000n]
		]);
		expect(await invoicesOf(other)).toHaveLength(1);
		const notes = await runtime.database.system.db
			.selectFrom('billing.credit_notes')
			.select(['business_id', 'subtotal_minor'])
			.where('business_id', 'in', [one, other])
			.execute();
		expect(notes).toEqual([{ business_id: other, subtotal_minor: 600n }]);
		await expectTruth();
	});
});

describe('what happens to a subscription by itself', () => {
	it('a trial that nobody goes on with ends, and costs nothing', async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan([flat('10'), use({ model: 'per_unit', unit_amount: '1' })]),
			'2026-01-01',
			{
				trialEndsOn: '2026-01-15'
			}
		);
		await used(id, '2026-01-02T09:00:00Z', '15');
		at('2026-01-14T20:59:00Z');
		await closeDue();
		expect(await agreementOf(id)).toMatchObject({ status: 'trial' });
		at('2026-01-14T21:00:00Z');
		await closeDue();
		expect(await agreementOf(id)).toMatchObject({
			status: 'ended',
			endedOn: '2026-01-15',
			closesOn: null
		});
		expect(await invoicesOf(id)).toEqual([]);
	});

	it('one that ends is asked for its use, and for nothing afterwards', async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan([flat('10'), use({ model: 'per_unit', unit_amount: '1' })]),
			'2026-01-01'
		);
		await closeDue();
		await used(id, '2026-01-02T09:00:00Z', '15');
		at('2026-01-20T09:00:00Z');
		await withSystem('test', (scope) =>
			changeSubscriptionStatus(scope, {
				businessId: id,
				product: 'erp',
				status: 'ended',
				on: '2026-01-20'
			})
		);
		await closeDue();
		at('2026-03-20T09:00:00Z');
		await closeDue();
		expect(await invoicesOf(id)).toEqual([
			['2026-01-01', ['plan', '2026-01-01', 1_000n]],
			['2026-01-20', ['usage', '2026-01-01', 1_500n]]
		]);
		expect(await agreementOf(id)).toMatchObject({ status: 'ended', closesOn: null });
	});

	it('one that waits for its money is billed for its use, and not renewed', async () => {
		at('2026-01-01T09:00:00Z');
		const id = await subscribe(
			await plan([flat('10'), use({ model: 'per_unit', unit_amount: '1' })]),
			'2026-01-01'
		);
		await closeDue();
		await used(id, '2026-01-02T09:00:00Z', '15');
		const become = (status: 'suspended' | 'active', on: string) =>
			withSystem('test', (scope) =>
				changeSubscriptionStatus(scope, { businessId: id, product: 'erp', status, on })
			);
		at('2026-01-20T09:00:00Z');
		await become('suspended', '2026-01-20');
		at('2026-03-20T09:00:00Z');
		await closeDue();
		expect(await invoicesOf(id)).toHaveLength(2);
		expect((await invoicesOf(id))[1]).toEqual(['2026-03-20', ['usage', '2026-01-01', 1_500n]]);
		await become('active', '2026-03-20');
		await closeDue();
		expect((await invoicesOf(id))[2]).toEqual(['2026-03-20', ['plan', '2026-03-20', 1_000n]]);
	});

	it('a coupon is taken off as many invoices as it is for', async () => {
		at('2026-01-01T09:00:00Z');
		const { code } = await withSystem('test', (scope) =>
			saveCoupon(scope, { name: 'Early bird', percent: '25', duration: 'periods', periods: 2 })
		);
		const id = await subscribe(await plan([flat('10')]), '2026-01-01', { coupon: code });
		await closeDue();
		at('2026-04-01T09:00:00Z');
		await closeDue();
		expect((await invoicesOf(id)).map(([, line]) => line)).toEqual([
			['plan', '2026-01-01', 750n],
			['plan', '2026-02-01', 750n],
			['plan', '2026-03-01', 1_000n],
			['plan', '2026-04-01', 1_000n]
		]);
		await expectTruth();
	});
});

describe('closing', () => {
	it('waits while it is held, and goes on afterwards', async () => {
		at('2026-06-01T09:00:00Z');
		await withSystem('test', (scope) => holdClosing(scope, {}));
		const id = await subscribe(await plan([flat('10')]), '2026-06-01');
		expect(await closeDue()).toMatchObject({ subscriptions: 0 });
		const held = await withSystem('test', (scope) => readClosingStatus(scope, {}));
		expect(held).toMatchObject({ heldAt: new Date('2026-06-01T09:00:00Z') });
		expect(held.due.subscriptions).toBeGreaterThan(0);
		await withSystem('test', (scope) => releaseClosing(scope, {}));
		await closeDue();
		expect(await invoicesOf(id)).toHaveLength(1);
		const { heldAt, due } = await withSystem('test', (scope) => readClosingStatus(scope, {}));
		expect([heldAt, due.subscriptions]).toEqual([null, 0]);
	});

	it('goes on with the others where one cannot be closed, and tries that again', async () => {
		at('2026-07-01T09:00:00Z');
		// More than fifteen digits.
		const beyond = use({ model: 'per_unit', unit_amount: '99999999999999' });
		const failing = await subscribe(await plan([beyond]), '2026-07-01');
		await used(failing, '2026-07-02T09:00:00Z', '99');
		const sound = await subscribe(await plan([flat('10')]), '2026-07-01');
		await closeDue();
		at('2026-08-01T09:00:00Z');
		expect(await closeDue()).toMatchObject({ failed: 1 });
		expect(await invoicesOf(sound)).toHaveLength(2);
		expect(await invoicesOf(failing)).toHaveLength(0);
		const { failures } = await withSystem('test', (scope) => readClosingStatus(scope, {}));
		expect(failures).toMatchObject([{ businessId: failing, tries: 1 }]);
		// Not at the next look around, but a minute later.
		expect(await closeDue()).toMatchObject({ failed: 0 });
		at('2026-08-01T09:01:00Z');
		expect(await closeDue()).toMatchObject({ failed: 1 });
		await expectTruth();
	});
});
