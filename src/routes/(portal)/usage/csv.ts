/** A cell that a spreadsheet would take for a formula: it is told to be text by an apostrophe. */
const formula = /^[=+\-@\t\r]/;

/**
 * Rows as comma-separated values (RFC 4180), with a byte order mark, by which spreadsheets know the
 * letters for UTF-8. Numbers stand as they are; text can neither end its cell nor become a formula.
 */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
	return `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const text = formula.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
