import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSubscriptionStatus } from '#server/modules/billing/index.ts';
import { addMember, listMembers, removeMember } from '#server/modules/businesses/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { createPerson, endSession } from '#server/modules/identity/index.ts';
import {
	grantAccess,
	removeAccess,
	removeAllAccesses,
	signEverybodyOut
} from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createBrowser, type Browser } from './testing/browser.ts';
import { createClient, type TestClient } from './testing/client.ts';
import {
	createCustomer,
	password,
	signInTo,
	startTestPortal,
	type TestProduct
} from './testing/portal.ts';

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let erp: TestProduct;
let client: TestClient;
let mavuno: Member;
let pwani: Member;
let clerk: string;

const amina = 'amina@pwani.example';
const otieno = 'otieno@mavuno.example';

beforeAll(async () => {
	portal = await startTestPortal();
	erp = await portal.addProduct('erp', 'ERP System');
	mavuno = await createCustomer(
		'Mavuno Traders Ltd',
		{ name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' },
		[erp]
	);
	pwani = await createCustomer(
		'Pwani Farmers Co-operative',
		{ name: 'Amina Salim', email: amina },
		[erp]
	);
	client = await createClient(portal.origin, erp);
	clerk = await withSystem('test', async (scope) => {
		const person = await createPerson(scope, { name: 'Otieno Ouma', email: otieno, password });
		return person.id;
	});
});
beforeEach(async () => {
	await withSystem('test', async (scope) => {
		const { businessId } = mavuno;
		const members = await listMembers(scope, { businessId });
		if (!members.some(({ personId }) => personId === clerk))
			await addMember(scope, { businessId, personId: clerk, role: 'member' });
		await grantAccess(scope, { businessId, personId: clerk, product: 'erp', role: 'clerk' });
	});
	await portal.jobs.settle();
	erp.logouts.length = 0;
});
afterAll(() => portal.stop());

async function signedIn(email: string, { businessId }: Member) {
	const browser = createBrowser();
	const { token } = await signInTo(browser, portal.origin, email, businessId);
	return { browser, token, tokens: await client.signIn(browser) };
}

const userinfo = (access: string) =>
	fetch(`${portal.origin}/oidc/userinfo`, { headers: { authorization: `Bearer ${access}` } });

/** How long after the change the product heard of it, in ms, by the jobs that run in any portal. */
async function heardAfter(sid: unknown, change: () => Promise<unknown>): Promise<number> {
	await change();
	const changed = performance.now();
	await expect
		.poll(() => erp.logouts.map((token) => decodeJwt(token)['sid']), {
			timeout: 10_000,
			interval: 10
		})
		.toContain(sid);
	return performance.now() - changed;
}

describe('a product hears within two seconds, and its tokens are worth nothing, when', () => {
	const asOwner = <R>(work: Parameters<typeof withBusiness<Member, R>>[1]) =>
		withBusiness(mavuno, work);

	const changes: [string, (session: { token: string }) => Promise<unknown>][] = [
		[
			'access is removed',
			() => asOwner((scope) => removeAccess(scope, { personId: clerk, product: 'erp' }))
		],
		[
			'every access is removed',
			() =>
				asOwner((scope) => removeAllAccesses(scope, { product: 'erp', except: [mavuno.personId] }))
		],
		[
			'the member leaves the business',
			() => asOwner((scope) => removeMember(scope, { personId: clerk }))
		],
		[
			'everybody is signed out',
			() => asOwner((scope) => signEverybodyOut(scope, { product: 'erp' }))
		],
		[
			'the session of the portal ends',
			({ token }) => withSystem('test', (scope) => endSession(scope, token))
		]
	];
	it.each(changes)('%s', async (_what, change) => {
		const mine = await signedIn(otieno, mavuno);
		const other = await signedIn(amina, pwani);
		const took = await heardAfter(mine.tokens.claims()?.['sid'], () => change(mine));
		expect(took).toBeLessThan(2_000);
		expect((await userinfo(mine.tokens.access_token)).status).toBe(401);
		await expect(
			openid.refreshTokenGrant(client.configuration, mine.tokens.refresh_token ?? '')
		).rejects.toMatchObject({ error: 'invalid_grant' });
		// The other business has noticed nothing.
		await portal.jobs.settle();
		expect(erp.logouts.map((token) => decodeJwt(token)['sid'])).not.toContain(
			other.tokens.claims()?.['sid']
		);
		expect((await userinfo(other.tokens.access_token)).status).toBe(200);
	});
});

describe('a subscription', () => {
	const change = (status: 'suspended' | 'active' | 'ended') =>
		withSystem('test', (scope) =>
			changeSubscriptionStatus(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				status,
				on: '2026-06-01'
			})
		);

	async function claimsOf(browser: Browser) {
		return (await client.signIn(browser)).claims();
	}

	it('that is suspended leaves what the vendor set, and says when that ends', async () => {
		const { browser, tokens } = await signedIn(otieno, mavuno);
		await change('suspended');
		expect(await claimsOf(browser)).toMatchObject({
			subscription: 'suspended',
			access_mode: 'read_only'
		});
		// A session that is open hears of it with its next refresh.
		const fresh = await openid.refreshTokenGrant(client.configuration, tokens.refresh_token ?? '');
		expect(fresh.claims()).toMatchObject({ access_mode: 'read_only' });
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', suspendedMode: 'export_only' })
		);
		expect(await claimsOf(browser)).toMatchObject({ access_mode: 'export_only' });
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', suspendedMode: 'closed', closingNoticeDays: 7 })
		);
		const closing = await claimsOf(browser);
		expect(closing).toMatchObject({ subscription: 'suspended', access_mode: 'read_only' });
		const ends = new Date(String(closing?.['subscription_ends']));
		const days = (ends.getTime() - Date.now()) / 86_400_000;
		expect(days).toBeGreaterThan(6.9);
		expect(days).toBeLessThanOrEqual(7);
		await change('active');
		const back = await claimsOf(browser);
		expect(back).toMatchObject({ subscription: 'active', access_mode: 'full' });
		expect(back).not.toHaveProperty('subscription_ends');
	});

	it('that ends, ends every session of its people at once', async () => {
		const mine = await signedIn(otieno, mavuno);
		const took = await heardAfter(mine.tokens.claims()?.['sid'], () => change('ended'));
		expect(took).toBeLessThan(2_000);
		expect((await userinfo(mine.tokens.access_token)).status).toBe(401);
		await expect(client.signIn(mine.browser, { prompt: 'none' })).rejects.toMatchObject({
			error: 'access_denied'
		});
	});
});
