const firstMs = 1_000;
const mostMs = 30_000;

/**
 * How long to wait before trying again after so many failures in a row, in milliseconds: twice as long each time up to
 * half a minute, and spread by chance (0 to 1) so that all open pages do not come back at once.
 */
export function waitAfter(failures: number, chance: number): number {
	const most = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
	return Math.round(most * (0.5 + 0.5 * chance));
}
