import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endSession, moveSession } from '#server/modules/identity/index.ts';
import { addMember } from '#server/modules/businesses/index.ts';
import { grantAccess, launch, removeAccess, reportPlace } from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createCalendar } from '../../seeds/calendar.ts';
import { placesOfMavuno } from '../../seeds/places.ts';
import { createBrowser, type Browser } from '../../src/oidc/testing/browser.ts';
import {
	createCustomer,
	registerProduct,
	signInTo,
	startTestPortal
} from '../../src/oidc/testing/portal.ts';

const names = { erp: 'ERP System', sacco: 'SACCO', payroll: 'Payroll' };
type Slug = keyof typeof names;

let portal: Awaited<ReturnType<typeof startTestPortal>>;
let folder: string;
const products = new Map<Slug, { id: string; origin: string; child: ChildProcess }>();
let mavuno: Member;
let pwani: Member;

beforeAll(async () => {
	portal = await startTestPortal();
	folder = mkdtempSync(join(tmpdir(), 'products-'));
	const slugs = Object.keys(names) as Slug[];
	const registered = await Promise.all(
		slugs.map(async (slug) => {
			const port = await freePort();
			const origin = `http://localhost:${port}`;
			const { id, secret } = await registerProduct(
				slug,
				names[slug],
				origin,
				'/back-channel-logout'
			);
			return { slug, port, origin, id, secret };
		})
	);
	const all = slugs.map((slug) => ({ slug }));
	mavuno = await createCustomer(
		'Mavuno Traders Ltd',
		{ name: 'Wanjiku Kamau', email: 'wanjiku@mavuno.example' },
		all
	);
	pwani = await createCustomer(
		'Pwani Farmers Co-operative',
		{ name: 'Amina Salim', email: 'amina@pwani.example' },
		[{ slug: 'sacco' }]
	);
	await Promise.all(
		registered.map(async ({ slug, port, origin, id, secret }) => {
			const child = spawn(
				process.execPath,
				[fileURLToPath(new URL('./main.ts', import.meta.url)), slug],
				{
					stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
					env: {
						PORT: String(port),
						PORTAL_URL: portal.origin,
						CLIENT_ID: id,
						CLIENT_SECRET: secret,
						API_KEY: 'evk_test',
						STATE_DIR: folder,
						CUSTOMERS: JSON.stringify([
							{ id: mavuno.businessId, name: 'Mavuno Traders Ltd', count: 156, people: [] }
						])
					}
				}
			);
			products.set(slug, { id, origin, child });
			if (child.stdout) await once(child.stdout, 'data');
		})
	);
});
afterAll(async () => {
	await Promise.all(
		[...products.values()].map(async ({ child }) => {
			child.disconnect();
			await once(child, 'exit');
		})
	);
	await portal.stop();
	rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
	const server = createServer().listen(0);
	await once(server, 'listening');
	const address = server.address();
	server.close();
	return typeof address === 'object' && address ? address.port : 0;
}

function product(slug: Slug) {
	const found = products.get(slug);
	if (!found) throw new Error(`${slug} does not run.`);
	return found;
}

const everywhere = () => [portal.origin, ...[...products.values()].map(({ origin }) => origin)];

/** As the button on a card does. */
async function open(browser: Browser, member: Member, slug: Slug): Promise<Response> {
	const { url } = await withBusiness(member, (scope) => launch(scope, { slug }));
	return browser.follow(url, everywhere());
}

async function signedIn(member: Member, email: string) {
	const browser = createBrowser();
	return { browser, ...(await signInTo(browser, portal.origin, email, member.businessId)) };
}

async function submit(browser: Browser, slug: Slug, path: string, fields: Record<string, string>) {
	const { origin } = product(slug);
	const page = await (await browser.ask(origin + path)).text();
	const [, business = ''] = /name="business" value="([^"]+)"/.exec(page) ?? [];
	return browser.follow(origin + path, everywhere(), {
		method: 'POST',
		headers: { origin },
		body: new URLSearchParams({ business, ...fields })
	});
}

const told = (path: string) => portal.reports.filter((report) => report.path === path);

