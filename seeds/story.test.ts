import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listInvoices } from '#server/modules/billing/index.ts';
import { countMembers, listJoinings, listMembers } from '#server/modules/businesses/index.ts';
import { listProductRoles, listProducts } from '#server/modules/catalogue/index.ts';
import {
	listAccesses,
	listAccessRequests,
	listExports,
	readProductSettings
} from '#server/modules/launch/index.ts';
import { signIn } from '#server/modules/identity/index.ts';
import { countUnread } from '#server/modules/notifications/index.ts';
import { listReferrals } from '#server/modules/referrals/index.ts';
import { countOpenTickets, readUsualFirstReply } from '#server/modules/support/index.ts';
import {
	listAlerts,
	listFirings,
	listUsage,
	readBytes,
	readConsumption,
	readMinutes,
	readQuantities,
	readSeries,
	type Figure
} from '#server/modules/usage/index.ts';
import { readRange } from '#lib/format/ranges.ts';
import { closeDue, readClosingStatus } from '#server/modules/closing/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { startTestRuntime, type TestRuntime } from '../tests/setup/runtime.ts';
import { findMember, readTold } from '../tests/setup/story.ts';
import { createCalendar } from './calendar.ts';
import { accounts, demoPassword, tellStory } from './index.ts';
import { gapOf } from './usage.ts';

const zone = 'Africa/Nairobi';
const hour = 3_600_000;
const gigabyte = 1_000_000_000n;

