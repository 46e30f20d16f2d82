import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { createUser } from './setup/people.ts';
import { readPdf } from './setup/pdf.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf } from './setup/visitor.ts';

const portal = inject('portal');
const business = 'Late Payers Ltd';
const owner = 'late@payers.example';
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
	await createUser(portal, {
		email: owner,
		name: 'Neema Late',
		role: 'owner',
		newBusiness: business
	});
});
afterAll(() => browser.close());

const run = (...args: string[]) => evolve(portal.dataDir, ...args);

const day = (after: number) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);

/** The letter with this in its subject. */
const letterOf = (page: Page, subject: string) =>
	page.locator('section', { has: page.getByRole('heading', { name: subject }) }).first();

it('an overdue invoice is reminded of, opened by the letter’s link without signing in, paid, and let be', async () => {
	const of = ['--business', business];
	await run(
		'subscription',
		'start',
		...of,
		'--product',
		'erp',
		'--plan',
		'business',
		'--from',
		day(-40)
	);
	const drafted = await run('invoice', 'draft', ...of, '--line', 'Training: 2 x 15000');
	const draft = /drf_\w+|[a-z]{3}_[0-9a-z]{26}/.exec(drafted)?.[0] ?? '';
	const issued = await run('invoice', 'issue', draft, ...of, '--on', day(-14), '--due', day(-4));
	const number = /INV-\d{4}-\d+/.exec(issued)?.[0] ?? '';
	expect(number).not.toBe('');
	await run('dunning', 'run');

	// Whoever has no session at all.
	const context = await browser.newContext({
		baseURL: portal.url,
		javaScriptEnabled: false,
		viewport: { width: 320, height: 700 }
	});
	const page = await context.newPage();
	const letter = letterOf(page, `Invoice ${number} is overdue`);
	await expect
		.poll(
			async () => {
				await page.goto('/outbox');
				return letter.count();
			},
			{ timeout: 20_000, interval: 500 }
		)
		.toBe(1);
	expect(await letter.innerText()).toContain(`KES 34,800.00 of invoice ${number} of ${business}`);
	const link = (await letter.locator('a[href*="/i/"]').getAttribute('href')) ?? '';
	await page.goto(link);
	await page.getByRole('heading', { level: 1, name: `Invoice ${number}` }).waitFor();
	expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
	expect(await page.locator('#course + *, section:has(#course)').first().innerText()).toContain(
		'We reminded you'
	);
	expect(await context.cookies()).toEqual([]);

	const answer = await fetch(link);
	expect(Object.fromEntries(answer.headers)).toMatchObject({
		'referrer-policy': 'no-referrer',
		'x-robots-tag': 'noindex, nofollow',
		'cache-control': 'private, no-store'
	});
	expect(answer.headers.getSetCookie()).toEqual([]);
	const pdf = await fetch(`${link}/pdf?language=sw`);
	expect(pdf.headers.get('content-type')).toBe('application/pdf');
	expect(readPdf(new Uint8Array(await pdf.arrayBuffer())).pages.join('')).toContain(number);

	// Nothing else is behind it.
	expect((await fetch(link.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')))).status).toBe(404);
	expect((await fetch(`${portal.url}/i/x`)).status).toBe(404);
	await page.goto('/billing');
	expect(new URL(page.url()).pathname).toBe('/login');

	await run(
		'payment',
		'record',
		...of,
		'--amount',
		'34800',
		'--reference',
		`FT-${number}`,
		'--received-on',
		day(0),
		'--invoice',
		number
	);
	await page.goto(link);
	await page.getByText('Paid', { exact: true }).first().waitFor();
	expect(await page.getByText('If it is not paid').count()).toBe(0);
	expect(await run('dunning', 'list')).not.toContain(number);
	await run('dunning', 'run');

	const cookie = await sessionOf(portal, owner);
	const own = await fetch(`${portal.url}/billing/invoices/${number}`, { headers: { cookie } });
	expect(await own.text()).not.toContain('If it is not paid');
	await context.close();
}, 120_000);