describe('a launch', () => {
	it.each(Object.keys(names) as Slug[])(
		'lands signed in at %s, at the place last reported',
		async (slug) => {
			const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
			const path = {
				erp: '/stock/receipts',
				sacco: '/loans',
				payroll: '/pay-runs'
			}[slug];
			await withSystem('test', (scope) =>
				reportPlace(scope, {
					businessId: mavuno.businessId,
					productId: product(slug).id,
					person: mavuno.personId,
					path,
					label: 'There'
				})
			);
			const response = await open(browser, mavuno, slug);
			expect(response.status).toBe(200);
			const page = await response.text();
			expect(page).toContain('Mavuno Traders Ltd');
			expect(page).toContain('title="Signed in as Wanjiku Kamau, manager"');
			expect(page).toContain(`href="${path}" aria-current="page"`);
		}
	);

	it('finds every place that the demo story tells of', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		for (const slug of products.keys()) await open(browser, mavuno, slug);
		const places = placesOfMavuno(createCalendar(new Date(), 'Africa/Nairobi'));
		for (const { product: slug, path } of places) {
			const page = await browser.ask(product(slug).origin + path);
			expect(page.status, `${slug} ${path}`).toBe(200);
		}
	});

	it('from a link to a page inside goes through the portal and comes out at that page', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		const response = await browser.follow(`${product('erp').origin}/stock`, everywhere());
		expect(await response.text()).toContain('Items on hand');
	});

	it.each([
		['another issuer', { iss: 'https://evil.example' }, 400],
		['a target elsewhere', { target_link_uri: 'https://evil.example/' }, 200]
	])('with %s leads nowhere else', async (_what, query, status) => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		const { origin } = product('erp');
		const response = await browser.follow(
			`${origin}/login?${new URLSearchParams(query as Record<string, string>)}`,
			everywhere()
		);
		expect(response.status).toBe(status);
		expect(response.headers.get('location')).toBeNull();
	});

	it('is refused without access, and says so once', async () => {
		const { browser } = await signedIn(pwani, 'amina@pwani.example');
		const page = await browser.follow(`${product('erp').origin}/stock`, everywhere());
		const [, request = ''] = /\/launch\/erp\?request=([\w-]+)/.exec(await page.text()) ?? [];
		const refused = await browser.follow(
			`${portal.origin}/oidc/interaction/${request}/refusal`,
			everywhere(),
			{ method: 'POST' }
		);
		expect(refused.status).toBe(403);
		expect(await refused.text()).toContain('You have no access to this product.');
	});

	it('finished by another browser, or twice, signs nobody in', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
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
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		await open(browser, mavuno, 'payroll');
		portal.reports.length = 0;
		const response = await submit(browser, 'payroll', '/employees', {
			name: 'Akinyi Were',
			job: 'Cashier',
			gross: '35,000'
		});
		const page = await response.text();
		expect(page).toContain('Akinyi Were is employee 257');
		expect(page).toContain('157 employees');

		await expect.poll(() => told('places').length, { timeout: 4_000 }).toBeGreaterThan(0);
		await expect.poll(() => told('activity').length, { timeout: 4_000 }).toBe(1);
		await expect.poll(() => told('events').length, { timeout: 4_000 }).toBeGreaterThan(0);
		const events = told('events').flatMap(({ body }) => body as Record<string, unknown>[]);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'com.lixnet.payroll.employees.counted',
				subject: mavuno.businessId,
				data: { count: 157 }
			})
		);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'com.lixnet.payroll.data.transferred',
				data: { bytes: expect.any(Number) as number, user: 'wanjiku@mavuno.example' }
			})
		);
		expect(told('places').at(-1)?.body).toEqual({
			business: mavuno.businessId,
			person: mavuno.personId,
			label: 'Employees',
			path: '/employees'
		});
	});

	it('says beside the field what is wrong, keeps what was typed and changes nothing', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		await open(browser, mavuno, 'erp');
		const response = await submit(browser, 'erp', '/stock/receipts', {
			item: 'item-1',
			quantity: '<b>',
			supplier: 'Rift "Millers"'
		});
		expect(response.status).toBe(422);
		const page = await response.text();
		expect(page).toContain('Write the quantity as a whole number');
		expect(page).toContain('value="&#60;b&#62;"');
		expect(page).toContain('Rift &#34;Millers&#34;');
		expect(page).toContain('aria-invalid="true" aria-describedby="quantity-problem"');
		const overview = await (await browser.ask(`${product('erp').origin}/`)).text();
		expect(overview.replaceAll(/\s+/g, '')).toContain('<dt>Records</dt><dd>156</dd>');
	});

	it('stays in the book of its business', async () => {
		const one = await signedIn(mavuno, 'wanjiku@mavuno.example');
		await open(one.browser, mavuno, 'sacco');
		await submit(one.browser, 'sacco', '/members', { name: 'Otieno Ouma', phone: '0712 345 678' });
		const two = await signedIn(pwani, 'amina@pwani.example');
		await open(two.browser, pwani, 'sacco');
		const { origin } = product('sacco');
		expect(await (await two.browser.ask(`${origin}/members`)).text()).not.toContain('Otieno Ouma');
		expect(await (await one.browser.ask(`${origin}/members`)).text()).toContain('Otieno Ouma');
	});

	it('is refused from a form of another business or of another site', async () => {
		await withSystem('test', async (scope) => {
			await addMember(scope, {
				businessId: pwani.businessId,
				personId: mavuno.personId,
				role: 'member'
			});
			await grantAccess(scope, {
				businessId: pwani.businessId,
				personId: mavuno.personId,
				product: 'sacco'
			});
		});
		const { browser, sessionId } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		await open(browser, mavuno, 'sacco');
		await withSystem('test', (scope) =>
			moveSession(scope, { sessionId, businessId: pwani.businessId })
		);
		await open(browser, { ...mavuno, businessId: pwani.businessId, role: 'member' }, 'sacco');
		const fields = { name: 'Nobody', phone: '0712345678' };
		const stale = await submit(browser, 'sacco', '/members', {
			...fields,
			business: mavuno.businessId
		});
		expect(stale.status).toBe(409);
		expect(await stale.text()).toContain('Pwani Farmers Co-operative');
		const foreign = await browser.ask(`${product('sacco').origin}/members`, {
			method: 'POST',
			headers: { origin: 'https://evil.example' },
			body: new URLSearchParams({ business: pwani.businessId, ...fields })
		});
		expect(foreign.status).toBe(409);
		const page = await (await browser.ask(`${product('sacco').origin}/members`)).text();
		expect(page).not.toContain('Nobody');
	});
});

