import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/**
 * `unit`: beside the code, on databases cloned from one migrated template; components are drawn by the
 * server, as in production. `journeys`: the whole product, started as an operator starts it, in a browser.
 */
export default defineConfig({
	plugins: [svelte({ configFile: false })],
	test: {
		// What is waited for comes when it comes: on a busy machine a second, the default, is no time.
		expect: { poll: { timeout: 15_000 } },
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					include: ['{src,sdk,bin,bench,seeds,examples,tests}/**/*.test.ts'],
					globalSetup: 'tests/setup/database-server.ts',
					// Half of what a test does is waiting: for the database, for a clock, for a process.
					maxWorkers: availableParallelism() + 1,
					testTimeout: 20_000,
					hookTimeout: 60_000
				}
			},
			{
				extends: true,
				test: {
					name: 'journeys',
					include: ['tests/**/*.journey.ts'],
					globalSetup: 'tests/setup/portal-server.ts',
					// Each drives a whole product and a browser: side by side they would only slow each other.
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 180_000
				}
			}
		]
	}
});
