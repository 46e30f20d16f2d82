import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { evolve } from './setup/portal.ts';
import { codeBefore, codeOf } from './setup/second-factor.ts';

const portal = inject('portal');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

interface Account {
	email: string;
	password: string;
}

let accounts = 0;

/** Somebody of their own, so that no other journey has to know of their second factor. */
async function createAccount(...more: string[]): Promise<Account> {
	accounts += 1;
	const email = `two-steps-${accounts}@mavuno.example`;
	const kind = more.length > 0 ? more : ['--new-business', `Two Steps ${accounts} Ltd`];
	const printed = await evolve(
		portal.dataDir,
		...['user', 'create', '--email', email, '--name', 'Nafula Barasa'],
		...kind
	);
	return { email, password: printed.trim() };
}

async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<{
	page: Page;
	context: BrowserContext;
}> {
	const context = await browser.newContext({
		baseURL: portal.url,
		viewport: { width: 360, height: 760 },
		...options
	});
	return { context, page: await context.newPage() };
}

async function press(page: Page, name: string): Promise<void> {
	await Promise.all([
		page.waitForEvent('framenavigated'),
		page.getByRole('button', { name, exact: true }).click()
	]);
	await page.waitForLoadState();
}

async function follow(page: Page, name: string): Promise<void> {
	await Promise.all([
		page.waitForEvent('framenavigated'),
		page.getByRole('link', { name, exact: true }).click()
	]);
	await page.waitForLoadState();
}

async function givePassword(page: Page, { email, password }: Account): Promise<void> {
	await page.getByLabel('E-mail address').fill(email);
	await page.locator('input[name=password]').fill(password);
	await press(page, 'Sign in');
}

const where = (page: Page): string => new URL(page.url()).pathname;
const main = (page: Page): Promise<string> => page.locator('main').innerText();

/** From the page that asks for the password to the recovery codes. */
async function setUp(page: Page, account: Account): Promise<{ secret: string; codes: string[] }> {
	await page.locator('input[name=password]').fill(account.password);
	await press(page, 'Continue');
	await page.locator('summary').click();
	const secret = (await page.locator('.key').innerText()).replaceAll(' ', '');
	await page.getByLabel('Write the code that the app shows').fill(await codeBefore(secret));
	await press(page, 'Turn on two-step sign-in');
	return { secret, codes: await page.locator('ol li').allInnerTexts() };
}

/** The newest letter to somebody, from the page that shows letters during development. */
async function lettersTo(page: Page, email: string): Promise<string> {
	const answer = await page.request.get('/outbox');
	const text = await answer.text();
	return text
		.split('<article')
		.filter((letter) => letter.includes(email))
		.join('\n');
}

