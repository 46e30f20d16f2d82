import { crc32, deflateRawSync } from 'node:zlib';

/** Rows of a book as a business takes them with it. */
export interface Sheet {
	/** The file's name, without its ending. */
	name: string;
	columns: string[];
	rows: (string | number)[][];
}

/** One file as it is sent. */
export interface SheetFile {
	name: string;
	type: 'text/csv' | 'application/zip';
	bytes: Buffer;
}

/** One sheet as CSV, several as an archive of them. */
export function fileOf(name: string, sheets: Sheet[]): SheetFile {
	const [only, ...others] = sheets;
	if (only && others.length === 0)
		return { name: `${name}.csv`, type: 'text/csv', bytes: csvOf(only) };
	const files = sheets.map((sheet) => ({ name: `${sheet.name}.csv`, bytes: csvOf(sheet) }));
	return { name: `${name}.zip`, type: 'application/zip', bytes: zipOf(files) };
}

/** RFC 4180, with the mark by which spreadsheets know that it is UTF-8. */
export function csvOf({ columns, rows }: Sheet): Buffer {
	const lines = [columns, ...rows].map((row) => row.map(cell).join(','));
	return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8');
}

function cell(value: string | number): string {
	// A spreadsheet would run words that begin like a formula; a phone number is none.
	const isFormula = typeof value === 'string' && /^[=@\t\r]|^[+-](?![\d ]+$)/.test(value);
	const text = isFormula ? `'${value}` : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An archive as .ZIP File Format Specification 6.3 has it: deflated, UTF-8 names, without dates. */
export function zipOf(files: { name: string; bytes: Buffer }[]): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { name, bytes } of files) {
		const title = Buffer.from(name, 'utf8');
		const packed = deflateRawSync(bytes);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0); // the version that can read it
		common.writeUInt16LE(0x0800, 2); // names are UTF-8
		common.writeUInt16LE(8, 4); // deflate
		common.writeUInt16LE(0x0021, 8); // 1 January 1980: no date, and the same bytes every time
		common.writeUInt32LE(crc32(bytes), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(bytes.length, 18);
		common.writeUInt16LE(title.length, 22);
		const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, title, packed]);
		const rest = Buffer.alloc(14);
		rest.writeUInt32LE(offset, 10);
		const version = Buffer.from([20, 0]);
		directory.push(
			Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), version, common, rest, title])
		);
		parts.push(entry);
		offset += entry.length;
	}
	const index = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(files.length, 8);
	end.writeUInt16LE(files.length, 10);
	end.writeUInt32LE(index.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, index, end]);
}
