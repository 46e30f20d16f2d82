import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { areasHeld, unitHours } from './level-areas.ts';
import { readPieces } from './folding.ts';
import { edgesOf, wholeHours, type Span } from './spans.ts';

/** Levels of `weighted` meters in steps of a span. */
export interface LevelLook {
	meterIds: readonly string[];
	span: Span;
	/** The first instant of each step; the first may begin before the span. */
	starts: readonly Date[];
	/** In which the business's days are added up; null where nothing but hours will do. */
	zone: string | null;
	/** Of dimension sets `s`: which, and told apart by what. */
	where?: RawBuilder<unknown>;
	group?: RawBuilder<unknown>;
}

export interface LevelStep {
	meterId: string;
	group: string | null;
	/** The place of the step among `starts`. */
	place: number;
	/** Unit-hours, exact decimal text, to 12 places. */
	value: string;
	/** The mean level over the time in which one was known, and the level at the end; decimal text. */
	average: string;
	held: string;
}

const hourMs = 3_600_000;

/** Each step in which a level was known. */
export async function readLevelSteps(scope: Scope, look: LevelLook): Promise<LevelStep[]> {
	const { meterIds, span, starts, zone, where, group } = look;
	const { from, to } = wholeHours(span);
	if (meterIds.length === 0 || starts.length === 0 || from >= to) return [];
	// A step begins with the hour that begins in it, wherever the zone stands.
	const begins = starts.map(
		(start) => new Date(Math.max(from.getTime(), Math.ceil(start.getTime() / hourMs) * hourMs))
	);
	const pieces = zone === null ? null : await readPieces(scope, span, zone);
	const days = pieces && pieces.days[0] < pieces.days[1] ? [pieces.days] : [];
	const hours = pieces ? edgesOf(pieces) : [[from, to] as const];
	const { rows } = await sql<Omit<LevelStep, 'place'> & { start: Date }>`
		select meter_id as "meterId", group_of as "group", start, ${unitHours(sql`area`)}::text as value,
			(area / nullif(known, 0))::float8::text as average, trim_scale(held)::text as held
		from (${areasHeld({
			business: sql`${businessOf(scope)}`,
			meters: sql`${[...meterIds]}::text[]`,
			from: sql`${from}::timestamptz`,
			starts: sql`${begins}::timestamptz[]`,
			ends: sql`${[...begins.slice(1), to]}::timestamptz[]`,
			now: sql`${scope.now}::timestamptz`,
			days: days.map(([first, end]) => sql`d.day >= ${first} and d.day < ${end}`),
			hours: hours.map(([begin, end]) => sql`h.hour >= ${begin} and h.hour < ${end}`),
			...(where ? { where } : {}),
			...(group ? { group } : {})
		})}) held`.execute(scope.db);
	const places = new Map(begins.map((start, place) => [start.getTime(), place]));
	return rows.map(({ start, average, held, ...row }) => ({
		...row,
		place: places.get(start.getTime()) ?? 0,
		average: average ?? held,
		held
	}));
}
