/** Letters without case and accents, so that `Payroll` is found by `PAYROLL` and `Sacco` by `sàcco`. */
function plain(text: string): string {
	return text
		.normalize('NFD')
		.replace(/\p{Diacritic}/gu, '')
		.toLowerCase();
}

/** The things of which every word searched for occurs in a name; all of them for an empty search. */
export function matching<Named extends { name: string }>(
	things: readonly Named[],
	search: string
): Named[] {
	const words = plain(search).split(/\s+/).filter(Boolean);
	return things.filter(({ name }) => words.every((word) => plain(name).includes(word)));
}
