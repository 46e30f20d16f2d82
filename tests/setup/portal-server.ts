import type { TestProject } from 'vitest/node';
import { startPortal } from './portal.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Where the portal of the journeys is. */
		portal: { url: string; port: number; dataDir: string };
	}
}

/** One portal with the demo story for all journeys. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const { url, port, dataDir, stop } = await startPortal();
	project.provide('portal', { url, port, dataDir });
	return stop;
}
