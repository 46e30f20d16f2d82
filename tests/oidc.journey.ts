import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addMember } from '#server/modules/businesses/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { grantAccess } from '#server/modules/launch/index.ts';
import { readConfig } from '#server/platform/config.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createLog } from '#server/platform/log.ts';
import type { Member } from '#server/platform/scope.ts';
import { openPortal, type Opened } from '../src/open.ts';
import { createClient, type TestClient } from '../src/oidc/testing/client.ts';
import { createCustomer, password, registerProduct } from '../src/oidc/testing/portal.ts';
import { freePort } from './setup/apache.ts';
import { launchBrowser } from './setup/browser.ts';
import { evolve, startPortal, type StartedPortal } from './setup/portal.ts';

// The provider as browsers and an operator meet it, with a product of the test's own that signs in by
// openid-client and asks for whatever its login address is asked for.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wanjiku = 'wanjiku@mavuno.example';
const amina = 'amina@pwani.example';

let portal: StartedPortal;
let opened: Opened;
let product: Awaited<ReturnType<typeof startProduct>>;
let browser: Browser;
let mavuno: Member;
let pwani: Member;

beforeAll(async () => {
	portal = await startPortal({ DEMO: 'off' });
	opened = await openPortal(
		readConfig({ DATA_DIR: portal.dataDir, PORT: String(portal.port), DEMO: 'off' }),
		{ log: createLog('silent') }
	);
	product = await startProduct();
	mavuno = await createCustomer('Mavuno Traders Ltd', { name: 'Wanjiku Kamau', email: wanjiku }, [
		{ slug: 'hr' }
	]);
	pwani = await createCustomer(
		'Pwani Farmers Co-operative',
		{ name: 'Amina Salim', email: amina },
		[{ slug: 'hr' }]
	);
	// Wanjiku works for both.
	await withSystem('test', async (scope) => {
		const { businessId } = pwani;
		const { personId } = mavuno;
		await addMember(scope, { businessId, personId, role: 'member' });
		await grantAccess(scope, { businessId, personId, product: 'hr', role: 'clerk' });
	});
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
	product.server.closeAllConnections();
	product.server.close();
	await opened.close();
	await portal.stop();
});

/** A product on another host than the portal, since cookies do not tell ports apart. */
async function startProduct() {
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const registered = await registerProduct('hr', 'HR', origin, '/logout');
	await withSystem('test', (scope) =>
		saveProduct(scope, { slug: 'hr', frontchannelLogoutUrl: `${origin}/frame` })
	);
	const client: TestClient = await createClient(portal.url, {
		...registered,
		slug: 'hr',
		origin,
		logouts: [],
		answer: 200,
		close: async () => undefined
	});
	const underWay = new Map<string, Awaited<ReturnType<TestClient['request']>>>();
	const frames: URLSearchParams[] = [];
	const signIns: { kid: unknown; claims: Record<string, unknown> }[] = [];

	const server: Server = createServer((request, response) => {
		void (async () => {
			const url = new URL(request.url ?? '/', origin);
			if (url.pathname === '/frame') frames.push(url.searchParams);
			if (url.pathname === '/login' && request.method === 'GET') {
				const asked = await client.request(Object.fromEntries(url.searchParams));
				underWay.set(asked.url.searchParams.get('state') ?? '', asked);
				return response.writeHead(302, { location: asked.url.href }).end();
			}
			response.setHeader('content-type', 'text/html');
			if (url.pathname !== '/callback') return response.end('<p>a page of HR</p>');
			const asked = underWay.get(url.searchParams.get('state') ?? '');
			try {
				const tokens = await asked?.redeem(url);
				const [head = ''] = (tokens?.id_token ?? '').split('.');
				const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: unknown };
				signIns.push({ kid, claims: { ...tokens?.claims() } });
				response.end('<p>signed in to HR</p>');
			} catch (error) {
				response.end(`<p>refused: ${(error as { error?: string }).error ?? String(error)}</p>`);
			}
		})();
	});
	await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
	return {
		origin,
		server,
		/** What the browser has loaded in frames. */
		frames,
		signIns,
		login: (parameters: Record<string, string> = {}) =>
			`${origin}/login?${new URLSearchParams(parameters)}`
	};
}

async function signIn(page: Page, email: string): Promise<void> {
	const field = page.getByLabel('E-mail');
	if ((await field.inputValue()) === '') await field.fill(email);
	await page.locator('input[name=password]').fill(password);
	await page.locator('main form button[type=submit]').first().click();
}

