import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * One hash over the names and the contents of files and of everything under directories. Paths that do
 * not exist count as absent, so that a file that appears changes the hash.
 * @param {string} base
 * @param {string[]} paths relative to `base`
 * @param {(path: string) => boolean} [leaveOut] told each path relative to `base`, with `/`
 * @returns {string} 16 hexadecimal digits
 */
export function hashOf(base, paths, leaveOut = () => false) {
	const hash = createHash('sha256');
	for (const file of paths.flatMap((name) => filesUnder(base, name, leaveOut)).sort()) {
		const content = readFileSync(path.join(base, file));
		hash.update(`${file}\0${content.length}\0`).update(content);
	}
	return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} base
 * @param {string} name
 * @param {(path: string) => boolean} leaveOut
 * @returns {string[]}
 */
function filesUnder(base, name, leaveOut) {
	if (leaveOut(name)) return [];
	const found = statSync(path.join(base, name), { throwIfNoEntry: false });
	if (!found) return [];
	if (!found.isDirectory()) return [name];
	return readdirSync(path.join(base, name)).flatMap((entry) =>
		filesUnder(base, `${name}/${entry}`, leaveOut)
	);
}
