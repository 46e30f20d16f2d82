import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { saveCoupon, savePlanVersion, type PlanPrice } from '../catalogue/index.ts';
import { issueInvoices } from './issuing.ts';
import {
	cancelSubscription,
	changePlan,
	changeSeats,
	changeSubscriptionStatus,
	keepSubscription,
	pauseSubscription,
	previewCancellation,
	previewChange,
	previewPause,
	readAgreement,
	resumeSubscription,
	saveCustomer,
	saveSeller,
	startSubscription,
	takeBackChange
} from './index.ts';
import type { DraftLine } from './draft-lines.ts';
import { fixedLines } from './fixed-prices.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let halima: Member;
let otieno: Member;

const system = <R>(work: (scope: Scope<System>) => Promise<R>, at = now): Promise<R> =>
	withSystem('test', work, { at });
const member = <R>(work: (scope: Scope<Member>) => Promise<R>, as = mavuno, at = now): Promise<R> =>
	withBusiness(as, work, { at });

/** Noon in Nairobi, within November's period, of which 15 days are left with this one. */
const now = new Date('2026-11-16T09:00:00Z');

const flat = (amount: string): PlanPrice => ({
	slug: 'base',
	kind: 'flat',
	label: 'Platform',
	meter: null,
	price: { model: 'flat', amount },
	taxClass: 'standard',
	taxIncluded: false
});
const seat = (unit_amount: string): PlanPrice => ({
	...flat('0'),
	slug: 'seat',
	kind: 'seat',
	label: 'Seats',
	price: { model: 'per_unit', unit_amount }
});
const sms: PlanPrice = {
	...flat('0'),
	slug: 'sms',
	kind: 'usage',
	label: 'SMS',
	meter: 'sms',
	price: { model: 'per_unit', unit_amount: '0.90' }
};

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	await createProducts();
	halima = await createMember(
		mavuno.businessId,
		'Halima Yusuf',
		'halima@mavuno.example',
		'billing'
	);
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await system(async (scope) => {
		await saveSeller(scope, { name: 'Lixnet', address: ['Nairobi'], taxPin: 'P051234567X' });
		for (const { businessId } of [mavuno, pwani])
			await saveCustomer(scope, {
				businessId,
				validFrom: '2026-01-01',
				name: 'A customer',
				address: ['Nairobi'],
				taxPin: 'P051482937K'
			});
		const version = (plan: string, terms: object) =>
			savePlanVersion(scope, { product: 'erp', plan, name: plan, meters: ['sms'], ...terms });
		await version('small', { prices: [flat('3000')] });
		await version('large', { prices: [flat('9000')] });
		await version('largest', { prices: [flat('12000')] });
		await version('metered', { prices: [flat('6000'), sms] });
		await version('team', { prices: [flat('1000'), seat('250')] });
		await version('yearly', { interval: 'year', prices: [flat('96000')] });
		await version('after', { inAdvance: false, prices: [flat('6000')] });
		await version('by-second', { proration: 'second', prices: [flat('3000')] });
		await version('unreckoned', { proration: 'none', prices: [flat('3000')] });
		await version('leaving', { cancellation: 'at_once', prices: [flat('3000')] });
		await version('dollars', { currency: 'USD', prices: [flat('90')] });
		await version('trial', { trialDays: 30, prices: [flat('3000')] });
	});
});
afterAll(() => runtime.stop());
beforeEach(() =>
	system(async (scope) => {
		for (const { businessId } of [mavuno, pwani])
			await sql`update billing.subscriptions set status = 'ended', ended_on = period_end, renews_on = null,
				suspended_at = null, closes_on = null where business_id = ${businessId} and status <> 'ended'`.execute(
				scope.db
			);
	})
);

