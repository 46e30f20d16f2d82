import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from './hash.js';
import { withLock } from './lock.js';
import { Plain, cachePath } from './project.js';
import { leash, run } from './run.js';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Package
 * @typedef {{ packages?: Record<string, Package> }} Lock
 */

/**
 * Sees to it that node_modules is what package-lock.json says.
 * @param {string} root
 * @param {import('./progress.js').Progress} progress
 */
export async function install(root, progress) {
	if (isInstalled(root)) return;
	await withLock(cachePath('install.lock'), async () => {
		if (isInstalled(root)) return;
		await progress.step('Installing the packages of package-lock.json', () => npmCi(root));
		writeFileSync(stampFile(root), lockHash(root));
	});
}

/** @param {string} root */
const stampFile = (root) => path.join(root, 'node_modules', '.evolve-lock');

/** @param {string} root */
const lockHash = (root) => hashOf(root, ['package-lock.json']);

/** @param {string} root */
function isInstalled(root) {
	const hash = lockHash(root);
	const stamp = stampFile(root);
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
	// Someone who runs `npm install` themselves has changed both: npm's own record says what is there.
	const record = path.join(root, 'node_modules', '.package-lock.json');
	if (!existsSync(record)) return false;
	/** @type {Lock} */
	const installed = JSON.parse(readFileSync(record, 'utf8'));
	/** @type {Lock} */
	const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
	if (!matches(wanted, installed, process)) return false;
	writeFileSync(stamp, hash);
	return true;
}

/**
 * Whether an installed tree has every package of a lock that belongs on this machine, and no other version.
 * @param {Lock} wanted
 * @param {Lock} installed
 * @param {{ platform: string, arch: string }} machine
 */
export function matches(wanted, installed, machine) {
	return Object.entries(wanted.packages ?? {}).every(([name, entry]) => {
		if (name === '' || entry.link) return true;
		const found = installed.packages?.[name];
		if (found) return found.version === entry.version && found.integrity === entry.integrity;
		return entry.optional === true && !isFor(entry, machine);
	});
}

/**
 * Whether an optional package is made for this very machine, such as a binary. What other machines' packages
 * lean on names no machine itself, and is rightly absent with them.
 * @param {Package} entry
 * @param {{ platform: string, arch: string }} machine
 */
function isFor(entry, machine) {
	// Which C library a machine has decides over packages that come in pairs; npm has judged that.
	if (entry.libc) return false;
	return (
		entry.os?.includes(machine.platform) === true && entry.cpu?.includes(machine.arch) === true
	);
}

/** @param {string} root */
async function npmCi(root) {
	const words = ['ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit'];
	// The npm that called us, if one did, run by the Node that runs us.
	const script = process.env['npm_execpath'] ?? '';
	const [command, args] = /\.c?js$/.test(script)
		? [process.execPath, [script, ...words]]
		: ['npm', words];
	const env = {
		...process.env,
		// What is built and tested here needs the development packages too.
		NODE_ENV: undefined,
		NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${leash}`.trim()
	};
	const { code, output } = await run({ command, args, cwd: root, env, output: 'capture' });
	if (code !== 0)
		throw new Plain(`npm ci failed with exit code ${code}. What it said:\n\n${output.trim()}\n`);
}
