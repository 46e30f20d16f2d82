import { install } from './install.js';
import { createProgress } from './progress.js';
import { root } from './project.js';
import { environment, leash, run } from './run.js';
import { findNode, thisMachine } from './runtime.js';

/**
 * What every command stands on: the packages are installed, and Node can run this project's programs.
 *
 * @typedef {object} Ground
 * @property {string} root
 * @property {string} node
 * @property {import('./progress.js').Progress} progress
 * @property {(args: string[], options?: RunOptions) => Promise<{ code: number, output: string }>} run
 *   runs a JavaScript or TypeScript file of this project; its path is relative to the project
 *
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {'inherit' | 'capture'} [output]
 * @property {boolean} [ownEnd] the program sees for itself that we have gone, and ends in its own time
 */

/**
 * The server clears short-lived garbage away before it makes the process large (half the default, in MB), and
 * may clear all of it away once it has started.
 */
export const serverFlags = ['--max-semi-space-size=8', '--expose-gc'];

/** @returns {Promise<Ground>} */
export async function prepare() {
	const progress = createProgress();
	await install(root, progress);
	const { node, flags } = findNode(root, thisMachine());
	return {
		root,
		node,
		progress,
		run(args, { env = {}, output = 'inherit', ownEnd = false } = {}) {
			return run({
				command: node,
				args: [...flags, ...(ownEnd ? [] : [`--import=${leash}`]), ...args],
				cwd: root,
				env: { ...environment(root, node), ...env },
				output
			});
		}
	};
}
