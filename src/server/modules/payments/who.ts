import type { Scope } from '../../platform/scope.ts';

/** Who did it, as it is kept beside what they did: a name, or which command or job. */
export function nameOf({ actor }: Scope): string {
	switch (actor.kind) {
		case 'system':
			return actor.job;
		case 'product':
			return actor.slug;
		default:
			return actor.name;
	}
}
