import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { createUser } from './setup/people.ts';
import { sessionOf, visit } from './setup/visitor.ts';

const portal = inject('portal');
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const read = async (path: string, email: string): Promise<string> => {
	const cookie = await sessionOf(portal, email);
	const answer = await fetch(portal.url + path, { headers: { cookie } });
	expect(answer.status).toBe(200);
	// As it came, with the mark that spreadsheets look for.
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer());
};

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('activity $how', ({ javaScriptEnabled }) => {
	it('is narrowed, searched, opened and paged by addresses', async () => {
		const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		await page.goto('/activity');
		await page.locator('.fold > summary').click();
		await page.getByLabel('Kind', { exact: true }).selectOption({ label: 'Sign-ins and security' });
		await page.getByRole('button', { name: 'Show', exact: true }).click();
		await page.waitForURL(/kind=sign-ins/);
		const entries = page.locator('[aria-label=Activity] li[id^=act_]');
		const told = await entries.allInnerTexts();
		expect(told.length).toBeGreaterThan(0);
		for (const words of told) expect(words).toMatch(/sign|password/);
		const first = entries.first();
		await first.locator('summary').click();
		await first.getByText('Network address').waitFor();
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		await page.goto('/activity');
		const newest = await entries.first().getAttribute('id');
		await page.getByRole('link', { name: 'Older' }).click();
		await page.waitForURL(/before=/);
		expect(await entries.count()).toBe(25);
		expect(await page.locator(`#${newest}`).count()).toBe(0);

		await page.goto('/activity?q=elephant');
		await page.getByText('Nothing for this choice').waitFor();
		await page.goto('/activity?kind=weather');
		await page.getByText('isn’t known here').waitFor();
		await close();
	});
});

describe('activity', () => {
	it('comes in at the top within two seconds, and what is being read stays where it is', async () => {
		const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example');
		await page.goto('/activity');
		const entries = page.locator('[aria-label=Activity] li[id^=act_]');
		const newest = await entries.first().getAttribute('id');
		const readId = await entries.nth(15).getAttribute('id');
		const reading = page.locator(`#${readId}`);
		await reading.locator('summary').click();
		await reading.scrollIntoViewIfNeeded();
		await page.evaluate(`document.querySelector('#${readId}').scrollIntoView({ block: 'center' })`);
		const before = await reading.boundingBox();
		// Somebody else of the business signs in.
		await sessionOf(portal, 'otieno@mavuno.example');
		const began = Date.now();
		await expect
			.poll(() => entries.first().getAttribute('id'), { timeout: 10_000, interval: 50 })
			.not.toBe(newest);
		const took = Date.now() - began;
		// The browser holds what is read in its place when it draws the next picture.
		await page.evaluate(
			() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
		);
		const after = await reading.boundingBox();
		expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
		expect(await reading.locator('details').getAttribute('open')).not.toBeNull();
		expect(took).toBeLessThan(2_000);
		await close();
	});

	it('is downloaded as it is filtered, by each as far as they may see', async () => {
		const owners = await read('/activity/activity.csv?kind=sign-ins', 'wanjiku@mavuno.example');
		expect(owners.startsWith('\ufeffWhen,Who,What')).toBe(true);
		const lines = owners.trim().split('\r\n').slice(1);
		expect(lines.length).toBeGreaterThan(1);
		for (const line of lines) expect(line).toContain('Sign-ins and security');
		expect(owners).toContain('Wanjiku');
		const his = await read('/activity/activity.csv', 'otieno@mavuno.example');
		expect(his).toContain('Otieno');
		expect(his).not.toContain(',Wanjiku');
		const theirs = await read('/activity/activity.csv', 'amina@pwani.example');
		expect(theirs).not.toMatch(/Wanjiku|Otieno|Mavuno/);
	});

	it('is kept as long as the owner says; others are told', async () => {
		// A business of its own, so that the story stays as other journeys know it.
		const business = 'Ukumbusho Stores';
		await createUser(portal, {
			email: 'neema@ukumbusho.example',
			name: 'Neema Otieno',
			role: 'owner',
			newBusiness: business
		});
		await createUser(portal, {
			email: 'baraka@ukumbusho.example',
			name: 'Baraka Musa',
			role: 'member',
			business
		});
		const neema = await visit(browser, portal, 'neema@ukumbusho.example', {
			javaScriptEnabled: false
		});
		await neema.page.goto('/activity');
		await neema.page.getByLabel('How long activity is kept').selectOption({ label: '36 months' });
		await neema.page.getByRole('button', { name: 'Save', exact: true }).click();
		await neema.page.getByText('Saved.').waitFor();
		await neema.close();
		const seen = await read('/activity', 'baraka@ukumbusho.example');
		expect(seen).toContain('Activity is kept for 36 months');
		expect(seen).toContain('Owners and admins see everything');
		expect(seen).not.toContain('Neema Otieno');
	});
});