/** A subscription of the ERP, by default of November, with its first invoice. */
async function start(
	plan: string,
	{ on = '2026-11-01', of = mavuno, seats, discounts }: StartOptions = {}
): Promise<string> {
	const { id } = await system((scope) =>
		startSubscription(scope, {
			businessId: of.businessId,
			product: 'erp',
			plan,
			startedOn: on,
			firstPeriodBilled: true,
			...(seats === undefined ? {} : { seats })
		})
	);
	const agreement = await read(id);
	const lines = agreement.terms.inAdvance ? fixedLines(agreement, agreement.period) : [];
	await bill(lines, of, agreement.terms.currency, discounts);
	return id;
}
interface StartOptions {
	on?: string;
	of?: Member;
	seats?: number;
	discounts?: { label: string; percent: string; subscriptionId?: string }[];
}

const read = (subscriptionId: string) =>
	system((scope) => readAgreement(scope, { subscriptionId }));

async function bill(
	lines: DraftLine[],
	{ businessId }: Member,
	currency = 'KES',
	discounts: StartOptions['discounts'] = []
): Promise<bigint> {
	if (lines.length === 0) return 0n;
	const [subscriptionId] = lines.flatMap((line) => line.subscriptionId ?? []);
	const [invoice] = await system((scope) =>
		issueInvoices(scope, [
			{
				businessId,
				issuedOn: '2026-11-16',
				dueOn: '2026-11-30',
				currency,
				lines,
				discounts: discounts.map((one) => ({
					...one,
					...(subscriptionId ? { subscriptionId } : {})
				}))
			}
		])
	);
	return invoice?.totalMinor ?? 0n;
}

/** What waits of a subscription, as closing finds it. */
const waiting = (subscriptionId: string) =>
	system((scope) =>
		scope.db
			.selectFrom('billing.pending_lines')
			.select(['id', 'kind', 'price_slug', 'description', 'period_start', 'period_end'])
			.select(['exact_amount', 'amount_minor', 'credits_invoice_id', 'credits_position', 'at_once'])
			.where('subscription_id', '=', subscriptionId)
			.where('billed_at', 'is', null)
			.orderBy('id')
			.execute()
	);

/** Bills what waits on one invoice, as closing does where it comes to something. */
async function billWaiting(subscriptionId: string, of = mavuno): Promise<bigint> {
	const lines = await waiting(subscriptionId);
	const agreement = await read(subscriptionId);
	const total = await bill(
		lines.map((line): DraftLine => ({
			kind: line.kind as DraftLine['kind'],
			description: line.description,
			productId: agreement.product.id,
			subscriptionId,
			...(line.price_slug === null ? {} : { priceSlug: line.price_slug }),
			period: { start: line.period_start ?? '', end: line.period_end ?? '' },
			quantity: null,
			unitMinor: null,
			exactAmount: line.exact_amount,
			amountMinor: line.amount_minor,
			taxClass: 'standard',
			taxIncluded: false,
			...(line.credits_invoice_id !== null && line.credits_position !== null
				? { credits: { invoiceId: line.credits_invoice_id, position: line.credits_position } }
				: {})
		})),
		of
	);
	await system(async ({ db, now: at }) => {
		await sql`update billing.pending_lines p set billed_at = ${at}, document_id = (
				select max(id) from billing.invoices where business_id = ${of.businessId})
			where subscription_id = ${subscriptionId} and billed_at is null`.execute(db);
		await db
			.updateTable('billing.subscriptions')
			.set((row) => ({ closes_on: row.ref('period_end') }))
			.where('id', '=', subscriptionId)
			.execute();
	});
	return total;
}

const preview = (subscriptionId: string, wish: { plan?: string; seats?: number }, at = now) =>
	member((scope) => previewChange(scope, { subscriptionId, ...wish }), mavuno, at);

