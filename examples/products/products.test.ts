import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchOf } from './branches.ts';
import { addMember } from '#server/modules/businesses/index.ts';
import { endSession, moveSession } from '#server/modules/identity/index.ts';
import { grantAccess, removeAccess, reportPlace } from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { tellHistory, tellLatest } from '../../seeds/activity.ts';
import { createCalendar } from '../../seeds/calendar.ts';
import { peopleOfMavuno } from '../../seeds/people.ts';
import { placesOfMavuno } from '../../seeds/places.ts';
import { createBrowser, type Browser } from '../../src/oidc/testing/browser.ts';
import {
	productNames,
	startProducts,
	type Running,
	type Slug
} from '../../tests/setup/sample-products.ts';

let running: Running;
beforeAll(async () => {
	running = await startProducts();
});
afterAll(() => running.stop());

const product = (slug: Slug) => running.product(slug);
const everywhere = () => running.everywhere();
const told = (path: string) => running.told(path);

describe('a launch', () => {
	it.each(Object.keys(productNames) as Slug[])(
		'lands signed in at %s, at the place last reported',
		async (slug) => {
			const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
			const path = {
				erp: '/stock/receipts',
				sacco: '/loans',
				payroll: '/pay-runs'
			}[slug];
			await withSystem('test', (scope) =>
				reportPlace(scope, {
					businessId: running.mavuno.businessId,
					productId: product(slug).id,
					person: running.mavuno.personId,
					path,
					label: 'There'
				})
			);
			const response = await running.open(browser, running.mavuno, slug);
			expect(response.status).toBe(200);
			const page = await response.text();
			expect(page).toContain('Mavuno Traders Ltd');
			const role = slug === 'payroll' ? 'Administrator' : 'Manager';
			expect(page).toContain(`title="Signed in as Wanjiku Kamau, ${role}"`);
			expect(page).toMatch(new RegExp(`href="${path}"\\s+aria-current="page"`));
		}
	);

	it('finds every place that the demo story tells of', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		for (const slug of running.products.keys()) await running.open(browser, running.mavuno, slug);
		const calendar = createCalendar(new Date(), 'Africa/Nairobi');
		const since = {
			erp: calendar.day(-400),
			sacco: calendar.day(-400),
			payroll: calendar.day(-400)
		};
		const people = peopleOfMavuno(calendar, calendar.ago(400 * 24 * 60));
		const told = [
			...placesOfMavuno(calendar),
			...tellHistory('Mavuno', people, since, calendar, 1),
			...tellLatest(calendar)
		];
		const places = new Set(
			told.flatMap(({ product, path }) => (path ? [`${product} ${path}`] : []))
		);
		expect(places.size).toBeGreaterThan(10);
		for (const place of places) {
			const [slug, path = ''] = place.split(' ') as [Slug, string];
			const page = await browser.ask(product(slug).origin + path);
			expect(page.status, place).toBe(200);
		}
	});

	it('from a link to a page inside goes through the portal and comes out at that page', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		const response = await browser.follow(`${product('erp').origin}/stock`, everywhere());
		expect(await response.text()).toContain('Items on hand');
	});

	it.each([
		['another issuer', { iss: 'https://evil.example' }, 400],
		['a target elsewhere', { target_link_uri: 'https://evil.example/' }, 200]
	])('with %s leads nowhere else', async (_what, query, status) => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		const { origin } = product('erp');
		const response = await browser.follow(
			`${origin}/login?${new URLSearchParams(query as Record<string, string>)}`,
			everywhere()
		);
		expect(response.status).toBe(status);
		expect(response.headers.get('location')).toBeNull();
	});

	it('is refused without access, and says so once', async () => {
		const { browser } = await running.signedIn(running.pwani, 'amina@pwani.example');
		const page = await browser.follow(`${product('erp').origin}/stock`, everywhere());
		const [, request = ''] = /\/launch\/erp\?request=([\w-]+)/.exec(await page.text()) ?? [];
		const refused = await browser.follow(
			`${running.portal.origin}/oidc/interaction/${request}/refusal`,
			everywhere(),
			{ method: 'POST' }
		);
		expect(refused.status).toBe(403);
		expect(await refused.text()).toContain('You have no access to this product.');
	});

	it('finished by another browser, or twice, signs nobody in', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		const { origin } = product('erp');
		const asked = await browser.ask(`${origin}/stock`);
		const answered = await browser.ask(asked.headers.get('location') ?? '');
		const callback = answered.headers.get('location') ?? '';
		expect(new URL(callback).pathname).toBe('/callback');
		expect((await createBrowser().ask(callback)).status).toBe(400);
		expect((await browser.ask(callback)).status).toBe(303);
		expect((await browser.ask(callback)).status).toBe(400);
	});
});