async function expectNoFindings(page: Page): Promise<void> {
	const { violations } = await page.evaluate<{
		violations: { id: string; nodes: { target: string[] }[] }[];
	}>(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
	const wide = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth
	);
	expect(
		violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''}`),
		page.url()
	).toEqual([]);
	expect(wide, page.url()).toBeLessThanOrEqual(0);
}

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('two-step sign-in $how', ({ javaScriptEnabled }) => {
	const look = (page: Page) => (javaScriptEnabled ? expectNoFindings(page) : Promise.resolve());

	it('is set up, asked for, confirmed on the way, and turned off', async () => {
		const account = await createAccount();
		const { page, context } = await open({ javaScriptEnabled });
		const sessionCookie = async () =>
			(await context.cookies()).find(({ name }) => name === 'evolve_session')?.value;

		// Set up from the account's page: password, secret, first code, recovery codes.
		await page.goto('/settings');
		await givePassword(page, account);
		expect(where(page)).toBe('/settings');
		const before = await sessionCookie();
		await follow(page, 'Set up two-step sign-in');
		await look(page);
		await page.locator('input[name=password]').fill('not it');
		await press(page, 'Continue');
		expect(await main(page)).toContain('This is not the password you have now.');
		await look(page);
		await page.locator('input[name=password]').fill(account.password);
		await press(page, 'Continue');
		await page.getByRole('img', { name: 'QR code' }).waitFor();
		await look(page);
		await page.getByLabel('Write the code that the app shows').fill('12 34');
		await press(page, 'Turn on two-step sign-in');
		expect(await main(page)).toContain('A code has six digits');
		await page.locator('summary').click();
		const secret = (await page.locator('.key').innerText()).replaceAll(' ', '');
		await look(page);
		const first = await codeBefore(secret);
		await page.getByLabel('Write the code that the app shows').fill(first);
		await press(page, 'Turn on two-step sign-in');
		const codes = await page.locator('ol li').allInnerTexts();
		expect(new Set(codes).size).toBe(10);
		const file = await page.getByRole('link', { name: 'Save as a file' }).getAttribute('href');
		for (const code of codes) expect(decodeURIComponent(file ?? '')).toContain(code);
		await look(page);

		// The session is another to whoever had copied it.
		expect(await sessionCookie()).not.toBe(before);
		const stale = await fetch(`${portal.url}/settings`, {
			redirect: 'manual',
			headers: { cookie: `evolve_session=${before ?? ''}` }
		});
		expect(stale.headers.get('location')).toMatch(/^\/login/);
		await follow(page, 'I have kept them');
		expect(await main(page)).toContain('10 of 10');
		// They are shown once.
		await page.goto('/security/set-up');
		expect(where(page)).toBe('/settings');
		expect(await page.content()).not.toContain(codes[0]);

		// From now on the password leads to the second step, and no further.
		await page.goto('/logout');
		await press(page, 'Log out');
		await page.goto('/usage');
		await givePassword(page, account);
		expect(where(page)).toBe('/login/code');
		await look(page);
		expect(await sessionCookie()).toBeUndefined();
		const pending = (await context.cookies()).find(({ name }) => name === 'evolve_sign_in');
		expect(pending).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
		expect((pending?.expires ?? 0) - Date.now() / 1000).toBeLessThanOrEqual(600);
		const elsewhere = await context.newPage();
		await elsewhere.goto('/usage');
		expect(where(elsewhere)).toBe('/login');
		await elsewhere.close();

		// A used code and a wrong one are told alike; the right one may be pasted with a space.
		for (const code of [first, '000000']) {
			await page.getByLabel('Code from your app').fill(code);
			await press(page, 'Sign in');
			expect(await main(page)).toContain('This code is not right, or it has been used.');
		}
		await look(page);
		const second = codeOf(secret, new Date());
		await page.getByLabel('Code from your app').fill(` ${second.slice(0, 3)} ${second.slice(3)} `);
		await press(page, 'Sign in');
		expect(where(page)).toBe('/usage');
		expect((await context.cookies()).map(({ name }) => name)).not.toContain('evolve_sign_in');

		// Asked for again on the way to something, and on to it; never to somebody else's address.
		await page.goto('/security/confirm?return_to=%2Fproducts');
		await look(page);
		await page.getByLabel('Code from your app').fill(codeOf(secret, new Date(), 1));
		const earlier = await sessionCookie();
		await press(page, 'Confirm');
		expect(where(page)).toBe('/products');
		expect(await sessionCookie()).not.toBe(earlier);
		await page.goto('/security/confirm?return_to=%2F%2Fevil.example%2F');
		await follow(page, 'Use a recovery code');
		await look(page);
		await page.getByLabel('Recovery code').fill((codes[0] ?? '').toUpperCase());
		await press(page, 'Confirm');
		expect(page.url()).toBe(`${portal.url}/`);

		// New recovery codes for an old one, then off for the password and a new one.
		await page.goto('/security/codes?with=recovery');
		await look(page);
		await page.getByLabel('Recovery code').fill(codes[1] ?? '');
		await press(page, 'Make new codes');
		const anew = await page.locator('ol li').allInnerTexts();
		expect(anew).toHaveLength(10);
		expect(anew).not.toContain(codes[2]);
		await page.goto('/security/remove?with=recovery');
		await look(page);
		await page.locator('input[name=password]').fill(account.password);
		await page.getByLabel('Recovery code').fill(codes[2] ?? '');
		await press(page, 'Turn off two-step sign-in');
		expect(await main(page)).toContain('This recovery code is not right');
		await page.locator('input[name=password]').fill(account.password);
		await page.getByLabel('Recovery code').fill(anew[0] ?? '');
		await press(page, 'Turn off two-step sign-in');
		expect(await main(page)).toContain('Two-step sign-in is off.');
		await page.goto('/logout');
		await press(page, 'Log out');
		await givePassword(page, account);
		expect(where(page)).toBe('/');

		const letters = await lettersTo(page, account.email);
		for (const subject of [
			'Two-step sign-in is on',
			'A recovery code was used for your account',
			'Two-step sign-in is off'
		])
			expect(letters).toContain(subject);
		await context.close();
	});

	it('is set up on the way to what asks for it', async () => {
		const account = await createAccount('--staff');
		const { page, context } = await open({ javaScriptEnabled });
		await page.goto('/security/confirm?return_to=%2Fconsole%2Ftickets');
		expect(where(page)).toBe('/login');
		await givePassword(page, account);
		expect(where(page)).toBe('/security/set-up');
		expect(await main(page)).toContain('What you are opening asks for a second step.');
		await look(page);
		// What asks for it decides what it does without.
		await follow(page, 'Not now');
		expect(where(page)).toBe('/console/tickets');
		await page.goto('/security/confirm?return_to=%2Fconsole%2Ftickets');
		const { codes } = await setUp(page, account);
		expect(codes).toHaveLength(10);
		await follow(page, 'I have kept them');
		expect(where(page)).toBe('/console/tickets');
		// Staff find it at their account, too.
		await page.goto('/console/account');
		expect(await main(page)).toContain('10 of 10');
		await follow(page, 'Make new recovery codes');
		await follow(page, 'Back to your account');
		expect(where(page)).toBe('/console/account');
		await context.close();
	});
});

describe('the second step', () => {
	const send = (fields: Record<string, string>, cookie = '') =>
		fetch(`${portal.url}/login/code`, {
			method: 'POST',
			redirect: 'manual',
			headers: {
				cookie,
				accept: 'text/html',
				origin: portal.url,
				'content-type': 'application/x-www-form-urlencoded'
			},
			body: new URLSearchParams(fields)
		});

	it('says nothing to a browser in which no password was given', async () => {
		const page = await fetch(`${portal.url}/login/code`, { redirect: 'manual' });
		expect([page.status, page.headers.get('location')]).toEqual([303, '/login']);
		for (const answer of await Promise.all([
			send({ code: '123456' }),
			send({ code: 'no code at all' }),
			send({ code: '123456' }, 'evolve_sign_in=made-up'),
			send({ recoveryCode: 'k7q2m-9xdpa-3hw8t' }, 'evolve_sign_in=made-up')
		]))
			expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login?over=1']);
	});

	it('is not passed by a link to set a password', async () => {
		const account = await createAccount();
		const { page, context } = await open();
		await page.goto('/security/set-up');
		await givePassword(page, account);
		const { secret } = await setUp(page, account);
		await page.goto('/logout');
		await press(page, 'Log out');

		await page.goto('/password');
		await page.getByLabel('E-mail address').fill(account.email);
		await press(page, 'Send me a link');
		const [link = ''] = /\/password\/[\w-]{43}/.exec(await lettersTo(page, account.email)) ?? [];
		await page.goto(link);
		await page.locator('input[name=newPassword]').fill('sorghum and sunflower');
		await press(page, 'Set the password and sign in');
		expect(where(page)).toBe('/login/code');
		await page.goto('/');
		expect(where(page)).toBe('/login');
		await page.goto('/login/code');
		await page.getByLabel('Code from your app').fill(codeOf(secret, new Date()));
		await press(page, 'Sign in');
		expect(where(page)).toBe('/');
		await context.close();
	});

	it('is turned off by an operator for whoever has lost phone and recovery codes', async () => {
		const account = await createAccount();
		const { page, context } = await open();
		await page.goto('/security/set-up');
		await givePassword(page, account);
		await setUp(page, account);
		const reset = () =>
			evolve(portal.dataDir, 'user', 'reset-second-factor', '--email', account.email);
		await reset();
		await expect(reset()).rejects.toThrow('signs in without a second factor');
		expect(await lettersTo(page, account.email)).toContain(
			'Two-step sign-in was turned off for you'
		);
		await page.goto('/logout');
		await press(page, 'Log out');
		await givePassword(page, account);
		expect(where(page)).toBe('/');
		await context.close();
	});
});