describe('a change of plan', () => {
	it('costs more at once: the rest is given back and charged, the day of the change being of the new', async () => {
		const id = await start('small');
		const seen = await preview(id, { plan: 'large' });
		expect(seen).toMatchObject({ direction: 'upgrade', effect: 'at_once', on: '2026-11-16' });
		expect(seen.lines.map(({ kind, amountMinor, period }) => [kind, amountMinor, period])).toEqual([
			// 15 of 30 days.
			['credit', -150_000n, { start: '2026-11-16', end: '2026-12-01' }],
			['charge', 450_000n, { start: '2026-11-16', end: '2026-12-01' }]
		]);
		expect(seen.documents).toMatchObject({
			invoice: { subtotalMinor: 300_000n, taxMinor: 48_000n, totalMinor: 348_000n },
			notes: [],
			dueMinor: 348_000n
		});
		expect(seen.next).toMatchObject({
			on: '2026-12-01',
			totals: { subtotalMinor: 900_000n, totalMinor: 1_044_000n }
		});
		const done = await member((scope) =>
			changePlan(scope, { subscriptionId: id, plan: 'large', version: seen.version, at: seen.at })
		);
		expect(done.lines).toEqual(seen.lines);
		expect(await read(id)).toMatchObject({
			plan: { slug: 'large' },
			version: seen.version + 1,
			period: { start: '2026-11-16', end: '2026-12-01' },
			advanceBilledUntil: '2026-12-01',
			closesOn: '2026-11-16'
		});
		expect((await waiting(id)).map((line) => line.amount_minor)).toEqual([-150_000n, 450_000n]);
		expect(await billWaiting(id)).toBe(seen.documents.dueMinor);
	});

	it('gives back of each change what that had charged, and never more than was billed', async () => {
		const id = await start('small');
		const change = async (plan: string, day: string) => {
			const at = new Date(`${day}T09:00:00Z`);
			await system((scope) => changePlan(scope, { subscriptionId: id, plan, when: 'at_once' }), at);
			const lines = (await waiting(id)).map((line) => line.amount_minor);
			await billWaiting(id);
			return lines;
		};
		expect(await change('large', '2026-11-21')).toEqual([-100_000n, 300_000n]);
		// What was charged for 10 days: of it 5 are left. Of the first month nothing more is given back.
		expect(await change('largest', '2026-11-26')).toEqual([-150_000n, 200_000n]);
		const { rows } = await system(({ db }) =>
			sql<{ credited: bigint; billed: bigint }>`select sum(credited_minor)::bigint as credited,
				sum(amount_minor - discount_minor)::bigint as billed from billing.invoice_lines
				where subscription_id = ${id} and amount_minor > 0`.execute(db)
		);
		expect(rows[0]).toEqual({ credited: 250_000n, billed: 800_000n });
	});

	it('leaves the part that passed to the plan that held, where use is paid for', async () => {
		const id = await start('metered');
		await member((scope) => changePlan(scope, { subscriptionId: id, plan: 'large' }));
		const parts = await system(({ db }) =>
			db
				.selectFrom('billing.ended_periods')
				.select(['period_start', 'period_end', 'anchor_on'])
				.where('subscription_id', '=', id)
				.execute()
		);
		expect(parts).toEqual([
			{ period_start: '2026-11-01', period_end: '2026-11-16', anchor_on: '2026-11-01' }
		]);
	});

	it('costs less from the next period on, and can be taken back', async () => {
		const id = await start('large');
		const seen = await preview(id, { plan: 'small' });
		expect(seen).toMatchObject({
			direction: 'downgrade',
			effect: 'period_end',
			on: '2026-12-01',
			lines: [],
			documents: { invoice: null, dueMinor: 0n },
			next: { on: '2026-12-01', totals: { totalMinor: 348_000n } }
		});
		await member((scope) => changePlan(scope, { subscriptionId: id, plan: 'small' }));
		expect(await read(id)).toMatchObject({
			plan: { slug: 'large' },
			next: { plan: { slug: 'small' }, seats: null },
			closesOn: '2026-12-01'
		});
		await member((scope) => takeBackChange(scope, { subscriptionId: id }));
		expect(await read(id)).toMatchObject({ plan: { slug: 'large' }, next: null });
		await expect(
			member((scope) => takeBackChange(scope, { subscriptionId: id }))
		).rejects.toMatchObject({ code: 'nothing_planned' });
	});

	it('gives back by credit notes where the new costs less at once', async () => {
		const id = await start('large');
		const seen = await system((scope) =>
			previewChange(scope, { subscriptionId: id, plan: 'small', when: 'at_once' })
		);
		expect(seen.documents).toMatchObject({
			invoice: { totalMinor: 174_000n },
			notes: [{ totalMinor: 522_000n }],
			dueMinor: 0n,
			leftMinor: 348_000n
		});
	});

	it('begins a new period where it is another interval', async () => {
		const id = await start('small');
		const seen = await preview(id, { plan: 'yearly' });
		expect(seen.lines.map(({ amountMinor, period }) => [amountMinor, period])).toEqual([
			[-150_000n, { start: '2026-11-16', end: '2026-12-01' }],
			[9_600_000n, { start: '2026-11-16', end: '2027-11-16' }]
		]);
		expect(seen.next?.on).toBe('2027-11-16');
		await member((scope) => changePlan(scope, { subscriptionId: id, plan: 'yearly' }));
		expect(await read(id)).toMatchObject({
			anchorOn: '2026-11-16',
			period: { start: '2026-11-16', end: '2027-11-16' }
		});
	});

	it('counts seconds where the plan says so, also of what a change charged', async () => {
		const id = await start('by-second');
		const at = new Date('2026-11-16T21:00:00Z');
		// Midnight in Nairobi: 14 of 30 days are left.
		const lines = (await preview(id, { plan: 'large' }, at)).lines;
		expect(lines.map(({ amountMinor }) => amountMinor)).toEqual([-140_000n, 420_000n]);
		const noon = (await preview(id, { plan: 'large' }, new Date('2026-11-17T09:00:00Z'))).lines;
		expect(noon.map(({ exactAmount, amountMinor }) => [exactAmount, amountMinor])).toEqual([
			['-1350', -135_000n],
			['4050', 405_000n]
		]);
	});

	it('is not reckoned within the period where the plan says so', async () => {
		const id = await start('unreckoned');
		expect(await preview(id, { plan: 'large' })).toMatchObject({ effect: 'at_once', lines: [] });
		expect(await preview(id, { plan: 'yearly' })).toMatchObject({ effect: 'period_end' });
	});

	it('of what is paid afterwards bills the part that passed, and nothing for it in advance', async () => {
		const id = await start('after');
		const seen = await preview(id, { plan: 'large' });
		expect(seen.lines.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
			['charge', 450_000n]
		]);
	});

	it('comes with the next period where it is another currency', async () => {
		const id = await start('small');
		expect(await preview(id, { plan: 'dollars' })).toMatchObject({
			effect: 'period_end',
			next: { currency: 'USD', totals: { totalMinor: 10_440n } }
		});
	});

	it('takes a coupon along', async () => {
		const id = await start('small', { discounts: [{ label: 'Early bird', percent: '10' }] });
		const { lines } = await preview(id, { plan: 'large' });
		expect(lines.map(({ amountMinor, description }) => [amountMinor, description])).toEqual([
			[-135_000n, 'Unused: ERP System, Platform'],
			[405_000n, 'ERP System, Platform, less Early bird']
		]);
	});

	it('takes a coupon along where nothing was billed before', async () => {
		const { code } = await system((scope) =>
			saveCoupon(scope, { name: 'A friend', percent: '25', duration: 'for_ever' })
		);
		const { id } = await system((scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				plan: 'after',
				startedOn: '2026-11-01',
				coupon: code
			})
		);
		await system(({ db }) =>
			sql`update billing.subscriptions set closes_on = period_end,
				advance_billed_until = period_end where id = ${id}`.execute(db)
		);
		const { lines } = await preview(id, { plan: 'large' });
		// Three quarters of half of 9,000.
		expect(lines.map(({ amountMinor }) => amountMinor)).toEqual([337_500n]);
	});

	it('during a trial says what it goes on with, and costs nothing before', async () => {
		const { id } = await system((scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				plan: 'trial',
				startedOn: '2026-11-01',
				trialEndsOn: '2026-12-01'
			})
		);
		expect(await preview(id, { plan: 'large' })).toMatchObject({
			effect: 'period_end',
			on: '2026-12-01',
			lines: [],
			next: { on: '2026-12-01', totals: { totalMinor: 1_044_000n } }
		});
		await member((scope) => changePlan(scope, { subscriptionId: id, plan: 'trial' }));
		expect((await read(id)).next).toMatchObject({ plan: { slug: 'trial' }, seats: null });
	});
});

