import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** The project's own directory, whatever the directory a command is called from. */
export const root = path.resolve(fileURLToPath(new URL('../../', import.meta.url)));

/**
 * What these programs make for themselves and may always be deleted: built pages, locks, the browser.
 * @param {string[]} parts
 */
export function cachePath(...parts) {
	return path.join(root, '.cache', ...parts);
}

/** A failure whose message says everything the reader needs: it is printed without a stack. */
export class Plain extends Error {}
