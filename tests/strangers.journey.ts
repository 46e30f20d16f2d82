import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSubscriptionStatus } from '#server/modules/billing/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { grantAccess, removeAccess } from '#server/modules/launch/index.ts';
import { readConfig } from '#server/platform/config.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createLog } from '#server/platform/log.ts';
import type { Member } from '#server/platform/scope.ts';
import { openPortal, type Opened } from '../src/open.ts';
import { createCustomer, password, registerProduct } from '../src/oidc/testing/portal.ts';
import { freePort, hasApache, startApache, type Apache } from './setup/apache.ts';
import { launchBrowser } from './setup/browser.ts';
import { startPortal, type StartedPortal } from './setup/portal.ts';

// A product that none of us wrote: Apache with mod_auth_openidc before an application that knows nothing
// of any of this, set up by the recipe of docs/sign-in.md and by nothing else.

const wanjiku = 'wanjiku@strangers.example';
const amina = 'amina@strangers.example';

if (!hasApache()) {
	const words =
		'Strangers are not tried: this machine has no Apache with mod_auth_openidc (apt-get install libapache2-mod-auth-openidc).';
	if (process.env['REQUIRE_APACHE']) throw new Error(words);
	console.warn(words);
}

/** The recipe as it stands in the guide, with this installation's addresses in the places of the guide's. */
function recipe(values: Record<string, string>): string {
	const guide = readFileSync(fileURLToPath(new URL('../docs/sign-in.md', import.meta.url)), 'utf8');
	let block = /```apache\n([\s\S]+?)```/.exec(guide)?.[1] ?? '';
	for (const [placeholder, value] of Object.entries(values)) {
		if (!block.includes(placeholder)) throw new Error(`The recipe has no ${placeholder}.`);
		block = block.replaceAll(placeholder, value);
	}
	return block;
}

/** An application that shows who it is told is there. */
async function startApplication(): Promise<{ server: Server; port: number }> {
	const server = createServer((request, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ path: request.url, headers: request.headers }));
	});
	const port = await freePort();
	await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
	return { server, port };
}