describe('a change of seats', () => {
	it('charges the seats alone, and less of them from the next period on', async () => {
		const id = await start('team', { seats: 10 });
		const more = await preview(id, { seats: 14 });
		expect(more.lines.map(({ priceSlug, amountMinor }) => [priceSlug, amountMinor])).toEqual([
			['seat', -125_000n],
			['seat', 175_000n]
		]);
		expect(await preview(id, { seats: 4 })).toMatchObject({
			effect: 'period_end',
			next: { totals: { subtotalMinor: 200_000n } }
		});
		await member((scope) => changeSeats(scope, { subscriptionId: id, seats: 14 }));
		expect(await read(id)).toMatchObject({
			seats: 14,
			period: { start: '2026-11-01', end: '2026-12-01' }
		});
	});

	it('leaves what the trial goes on with, and what was planned for the next period', async () => {
		const trial = await system((scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				plan: 'team',
				startedOn: '2026-11-01',
				trialEndsOn: '2026-12-01',
				goesOn: true
			})
		);
		await member((scope) => changeSeats(scope, { subscriptionId: trial.id, seats: 3 }));
		expect(await read(trial.id)).toMatchObject({
			seats: 3,
			next: { plan: { slug: 'team' }, seats: null }
		});
		const id = await start('team', { seats: 2, of: pwani });
		const asPwani = <R>(work: (scope: Scope<Member>) => Promise<R>) => member(work, pwani);
		await asPwani((scope) => changePlan(scope, { subscriptionId: id, plan: 'dollars' }));
		// What the next period asks is asked by the plan that was chosen for it.
		const more = await asPwani((scope) => previewChange(scope, { subscriptionId: id, seats: 5 }));
		expect(more.next).toMatchObject({ currency: 'USD', totals: { totalMinor: 10_440n } });
		await asPwani((scope) => changeSeats(scope, { subscriptionId: id, seats: 5 }));
		expect((await read(id)).next).toMatchObject({ plan: { slug: 'dollars' } });
	});

	it('is refused where the plan sells none, and where nothing changes', async () => {
		const small = await start('small');
		await expect(preview(small, { seats: 4 })).rejects.toMatchObject({
			issues: [{ path: 'seats', code: 'seats_fixed' }]
		});
		await expect(preview(small, { plan: 'small' })).rejects.toMatchObject({
			issues: [{ path: 'plan', code: 'no_change' }]
		});
		await expect(preview(small, { seats: 0 })).rejects.toMatchObject({
			issues: [{ path: 'seats' }]
		});
		await expect(preview(small, { plan: 'unknown' })).rejects.toMatchObject({ status: 404 });
	});
});

