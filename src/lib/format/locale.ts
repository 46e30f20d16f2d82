import { getLocale } from '#lib/paraglide/runtime.js';

/** The language of a page and the region whose habits its numbers and dates follow: Kenya's. */
const regions: Record<string, string> = { en: 'en-KE', sw: 'sw-KE' };

/** The locale of the page being drawn, `en-KE` unless the reader chose another language. */
export function pageLocale(): string {
	return regions[getLocale()] ?? 'en-KE';
}

/**
 * Keeps one of what `make` makes for each key. Intl formatters take some 50 µs to build and 1 µs to
 * use, and a page writes a hundred numbers.
 */
export function kept<Made>(make: (...keys: string[]) => Made): (...keys: string[]) => Made {
	const made = new Map<string, Made>();
	return (...keys) => {
		const key = keys.join('|');
		let one = made.get(key);
		if (one === undefined) {
			one = make(...keys);
			made.set(key, one);
		}
		return one;
	};
}
