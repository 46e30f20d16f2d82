import type { Scope } from '#server/platform/scope.ts';

const known = new WeakMap<Scope, Map<unknown, Promise<unknown>>>();

/**
 * What a page and the frame around it both show is read once behind a door. For reading alone: after a
 * change behind the same door it would tell what was before.
 */
export function once<S extends Scope, R>(
	scope: S,
	read: (scope: S, input: Record<string, never>) => Promise<R>
): Promise<R> {
	let reads = known.get(scope);
	if (!reads) known.set(scope, (reads = new Map()));
	let reading = reads.get(read) as Promise<R> | undefined;
	if (!reading) reads.set(read, (reading = read(scope, {})));
	return reading;
}