describe('a cancellation', () => {
	it('ends with the period, says why, and can be taken back', async () => {
		const id = await start('small');
		const done = await member(
			(scope) => cancelSubscription(scope, { subscriptionId: id, reason: 'We close the shop.' }),
			halima
		);
		expect(done).toMatchObject({ on: '2026-12-01', lines: [] });
		expect(await read(id)).toMatchObject({
			cancelsOn: '2026-12-01',
			cancelReason: 'We close the shop.',
			closesOn: '2026-12-01'
		});
		await expect(preview(id, { plan: 'large' })).rejects.toMatchObject({
			code: 'cancelled_already'
		});
		await member((scope) => keepSubscription(scope, { subscriptionId: id }));
		expect(await read(id)).toMatchObject({ cancelsOn: null, cancelReason: null });
		await expect(
			member((scope) => keepSubscription(scope, { subscriptionId: id }))
		).rejects.toMatchObject({ code: 'not_cancelled' });
	});

	it('at once ends with this day, and gives back the days after it when it does', async () => {
		const id = await start('leaving');
		const input = { subscriptionId: id, reason: 'Too dear' };
		const seen = await member((scope) => previewCancellation(scope, input));
		// 14 of 30 days.
		expect(seen).toMatchObject({
			on: '2026-11-17',
			documents: { notes: [{ totalMinor: 162_400n }] }
		});
		await member((scope) => cancelSubscription(scope, input));
		expect(await read(id)).toMatchObject({
			status: 'active',
			period: { start: '2026-11-01', end: '2026-11-17' },
			closesOn: '2026-11-17'
		});
		expect(await waiting(id)).toMatchObject([{ amount_minor: -140_000n, at_once: false }]);
		await member((scope) => keepSubscription(scope, { subscriptionId: id }));
		expect(await waiting(id)).toEqual([]);
		expect(await read(id)).toMatchObject({
			period: { start: '2026-11-01', end: '2026-12-01' },
			closesOn: '2026-12-01'
		});
	});

	it('needs a reason', async () => {
		const id = await start('small');
		await expect(
			member((scope) => cancelSubscription(scope, { subscriptionId: id, reason: ' ' }))
		).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
	});
});

