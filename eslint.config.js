import svelte from 'eslint-plugin-svelte';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'.data/',
			'.cache/',
			'screenshots/',
			'src/lib/paraglide/',
			'src/server/platform/tables.ts',
			'node_modules/'
		]
	},
	...ts.configs.strict,
	...svelte.configs.recommended,
	prettier,
	...svelte.configs.prettier,
	{
		languageOptions: { globals: { ...globals.node } },
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'no-console': ['error', { allow: ['error'] }],
			// Rows are checked by constraints and schemas; a non-null assertion after `noUncheckedIndexedAccess` would hide what it reports.
			'@typescript-eslint/no-non-null-assertion': 'error',
			'no-restricted-syntax': [
				'error',
				{
					selector: "ExportAllDeclaration[source.value!='./$types']",
					message: 'Name what a module shows the others: no export *.'
				}
			]
		}
	},
	{
		files: ['**/*.ts'],
		languageOptions: { parserOptions: { projectService: true } },
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error'
		}
	},
	{
		// Domain code is told the time by its scope, so that a test can set the clock (docs: style, 18).
		files: ['src/server/modules/**/*.ts'],
		ignores: ['**/*.test.ts'],
		rules: {
			'no-restricted-globals': [
				'error',
				{ name: 'fetch', message: 'No network call inside a module but through its provider file.' }
			],
			'no-restricted-syntax': [
				'error',
				{
					selector: "NewExpression[callee.name='Date'][arguments.length=0]",
					message: 'Take the time from scope.now.'
				},
				{
					selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
					message: 'Take the time from scope.now.'
				}
			]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			globals: { ...globals.browser },
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] }
		},
		// Pages are served at the root of their host; plain addresses stay readable.
		rules: { 'svelte/no-navigation-without-resolve': 'off' }
	},
	{
		files: [
			'bin/**',
			'bench/**',
			'tests/**',
			'seeds/**',
			'examples/**',
			'src/main.ts',
			'src/worker.ts'
		],
		rules: { 'no-console': 'off' }
	},
	{
		files: ['src/lib/enhance/**', 'src/service-worker.ts'],
		languageOptions: { globals: { ...globals.browser, ...globals.serviceworker } }
	}
);
