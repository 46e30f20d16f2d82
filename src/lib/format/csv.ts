/** A cell that a spreadsheet would take for a formula, in letters of full width too: an apostrophe tells it that it is text. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

export type CsvRow = readonly (string | number | null)[];

/** Stands at the beginning of a file: by it spreadsheets know the letters for UTF-8. */
export const csvMark = '\ufeff';

/**
 * Rows as comma-separated values (RFC 4180). Numbers stand as they are; text can neither end its cell nor
 * become a formula.
 */
export function csvRows(rows: readonly CsvRow[]): string {
	return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const text = formula.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
