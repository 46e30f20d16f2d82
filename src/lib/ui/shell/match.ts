/**
 * Whether every word that was typed begins a word of the text. Case and accents do not count, so "sett" finds
 * "Settings" and "erp sys" finds "ERP System".
 */
export function matches(text: string, typed: string): boolean {
	const words = split(text);
	return split(typed).every((part) => words.some((word) => word.startsWith(part)));
}

/** Whether a page lies at or under a place, so that the place is marked as the current one. Home is only itself. */
export function isCurrent(href: string, path: string): boolean {
	const here = path.split(/[?#]/, 1)[0] ?? '';
	if (href === '/') return here === '/';
	return here === href || here.startsWith(`${href}/`);
}

function split(text: string): string[] {
	return text
		.normalize('NFD')
		.replace(/\p{Mn}/gu, '')
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);
}
