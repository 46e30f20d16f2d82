import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check, tell } from './bootstrap/check.js';
import { prepare } from './bootstrap/ground.js';
import { buildPages } from './bootstrap/pages.js';
import { asCommand } from './bootstrap/run.js';

/** @typedef {{ passed: number, failed: number }} Count */

await asCommand(async () => {
	const ground = await prepare();
	const directory = mkdtempSync(path.join(tmpdir(), 'evolve-tests-'));
	process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

	const findings = await check(ground);
	tell(findings);
	/** @type {Count[]} */
	const counts = findings.map(({ passed }) =>
		passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
	);
	counts.push(await vitest(ground, directory, 'unit'));
	await buildPages(ground);
	counts.push(await vitest(ground, directory, 'journeys'));

	const passed = counts.reduce((sum, count) => sum + count.passed, 0);
	const failed = counts.reduce((sum, count) => sum + count.failed, 0);
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
});

/**
 * Runs one of vitest's projects and counts its tests. A run that fails without a failed test (a file that
 * does not load, an error outside of every test) counts as one failure.
 * @param {import('./bootstrap/ground.js').Ground} ground
 * @param {string} directory
 * @param {string} project
 * @returns {Promise<Count>}
 */
async function vitest(ground, directory, project) {
	const report = path.join(directory, `${project}.json`);
	const { code } = await ground.run(
		[
			'node_modules/vitest/vitest.mjs',
			'run',
			`--project=${project}`,
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${report}`
		],
		{ env: { NODE_ENV: 'test' } }
	);
	const count = readReport(report);
	return code === 0 || count.failed > 0 ? count : { ...count, failed: 1 };
}

/**
 * @param {string} file
 * @returns {Count}
 */
function readReport(file) {
	try {
		const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(
			readFileSync(file, 'utf8')
		);
		return { passed, failed };
	} catch (error) {
		// The run ended before it could write one.
		if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT')
			return { passed: 0, failed: 0 };
		throw error;
	}
}