describe('what is done in a product', () => {
	it('changes its book, and reaches the portal as usage, activity and a place', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(browser, running.mavuno, 'payroll');
		running.portal.reports.length = 0;
		const response = await running.submit(browser, 'payroll', '/employees', 'hire', {
			name: 'Akinyi Were',
			job: 'Cashier',
			gross: '35,000'
		});
		const page = await response.text();
		expect(page).toContain('Akinyi Were is employee 257');
		expect(page).toContain('Employees: 157 employees');

		await expect.poll(() => told('places').length, { timeout: 4_000 }).toBeGreaterThan(0);
		await expect.poll(() => told('activity').length, { timeout: 4_000 }).toBe(1);
		await expect.poll(() => told('events').length, { timeout: 4_000 }).toBeGreaterThan(0);
		const events = told('events').flatMap(({ body }) => body as Record<string, unknown>[]);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'com.lixnet.payroll.employees.counted',
				subject: running.mavuno.businessId,
				data: { count: 157 }
			})
		);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'com.lixnet.payroll.data.transferred',
				data: {
					bytes: expect.any(Number) as number,
					user: 'wanjiku@mavuno.example',
					branch: branchOf('Mavuno Traders Ltd', 'wanjiku@mavuno.example')
				}
			})
		);
		const held = events.find(({ type }) => type === 'com.lixnet.payroll.storage.measured');
		expect((held?.['data'] as { bytes: number }).bytes).toBeGreaterThan(1_000);
		expect(told('places').at(-1)?.body).toEqual({
			business: running.mavuno.businessId,
			person: running.mavuno.personId,
			label: 'Employees',
			path: '/employees'
		});
	});

	it('says beside the field what is wrong, keeps what was typed and changes nothing', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(browser, running.mavuno, 'erp');
		const response = await running.submit(browser, 'erp', '/stock/issues', 'issue', {
			item: 'item-1',
			quantity: '<b>',
			to: 'Rift "Millers"'
		});
		expect(response.status).toBe(422);
		const page = await response.text();
		expect(page).toContain('Write the quantity as a whole number');
		expect(page).toContain('value="&#60;b&#62;"');
		expect(page).toContain('Rift &#34;Millers&#34;');
		expect(page).toContain('aria-describedby="issue-quantity-problem" aria-invalid="true"');
		const overview = await (await browser.ask(`${product('erp').origin}/`)).text();
		expect(overview.replaceAll(/\s+/g, '')).toContain('<dt>Records</dt><dd>156</dd>');
	});

	it('stays in the book of its business', async () => {
		const one = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(one.browser, running.mavuno, 'sacco');
		await running.submit(one.browser, 'sacco', '/members', 'join', {
			name: 'Otieno Ouma',
			phone: '0712 345 678'
		});
		const two = await running.signedIn(running.pwani, 'amina@pwani.example');
		await running.open(two.browser, running.pwani, 'sacco');
		const { origin } = product('sacco');
		expect(await (await two.browser.ask(`${origin}/members`)).text()).not.toContain('Otieno Ouma');
		expect(await (await one.browser.ask(`${origin}/members`)).text()).toContain('Otieno Ouma');
	});

	it('is refused from a form of another business or of another site', async () => {
		await withSystem('test', async (scope) => {
			await addMember(scope, {
				businessId: running.pwani.businessId,
				personId: running.mavuno.personId,
				role: 'member'
			});
			await grantAccess(scope, {
				businessId: running.pwani.businessId,
				personId: running.mavuno.personId,
				product: 'sacco'
			});
		});
		const { browser, sessionId } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(browser, running.mavuno, 'sacco');
		await withSystem('test', (scope) =>
			moveSession(scope, { sessionId, businessId: running.pwani.businessId })
		);
		await running.open(
			browser,
			{ ...running.mavuno, businessId: running.pwani.businessId, role: 'member' },
			'sacco'
		);
		const fields = { name: 'Somebody Else', phone: '0712345678' };
		const stale = await running.submit(browser, 'sacco', '/members', 'join', {
			...fields,
			business: running.mavuno.businessId
		});
		expect(stale.status).toBe(409);
		expect(await stale.text()).toContain('Pwani Farmers Co-operative');
		const foreign = await browser.ask(`${product('sacco').origin}/members`, {
			method: 'POST',
			headers: { origin: 'https://evil.example' },
			body: new URLSearchParams({ business: running.pwani.businessId, ...fields })
		});
		expect(foreign.status).toBe(409);
		const page = await (await browser.ask(`${product('sacco').origin}/members`)).text();
		expect(page).not.toContain('Somebody Else');
	});
});

