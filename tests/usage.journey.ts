import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { formatBytes } from '#lib/format/bytes.ts';
import { launchBrowser } from './setup/browser.ts';
import { visit } from './setup/visitor.ts';

const portal = inject('portal');
const owner = 'wanjiku@mavuno.example';
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const explorer = (page: Page) => page.locator('section:has(#explore)');
const rows = (page: Page) => page.locator('#explore-table tbody tr');
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

interface Told {
	span: string;
	from: string;
	of: string;
	value: number | null;
}

/** What hangs from the download menu, as the page's own visitor gets it. */
async function download(page: Page, name: string): Promise<string> {
	const link = page.getByRole('link', { name });
	const answer = await page.request.get((await link.getAttribute('href')) ?? '');
	expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename="[a-z]+-/);
	return answer.text();
}

async function openDownloads(page: Page): Promise<void> {
	await page.locator('summary').filter({ hasText: 'Download' }).click();
}

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('the usage page $how', ({ javaScriptEnabled }) => {
	it('is narrowed down by its form, and its address says it all', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/usage?range=30d');
		const form = page.getByRole('form', { name: 'What to show' });
		await form.getByLabel('Product').selectOption('erp');
		await form.getByLabel('Tell apart by').selectOption('user');
		await form.getByLabel('Compare with').selectOption('none');
		await form.getByRole('button', { name: 'Show' }).click();
		await page.waitForURL((url) => url.searchParams.get('by') === 'user');
		expect(asked(page)).toMatchObject({
			range: '30d',
			product: 'erp',
			by: 'user',
			compare: 'none'
		});
		await page
			.getByRole('navigation', { name: 'Steps of the chart' })
			.getByRole('link', { name: 'Week' })
			.click();
		await page.waitForURL((url) => url.searchParams.get('step') === 'week');
		expect(asked(page)).toMatchObject({ range: '30d', product: 'erp', by: 'user', step: 'week' });
		expect(
			await page
				.getByRole('navigation', { name: 'Steps of the chart' })
				.getByRole('link', { name: 'Week' })
				.getAttribute('aria-current')
		).toBe('true');
		expect(await explorer(page).getByRole('columnheader', { name: 'Change' }).count()).toBe(0);

		// A row leads to that person alone.
		const first = rows(page).first().getByRole('link');
		const person = (await first.textContent())?.trim() ?? '';
		await first.click();
		await page.waitForURL((url) => url.searchParams.get('person') !== null);
		expect(await form.getByLabel('Person').locator('option:checked').textContent()).toBe(person);
		await close();
	});

	it('says in its table what its chart says, and gives exactly that to take away', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/usage?range=last-month&product=erp&by=user&step=week');
		const chart = explorer(page).getByRole('img').first();
		expect(await chart.locator('desc').textContent()).toMatch(/in all\. The highest is/);
		await explorer(page).locator('summary').filter({ hasText: 'table' }).click();
		const table = explorer(page).getByRole('region').getByRole('table');
		const steps = await table.locator('tbody tr').count();
		expect(steps).toBeGreaterThanOrEqual(4);

		await openDownloads(page);
		const json = JSON.parse(await download(page, 'What is shown, as JSON')) as Told[];
		const groups = json.filter(({ span, of }) => span === 'range' && of !== '');
		expect(groups.map(({ of }) => of)).toEqual(
			(await rows(page).locator('th').allTextContents()).map((name) => name.trim())
		);
		const total = json.find(({ span, of }) => span === 'range' && of === '')?.value;
		const sum = groups.reduce((all, { value }) => all + (value ?? 0), 0);
		expect(sum).toBeCloseTo(total ?? 0, 3);
		const course = json.filter(({ span, of }) => span === 'week' && of === '');
		expect(course).toHaveLength(steps);
		expect(course.reduce((all, { value }) => all + (value ?? 0), 0)).toBeCloseTo(total ?? 0, 3);

		const csv = await download(page, 'What is shown, as CSV');
		expect(csv.trim().split('\r\n')).toHaveLength(json.length + 1);
		const every = await download(page, 'Every measure step by step, as CSV');
		const measures = every.split('\r\n').filter((line) => line.startsWith('range,'));
		expect(measures).toHaveLength(await page.locator('section:has(#table) tbody tr').count());
		await close();
	});

	it('expects a figure at the end of the month by a method that it names, and shows the limits', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/usage');
		const expected = explorer(page).locator('dl > div').filter({ hasText: 'Expected by' });
		expect(await expected.count()).toBe(1);
		expect(await expected.textContent()).toMatch(
			/over the last four weeks|At the rate of the period|stays as it is/
		);
		const limits = page.locator('section:has(#limits)');
		expect(await limits.getByRole('meter').count()).toBeGreaterThan(0);
		expect(await limits.textContent()).toMatch(/left\.|over it\./);

		// The same limits stand beside another range; its figures have no end ahead.
		await page.goto('/usage?range=last-month');
		expect(await page.locator('section:has(#limits)').count()).toBe(1);
		expect(await explorer(page).getByText('Expected by').count()).toBe(0);
		await close();
	});

	it('says of a level over time how much was held for how long, and how much on average', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/usage?range=last-month&product=erp');
		const form = page.getByRole('form', { name: 'What to show' });
		await form.getByLabel('Measure').selectOption({ label: 'Data held over time' });
		await form.getByRole('button', { name: 'Show' }).click();
		await page.waitForURL((url) => url.searchParams.has('measure'));
		expect(await explorer(page).locator('#explore').textContent()).toContain('Data held over time');
		const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
		const figure = async (name: string): Promise<string> => {
			const shown = explorer(page).locator('dl > div').filter({ hasText: name }).locator('dd');
			return plain((await shown.textContent()) ?? '');
		};
		expect(await figure('Total')).toMatch(/^[\d,.]+ (MB|GB|TB) h\b/);
		expect(await figure('Average')).toMatch(/^[\d,.]+ (MB|GB) held on average$/);

		// Something was held all month: its hours times what was held on average make the whole.
		await openDownloads(page);
		const json = JSON.parse(await download(page, 'What is shown, as JSON')) as Told[];
		const total = json.find(({ span, of }) => span === 'range' && of === '')?.value ?? 0;
		const days = json.filter(({ span, of }) => span === 'day' && of === '');
		expect(days.length).toBeGreaterThanOrEqual(28);
		expect(days.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBeCloseTo(total, -3);
		expect(await figure('Average')).toBe(
			plain(`${formatBytes(total / (days.length * 24))} held on average`)
		);
		await close();
	});

	it('goes down to the minute for the last two hours', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/usage?range=today');
		await page
			.getByRole('navigation', { name: 'Steps of the chart' })
			.getByRole('link', { name: 'Minute' })
			.click();
		await page.waitForURL((url) => url.searchParams.get('step') === 'minute');
		expect(await explorer(page).textContent()).toContain('The last two hours');
		await page.goto('/usage?range=7d');
		expect(
			await page
				.getByRole('navigation', { name: 'Steps of the chart' })
				.getByRole('link')
				.allTextContents()
		).toEqual(['Hour', 'Day']);
		await close();
	});

	it('says in words what of its address makes no sense, and shows something all the same', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		for (const [query, words] of [
			['range=custom&from=2026-02-30&to=2026-03-02', 'needs a first and a last date'],
			['range=custom&from=2024-01-01&to=2026-01-01', 'holds at most 366 days'],
			['range=fortnight', 'not known'],
			['product=nothing', 'doesn’t have the product'],
			['measure=nothing', 'Nothing of that name is measured'],
			['by=colour', 'not told apart by colour'],
			['range=90d&step=hour', 'up to 31 days'],
			['by=user&after=nowhere', 'not known']
		] as const) {
			const answer = await page.goto(`/usage?${query}`);
			expect([query, answer?.status()]).toEqual([query, 200]);
			expect(await page.getByRole('status').filter({ hasText: words }).count()).toBe(1);
			expect(await explorer(page).getByRole('img').count()).toBeGreaterThan(0);
		}
		await close();
	});

	it('shows each business its own, whatever the address names', async () => {
		const { page, close } = await visit(browser, portal, 'amina@pwani.example', {
			javaScriptEnabled
		});
		for (const query of ['by=user', 'person=otieno%40mavuno.example', 'product=payroll']) {
			await page.goto(`/usage?${query}`);
			const text = (await page.locator('main').textContent()) ?? '';
			expect(text).not.toContain('Otieno Ouma');
		}
		for (const file of ['explore.csv', 'explore.json', 'figures.csv']) {
			const answer = await page.request.get(`/usage/${file}?by=user`);
			expect(answer.status()).toBe(200);
			expect(await answer.text()).not.toMatch(/mavuno|Otieno Ouma/i);
		}
		await close();
	});

	it('tells a business without products where to begin', async () => {
		const { page, close } = await visit(browser, portal, 'juma@new.example', { javaScriptEnabled });
		await page.goto('/usage');
		expect(
			await page
				.locator('main')
				.getByRole('link', { name: /products/i })
				.count()
		).toBe(1);
		const answer = await page.request.get('/usage/explore.json');
		expect(await answer.json()).toEqual([]);
		await close();
	});

	it('fits a narrow phone', async () => {
		const { page, close } = await visit(browser, portal, owner, {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		for (const query of ['', 'by=user&range=90d&step=week', 'range=today&step=minute']) {
			await page.goto(`/usage?${query}`);
			const [content, window] = await page.evaluate(() => [
				document.documentElement.scrollWidth,
				document.documentElement.clientWidth
			]);
			expect([query, content]).toEqual([query, window]);
		}
		await close();
	});
});

describe('the usage page by keyboard alone', () => {
	it('is narrowed down, and its figures are opened as a table', async () => {
		const { page, close } = await visit(browser, portal, owner);
		await page.goto('/usage');
		const form = page.getByRole('form', { name: 'What to show' });
		await form.getByLabel('Tell apart by').focus();
		await page.keyboard.type('Per');
		await form.getByRole('button', { name: 'Show' }).focus();
		await page.keyboard.press('Enter');
		await page.waitForURL((url) => url.searchParams.get('by') === 'user');

		const summary = explorer(page).locator('summary').filter({ hasText: 'table' });
		await summary.focus();
		await page.keyboard.press('Enter');
		expect(await explorer(page).getByRole('region').getByRole('table').isVisible()).toBe(true);

		await page.locator('summary').filter({ hasText: 'Download' }).focus();
		await page.keyboard.press('Enter');
		const first = page.getByRole('link', { name: 'What is shown, as CSV' });
		expect(await first.isVisible()).toBe(true);
		await page.keyboard.press('Escape');
		expect(await first.isVisible()).toBe(false);
		await close();
	});
});
