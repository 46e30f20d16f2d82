import { Plain } from './project.js';

/** @typedef {{ title: string, passed: boolean, output: string }} Finding */

const parts = [
	{
		title: 'format',
		args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']
	},
	{ title: 'lint', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'] },
	{
		title: 'types',
		args: [
			'node_modules/svelte-check/bin/svelte-check',
			'--tsconfig',
			'./tsconfig.json',
			'--fail-on-warnings',
			'--output',
			'human'
		]
	}
];

/**
 * Format, lint and types of everything: the quick part of the tests.
 * @param {import('./ground.js').Ground} ground
 * @returns {Promise<Finding[]>}
 */
export async function check(ground) {
	await ground.progress.step('Generating types and messages', () => generate(ground));
	return ground.progress.step('Checking format, lint and types', () =>
		Promise.all(
			parts.map(async ({ title, args }) => {
				const { code, output } = await ground.run(args, { output: 'capture' });
				return { title, passed: code === 0, output: output.trim() };
			})
		)
	);
}

/**
 * What the checkers and the tests read and git does not hold: SvelteKit's types (an install deletes
 * them) and the compiled message catalogue.
 * @param {import('./ground.js').Ground} ground
 */
async function generate({ run }) {
	const generators = [
		['node_modules/@sveltejs/kit/svelte-kit.js', 'sync'],
		[
			'node_modules/@inlang/paraglide-js/bin/run.js',
			'compile',
			'--project=./project.inlang',
			'--outdir=./src/lib/paraglide',
			'--strategy=cookie',
			'--strategy=baseLocale'
		]
	];
	for (const args of generators) {
		const { code, output } = await run(args, { output: 'capture' });
		if (code !== 0) throw new Plain(output.trim());
	}
}

/** @param {Finding[]} findings */
export function tell(findings) {
	for (const { title, passed, output } of findings) {
		if (!passed) console.log(`\n${title}\n\n${output}\n`);
	}
}
