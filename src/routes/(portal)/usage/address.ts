import type { DateRange } from '#lib/format/ranges.ts';

/** What the address of the usage page carries besides the dates, as pairs. */
export function productFields(slug: string | null): [name: string, value: string][] {
	return slug ? [['product', slug]] : [];
}

/** The dates as the address says them; the month so far needs no saying. */
export function rangeFields({ key, from, to }: DateRange): [name: string, value: string][] {
	if (key === 'month') return [];
	const fields: [string, string][] = [['range', key]];
	return key === 'custom' ? [...fields, ['from', from], ['to', to]] : fields;
}

/** The address of the page, or of what hangs from it, with these dates and this product. */
export function usageAddress(range: DateRange, slug: string | null, path = '/usage'): string {
	const query = new URLSearchParams([...rangeFields(range), ...productFields(slug)]).toString();
	return query ? `${path}?${query}` : path;
}
