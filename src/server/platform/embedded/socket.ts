import { createHash } from 'node:crypto';
import { chownSync, chmodSync, lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { StartFailure } from '../start-failure.ts';

/** What a socket's address can hold, less its closing zero (sys/un.h). */
const longest = 107;

/**
 * The private directory of the socket: in the data directory, or, where that makes too long an address,
 * a directory under /tmp that the data directory's name determines. Not TMPDIR: every process of one
 * data directory must arrive at the same place.
 */
export function socketDirectory(dataDirectory: string, uid: number): string {
	const near = path.join(dataDirectory, 'run');
	const fits = Buffer.byteLength(path.join(near, '.s.PGSQL.5432')) <= longest;
	const directory = fits
		? near
		: `/tmp/evolve-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 24)}`;
	mkdirSync(directory, { recursive: true, mode: 0o700 });
	const found = lstatSync(directory);
	const ours = process.getuid?.() ?? uid;
	if (!found.isDirectory() || (found.uid !== ours && found.uid !== uid)) {
		// Anyone may make a name under /tmp: a directory of another user's could listen in our place.
		throw new StartFailure(
			`${directory}, where PostgreSQL's socket belongs, is another user's. Remove it, or set DATA_DIR to a shorter path.`
		);
	}
	chmodSync(directory, 0o700);
	if (found.uid !== uid) chownSync(directory, uid, uid);
	return directory;
}
