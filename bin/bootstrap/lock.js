import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const beat = 1_000;
/** A holder that has not touched its lock for this long is dead (kill -9, power) and the lock is free. */
const stale = 6_000;

/**
 * Runs `work` while no other process of this machine does so under the same lock. The lock is a
 * directory that its holder keeps touching: no process id that could have been given to another.
 * @template T
 * @param {string} directory
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(directory, work) {
	mkdirSync(path.dirname(directory), { recursive: true });
	let told = false;
	while (!take(directory)) {
		if (!told) console.error('Another process is at work here: waiting for it.');
		told = true;
		await wait(250);
	}
	const touch = setInterval(() => {
		const now = new Date();
		utimesSync(directory, now, now);
	}, beat);
	try {
		return await work();
	} finally {
		clearInterval(touch);
		rmdirSync(directory);
	}
}

/** @param {string} directory */
function take(directory) {
	try {
		mkdirSync(directory);
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
	}
	const held = statSync(directory, { throwIfNoEntry: false });
	if (held && Date.now() - held.mtimeMs > stale) {
		try {
			rmdirSync(directory);
		} catch (error) {
			// Another waiter was faster.
			if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
		}
	}
	return false;
}