describe.skipIf(!hasApache())('an application behind Apache’s mod_auth_openidc', () => {
	let portal: StartedPortal;
	let opened: Opened;
	let application: Awaited<ReturnType<typeof startApplication>>;
	let apache: Apache;
	let browser: Browser;
	let context: BrowserContext;
	let page: Page;
	let product: { id: string; secret: string };
	let mavuno: Member;
	// Cookies do not tell ports apart, so it has another host than the portal.
	let origin: string;

	beforeAll(async () => {
		portal = await startPortal({ DEMO: 'off' });
		const port = await freePort();
		origin = `http://127.0.0.1:${port}`;
		// Beside the running portal, as the operator's command line is.
		opened = await openPortal(
			readConfig({ DATA_DIR: portal.dataDir, PORT: String(portal.port), DEMO: 'off' }),
			{ log: createLog('silent') }
		);
		product = await registerProduct('hr', 'HR', origin, '/oidc/callback?logout=backchannel');
		await withSystem('test', (scope) =>
			saveProduct(scope, {
				slug: 'hr',
				loginUrl: `${origin}/oidc/callback`,
				redirectUrls: [`${origin}/oidc/callback`],
				postLogoutUrls: [`${origin}/signed-out`]
			})
		);
		mavuno = await createCustomer('Mavuno Traders Ltd', { name: 'Wanjiku Kamau', email: wanjiku }, [
			{ slug: 'hr' }
		]);
		await createCustomer('Pwani Farmers', { name: 'Amina Salim', email: amina }, [{ slug: 'hr' }]);
		application = await startApplication();
		apache = await startApache(
			port,
			recipe({
				'https://portal.example.com': portal.url,
				'https://hr.example.com': origin,
				prd_the_client_id: product.id,
				'the client secret': product.secret,
				'http://127.0.0.1:8080': `http://127.0.0.1:${application.port}`
			})
		);
		browser = await launchBrowser();
	});
	afterAll(async () => {
		await browser.close();
		await apache.stop();
		application.server.close();
		await opened.close();
		await portal.stop();
	});
	beforeEach(async () => {
		context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
		page = await context.newPage();
		return () => context.close();
	});

	async function signIn(email: string): Promise<void> {
		await page.getByLabel('E-mail').fill(email);
		await page.locator('input[name=password]').fill(password);
		await page.locator('main form button[type=submit]').first().click();
	}

	/** What the application was told with the page that is open now. */
	async function told(): Promise<{ path: string; headers: IncomingHttpHeaders }> {
		expect(new URL(page.url()).origin).toBe(origin);
		return JSON.parse(await page.locator('body').innerText()) as never;
	}

	/** From the portal's home to the application. */
	async function launch(): Promise<void> {
		await page.goto(portal.url);
		if (new URL(page.url()).pathname === '/login') await signIn(wanjiku);
		await page.getByRole('button', { name: 'Launch HR' }).first().click();
		await page.waitForURL((url) => url.origin === origin);
	}

	/** Whether a page of the application is shown without going to the portal. */
	async function isSignedIn(): Promise<boolean> {
		const response = await context.request.get(`${origin}/staff`, { maxRedirects: 0 });
		return response.status() === 200;
	}

	it('opens with one click on its card, and knows who, for whom and as what', async () => {
		await launch();
		const { path, headers } = await told();
		expect(path).toBe('/');
		expect(headers).toMatchObject({
			oidc_claim_sub: mavuno.personId,
			oidc_claim_name: 'Wanjiku Kamau',
			oidc_claim_email: wanjiku,
			oidc_claim_product_role: 'manager',
			oidc_claim_subscription: 'active',
			oidc_claim_access_mode: 'full',
			oidc_claim_acr: 'urn:evolve:password'
		});
		expect(JSON.parse(String(headers['oidc_claim_business']))).toEqual({
			id: mavuno.businessId,
			name: 'Mavuno Traders Ltd'
		});
	});

	it('lets somebody who comes to it first sign in on the way, and lands where they wanted', async () => {
		await page.goto(`${origin}/staff/7?tab=leave`);
		expect(new URL(page.url()).origin).toBe(portal.url);
		await signIn(amina);
		await page.waitForURL(`${origin}/staff/7?tab=leave`);
		expect((await told()).headers['oidc_claim_name']).toBe('Amina Salim');
	});

	it('takes a login that the portal begins, and none that leads to another host', async () => {
		await page.goto(portal.url);
		await signIn(wanjiku);
		await page.waitForURL((url) => url.pathname === '/');
		const begin = (target: string, iss = `${portal.url}/oidc`) =>
			page.goto(
				`${origin}/oidc/callback?${new URLSearchParams({ iss, login_hint: wanjiku, target_link_uri: target })}`
			);
		await begin(`${origin}/payslips`);
		expect((await told()).path).toBe('/payslips');
		// Refused by the module itself, on a page of its own.
		for (const refused of [
			() => begin('https://evil.example/'),
			() => begin(`${origin}/payslips`, 'https://evil.example/oidc')
		]) {
			await refused();
			expect(new URL(page.url()).pathname).toBe('/oidc/callback');
			expect(await page.locator('body').innerText()).toContain('Error');
		}
	});

	it('believes no browser that says who it is', async () => {
		await launch();
		const response = await context.request.get(`${origin}/`, {
			headers: { OIDC_CLAIM_sub: 'per_somebody_else', 'OIDC-CLAIM-sub': 'per_somebody_else' }
		});
		expect(await response.text()).not.toContain('"oidc_claim_sub":"per_somebody_else"');
		const script = await fetch(`${origin}/data`, { headers: { 'sec-fetch-dest': 'empty' } });
		expect(script.status).toBe(401);
	});

	it('shows nothing more the moment access is removed', async () => {
		await launch();
		expect(await isSignedIn()).toBe(true);
		const { businessId, personId } = mavuno;
		await withSystem('test', (scope) =>
			removeAccess(scope, { businessId, personId, product: 'hr' })
		);
		const began = performance.now();
		await expect.poll(isSignedIn, { timeout: 5_000, interval: 50 }).toBe(false);
		expect(performance.now() - began).toBeLessThan(2_000);
		await page.goto(`${origin}/staff`);
		expect(new URL(page.url()).pathname).toBe('/launch/hr');
		await withSystem('test', (scope) =>
			grantAccess(scope, { businessId, personId, product: 'hr', role: 'manager' })
		);
	});

	it('is told what is left of it while the subscription is suspended', async () => {
		const change = (status: 'suspended' | 'active') =>
			withSystem('test', (scope) =>
				changeSubscriptionStatus(scope, {
					businessId: mavuno.businessId,
					product: 'hr',
					status,
					on: '2026-06-01'
				})
			);
		await change('suspended');
		try {
			await page.goto(`${origin}/staff`);
			await signIn(wanjiku);
			await page.waitForURL(`${origin}/staff`);
			expect((await told()).headers).toMatchObject({
				oidc_claim_subscription: 'suspended',
				oidc_claim_access_mode: 'read_only'
			});
		} finally {
			await change('active');
		}
	});

	it('forgets who signs out of the portal', async () => {
		await launch();
		await page.goto(`${portal.url}/logout`);
		await page.locator('main form button[type=submit]').click();
		await page.waitForURL((url) => url.pathname === '/login');
		await expect.poll(isSignedIn, { timeout: 5_000, interval: 50 }).toBe(false);
	});

	it('signs out by itself, of itself alone or of everything, and comes back to its own page', async () => {
		const leave = `${origin}/oidc/callback?logout=${encodeURIComponent(`${origin}/signed-out`)}`;
		await launch();
		await page.goto(leave);
		await page.getByRole('button', { name: 'Only HR' }).click();
		await page.waitForURL(`${origin}/signed-out`);
		expect((await told()).headers).not.toHaveProperty('oidc_claim_sub');
		expect(await isSignedIn()).toBe(false);
		await page.goto(portal.url);
		expect(new URL(page.url()).pathname).toBe('/');

		await launch();
		await page.goto(leave);
		await page.getByRole('button', { name: 'Sign out everywhere' }).click();
		await page.waitForURL(`${origin}/signed-out`);
		await page.goto(portal.url);
		expect(new URL(page.url()).pathname).toBe('/login');
	});
});
