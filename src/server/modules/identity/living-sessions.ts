import type { Scope, System } from '../../platform/scope.ts';
import { idleHours } from './sessions.ts';

/** Of these sessions, those that live, each with the business that it acts for. Looking does not count as use. */
export async function listLivingSessions(
	{ db, now }: Scope<System>,
	{ ids }: { ids: string[] }
): Promise<Map<string, string | null>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom('identity.sessions as s')
		.innerJoin('identity.persons as p', 'p.id', 's.person_id')
		.select(['s.id', 's.business_id'])
		.where('s.id', 'in', ids)
		.where('s.ends_at', '>', now)
		.where('s.seen_at', '>', new Date(now.getTime() - idleHours * 3_600_000))
		.where('p.disabled_at', 'is', null)
		.execute();
	return new Map(rows.map(({ id, business_id }) => [id, business_id]));
}
