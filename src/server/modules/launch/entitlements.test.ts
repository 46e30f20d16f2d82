import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, ProductKey } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeSubscriptionStatus, startSubscription } from '../billing/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { endSignInsOfClosed } from './jobs.ts';
import {
	grantAccess,
	listSignIns,
	readEntitlement,
	readEntitlements,
	saveContact,
	signEverybodyOut,
	startSignIn
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let otieno: Member;
let products: Awaited<ReturnType<typeof createProducts>>;

const now = new Date('2026-11-25T09:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	products = await createProducts();
	await withSystem('test', async (scope) => {
		await saveProduct(scope, { slug: 'erp', suspendedMode: 'closed', closingNoticeDays: 2 });
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-01'
			});
		await startSubscription(scope, {
			businessId: mavuno.businessId,
			product: 'payroll',
			plan: 'staff',
			startedOn: '2026-11-01',
			trialEndsOn: '2026-12-01'
		});
		const { businessId, personId } = mavuno;
		await grantAccess(scope, { businessId, personId, product: 'erp', role: 'manager' });
		await grantAccess(scope, { businessId, personId, product: 'payroll' });
		for (const member of [otieno, pwani])
			await grantAccess(scope, {
				businessId: member.businessId,
				personId: member.personId,
				product: 'erp'
			});
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const key = (businessId: string, slug: 'erp' | 'payroll' = 'erp'): ProductKey => ({
	kind: 'product',
	businessId,
	productId: products[slug],
	slug
});
const claim = (as: ProductKey, personId: string, at = now) =>
	withBusiness(as, (scope) => readEntitlement(scope, { personId }), { at });
const read = (as: ProductKey, at = now) =>
	withBusiness(as, (scope) => readEntitlements(scope, {}), { at });
const change = (status: 'suspended' | 'active' | 'ended') =>
	withSystem('test', (scope) =>
		changeSubscriptionStatus(scope, {
			businessId: mavuno.businessId,
			product: 'erp',
			status,
			on: '2026-11-25'
		})
	);
let sessions = 0;
const signIn = (who: Member) =>
	withSystem('test', (scope) =>
		startSignIn(scope, {
			businessId: who.businessId,
			sessionId: `ses_${++sessions}`,
			personId: who.personId,
			productId: products.erp
		})
	);
const isSignedIn = async ({ sessionId }: { sessionId: string }) =>
	(await withSystem('test', (scope) => listSignIns(scope, { sessionId }))).length === 1;

describe('what a product reads of a business', () => {
	it('is its people, its settings and how the subscription stands, of that business alone', async () => {
		await withBusiness(mavuno, (scope) => saveContact(scope, { product: 'erp', name: 'Otieno' }));
		expect(await read(key(mavuno.businessId))).toEqual({
			business: {
				id: mavuno.businessId,
				name: 'Mavuno Traders Ltd',
				timeZone: 'Africa/Nairobi'
			},
			subscription: { status: 'active', plan: 'business', seats: 20, trialEndsOn: null },
			mode: 'full',
			closesAt: null,
			limitedUntil: null,
			settings: {
				landing: { to: 'last' },
				always: false,
				contact: { name: 'Otieno', email: '', phone: '' }
			},
			people: [
				{
					id: otieno.personId,
					name: 'Otieno Ouma',
					email: 'otieno@mavuno.example',
					role: 'user'
				},
				{
					id: mavuno.personId,
					name: 'Wanjiku Kamau',
					email: 'wanjiku@mavuno.example',
					role: 'manager'
				}
			]
		});
		const theirs = await read(key(pwani.businessId));
		expect(theirs.people.map(({ name }) => name)).toEqual(['Amina Salim']);
		expect(theirs.settings.contact).toBeNull();
	});

	it('is for products alone', async () => {
		await expect(
			withBusiness(mavuno, (scope) => readEntitlements(scope, {}))
		).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('of a business without the product is that it is closed', async () => {
		expect(await read(key(pwani.businessId, 'payroll'))).toMatchObject({
			subscription: null,
			mode: 'closed',
			people: []
		});
	});
});

describe('what a person may claim', () => {
	it('of a trial ends when its first day without begins at the business', async () => {
		expect(await claim(key(mavuno.businessId, 'payroll'), mavuno.personId)).toMatchObject({
			subscription: 'trial',
			mode: 'full',
			subscriptionEnds: new Date('2026-11-30T21:00:00Z')
		});
	});

	it('while suspended is what is left of the product, until it closes', async () => {
		const erp = key(mavuno.businessId);
		const signedIn = await signIn(otieno);
		const theirs = await signIn(pwani);
		await change('suspended');
		expect(await claim(erp, mavuno.personId)).toMatchObject({
			role: 'manager',
			subscription: 'suspended',
			mode: 'read_only',
			subscriptionEnds: inDays(2)
		});
		expect(await read(erp, inDays(1))).toMatchObject({ mode: 'read_only', closesAt: inDays(2) });

		const sweep = (at: Date) => withSystem('test', endSignInsOfClosed, { at });
		await sweep(new Date(inDays(2).getTime() - 1));
		expect(await isSignedIn(signedIn)).toBe(true);
		await sweep(inDays(2));
		expect(await isSignedIn(signedIn)).toBe(false);
		expect(await isSignedIn(theirs)).toBe(true);
		expect(await claim(erp, mavuno.personId, inDays(2))).toBeNull();
		expect(await read(erp, inDays(2))).toMatchObject({ mode: 'closed', people: [] });
	});

	it('comes back with the payment, and ends with the subscription', async () => {
		await change('active');
		expect(await claim(key(mavuno.businessId), mavuno.personId, inDays(2))).toMatchObject({
			mode: 'full',
			subscriptionEnds: null
		});
		const signedIn = await signIn(mavuno);
		await change('ended');
		await jobs.settle();
		expect(await isSignedIn(signedIn)).toBe(false);
		expect(await claim(key(mavuno.businessId), mavuno.personId)).toBeNull();
	});
});

it('everybody is signed out of one product in one business, by its leaders', async () => {
	const theirs = await signIn(pwani);
	const ours = await signIn(otieno);
	const out = (as: Member) =>
		withBusiness(as, (scope) => signEverybodyOut(scope, { product: 'erp' }));
	await expect(out(otieno)).rejects.toMatchObject({ code: 'forbidden' });
	await out(pwani);
	await jobs.settle();
	expect([await isSignedIn(theirs), await isSignedIn(ours)]).toEqual([false, true]);
});
