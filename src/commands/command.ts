import { InvalidArgumentError } from 'commander';
import { readConfig } from '#server/platform/config.ts';
import { createLog } from '#server/platform/log.ts';
import { openPortal, type Opened } from '../open.ts';

/** A result: what a script that calls this goes on with. */
export function tell(words: string): void {
	process.stdout.write(`${words}\n`);
}

/** Rows in columns as wide as their widest word. */
export function tellTable(rows: string[][]): void {
	const widths = rows.reduce<number[]>(
		(widest, row) => row.map((word, column) => Math.max(word.length, widest[column] ?? 0)),
		[]
	);
	for (const row of rows)
		tell(
			row
				.map((word, column) => word.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd()
		);
}

/** Opens the database as the server does: joins a running one, or starts it for the time of the command. */
export async function onPortal(work: (opened: Opened) => Promise<void>): Promise<void> {
	const config = readConfig(process.env);
	const opened = await openPortal(config, { log: createLog(config.logLevel) });
	try {
		await work(opened);
	} finally {
		await opened.close();
	}
}

export function notEmpty(words: string): string {
	if (words.trim() === '') throw new InvalidArgumentError('It must not be empty.');
	return words;
}

export function wholeNumber(words: string): number {
	if (!/^\d{1,9}$/.test(words)) throw new InvalidArgumentError('It must be a whole number.');
	return Number(words);
}

/** An option that may be given several times. Given empty, it stands for none. */
export function several(words: string, before: string[] = []): string[] {
	return words === '' ? before : [...before, words];
}
