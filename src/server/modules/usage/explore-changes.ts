import type { Scope } from '../../platform/scope.ts';
import type { Look } from './explore-rows.ts';
import { inForce, selectVersions, type MeterVersion } from './versions.ts';

/**
 * Until when each meter counted in another way than its newest version does, as far as the span reaches: by
 * another aggregation, property or unit. Figures read those hours as the newest version says.
 */
export async function readChanges(
	scope: Scope,
	{ meters, span }: Pick<Look, 'meters' | 'span'>
): Promise<(meterId: string) => Date | null> {
	const versions = Map.groupBy(await selectVersions(scope), ({ id }) => id);
	const until = new Map(
		meters.map(({ id }) => [id, otherwiseUntil(versions.get(id) ?? [], span.from, span.to)])
	);
	return (meterId) => until.get(meterId) ?? null;
}

function otherwiseUntil(versions: readonly MeterVersion[], from: Date, to: Date): Date | null {
	const newest = versions.at(-1);
	const starts = [...new Set(versions.map(({ effectiveFrom }) => effectiveFrom))].sort(
		(one, other) => one - other
	);
	let until: number | null = null;
	for (const [place, start] of starts.entries()) {
		const end = starts[place + 1] ?? Infinity;
		const version = inForce(versions, start);
		if (!newest || !version || start >= to.getTime() || end <= from.getTime()) continue;
		if (kindOf(version) !== kindOf(newest)) until = end;
	}
	return until === null ? null : new Date(until);
}

function kindOf({ aggregation, valueProperty, unit }: MeterVersion): string {
	return JSON.stringify([aggregation, valueProperty, unit]);
}
