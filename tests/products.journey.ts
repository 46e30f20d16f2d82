import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { createUser } from './setup/people.ts';
import { evolve } from './setup/portal.ts';
import { actFor, sessionOf, visit } from './setup/visitor.ts';
import { postForm } from './setup/requests.ts';

const portal = inject('portal');
const origins = {
	erp: `http://localhost:${portal.port + 1}`,
	sacco: `http://localhost:${portal.port + 2}`,
	payroll: `http://localhost:${portal.port + 3}`
};
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const card = (page: Page, slug: string) => page.locator(`#product-${slug}`);
/** Signed in at the product: past its login address. */
const arrived = (page: Page, origin: string, path?: string) =>
	page.waitForURL(
		(url) =>
			url.origin === origin &&
			!/^\/(login|callback)/.test(url.pathname) &&
			(path === undefined || url.pathname === path)
	);

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true, name: 'kijani' },
	{ how: 'without JavaScript', javaScriptEnabled: false, name: 'bahari' }
])('products $how', ({ javaScriptEnabled, name }) => {
	// A business of its own, so that the story stays as other journeys know it.
	const owner = `neema@${name}.example`;
	const member = `baraka@${name}.example`;
	const business = `${name} Traders`;

	beforeAll(async () => {
		await createUser(portal, {
			email: owner,
			name: 'Neema Otieno',
			role: 'owner',
			newBusiness: business
		});
		await createUser(portal, { email: member, name: 'Baraka Musa', role: 'member', business });
		await evolve(
			portal.dataDir,
			'subscription',
			'start',
			'--business',
			business,
			'--product',
			'erp',
			'--plan',
			'business'
		);
	});

	it('an owner lets herself in, a member asks, is let in with a role, launches, and is out at once when it ends', async () => {
		const neema = await visit(browser, portal, owner, { javaScriptEnabled });
		await card(neema.page, 'erp').getByRole('link', { name: 'Give yourself access' }).click();
		await neema.page.waitForURL(/\/products\/erp\/settings/);
		await neema.page.getByLabel('Person').selectOption({ label: 'Neema Otieno' });
		await neema.page.locator('#role-new').selectOption('manager');
		await neema.page.getByRole('button', { name: 'Give access' }).click();
		await neema.page.getByText('Kept. The role counts').waitFor();

		const baraka = await visit(browser, portal, member, { javaScriptEnabled });
		expect(await card(baraka.page, 'erp').locator('form[action^="/launch"]').count()).toBe(0);
		await card(baraka.page, 'erp').getByRole('link', { name: 'Ask for access' }).click();
		await baraka.page.waitForURL(/\/products\/erp/);
		await baraka.page.getByLabel('What you need it for').fill('I count the stock on Fridays.');
		await baraka.page.getByRole('button', { name: 'Ask for access' }).click();
		await baraka.page
			.getByRole('heading', { name: 'You asked for access to ERP System' })
			.waitFor();
		// A refused launch says the same.
		expect((await baraka.page.goto('/launch/erp'))?.status()).toBe(403);
		await baraka.page.getByRole('link', { name: 'See your request' }).waitFor();

		// It can be taken back, and asked again.
		await baraka.page.goto('/products/erp');
		await baraka.page.getByRole('button', { name: 'Withdraw the request' }).click();
		await baraka.page.getByText('Withdrawn.').waitFor();
		await baraka.page.getByRole('button', { name: 'Ask for access' }).click();
		await baraka.page
			.getByRole('heading', { name: 'You asked for access to ERP System' })
			.waitFor();

		// Home tells the owner, who answers with a role that the product declared.
		await neema.page.goto('/');
		await neema.page.getByText('1 person asks for access to ERP System').waitFor();
		await neema.page.getByRole('link', { name: 'Answer' }).click();
		await neema.page.waitForURL(/\/products\/erp/);
		const request = await neema.page.locator('input[name=request]').first().inputValue();
		// Of another business it does not exist.
		const amina = await sessionOf(portal, 'amina@pwani.example');
		for (const answer of ['approve', 'decline'])
			expect((await postForm(portal, `/products/erp?/${answer}`, amina, { request })).status).toBe(
				404
			);
		await neema.page
			.locator('#requests ~ *, section:has(#requests)')
			.getByLabel('Role in ERP System')
			.selectOption('storekeeper');
		await neema.page.getByLabel('Reply (optional)').fill('Welcome.');
		await neema.page.getByRole('button', { name: 'Let in' }).click();
		await neema.page.getByText('Let in. They are told').waitFor();

		await baraka.page.goto('/');
		await card(baraka.page, 'erp').getByRole('button', { name: 'Launch ERP System' }).click();
		await arrived(baraka.page, origins.erp);
		expect(await baraka.page.locator('body').innerText()).toContain('Baraka');

		// Taken away again, the product has signed him out without being asked.
		await neema.page.goto('/products/erp/settings#access');
		const row = neema.page.locator('li', { hasText: 'Baraka Musa' });
		await row.locator('summary').click();
		await row.getByRole('button', { name: 'Remove access' }).click();
		await neema.page.getByText('Access removed.').waitFor();
		await expect
			.poll(
				async () => {
					const answer = await baraka.context.request.get(`${origins.erp}/stock`, {
						maxRedirects: 0
					});
					return answer.status() >= 300 || !(await answer.text()).includes('Baraka');
				},
				{ timeout: 15_000, interval: 250 }
			)
			.toBe(true);
		await neema.close();
		await baraka.close();
	});

	it('what the business sets changes where a launch lands; another place, or the beginning, is one click away', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/products/erp/settings');
		const choice = page.getByLabel('Launch lands');
		const path =
			(
				await choice
					.locator('option')
					.evaluateAll((options) =>
						options
							.map((option) => (option as HTMLOptionElement).value)
							.filter((value) => value.length > 1 && value.startsWith('/'))
					)
			)[1] ?? '';
		expect(path).toMatch(/^\/./);
		await choice.selectOption(path);
		await page.getByLabel('Always, also for people').check();
		await page.locator('form[action="?/landing"]').getByRole('button', { name: 'Save' }).click();
		await page.getByText('Launches land there').waitFor();
		await page.goto('/launch/erp');
		await page.getByRole('button', { name: 'Launch ERP System' }).click();
		await arrived(page, origins.erp, path);

		// From where the product is now, and was: the beginning is offered beside the landing.
		await page.goto(`${portal.url}/launch/erp`);
		await page.getByRole('button', { name: 'Start at the beginning' }).click();
		await arrived(page, origins.erp, '/');

		// A place that nobody named leads nowhere.
		const cookie = await sessionOf(portal, owner);
		const answer = await postForm(portal, '/launch/erp', cookie, { path: '/nothing/of/the/kind' });
		expect(answer.status).toBe(400);
		await close();
	});

	it('a trial begins after a page that says what it means, and its product opens', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/products/payroll');
		await page.getByRole('link', { name: 'Start a trial', exact: true }).first().click();
		await page.getByText('Nothing is billed by itself').waitFor();
		await page.getByRole('button', { name: 'Start 90 days free' }).click();
		await page.waitForURL(/\/products\/payroll\?done=trial/);
		await expect
			.poll(async () => {
				await page.goto('/products/payroll');
				return page.locator('.product-head').innerText();
			})
			.toMatch(/Trial, (89|90) days left[\s\S]*Launch Payroll/);
		await page.getByRole('button', { name: 'Launch Payroll' }).click();
		await arrived(page, origins.payroll);
		// Had once, it is not tried again.
		await page.goto(`${portal.url}/products/payroll/trial?plan=standard`);
		expect(new URL(page.url()).pathname).toBe('/products/payroll');
		await close();
	});

	it('an export is asked for, prepared by the product, and fetched from it', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/products/erp/settings');
		await page.getByRole('button', { name: 'Ask for it Stock' }).click();
		await page.getByText('You are told when the file is ready.').waitFor();
		await expect
			.poll(
				async () => {
					await page.goto('/products/erp/settings');
					return page.locator('#exports-asked').innerText();
				},
				{ timeout: 30_000, interval: 500 }
			)
			.toContain('Ready');
		await page.getByRole('button', { name: 'Download Stock' }).click();
		await page.waitForURL(
			(url) => url.origin === origins.erp && url.pathname.startsWith('/exports')
		);
		expect(await page.locator('body').innerText()).toContain('Stock');
		await close();
	});

	it('everybody is signed out at one word, after it was said what that means', async () => {
		const { page, context, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/launch/erp');
		await page.getByRole('button', { name: 'Launch ERP System' }).click();
		await arrived(page, origins.erp);
		await page.goto(`${portal.url}/products/erp/settings`);
		await page.getByRole('link', { name: 'Sign everybody out' }).click();
		await page.getByText('may lose what they have not saved').waitFor();
		await page.getByRole('dialog').getByRole('button', { name: 'Sign everybody out' }).click();
		await page.getByText('Everybody is being signed out').waitFor();
		await expect
			.poll(
				async () => {
					const answer = await context.request.get(`${origins.erp}/stock`, { maxRedirects: 0 });
					return answer.status() >= 300 || !(await answer.text()).includes('Neema');
				},
				{ timeout: 15_000, interval: 250 }
			)
			.toBe(true);
		await close();
	});

	it('an outage and its end are seen where one launches', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await evolve(
			portal.dataDir,
			'product',
			'state',
			'payroll',
			'outage',
			'--message',
			'A cable was cut.'
		);
		try {
			await page.goto('/');
			await card(page, 'payroll').getByText('A cable was cut.').waitFor();
			await card(page, 'payroll').getByRole('link', { name: 'Try anyway' }).click();
			await page.getByText('A cable was cut.').waitFor();
			await page.getByRole('button', { name: 'Try anyway' }).click();
			await arrived(page, origins.payroll);
			// A page that was open before learns of it before it leads there.
			const answer = await postForm(portal, '/launch/payroll', await sessionOf(portal, owner), {});
			expect(answer.headers.get('location')).toBe('/launch/payroll');
		} finally {
			await evolve(portal.dataDir, 'product', 'restore', 'payroll');
		}
		await page.goto(portal.url);
		await card(page, 'payroll').getByRole('button', { name: 'Launch Payroll' }).waitFor();
		await close();
	});

	it('a suspended product says what is left of it and when it closes, with the bill beside it', async () => {
		const { page, close } = await visit(browser, portal, 'amina@pwani.example', {
			javaScriptEnabled
		});
		await actFor(page, 'Tana Growers');
		const sacco = card(page, 'sacco');
		await sacco.getByText('Suspended').waitFor();
		expect(await sacco.innerText()).toMatch(/Read-only, closes \d+ \w+ \d{4}/);
		await sacco.getByRole('button', { name: 'Open read-only' }).waitFor();
		expect(await sacco.innerText()).toMatch(/Pay KES/);
		await page.goto('/launch/sacco');
		await page.getByText(/It closes on \d+ \w+ \d{4} unless the bill is paid/).waitFor();
		await close();
	});
});

