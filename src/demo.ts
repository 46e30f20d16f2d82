import { accounts, demoPassword, tellStory } from '../seeds/index.ts';
import type { Progress } from '../bin/bootstrap/progress.js';
import type { RunningJobs } from '#server/platform/jobs.ts';
import type { Runtime } from '#server/platform/runtime.ts';

/** Tells the demo story if it has not been told, showing how far it is. */
export async function tellOnce(
	runtime: Runtime,
	jobs: RunningJobs,
	progress: Progress
): Promise<void> {
}