describe('one browser', () => {
	it('shows which business is open, and says so when that or the person changes', async () => {
		const one = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(one.browser, running.mavuno, 'sacco');
		const two = await running.signedIn(running.pwani, 'amina@pwani.example');
		// The same browser at the product, now of somebody else at the portal.
		const session = one.browser.cookies.get('sacco_session');
		if (session) two.browser.cookies.set('sacco_session', session);
		const switched = await running.open(two.browser, running.pwani, 'sacco');
		const page = (await switched.text()).replaceAll(/\s+/g, ' ');
		expect(page).toContain('<span class="business">Pwani Farmers Co-operative</span>');
		expect(page).toContain(
			'You are working for Pwani Farmers Co-operative now, no longer for Mavuno Traders Ltd.'
		);
		// What was there before is over.
		const before = await one.browser.ask(`${product('sacco').origin}/`);
		expect(before.status).toBe(303);
	});
});

describe('the watch of the portal', () => {
	it('hears at once that a product is there', async () => {
		const answer = await fetch(`${product('erp').origin}/login`, { method: 'HEAD' });
		expect(answer.status).toBe(200);
	});
});

describe('leaving', () => {
	const isSignedIn = async (browser: Browser, slug: Slug): Promise<boolean> =>
		(await browser.ask(`${product(slug).origin}/`)).status === 200;

	it('the portal signs out of every product', async () => {
		const { browser, token } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		for (const slug of ['erp', 'payroll'] as const)
			await running.open(browser, running.mavuno, slug);
		expect(await isSignedIn(browser, 'erp')).toBe(true);
		await withSystem('test', (scope) => endSession(scope, token));
		await running.portal.jobs.settle();
		expect(await isSignedIn(browser, 'erp')).toBe(false);
		expect(await isSignedIn(browser, 'payroll')).toBe(false);
		const page = await browser.follow(`${product('erp').origin}/`, everywhere());
		expect(await page.text()).toContain('/login?return_to=');
	});

	it('losing access ends that product at once, and no other', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		for (const slug of ['erp', 'payroll'] as const)
			await running.open(browser, running.mavuno, slug);
		await withSystem('test', (scope) => removeAccess(scope, { ...running.mavuno, product: 'erp' }));
		await running.portal.jobs.settle();
		expect(await isSignedIn(browser, 'erp')).toBe(false);
		expect(await isSignedIn(browser, 'payroll')).toBe(true);
		await withSystem('test', (scope) =>
			grantAccess(scope, { ...running.mavuno, product: 'erp', role: 'manager' })
		);
	});

	it('a product asks the portal whether to leave everything', async () => {
		const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(browser, running.mavuno, 'erp');
		const { origin } = product('erp');
		const asked = await browser.follow(`${origin}/sign-out`, everywhere(), {
			method: 'POST',
			headers: { origin }
		});
		expect(await asked.text()).toContain('Sign out of ERP System?');
		expect(await isSignedIn(browser, 'erp')).toBe(false);
	});

	it('leads back to a page of the product that says so', async () => {
		const page = await createBrowser().ask(`${product('erp').origin}/signed-out`);
		expect(page.status).toBe(200);
		expect(await page.text()).toContain('You are signed out of ERP System.');
	});

	it('in a frame of the portal ends the sign-in that is named, and no other', async () => {
		const { browser, sessionId } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
		await running.open(browser, running.mavuno, 'erp');
		const signedInAs = await withSystem('test', ({ db }) =>
			db
				.selectFrom('launch.sign_ins')
				.select('id')
				.where('session_id', '=', sessionId)
				.executeTakeFirstOrThrow()
		);
		const { origin } = product('erp');
		const frame = (iss: string, name: string): Promise<Response> =>
			fetch(`${origin}/front-channel-logout?${new URLSearchParams({ iss, sid: name }).toString()}`);
		const issuer = `${running.portal.origin}/oidc`;
		expect((await frame('https://evil.example', signedInAs.id)).status).toBe(400);
		await frame(issuer, 'another');
		expect(await isSignedIn(browser, 'erp')).toBe(true);
		const done = await frame(issuer, signedInAs.id);
		expect(done.headers.get('content-security-policy')).toContain(
			`frame-ancestors ${running.portal.origin}`
		);
		expect(await isSignedIn(browser, 'erp')).toBe(false);
	});

	it.each(['', 'nonsense', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'])(
		'a logout token %j signs nobody out',
		async (token) => {
			const { browser } = await running.signedIn(running.mavuno, 'wanjiku@mavuno.example');
			await running.open(browser, running.mavuno, 'erp');
			const response = await fetch(`${product('erp').origin}/back-channel-logout`, {
				method: 'POST',
				body: new URLSearchParams({ logout_token: token })
			});
			expect(response.status).toBe(400);
			expect(response.headers.get('cache-control')).toBe('no-store');
			expect(await isSignedIn(browser, 'erp')).toBe(true);
		}
	);
});
