import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, ProductKey } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeSubscriptionStatus, startSubscription } from '../billing/index.ts';
import {
	declareProduct,
	endProductState,
	reportProductState,
	savePlan,
	saveProduct
} from '../catalogue/index.ts';
import {
	chooseTab,
	grantAccess,
	launch,
	listAccesses,
	listGranters,
	listLaunchers,
	readLauncher,
	removeAccess,
	reportPlace
} from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let otieno: Member;
let erp: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	erp = await sell('erp', 'ERP System', 'https://erp.example/login?tenant=a');
	await sell('sacco', 'SACCO', 'https://sacco.example/login');
	await sell('payroll', 'Payroll');
	await withSystem('test', async (scope) => {
		for (const { businessId } of [mavuno, pwani]) {
			for (const product of ['erp', 'payroll']) {
				await startSubscription(scope, {
					businessId,
					product,
					plan: 'standard',
					startedOn: '2026-01-01'
				});
			}
		}
		await grantAccess(scope, { ...mavuno, product: 'erp', role: 'manager' });
		await grantAccess(scope, { ...mavuno, product: 'payroll' });
		await grantAccess(scope, { ...mavuno, product: 'sacco' });
		await grantAccess(scope, { ...pwani, product: 'erp' });
	});
});
afterAll(() => runtime.stop());

async function sell(
	slug: string,
	name: string,
	loginUrl?: string,
	more: { suspendedMode?: 'closed'; closingNoticeDays?: number } = {}
): Promise<string> {
	return withSystem('test', async (scope) => {
		const { id } = await saveProduct(scope, {
			slug,
			name,
			summary: '',
			mark: 'initials',
			position: 1,
			...(loginUrl ? { loginUrl } : {}),
			...more
		});
		await savePlan(scope, {
			product: slug,
			slug: 'standard',
			name: 'Standard',
			amountMinor: 1n,
			currency: 'KES',
			position: 1
		});
		return id;
	});
}

const product = (member: Member): ProductKey => ({
	kind: 'product',
	businessId: member.businessId,
	productId: erp,
	slug: 'erp'
});

const report = (member: Member, path: string, label: string, person = member.personId) =>
	withBusiness(product(member), (scope) => reportPlace(scope, { person, path, label }));

describe('access', () => {
	it('is given, changed and listed within the business', async () => {
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { personId: otieno.personId, product: 'erp' })
		);
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { personId: otieno.personId, product: 'erp', role: 'clerk' })
		);
		const listed = await withBusiness(mavuno, (scope) => listAccesses(scope, { product: 'erp' }));
		expect(listed.map(({ personId, role }) => [personId, role]).toSorted()).toEqual(
			[
				[mavuno.personId, 'manager'],
				[otieno.personId, 'clerk']
			].toSorted()
		);
		const theirs = await withBusiness(pwani, (scope) => listAccesses(scope, {}));
		expect(theirs.map(({ personId }) => personId)).toEqual([pwani.personId]);
	});

	it('is for owners and admins to give and take', async () => {
		for (const change of [grantAccess, removeAccess]) {
			await expect(
				withBusiness(otieno, (scope) =>
					change(scope, { personId: otieno.personId, product: 'sacco' })
				)
			).rejects.toMatchObject({ code: 'forbidden' });
		}
		expect(await withBusiness(otieno, (scope) => listGranters(scope, {}))).toEqual([
			'Wanjiku Kamau'
		]);
	});

	it('is not given to somebody of another business', async () => {
		await expect(
			withBusiness(mavuno, (scope) =>
				grantAccess(scope, { personId: pwani.personId, product: 'erp' })
			)
		).rejects.toMatchObject({ code: 'not_found' });
		await expect(
			withBusiness(mavuno, (scope) =>
				removeAccess(scope, { personId: pwani.personId, product: 'erp' })
			)
		).rejects.toMatchObject({ code: 'not_found' });
	});

	it('takes what was remembered of the person’s places with it', async () => {
		await report(mavuno, '/stock', 'Stock', otieno.personId);
		const remove = () =>
			withBusiness(mavuno, (scope) =>
				removeAccess(scope, { personId: otieno.personId, product: 'erp' })
			);
		await remove();
		await expect(remove()).rejects.toMatchObject({ code: 'not_found' });
		await withBusiness(mavuno, (scope) =>
			grantAccess(scope, { personId: otieno.personId, product: 'erp' })
		);
		const view = await withBusiness(otieno, (scope) => readLauncher(scope, { slug: 'erp' }));
		expect(view).toMatchObject({ refusal: null, places: [] });
	});
});

