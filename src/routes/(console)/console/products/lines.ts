import { m } from '#lib/paraglide/messages.js';

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
}

/** `User guide https://docs.example/guide`: what a link is called, then its address. */
export function resourcesOf(text: string): { label: string; url: string }[] {
	return linesOf(text).map((line) => {
		const at = line.search(/\S+$/);
		return { label: line.slice(0, at).trim(), url: line.slice(at) };
	});
}

export function resourcesText(resources: { label: string; url: string }[]): string {
	return resources.map(({ label, url }) => `${label} ${url}`).join('\n');
}

interface Issue {
	path: string;
	message: string;
}

/** What is wrong with one of several lines stands beside the field that holds them: `redirectUrls.1` is the second. */
export function toLine<T extends Issue>(issue: T): T {
	const [, field, index] = /^(\w+)\.(\d+)(?:\.\w+)?$/.exec(issue.path) ?? [];
	if (field === undefined) return issue;
	const line = Number(index) + 1;
	return {
		...issue,
		path: field,
		message: m.console_product_line({ line, message: issue.message })
	};
}