async function findings(page: Page): Promise<string[]> {
	const { violations } = await page.evaluate<{
		violations: { id: string; nodes: { target: string[] }[] }[];
	}>(`${axe}; axe.run(document, { resultTypes: ['violations'], iframes: false })`);
	return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''}`);
}

const lastClaims = () => product.signIns.at(-1)?.claims;
const signedIn = (page: Page) => page.getByText('signed in to HR').waitFor();

describe.each([true, false])('in a browser with JavaScript: %s', (javaScriptEnabled) => {
	let context: BrowserContext;
	let page: Page;
	beforeEach(async () => {
		context = await browser.newContext({ javaScriptEnabled, baseURL: portal.url });
		page = await context.newPage();
		return () => context.close();
	});
	const look = async () => {
		if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
	};

	it('the person that a product expects only writes the password', async () => {
		await page.goto(product.login({ login_hint: amina }));
		expect(await page.getByLabel('E-mail').inputValue()).toBe(amina);
		await signIn(page, amina);
		await signedIn(page);
		expect(lastClaims()).toMatchObject({ sub: pwani.personId, business: { id: pwani.businessId } });
	});

	it('two people share a browser: the one who is expected is asked for, and each stays apart', async () => {
		await page.goto(product.login());
		await signIn(page, wanjiku);
		await signedIn(page);
		await page.goto(product.login({ login_hint: amina }));
		await page.getByRole('heading', { name: 'HR expects somebody else' }).waitFor();
		await look();
		await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
		expect(await page.getByLabel('E-mail').inputValue()).toBe(amina);
		await signIn(page, amina);
		await signedIn(page);
		expect(lastClaims()).toMatchObject({ sub: pwani.personId, business: { id: pwani.businessId } });
		// And the other answer: to go on as who is signed in.
		await page.goto(product.login({ login_hint: wanjiku }));
		await page.getByRole('button', { name: 'Go on as Amina Salim' }).click();
		await signedIn(page);
		expect(lastClaims()).toMatchObject({ sub: pwani.personId });
	});

	it('one person acts for two businesses, and the product is told which', async () => {
		const { personId } = mavuno;
		await page.goto('/login');
		await signIn(page, wanjiku);
		await page.goto(product.login());
		await signedIn(page);
		const first = lastClaims();
		const other = (first?.['business'] as { id: string }).id === mavuno.businessId ? pwani : mavuno;
		await page.goto('/');
		// As the menu's form does.
		const moved = await context.request.post('/businesses/switch', {
			form: { business: other.businessId },
			headers: { origin: portal.url }
		});
		expect(moved.ok()).toBe(true);
		await page.goto(product.login());
		await signedIn(page);
		expect(lastClaims()).toMatchObject({
			sub: personId,
			business: { id: other.businessId },
			product_role: other === pwani ? 'clerk' : 'manager'
		});
		expect(lastClaims()?.['sid']).not.toBe(first?.['sid']);
	});

	it('whoever signs out is signed out of the product in the browser too', async () => {
		await page.goto(product.login());
		await signIn(page, amina);
		await signedIn(page);
		const sid = lastClaims()?.['sid'];
		await page.goto('/logout');
		await page.locator('main form button[type=submit]').click();
		await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
		await expect
			.poll(() => product.frames.map((query) => query.get('sid')), { timeout: 5_000 })
			.toContain(sid);
		expect(product.frames.at(-1)?.get('iss')).toBe(`${portal.url}/oidc`);
		await look();
		await page.getByRole('link', { name: 'Sign in again' }).click();
		expect(new URL(page.url()).pathname).toBe('/login');
	});

	it('a product that goes round in circles ends on a page, with a way to support', async () => {
		await page.goto(product.login());
		await signIn(page, amina);
		await signedIn(page);
		for (let round = 0; round < 12; round++) await page.goto(product.login());
		await page.getByRole('heading', { name: 'HR keeps asking you to sign in' }).waitFor();
		await look();
		expect(await page.getByRole('link', { name: 'Tell support' }).getAttribute('href')).toBe(
			'/support/new?product=hr'
		);
	});
});

it('a product that insists on a second factor has it set up on the way, and is told of it', async () => {
	const careful = { name: 'Nyota Wafula', email: 'nyota@nyota.example' };
	await createCustomer('Nyota Ltd', careful, [{ slug: 'hr' }]);
	const context = await browser.newContext();
	const page = await context.newPage();
	const claims = JSON.stringify({
		id_token: { acr: { essential: true, values: ['urn:evolve:second-factor'] } }
	});
	await page.goto(product.login({ claims }));
	await signIn(page, careful.email);
	await page.waitForURL((url) => url.pathname === '/security/set-up');
	await page.locator('input[name=password]').fill(password);
	await page.locator('main form button[type=submit]').first().click();
	// The key to type, which a phone cannot scan from its own screen.
	const shown = await page.locator('main p[translate=no]').textContent();
	const secret = (shown ?? '').replaceAll(' ', '');
	await page
		.locator('input[name=code]')
		.fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
	await page.locator('input[name=code]').press('Enter');
	await page.locator('main a[href^="/oidc/interaction/"]').first().click();
	await signedIn(page);
	expect(lastClaims()).toMatchObject({
		acr: 'urn:evolve:second-factor',
		amr: ['pwd', 'otp']
	});
	await context.close();
});

it('an operator rotates the key, and the running portal signs with it at once', async () => {
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(product.login());
	await signIn(page, amina);
	await signedIn(page);
	const before = product.signIns.at(-1)?.kid;
	const made = (await evolve(portal.dataDir, 'keys', 'rotate', '--now')).trim();
	const listed = await evolve(portal.dataDir, 'keys', 'list');
	expect(listed).toMatch(new RegExp(`^${made} +signing +since`, 'm'));
	expect(listed).toMatch(new RegExp(`^${String(before)} +replaced +published until`, 'm'));
	const jwks = (await (await fetch(`${portal.url}/oidc/jwks`)).json()) as {
		keys: { kid: string }[];
	};
	expect(jwks.keys.map(({ kid }) => kid)).toEqual([made, before]);
	await page.goto(product.login());
	await signedIn(page);
	expect(product.signIns.at(-1)?.kid).toBe(made);
	await context.close();
});
