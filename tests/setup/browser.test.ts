import { expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';

test('the packaged browser draws a page, with and without JavaScript', async () => {
	const browser = await launchBrowser();
	try {
		for (const javaScriptEnabled of [true, false]) {
			const page = await browser.newPage({ javaScriptEnabled });
			await page.setContent(
				'<title>before</title><p>Karibu</p><script>document.title = "after"</script>'
			);
			expect(await page.title()).toBe(javaScriptEnabled ? 'after' : 'before');
			const box = await page.getByText('Karibu').boundingBox();
			expect(box?.height).toBeGreaterThan(10);
		}
	} finally {
		await browser.close();
	}
}, 60_000);
