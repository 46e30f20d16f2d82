import type { BrowserContext, Page } from 'playwright-core';

/** Adds up, on every page of a browser, how far what was shown has moved by itself. */
export async function watchShifts(context: BrowserContext): Promise<void> {
	await context.addInitScript(() => {
		const shifts: { shifted: number } = { shifted: 0 };
		Object.assign(window, { shifts });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries() as (PerformanceEntry & {
				value: number;
				hadRecentInput: boolean;
			})[]) {
				if (!entry.hadRecentInput) shifts.shifted += entry.value;
			}
		}).observe({ type: 'layout-shift', buffered: true });
	});
}

export function readShifts(page: Page): Promise<number> {
	return page.evaluate(() => (window as unknown as { shifts: { shifted: number } }).shifts.shifted);
}
