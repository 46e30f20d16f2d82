import { existsSync } from 'node:fs';
import path from 'node:path';
import { Plain } from './project.js';

/**
 * Which Node runs the TypeScript: the pinned one that the lock installs, else the one at hand when it
 * is new enough.
 *
 * @typedef {{ platform: string, arch: string, version: string, execPath: string, exists: (file: string) => boolean }} Machine
 */

/** @returns {Machine} */
export function thisMachine() {
	return {
		platform: process.platform,
		arch: process.arch,
		version: process.versions.node,
		execPath: process.execPath,
		exists: existsSync
	};
}

/** The pinned binaries are linked against glibc and cannot start without its loader (as on Alpine). */
/** @type {Record<string, string>} */
const loaders = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' };

/**
 * @param {string} root
 * @param {Machine} machine
 * @returns {{ node: string, flags: string[] }}
 * @throws {Plain} when there is none
 */
export function findNode(root, machine) {
	const pinned = path.join(root, 'node_modules', `node-linux-${machine.arch}`, 'bin', 'node');
	const loader = loaders[machine.arch];
	if (machine.platform === 'linux' && loader && machine.exists(loader) && machine.exists(pinned)) {
		return { node: pinned, flags: [] };
	}
	if (atLeast(machine.version, [22, 17])) {
		// Node takes TypeScript without being told from 22.18 and from 23.6 on.
		const told =
			atLeast(machine.version, [23, 6]) ||
			(machine.version.startsWith('22.') && atLeast(machine.version, [22, 18]));
		return { node: machine.execPath, flags: told ? [] : ['--experimental-strip-types'] };
	}
	throw new Plain(
		`This machine (${machine.platform}, ${machine.arch}) needs Node 22.17 or newer, and it has ${machine.version}: install a newer Node, then run this again.`
	);
}

/**
 * @param {string} version
 * @param {[number, number]} wanted major and minor
 */
function atLeast(version, [major, minor]) {
	const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
	return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}