describe('a launch', () => {
	const go = (member: Member, input: Parameters<typeof launch>[1], at?: Date) =>
		withBusiness(member, (scope) => launch(scope, input), at ? { at } : {});

	it('leads to the product’s login address, for this person, at the place where they last were', async () => {
		await report(mavuno, '/stock/receipts?open=1', 'Stock › Receipts');
		const { url, newTab } = await go(mavuno, { slug: 'erp' });
		const address = new URL(url);
		expect(address.origin + address.pathname).toBe('https://erp.example/login');
		expect(Object.fromEntries(address.searchParams)).toEqual({
			tenant: 'a',
			iss: 'http://localhost:3000/oidc',
			login_hint: 'wanjiku@mavuno.example',
			target_link_uri: 'https://erp.example/stock/receipts?open=1'
		});
		expect(newTab).toBe(false);
	});

	it('can begin at the beginning, and in the tab of one’s choice', async () => {
		await withBusiness(mavuno, (scope) => chooseTab(scope, { slug: 'erp', newTab: true }));
		const { url, newTab } = await go(mavuno, { slug: 'erp', from: 'start' });
		expect(new URL(url).searchParams.get('target_link_uri')).toBe('https://erp.example/');
		expect(newTab).toBe(true);
		expect(
			await withBusiness(pwani, (scope) => chooseTab(scope, { slug: 'payroll', newTab: true }))
		).toEqual({ kept: false });
	});

	it('is kept as a visit with its device, and told to whoever reacts', async () => {
		const at = new Date('2026-11-25T10:00:00Z');
		await go(mavuno, { slug: 'erp', userAgent: 'Mozilla/5.0 (iPhone) Mobile/15E148' }, at);
		const visits = await withBusiness(mavuno, ({ db }) =>
			db
				.selectFrom('launch.visits')
				.select(['person_id', 'device', 'visited_at'])
				.where('visited_at', '=', at)
				.execute()
		);
		expect(visits).toEqual([{ person_id: mavuno.personId, device: 'phone', visited_at: at }]);
		const events = await withSystem('test', ({ db }) =>
			db
				.selectFrom('platform.events')
				.select(['business_id', 'data'])
				.where('kind', '=', 'product.launched')
				.where('occurred_at', '=', at)
				.execute()
		);
		expect(events).toEqual([
			{
				business_id: mavuno.businessId,
				data: {
					personId: mavuno.personId,
					productId: erp,
					slug: 'erp',
					product: 'ERP System',
					device: 'phone',
					place: 'Stock › Receipts'
				}
			}
		]);
	});

	it('is refused without access, naming whom to ask, and leaves no visit', async () => {
		const before = await countVisits();
		await expect(go(otieno, { slug: 'payroll' })).rejects.toMatchObject({
			status: 403,
			message: 'You have no access to Payroll. Ask Wanjiku Kamau for it.'
		});
		await expect(go(mavuno, { slug: 'payroll' })).rejects.toMatchObject({ code: 'no_address' });
		await expect(go(mavuno, { slug: 'sacco' })).rejects.toMatchObject({ code: 'not_subscribed' });
		await expect(go(mavuno, { slug: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
		expect(await countVisits()).toBe(before);
	});

	it('goes on while the subscription is suspended, until the product closes, and not after the end', async () => {
		const change = (status: 'suspended' | 'ended') =>
			withSystem('test', (scope) =>
				changeSubscriptionStatus(scope, {
					businessId: pwani.businessId,
					product: 'erp',
					status,
					on: '2026-11-20'
				})
			);
		const inDays = (days: number) => new Date(runtime.clock.now().getTime() + days * 86_400_000);
		await go(pwani, { slug: 'erp' });
		await change('suspended');
		await sell('erp', 'ERP System', 'https://erp.example/login?tenant=a', {
			suspendedMode: 'closed',
			closingNoticeDays: 3
		});
		await go(pwani, { slug: 'erp' }, inDays(2));
		const view = await withBusiness(pwani, (scope) => readLauncher(scope, { slug: 'erp' }));
		expect(view).toMatchObject({ refusal: null, mode: 'read_only', closesAt: inDays(3) });
		await expect(go(pwani, { slug: 'erp' }, inDays(3))).rejects.toMatchObject({
			code: 'subscription_suspended'
		});
		await change('ended');
		await expect(go(pwani, { slug: 'erp' })).rejects.toMatchObject({ code: 'subscription_ended' });
	});

	it('in maintenance or out of order warns, and goes on if so wanted', async () => {
		const { id } = await withSystem('test', (scope) =>
			reportProductState(scope, { product: 'erp', state: 'outage', message: 'A cable is cut.' })
		);
		const before = await countVisits();
		await expect(go(mavuno, { slug: 'erp' })).rejects.toMatchObject({ code: 'product_outage' });
		expect(await countVisits()).toBe(before);
		const view = await withBusiness(mavuno, (scope) => readLauncher(scope, { slug: 'erp' }));
		expect(view).toMatchObject({ refusal: null, state: { now: { message: 'A cable is cut.' } } });
		await go(mavuno, { slug: 'erp', anyway: true });
		expect(await countVisits()).toBe(before + 1);
		await withSystem('test', (scope) => endProductState(scope, { id }));
		await withSystem('test', (scope) =>
			reportProductState(scope, { product: 'erp', state: 'degraded' })
		);
		await go(mavuno, { slug: 'erp' });
	});

	it('goes to a place of the person’s or of the product’s, and nowhere else', async () => {
		await withSystem('test', (scope) =>
			declareProduct(scope, {
				product: 'erp',
				places: [{ path: '/purchases', label: 'Purchases' }]
			})
		);
		const to = async (path: string) =>
			new URL((await go(mavuno, { slug: 'erp', from: 'place', path })).url).searchParams.get(
				'target_link_uri'
			);
		expect(await to('/purchases')).toBe('https://erp.example/purchases');
		expect(await to('/stock/receipts?open=1')).toBe('https://erp.example/stock/receipts?open=1');
		await report(pwani, '/theirs', 'Theirs');
		for (const path of ['/theirs', '/nowhere', '//evil.example', 'https://evil.example'])
			await expect(to(path), path).rejects.toMatchObject({ code: 'invalid' });
		await expect(go(mavuno, { slug: 'erp', from: 'place' })).rejects.toMatchObject({
			code: 'invalid'
		});
	});

	async function countVisits(): Promise<number> {
		const { rows } = await withSystem('test', ({ db }) =>
			sql<{ count: number }>`select count(*)::int as count from launch.visits`.execute(db)
		);
		return rows[0]?.count ?? -1;
	}
});

it('launchers tell each person their own, and nothing of another business', async () => {
	const launchers = await withBusiness(otieno, (scope) => listLaunchers(scope, {}));
	const { lastAccessOfAnybody } = launchers.get(erp) ?? {};
	expect(lastAccessOfAnybody).toEqual(new Date('2026-11-25T10:00:00Z'));
	expect(launchers.get(erp)).toEqual({
		productId: erp,
		allowed: true,
		role: 'user',
		request: null,
		newTab: false,
		people: 2,
		lastAccess: null,
		lastAccessOfAnybody,
		continueLabel: null,
		landing: { path: '/', label: null, by: 'start' },
		mode: 'full',
		closesAt: null,
		limitedUntil: null,
		state: { now: expect.objectContaining({ state: 'degraded' }) as unknown, planned: [] }
	});
	const hers = await withBusiness(mavuno, (scope) => listLaunchers(scope, {}));
	expect(hers.get(erp)).toMatchObject({
		newTab: true,
		role: 'manager',
		lastAccess: new Date('2026-11-25T10:00:00Z'),
		landing: { path: '/stock/receipts?open=1', by: 'place' },
		continueLabel: 'Stock › Receipts'
	});
	const theirs = await withBusiness(pwani, (scope) => listLaunchers(scope, {}));
	expect(theirs.get(erp)).toMatchObject({ people: 1, continueLabel: 'Theirs', mode: 'closed' });
	// Of a product that the business has and nobody may open, too; of others there is none.
	expect([...theirs.values()].map(({ people }) => people)).toEqual([1, 0]);
	expect(hers.size).toBe(3);
});
