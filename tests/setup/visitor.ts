import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { demoPassword } from '../../seeds/accounts.ts';

/** Somebody in front of a browser of their own, signed in to the portal. */
export interface Visitor {
	context: BrowserContext;
	page: Page;
	close(): Promise<void>;
}

export async function visit(
	browser: Browser,
	portal: { url: string },
	email: string,
	options: BrowserContextOptions = {}
): Promise<Visitor> {
	const context = await browser.newContext({
		baseURL: portal.url,
		viewport: { width: 1280, height: 800 },
		...options
	});
	const page = await context.newPage();
	await signIn(page, email);
	return { context, page, close: () => context.close() };
}

export async function signIn(page: Page, email: string): Promise<void> {
	await page.goto('/login');
	await page.getByLabel('E-mail').fill(email);
	await page.locator('input[name=password]').fill(demoPassword);
	await page
		.locator('main form button[type=submit], form[method=post] button[type=submit]')
		.first()
		.click();
	await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** Looks at another business of the person who is signed in. */
export async function actFor(page: Page, business: string): Promise<void> {
	await page.goto('/');
	await page.locator('details:has(form[action="/businesses/switch"]) > summary').click();
	await page.getByRole('button', { name: business }).click();
	await page.getByText(business).first().waitFor();
}

/** The session cookie of somebody, without a browser. */
export async function sessionOf(portal: { url: string }, email: string): Promise<string> {
	const answer = await fetch(`${portal.url}/login`, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ email, password: demoPassword })
	});
	const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('evolve_session='));
	if (!cookie) throw new Error(`${email} could not sign in: ${answer.status}`);
	return cookie.split(';')[0] ?? '';
}
