import Big from 'big.js';
import * as v from 'valibot';
import type { Row } from './explore-rows.ts';
import type { Meter } from './meters.ts';

/** Where a page of groups left off: behind this group of this meter, as great as it was then. */
const Place = v.strictTuple([v.string(), v.pipe(v.string(), v.decimal()), v.nullable(v.string())]);
type Place = v.InferOutput<typeof Place>;

const unknown = 'This is not where a page left off.';

/** Takes a cursor of groups from an address. */
export const GroupCursor = v.pipe(
	v.string(),
	v.maxLength(600),
	v.rawTransform<string, Place>(({ dataset, addIssue, NEVER }) => {
		const place = v.safeParse(Place, readJson(dataset.value));
		if (place.success) return place.output;
		addIssue({ message: unknown });
		return NEVER;
	})
);

/** Whether an address says where a page left off. */
export function isGroupCursor(text: string): boolean {
	return v.is(GroupCursor, text);
}

/** A page of groups, meter by meter, the greatest first, and the cursor behind it. */
export function cutGroups(
	meters: readonly Meter[],
	groups: readonly Row[],
	limit: number,
	cursor: Place | null
): { page: Row[]; next: string | null } {
	const ranks = new Map(meters.map(({ id }, rank) => [id, rank]));
	const order = (one: Place, other: Place): number =>
		(ranks.get(one[0]) ?? 0) - (ranks.get(other[0]) ?? 0) ||
		new Big(other[1]).cmp(one[1]) ||
		compareNames(one[2], other[2]);
	const sorted = groups
		.map((row) => ({ row, place: [row.meterId, row.value ?? '0', row.group] satisfies Place }))
		.sort((one, other) => order(one.place, other.place));
	const rest = cursor ? sorted.filter(({ place }) => order(place, cursor) > 0) : sorted;
	const page = rest.slice(0, limit);
	const last = page.at(-1);
	return {
		page: page.map(({ row }) => row),
		next: rest.length > limit && last ? cursorOf(last.place) : null
	};
}

function cursorOf(place: Place): string {
	return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
	} catch {
		// Whatever does not read as JSON is no cursor; the schema says so.
		return null;
	}
}

/** What carried no value comes last. */
function compareNames(one: string | null, other: string | null): number {
	if (one === other) return 0;
	if (one === null) return 1;
	if (other === null) return -1;
	return one < other ? -1 : 1;
}
