import { withSystem } from '../../platform/doors.ts';
import { Known, memory, type KnownMeters } from './memory.ts';
import { selectRecounts } from './recount-locks.ts';
import { selectVersions, timelinesOf } from './versions.ts';

/** For how long a new version or a recount may go unnoticed; each is told of long before it matters. */
const keptMs = 2_000;

/** What is counted and how, as it was at most two seconds ago. */
export async function knownMeters(): Promise<KnownMeters> {
	const known = memory().meters;
	return known && performance.now() - known.readAt < keptMs ? known : readMeters();
}

export async function readMeters(): Promise<KnownMeters> {
	const known = memory();
	const readAt = performance.now();
	const { versions, recounts } = await withSystem(
		'usage.meters',
		async (scope) => {
			const [versions, recounts] = await Promise.all([
				selectVersions(scope),
				selectRecounts(scope)
			]);
			return { versions, recounts };
		},
		{ unseen: true }
	);
	// A recount takes away what this process may have seen written.
	if (known.meters?.stamp !== recounts.stamp) known.uniqueHours = new Known(50_000);
	return (known.meters = { byType: timelinesOf(versions), ...recounts, readAt });
}