it('a digit launches what shows it, but not while one types; the palette launches too', async () => {
	const { page, close } = await visit(browser, portal, 'neema@kijani.example');
	await page.goto('/');
	const key = card(page, 'erp').locator('button[data-key]');
	const digit = (await key.getAttribute('aria-keyshortcuts')) ?? '';
	expect(digit).toMatch(/^[1-9]$/);
	await page.getByLabel('Search your products').fill('');
	await page.getByLabel('Search your products').press(digit);
	expect(await page.getByLabel('Search your products').inputValue()).toBe(digit);
	await page.getByLabel('Search your products').blur();
	await page.keyboard.press(digit);
	await arrived(page, origins.erp);

	await page.goto(portal.url);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('launch payroll');
	await page.keyboard.press('Enter');
	await arrived(page, origins.payroll);
	await close();
});

describe('a product that the vendor adds', () => {
	/** What it answers at its login address. */
	let status = 200;
	const server = createServer((_request, response) => {
		response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Field Sales</h1>');
	});
	let origin: string;

	beforeAll(async () => {
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		await evolve(
			portal.dataDir,
			...['product', 'save', '--slug', 'field-sales', '--name', 'Field Sales'],
			...['--summary', 'Orders from the road.', '--login-url', `${origin}/login`]
		);
		await evolve(
			portal.dataDir,
			...['plan', 'save', '--product', 'field-sales', '--slug', 'one', '--name', 'One'],
			...['--amount', '1000.00']
		);
		await evolve(
			portal.dataDir,
			...['subscription', 'start', '--business', 'kijani Traders'],
			...['--product', 'field-sales', '--plan', 'one']
		);
	});
	afterAll(() => server.close().closeAllConnections());

	it('has its pages by what is said of it, and any role where it declared none', async () => {
		const { page, close } = await visit(browser, portal, 'neema@kijani.example');
		await page.goto('/products/field-sales/settings');
		await page.getByText('has not said what it can export').waitFor();
		await page.getByLabel('Person').selectOption({ label: 'Neema Otieno' });
		await page.getByLabel('Role in Field Sales').fill('rider');
		await page.getByRole('button', { name: 'Give access' }).click();
		await page.getByText('Kept. The role counts').waitFor();
		for (const path of ['', '/analytics'])
			expect((await page.goto(`/products/field-sales${path}`))?.status(), path).toBe(200);
		await page.goto('/');
		await card(page, 'field-sales').getByRole('button', { name: 'Launch Field Sales' }).click();
		await page.waitForURL((url) => url.origin === origin);
		// What a third party needs to begin signing somebody in (OpenID Connect Core 1.0, 4).
		const asked = new URL(page.url()).searchParams;
		expect(asked.get('iss')).toBe(`${portal.url}/oidc`);
		expect(asked.get('target_link_uri')).toBe(`${origin}/`);
		await close();
	});

	it('that fails, or turns visitors away, is said to, with a ticket begun and a way past us', async () => {
		const { page, context, close } = await visit(browser, portal, 'neema@kijani.example');
		for (const [code, heading] of [
			[503, 'Field Sales answers with an error'],
			[404, 'Field Sales turns visitors away']
		] as const) {
			status = code;
			// What was heard before is believed for seconds.
			await page.waitForTimeout(5_200);
			await page.goto('/launch/field-sales');
			await page.getByRole('button', { name: 'Launch Field Sales' }).click();
			await page.getByRole('heading', { name: heading }).waitFor();
			expect(await page.locator('main').innerText()).toContain(String(code));
			const ticket = await context.newPage();
			await ticket.goto(
				(await page.getByRole('link', { name: 'Tell support' }).getAttribute('href')) ?? ''
			);
			expect(await ticket.getByLabel('Subject').inputValue()).toBe(heading);
			expect(await ticket.getByLabel('Message').inputValue()).toContain(String(code));
			await ticket.close();
			status = 200;
		}
		await page.getByRole('button', { name: 'Open it all the same' }).click();
		await page.waitForURL((url) => url.origin === origin);
		await close();
	});

	it('whose address leads nowhere is said to, without a loop', async () => {
		await evolve(
			portal.dataDir,
			...['product', 'save', '--slug', 'field-sales', '--login-url', 'https://nobody.invalid/login']
		);
		const { page, close } = await visit(browser, portal, 'neema@kijani.example');
		await page.goto('/');
		await card(page, 'field-sales').getByRole('button', { name: 'Launch Field Sales' }).click();
		await page.getByRole('heading', { name: 'The address of Field Sales leads nowhere' }).waitFor();
		expect(new URL(page.url()).pathname).toBe('/launch/field-sales');
		await close();
	});
});