describe.each([
	['on an afternoon in the middle of a month', '2026-11-25T11:02:00Z'],
	['on the first of a month, ten minutes past midnight in Nairobi', '2026-11-30T21:10:00Z'],
	['on the 31st, late in the evening', '2027-03-31T20:45:00Z'],
	['on a 29 February', '2028-02-29T06:30:00Z']
])('the story told %s', (_, moment) => {
	const now = new Date(moment);
	const calendar = createCalendar(now, zone);
	const month = readRange(new URLSearchParams(), now, zone);
	const firstOfNext = calendar.month(0).end;
	let runtime: TestRuntime;
	let wanjiku: Member;
	let told: Awaited<ReturnType<typeof readTold>>;
	const asWanjiku = <R>(work: (scope: Scope) => Promise<R>): Promise<R> =>
		withBusiness(wanjiku, work);

	beforeAll(async () => {
		runtime = await startTestRuntime(now);
		expect(await tellStory(runtime, { now })).toBe(true);
		wanjiku = await findMember('Mavuno Traders Ltd', 'wanjiku@mavuno.example', now);
		told = await readTold(wanjiku, now);
	}, 60_000);
	afterAll(() => runtime.stop());

	it('has 34 people, 31 a month ago and at last month’s end', async () => {
		expect(told.people).toHaveLength(34);
		expect(
			told.people
				.filter(({ role }) => role !== 'member')
				.map(({ role }) => role)
				.sort()
		).toEqual(['admin', 'billing', 'owner']);
		await asWanjiku(async (scope) => {
			expect(await countMembers(scope, { at: now })).toBe(34);
			expect(await countMembers(scope, { at: month.previous.end })).toBe(31);
			expect(await countMembers(scope, { at: new Date(month.start.getTime() - 1) })).toBe(31);
			const joinings = await listJoinings(scope, {});
			expect(joinings.at(-1)?.getTime()).toBeLessThanOrEqual(now.getTime());
			expect(new Set(joinings.map((at) => at.toISOString().slice(0, 7))).size).toBeGreaterThan(8);
		});
	});

	it('has moved 2.1 GB this month, 10.5 % more than by the same date last month', async () => {
		await asWanjiku(async (scope) => {
			const current = await readBytes(scope, { from: month.start, to: month.end });
			expect(current.total).toBe((21n * gigabyte) / 10n);
			expect([...current.byProduct.values()].sort((one, other) => Number(one - other))).toEqual([
				(3n * gigabyte) / 10n,
				(6n * gigabyte) / 10n,
				(12n * gigabyte) / 10n
			]);
			const before = await readBytes(scope, {
				from: month.previous.start,
				to: month.previous.end
			});
			expect(before.total).toBe((19n * gigabyte) / 10n);
		});
	});

	it('has a reading on each day but the one without a connection, and more work on weekdays', async () => {
		const days = await asWanjiku((scope) =>
			readSeries(scope, {
				of: { unit: 'bytes' },
				from: calendar.startOf(calendar.month(12).start),
				to: now,
				bucket: 'day'
			})
		);
		const gap = gapOf(calendar);
		const empty = days.filter(({ value }) => value === null).map(({ start }) => start);
		expect(empty).toEqual(gap ? [calendar.startOf(gap)] : []);
		expect(gap === null).toBe(calendar.month(0).days.length < 8);
		const earlier = days.slice(0, 300);
		const mean = (weekdays: number[]): number => {
			const some = earlier.filter((_day, index) =>
				weekdays.includes(calendar.weekday(dayAfter(calendar.month(12).start, index)))
			);
			return some.reduce((sum, { value }) => sum + (value ?? 0), 0) / some.length;
		};
		expect(mean([1, 2, 3, 4, 5])).toBeGreaterThan(3 * mean([7]));
	});

	it('counts 156 records, 89 members, 34 employees, and 12, 13 and 9 active people', async () => {
		const figures = await asWanjiku((scope) =>
			listUsage(scope, { from: month.start, to: month.end })
		);
		const totals = (meter: string): number[] =>
			figures
				.filter((figure: Figure) => figure.meter === meter)
				.map(({ total }) => Number(total))
				.sort((one, other) => one - other);
		expect(totals('records')).toEqual([156]);
		expect(totals('members')).toEqual([89]);
		expect(totals('employees')).toEqual([34]);
		expect(totals('users')).toEqual([9, 12, 13]);
		expect(totals('mpesa-collections')).toEqual([1_486]);
		expect(totals('sms')).toEqual([4_800]);
		expect(totals('etims-invoices')).toEqual([361]);
	});

	it('has data of every branch and of people, and tells what each product holds', async () => {
		const { erp, sacco, payroll } = await idsOf(wanjiku);
		const { branches, people, stored, moved } = await asWanjiku((scope) =>
			readConsumption(scope, {
				from: month.start,
				to: month.end,
				previous: { from: month.previous.start, to: month.previous.end },
				productIds: [erp, sacco, payroll]
			})
		);
		const [head, ...others] = branches.map(({ of }) => of);
		expect(head).toBe('Industrial Area');
		expect(others.sort()).toEqual(['Kisumu', 'Mombasa', 'Nakuru']);
		expect(branches.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(moved.value);
		expect(people).toHaveLength(10);
		expect(stored.map(({ of, value }) => [of, value])).toEqual([
			[erp, 2_400_000_000],
			[sacco, 540_000_000],
			[payroll, 130_000_000]
		]);
	});

	it('has moved data in many minutes of the last hour', async () => {
		const { erp } = await idsOf(wanjiku);
		const minutes = await asWanjiku((scope) =>
			readMinutes(scope, {
				meter: { productId: erp, meter: 'data' },
				from: new Date(now.getTime() - hour),
				to: now
			})
		);
		const measured = minutes.filter(({ value }) => value !== null);
		// Just after midnight there has been no hour yet.
		const most = (now.getTime() - calendar.startOf(calendar.today).getTime()) / 60_000;
		expect(measured.length).toBeGreaterThan(Math.min(8, most / 4));
	});

	it('was told when ERP passed half of its data, and SACCO three quarters of its SMS', async () => {
		const { alerts, firings } = await asWanjiku(async (scope) => ({
			alerts: await listAlerts(scope, {}),
			...(await listFirings(scope, {}))
		}));
		expect(alerts).toHaveLength(2);
		const told = firings.map(({ mark, value, at }) => ({ mark, value, at }));
		expect(told.map(({ mark }) => mark).sort()).toEqual([50, 75]);
		for (const { at } of told) {
			expect(at.getTime()).toBeGreaterThanOrEqual(month.start.getTime());
			expect(at.getTime()).toBeLessThanOrEqual(now.getTime());
		}
		const [half, most] = told.sort((one, other) => one.mark - other.mark);
		expect(Number(half?.value)).toBeGreaterThanOrEqual(1_000_000_000);
		expect(Number(most?.value)).toBeGreaterThanOrEqual(4_500);
	});

	it('was referred 138 times, 18 this month and 16 in the last', async () => {
		expect(told.referrals).toMatchObject({
			total: 138,
			thisMonth: 18,
			lastMonth: 16,
			changePercent: 12.5
		});
		expect(told.referrals.months.map(({ count }) => count)).toEqual([
			9, 11, 10, 12, 13, 14, 16, 18
		]);
		expect(told.sources.length).toBeGreaterThan(3);
		const { referrals } = await asWanjiku((scope) => listReferrals(scope, { limit: 18 }));
		for (const { at } of referrals) {
			expect(at.getTime()).toBeGreaterThanOrEqual(month.start.getTime());
			expect(at.getTime()).toBeLessThanOrEqual(now.getTime());
		}
	});

	it('has ERP and SACCO until the first, and Payroll on trial for six more days', () => {
		expect(
			told.subscriptions.map(({ product, plan, status, renewsOn, trialEndsOn }) => [
				product.slug,
				plan.name,
				status,
				renewsOn,
				status === 'trial' ? trialEndsOn : null
			])
		).toEqual([
			['erp', 'Business', 'active', firstOfNext, null],
			['sacco', 'Growth', 'active', firstOfNext, null],
			['payroll', 'Standard', 'trial', null, calendar.day(6)]
		]);
		expect(told.subscriptions[0]).toMatchObject({ seats: 20 });
		expect(told.subscriptions.reduce((sum, { plan }) => sum + (plan.includedBytes ?? 0n), 0n)).toBe(
			3n * gigabyte
		);
	});

	it('was billed for twelve months and owes the last bill, due in five days', () => {
		expect(told.invoices.map(({ totalMinor }) => Number(totalMinor) / 100)).toEqual([
			47_589, 45_820, 44_370, 45_124, 42_630, 24_882, 24_244, 23_548, 22_968, 22_562, 21_924, 21_692
		]);
		const [last, ...earlier] = told.invoices;
		expect(last).toMatchObject({
			number: `INV-${calendar.today.slice(0, 4)}-0387`,
			status: 'open',
			issuedOn: calendar.month(0).start,
			dueOn: calendar.day(5),
			totals: { subtotalMinor: 4_102_500n, taxMinor: 656_400n }
		});
		expect(earlier.every(({ status, paidOn }) => status === 'paid' && paidOn !== null)).toBe(true);
		expect(new Set(told.invoices.map(({ issuedOn }) => issuedOn.slice(8)))).toEqual(
			new Set(['01'])
		);
		expect(told.attention).toMatchObject({
			amountMinor: 4_758_900n,
			currency: 'KES',
			days: 5,
			others: 0
		});
	});

	it('is billed for what the meters counted, month by month', async () => {
		const meters = told.invoices.flatMap(({ number, lines }) =>
			lines.flatMap(({ meter, period, quantity }) =>
				meter && period ? [{ number, meter, period, quantity }] : []
			)
		);
		expect(meters.length).toBeGreaterThan(15);
		const { erp, sacco } = await idsOf(wanjiku);
		const counted = await asWanjiku((scope) =>
			readQuantities(scope, {
				meters: meters.map(({ meter, period }) => ({
					productId: meter === 'etims-invoices' ? erp : sacco,
					meter,
					period
				}))
			})
		);
		expect(counted.map(({ quantity }) => Number(quantity))).toEqual(
			meters.map(({ quantity }) => Number(quantity))
		);
	});

	it('will be billed KES 48,720.00 on the first, as far as can be said', () => {
		expect(told.nextBill).toMatchObject({
			amountMinor: 4_872_000n,
			subtotalMinor: 4_200_000n,
			taxMinor: 672_000n,
			currency: 'KES',
			on: firstOfNext,
			estimated: true
		});
		expect(told.nextBill?.lines.map(({ label, quantity }) => `${label} ${quantity}`)).toEqual([
			'Business 1',
			'Growth 1',
			'M-Pesa collections 1486',
			'SMS 4800',
			'eTIMS invoices 361'
		]);
	});

	it('has one open ticket, answered yesterday after 46 minutes, as is usual', async () => {
		const [first, ...others] = told.tickets;
		expect(first).toMatchObject({
			number: 'TKT-2041',
			state: 'waiting',
			product: { slug: 'sacco' }
		});
		expect(first?.messages.at(-1)?.author).toMatchObject({ name: 'Brian Kiptoo', side: 'staff' });
		expect(first?.openedAt).toEqual(calendar.at(calendar.day(-1), '09:12'));
		expect(others.length).toBeGreaterThan(5);
		expect(others.every(({ state }) => state === 'closed')).toBe(true);
		await asWanjiku(async (scope) => {
			expect(await countOpenTickets(scope, {})).toBe(1);
			expect(await readUsualFirstReply(scope, {})).toBe(46);
		});
	});

	it('has a feed of a year that ends with today and yesterday', () => {
		expect(told.activity.length).toBeGreaterThan(400);
		const today = calendar.startOf(calendar.today);
		const said = (from: Date, to: Date) =>
			told.activity
				.filter(({ kind, at }) => at >= from && at < to && /reported|ticket/.test(kind))
				.map(({ person, product, what, params, where }) =>
					[person?.name ?? product?.name, what ?? params['number'], where].join(' | ')
				);
		expect(said(today, new Date(now.getTime() + 1))).toEqual([
			'Wanjiku Kamau | saved a receipt of 40 bags of maize flour | Stock › Receipts',
			'Achieng Odhiambo | added 5 new employees | Employees',
			'SACCO | finished its nightly backup, 412 MB | Backups'
		]);
		expect(said(calendar.startOf(calendar.day(-1)), today)).toEqual([
			'Peter Mwangi | approved a loan of KES 80,000.00 | Loans › LN-0312',
			'Brian Kiptoo | TKT-2041 | ',
			'Otieno Ouma | posted 14 sales invoices | Sales › Invoices',
			'Wanjiku Kamau | TKT-2041 | '
		]);
		expect(told.activity.filter(({ at }) => at > now)).toEqual([]);
	});

	it('lands Wanjiku where she was, and tells who was there last', async () => {
		const { erp, sacco, payroll } = await idsOf(wanjiku);
		const launchers = told.launchers.map(({ continueLabel, people, allowed }) => [
			continueLabel,
			people,
			allowed
		]);
		expect(launchers).toEqual(
			[
				['Loans › Applications', 14, true],
				[`${calendar.monthName(0)} run › Review`, 10, true],
				['Stock › Receipts', 12, true]
			].sort(([one], [other]) => String(one).localeCompare(String(other)))
		);
		const lastOf = (label: RegExp) =>
			told.launchers.find(({ continueLabel }) => label.test(continueLabel ?? ''));
		// Before the afternoon the morning is drawn together.
		const room = Math.min(
			1,
			(now.getTime() - calendar.startOf(calendar.today).getTime()) / (14 * hour)
		);
		const hoursAgo = (at: Date | null | undefined): number =>
			(now.getTime() - (at?.getTime() ?? 0)) / hour / room;
		expect(hoursAgo(lastOf(/Stock/)?.lastAccess)).toBeCloseTo(2, 1);
		expect(hoursAgo(lastOf(/Loans/)?.lastAccess)).toBeCloseTo(5, 1);
		expect(lastOf(/run/)?.lastAccess).toBeNull();
		expect(hoursAgo(lastOf(/run/)?.lastAccessOfAnybody)).toBeCloseTo(3, 1);
		const accesses = await asWanjiku((scope) => listAccesses(scope, {}));
		const open = (productId: string) =>
			accesses.filter((access) => access.productId === productId).length;
		expect([open(erp), open(sacco), open(payroll)]).toEqual([12, 14, 10]);
	});

	it('leaves Wanjiku three things to read, and Otieno none', async () => {
		const unread = told.notifications.filter(({ readAt }) => readAt === null);
		// On the day of an invoice nobody is reminded of it.
		const issuedToday = calendar.today === calendar.month(0).start;
		expect(unread.map(({ kind }) => kind).sort()).toEqual([
			...(issuedToday ? [] : ['invoice_due']),
			'ticket_answered',
			'trial_ending'
		]);
		expect(told.notifications.length).toBeGreaterThan(12);
		const otieno = await findMember('Mavuno Traders Ltd', 'otieno@mavuno.example', now);
		expect(await withBusiness(otieno, (scope) => countUnread(scope, {}))).toBe(0);
	});

	it('has one request for access that is open, and two that were answered', async () => {
		const [requests, members] = await asWanjiku((scope) =>
			Promise.all([listAccessRequests(scope, {}), listMembers(scope, {})])
		);
		expect(
			requests.map(({ personId, product, answer }) => [
				members.find((member) => member.personId === personId)?.name,
				product.slug,
				answer
			])
		).toEqual([
			['Grace Wairimu', 'erp', null],
			['Fatuma Abdi', 'payroll', 'declined'],
			['Ekiru Lokwang', 'payroll', 'approved']
		]);
	});

	it('gives people roles that the products declared', async () => {
		const [roles, accesses] = await asWanjiku((scope) =>
			Promise.all([listProductRoles(scope, {}), listAccesses(scope, {})])
		);
		const known = new Set(roles.map(({ productId, slug }) => `${productId} ${slug}`));
		expect(accesses.filter(({ productId, role }) => !known.has(`${productId} ${role}`))).toEqual(
			[]
		);
		expect(new Set(accesses.map(({ role }) => role)).size).toBeGreaterThan(7);
	});

	it('has set who answers for ERP, and once asked it for data', async () => {
		await asWanjiku(async (scope) => {
			expect(await readProductSettings(scope, { product: 'erp' })).toMatchObject({
				landing: { to: 'place', path: '/stock' },
				always: false,
				contact: { name: 'Naliaka Barasa' }
			});
			expect(await listExports(scope, { product: 'erp' })).toMatchObject([
				{ kind: 'stock', status: 'ready', expired: true }
			]);
		});
	});

	it('has a business that pays late, led by somebody of another', async () => {
		const amina = await findMember('Tana Growers Co-operative', 'amina@pwani.example', now);
		const tana = await readTold(amina, now);
		expect(tana.subscriptions.map(({ product, status }) => [product.slug, status])).toEqual([
			['erp', 'past_due'],
			['sacco', 'suspended'],
			['payroll', 'ended']
		]);
		expect(tana.attention).toMatchObject({ amountMinor: 1_494_000n, days: -11 });
		expect(tana.launchers.map(({ mode }) => mode).sort()).toEqual(['closed', 'full', 'read_only']);
		const closing = tana.launchers.find(({ mode }) => mode === 'read_only')?.closesAt;
		expect(closing?.getTime()).toBe(
			calendar.at(calendar.day(-4), '09:03').getTime() + 7 * 24 * hour
		);
		expect(tana.subscriptions.flatMap(({ renewsOn }) => renewsOn ?? [])).toSatisfy(
			(days: string[]) => days.length === 1 && days.every((day) => day > calendar.today)
		);
	});

	it('has a second business with SACCO alone, and a last one with nothing', async () => {
		const amina = await findMember('Pwani Farmers Co-operative', 'amina@pwani.example', now);
		const pwani = await readTold(amina, now);
		expect(pwani.subscriptions.map(({ product }) => product.slug)).toEqual(['sacco']);
		expect(pwani.people).toHaveLength(5);
		expect(pwani.attention).toBeNull();
		expect(pwani.invoices.filter(({ kind }) => kind === 'invoice')).toHaveLength(10);
		expect(pwani.referrals.total).toBeGreaterThan(5);
		expect(pwani.usage).toContain('members 212');

		const juma = await findMember('Juma Hardware', 'juma@new.example', now);
		const nothing = await readTold(juma, now);
		expect(nothing.people.map(({ role }) => role)).toEqual(['owner']);
		expect(nothing).toMatchObject({
			subscriptions: [],
			invoices: [],
			attention: null,
			nextBill: null,
			tickets: [],
			launchers: [],
			referrals: { total: 0 }
		});
		expect(nothing.activity.map(({ kind }) => kind)).toEqual(['member_added']);
	});

	it('lets its five accounts in, and nobody else', async () => {
		for (const { email } of accounts)
			expect(
				(await signIn({ email, password: demoPassword, address: '192.0.2.1' }, async () => null))
					.personId
			).toMatch(/^per_/);
		await expect(
			signIn(
				{ email: 'peter@mavuno.example', password: demoPassword, address: '192.0.2.1' },
				async () => null
			)
		).rejects.toMatchObject({ code: 'wrong_credentials' });
	});

	// The last: afterwards it is another day.
	it('leaves nothing to closing that it has billed itself, and lets it go on', async () => {
		const { due, heldAt } = await withSystem('test', (scope) => readClosingStatus(scope, {}));
		expect(heldAt).toBeNull();
		expect(due).toMatchObject({ subscriptions: 0 });
		expect(await closeDue()).toMatchObject({ invoices: 0, failed: 0 });
		// On its day closing bills what the meters counted, and the plans.
		runtime.clock.set(new Date(`${firstOfNext}T03:00:00Z`));
		expect(await closeDue()).toMatchObject({ failed: 0 });
		const { amountMinor } = told.nextBill ?? { amountMinor: 0n };
		const { invoices } = await asWanjiku((scope) => listInvoices(scope, { limit: 1 }));
		expect(invoices[0]).toMatchObject({ issuedOn: firstOfNext, totalMinor: amountMinor });
	});
});

function dayAfter(day: string, days: number): string {
	return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

async function idsOf(member: Member): Promise<{ erp: string; sacco: string; payroll: string }> {
	const products = await withBusiness(member, (scope) => listProducts(scope, {}));
	const id = (slug: string): string => products.find((product) => product.slug === slug)?.id ?? '';
	return { erp: id('erp'), sacco: id('sacco'), payroll: id('payroll') };
}