describe('a pause', () => {
	it('begins on a day, gives back what was paid for later ones, and can be taken back', async () => {
		const id = await start('small');
		const input = { subscriptionId: id, from: '2026-11-21', until: '2027-01-15' };
		expect(await member((scope) => previewPause(scope, input))).toMatchObject({
			on: '2026-11-21',
			lines: [{ amountMinor: -100_000n }]
		});
		await member((scope) => pauseSubscription(scope, input));
		expect(await read(id)).toMatchObject({
			status: 'active',
			pausedOn: '2026-11-21',
			resumesOn: '2027-01-15',
			period: { end: '2026-11-21' }
		});
		await member((scope) => resumeSubscription(scope, { subscriptionId: id }));
		expect(await read(id)).toMatchObject({ pausedOn: null, period: { end: '2026-12-01' } });
		expect(await waiting(id)).toEqual([]);
	});

	it('fits into the running period, and ends after it began', async () => {
		const id = await start('small');
		const pause = (days: { from?: string; until?: string }) =>
			member((scope) => previewPause(scope, { subscriptionId: id, ...days }));
		await expect(pause({ from: '2026-11-16' })).rejects.toMatchObject({
			issues: [{ path: 'from' }]
		});
		await expect(pause({ from: '2026-12-02' })).rejects.toMatchObject({
			issues: [{ path: 'from' }]
		});
		await expect(pause({ until: '2026-12-01' })).rejects.toMatchObject({
			issues: [{ path: 'until' }]
		});
		expect(await pause({})).toMatchObject({ on: '2026-12-01', lines: [] });
	});

	it('once begun goes on, on a day that is asked for', async () => {
		const id = await start('small');
		await member((scope) => pauseSubscription(scope, { subscriptionId: id, from: '2026-11-17' }));
		// What closing does on that day.
		await system(({ db }) =>
			db
				.updateTable('billing.subscriptions')
				.set({ status: 'paused', closes_on: null })
				.where('id', '=', id)
				.execute()
		);
		const later = new Date('2026-11-17T09:00:00Z');
		expect(
			await member((scope) => resumeSubscription(scope, { subscriptionId: id }), mavuno, later)
		).toEqual({ on: '2026-11-17' });
		expect(await read(id)).toMatchObject({ resumesOn: '2026-11-17', closesOn: '2026-11-17' });
	});
});

