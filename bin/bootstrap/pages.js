import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from './hash.js';
import { serverFlags } from './ground.js';
import { withLock } from './lock.js';
import { Plain, cachePath } from './project.js';

/** Everything the built pages are made from. */
const sources = [
	'src',
	'static',
	'messages',
	'project.inlang/settings.json',
	'package.json',
	'package-lock.json',
	'vite.config.ts',
	'bin/fonts.js'
];

/** Loaded by Node as they stand, and never bundled into pages (vite.config.ts, tests/architecture.test.ts). */
const unbundled = ['src/server/platform', 'src/server/modules', 'src/api', 'src/oidc'];
/** Made by the build itself. */
const made = ['src/lib/paraglide', 'static/fonts'];

/** @param {string} file */
const leaveOut = (file) =>
	unbundled.includes(file) || made.includes(file) || /\.(test|journey)\.ts$/.test(file);

/** @param {string} root */
export const pagesHash = (root) => hashOf(root, sources, leaveOut);

/**
 * Builds the pages unless this very source has been built before. Every build has a directory named by its
 * hash, which appears only when it is whole: a build killed half way is not mistaken for one, and a
 * server goes on with the pages it was started with while the next ones are made.
 * @param {import('./ground.js').Ground} ground
 * @returns {Promise<string>} the directory with handler.js
 */
export async function buildPages(ground) {
	const { root, progress } = ground;
	const hash = pagesHash(root);
	const directory = cachePath('pages', hash);
	if (existsSync(directory)) return directory;
	await withLock(cachePath('pages.lock'), async () => {
		if (existsSync(directory)) return;
		await progress.step('Building the pages', async () => {
			await runScript(ground, ['bin/bootstrap/build.js'], { EVOLVE_BUILD: hash });
			// Someone edited while we built: what was built is neither the old source nor surely the new.
			if (pagesHash(root) !== hash) return;
			mkdirSync(path.dirname(directory), { recursive: true });
			renameSync(path.join(root, 'build'), directory);
			await runScript(ground, [...serverFlags, 'bin/bootstrap/compile.js'], {
				EVOLVE_PAGES: directory
			});
		});
		dropOldPages(path.dirname(directory));
	});
	return existsSync(directory) ? directory : buildPages(ground);
}

/**
 * @param {import('./ground.js').Ground} ground
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function runScript({ run }, args, env) {
	const { code, output } = await run(args, {
		env: { NODE_ENV: 'production', ...env },
		output: 'capture'
	});
	if (code === 0) return;
	throw new Plain(`The pages could not be built (exit code ${code}):\n\n${output.trim()}\n`);
}

/**
 * Keeps the three newest builds: a server may still be running from the one before.
 * @param {string} directory
 */
function dropOldPages(directory) {
	const builds = readdirSync(directory)
		.map((name) => path.join(directory, name))
		.map((file) => ({ file, made: statSync(file).birthtimeMs }))
		.sort((a, b) => b.made - a.made);
	for (const { file } of builds.slice(3)) rmSync(file, { recursive: true, force: true });
}
