const firstMs = 5_000;
const mostMs = 30_000;

/**
 * How long to wait before trying again after so many failures in a row, in milliseconds: twice as long each time up to
 * half a minute, and spread wide by chance (0 to 1): a thousand pages that lost one server must not come back to it in
 * the same second.
 */
export function waitAfter(failures: number, chance: number): number {
	const most = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
	return Math.round(most * (0.1 + 0.9 * chance));
}
