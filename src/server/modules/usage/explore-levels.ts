import { sql } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import type { Groups, Look, Row } from './explore-rows.ts';
import { stepsIn } from './explore-steps.ts';
import { readLevelSteps } from './level-steps.ts';

/** Rows of `weighted` meters: units times hours. */
export async function readLevels(
	scope: Scope,
	look: Look,
	over: 'span' | 'steps',
	groups: Groups
): Promise<Row[]> {
	const { meters, span, granularity, zone, by } = look;
	const group = by === null ? null : sql`s.dimensions ->> ${by}`;
	const narrowed = Object.entries(look.where).map(
		([dimension, values]) => sql`s.dimensions ->> ${dimension} = any(${[...values]})`
	);
	if (group && groups !== 'all')
		narrowed.push(sql`(${group} = any(${groups.filter((one) => one !== null)})
			or ${group} is null and ${groups.includes(null)}::boolean)`);
	const steps = over === 'span' ? [] : stepsIn(span, granularity, zone);
	const rows = await readLevelSteps(scope, {
		meterIds: meters.map(({ id }) => id),
		span,
		starts: over === 'span' ? [span.from] : steps.map(({ start }) => start),
		zone: over === 'steps' && granularity === 'hour' ? null : zone,
		...(narrowed.length > 0 ? { where: sql.join(narrowed, sql` and `) } : {}),
		...(group ? { group } : {})
	});
	return rows.map(({ meterId, group, place, value, average, held }) => ({
		meterId,
		group,
		start: steps[place]?.start ?? null,
		value,
		level: { average, held }
	}));
}