describe('leaving', () => {
	const isSignedIn = async (browser: Browser, slug: Slug): Promise<boolean> =>
		(await browser.ask(`${product(slug).origin}/`)).status === 200;

	it('the portal signs out of every product', async () => {
		const { browser, token } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		for (const slug of ['erp', 'payroll'] as const) await open(browser, mavuno, slug);
		expect(await isSignedIn(browser, 'erp')).toBe(true);
		await withSystem('test', (scope) => endSession(scope, token));
		await portal.jobs.settle();
		expect(await isSignedIn(browser, 'erp')).toBe(false);
		expect(await isSignedIn(browser, 'payroll')).toBe(false);
		const page = await browser.follow(`${product('erp').origin}/`, everywhere());
		expect(await page.text()).toContain('/login?return_to=');
	});

	it('losing access ends that product at once, and no other', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		for (const slug of ['erp', 'payroll'] as const) await open(browser, mavuno, slug);
		await withSystem('test', (scope) => removeAccess(scope, { ...mavuno, product: 'erp' }));
		await portal.jobs.settle();
		expect(await isSignedIn(browser, 'erp')).toBe(false);
		expect(await isSignedIn(browser, 'payroll')).toBe(true);
		await withSystem('test', (scope) => grantAccess(scope, { ...mavuno, product: 'erp' }));
	});

	it('a product asks the portal whether to leave everything', async () => {
		const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
		await open(browser, mavuno, 'erp');
		const { origin } = product('erp');
		const asked = await browser.follow(`${origin}/sign-out`, everywhere(), {
			method: 'POST',
			headers: { origin }
		});
		expect(await asked.text()).toContain('Sign out of ERP System?');
		expect(await isSignedIn(browser, 'erp')).toBe(false);
	});

	it.each(['', 'nonsense', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'])(
		'a logout token %j signs nobody out',
		async (token) => {
			const { browser } = await signedIn(mavuno, 'wanjiku@mavuno.example');
			await open(browser, mavuno, 'erp');
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
