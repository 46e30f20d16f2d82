import {
	mkdirSync,
	readFileSync,
	readdirSync,
	realpathSync,
	renameSync,
	writeFileSync
} from 'node:fs';
import path from 'node:path';
import { StartFailure } from './start-failure.ts';

/** Raised when what lies in a data directory can no longer be read by the version before. */
const format = 1;
const marker = 'evolve.json';

/**
 * Makes a data directory ours, or finds that it is. Ours carries a marker file, so that a wrong DATA_DIR
 * never has a database laid among somebody's files.
 * @returns its real path
 * @throws StartFailure when it is another's, of a newer version, or cannot be used
 */
export function claimDataDirectory(directory: string): string {
	try {
		// Others may pass through and see nothing: PostgreSQL may have to run as another user (see embedded).
		mkdirSync(directory, { recursive: true, mode: 0o711 });
		const real = realpathSync(directory);
		const names = readdirSync(real);
		if (names.includes(marker)) checkMarker(real);
		else if (names.every(harmless)) writeMarker(real);
		else {
			throw new StartFailure(
				`DATA_DIR (${real}) holds files and is not a data directory of Evolve Business: it has no ${marker}. Set DATA_DIR to a new or an empty directory.`
			);
		}
		return real;
	} catch (error) {
		if (error instanceof StartFailure) throw error;
		throw new StartFailure(
			`DATA_DIR (${directory}) cannot be used: ${(error as Error).message}. Set DATA_DIR to a directory that this user may write to.`,
			{ cause: error }
		);
	}
}

/** What a fresh volume may hold, and what a start that was killed may have left. */
function harmless(name: string): boolean {
	return name === 'lost+found' || name.startsWith(`.${marker}.`);
}

function writeMarker(directory: string): void {
	// Renamed into place: a marker is whole or absent.
	const draft = path.join(directory, `.${marker}.${process.pid}`);
	writeFileSync(draft, `${JSON.stringify({ product: 'evolve-business', format })}\n`);
	renameSync(draft, path.join(directory, marker));
}

function checkMarker(directory: string): void {
	const file = path.join(directory, marker);
	const found: unknown = parse(readFileSync(file, 'utf8'));
	if (
		typeof found !== 'object' ||
		found === null ||
		!('format' in found) ||
		typeof found.format !== 'number'
	) {
		throw new StartFailure(
			`${file} cannot be read as the mark of a data directory. Restore it from a backup, or set DATA_DIR to a new directory.`
		);
	}
	if (found.format > format) {
		throw new StartFailure(
			`DATA_DIR (${directory}) was written by a newer version of Evolve Business. Run that version, or set DATA_DIR to another directory.`
		);
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