describe('whoever changes a subscription', () => {
	it('has to have seen it as it is: of two at once one is told so', async () => {
		const id = await start('small');
		const { version } = await read(id);
		const change = (plan: string, as: Member) =>
			member((scope) => changePlan(scope, { subscriptionId: id, plan, version }), as);
		const ends = await Promise.allSettled([change('large', mavuno), change('metered', halima)]);
		expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { status: 409, code: 'subscription_changed' }
		});
		expect(await waiting(id)).toHaveLength(2);
	});

	it('waits until what was changed before is billed', async () => {
		const id = await start('small');
		await member((scope) => changePlan(scope, { subscriptionId: id, plan: 'large' }));
		await expect(preview(id, { plan: 'metered' })).rejects.toMatchObject({ code: 'being_billed' });
	});

	it('gets what was looked at, or looks again', async () => {
		const id = await start('by-second');
		const seen = await preview(id, { plan: 'large' });
		const change = (at: Date) =>
			member(
				(scope) => changePlan(scope, { subscriptionId: id, plan: 'large', at: seen.at }),
				mavuno,
				at
			);
		await expect(change(new Date('2026-11-16T21:30:00Z'))).rejects.toMatchObject({
			code: 'preview_old'
		});
		expect((await change(new Date('2026-11-16T09:20:00Z'))).lines).toEqual(seen.lines);
	});

	it('leads, or keeps the accounts, of this business', async () => {
		const id = await start('small');
		const ask = (as: Member) =>
			member((scope) => previewChange(scope, { subscriptionId: id, plan: 'large' }), as);
		await expect(ask(otieno)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(ask(pwani)).rejects.toMatchObject({ status: 404 });
		expect((await ask(halima)).effect).toBe('at_once');
		await expect(
			member((scope) =>
				changePlan(scope, { subscriptionId: id, plan: 'large', when: 'period_end' })
			)
		).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('changes nothing of one that has ended', async () => {
		const id = await start('small', { of: pwani });
		await system((scope) =>
			changeSubscriptionStatus(scope, {
				businessId: pwani.businessId,
				product: 'erp',
				status: 'ended',
				on: '2026-11-16'
			})
		);
		for (const attempt of [
			() => system((scope) => changePlan(scope, { subscriptionId: id, plan: 'large' })),
			() => system((scope) => changeSeats(scope, { subscriptionId: id, seats: 3 })),
			() => system((scope) => pauseSubscription(scope, { subscriptionId: id })),
			() => system((scope) => resumeSubscription(scope, { subscriptionId: id })),
			() => system((scope) => cancelSubscription(scope, { subscriptionId: id, reason: 'x' })),
			() => system((scope) => keepSubscription(scope, { subscriptionId: id })),
			() => system((scope) => takeBackChange(scope, { subscriptionId: id }))
		])
			await expect(attempt()).rejects.toMatchObject({
				issues: [{ path: 'subscriptionId', code: 'subscription_ended' }]
			});
	});

	it('may not change how it stands: the database keeps that from a member', async () => {
		const id = await start('small');
		await expect(
			member(({ db }) =>
				db
					.updateTable('billing.subscriptions')
					.set({ status: 'paused' })
					.where('id', '=', id)
					.execute()
			)
		).rejects.toThrow(/permission denied/);
	});
});

describe('a coupon', () => {
	it('is taken at the start, and comes off the next period', async () => {
		await system((scope) =>
			saveCoupon(scope, {
				name: 'Early bird',
				code: 'EARLY',
				percent: '10',
				duration: 'periods',
				periods: 2
			})
		);
		const { id } = await system((scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				plan: 'small',
				startedOn: '2026-11-01',
				firstPeriodBilled: true,
				coupon: 'early'
			})
		);
		expect((await preview(id, { plan: 'large' })).next).toMatchObject({
			discounts: ['Early bird'],
			totals: { subtotalMinor: 810_000n }
		});
		await expect(
			system((scope) =>
				startSubscription(scope, {
					businessId: pwani.businessId,
					product: 'erp',
					plan: 'small',
					startedOn: '2026-11-01',
					coupon: 'UNKNOWN'
				})
			)
		).rejects.toMatchObject({ issues: [{ path: 'coupon', code: 'coupon_unknown' }] });
	});
});
