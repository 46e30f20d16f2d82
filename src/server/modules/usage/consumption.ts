import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { readGroups, type Look, type Row } from './explore-rows.ts';
import { addsBytes } from './figures.ts';
import { selectMeters, type Meter } from './meters.ts';
import { zoneOf, type Span } from './spans.ts';

/** Bytes in a span and in the one that it is compared with; null where nothing was read. */
export interface Share {
	/** A product's id, or a value of the dimension; null for what carried none. */
	of: string | null;
	value: number | null;
	previous: number | null;
}

export interface Consumption {
	moved: Omit<Share, 'of'>;
	/** The ten that moved most, the greatest first. */
	products: Share[];
	people: Share[];
	branches: Share[];
	/** What each product holds, as it said last. */
	stored: Share[];
	/** The same by person and by branch, where a product tells its data apart by that alone. */
	storedByPeople: Share[];
	storedByBranches: Share[];
}

const most = 10;
const SpanFields = { from: v.date(), to: v.date() };

/**
 * Which data products moved and hold: of whom, and where. People are values of the dimension `user`,
 * branches of `branch`; a product that tells neither is there as a whole.
 */
export const readConsumption = usecase(
	'usage.read',
	v.object({
		...SpanFields,
		previous: v.object(SpanFields),
		productIds: v.array(v.string())
	}),
	async (scope, { from, to, previous, productIds }): Promise<Consumption> => {
		const meters = (await selectMeters(scope)).filter(
			({ productId, unit }) => unit === 'bytes' && productIds.includes(productId)
		);
		const moving = meters.filter(addsBytes);
		const holding = meters.filter(({ aggregation }) => aggregation === 'latest');
		const read = async (of: readonly Meter[], by: string | null): Promise<[Row[], Row[]]> => {
			const look = (span: Span): Look => ({
				meters: of.filter(({ dimensions }) => by === null || dimensions.includes(by)),
				span,
				granularity: 'day',
				zone: zoneOf(scope),
				by,
				where: {}
			});
			return Promise.all([
				readGroups(scope, look({ from, to })),
				readGroups(scope, look(previous))
			]);
		};
		// A level of several people in a branch is none of the branch: the newest reading is of one of them.
		const heldBy = (dimension: string): Meter[] =>
			holding.filter(({ dimensions }) => dimensions.length === 1 && dimensions[0] === dimension);
		const [whole, people, branches, stored, storedBy, storedAt] = await Promise.all([
			read(moving, null),
			read(moving, 'user'),
			read(moving, 'branch'),
			read(holding, null),
			read(heldBy('user'), 'user'),
			read(heldBy('branch'), 'branch')
		]);
		const products = new Map(meters.map(({ id, productId }) => [id, productId]));
		const productOf = ({ meterId }: Row): string | null => products.get(meterId) ?? null;
		const groupOf = ({ group }: Row): string | null => group;
		const [all] = shares(whole, () => null);
		return {
			moved: { value: all?.value ?? null, previous: all?.previous ?? null },
			products: shares(whole, productOf).slice(0, most),
			people: shares(people, groupOf).slice(0, most),
			branches: shares(branches, groupOf).slice(0, most),
			stored: shares(stored, productOf).slice(0, most),
			storedByPeople: shares(storedBy, groupOf).slice(0, most),
			storedByBranches: shares(storedAt, groupOf).slice(0, most)
		};
	}
);

/** What is said of a change: how much more or less there was, and whose part of it was the largest. */
export interface Changed {
	difference: number;
	/** Null where nobody changed in the same direction. */
	largest: { of: string | null; difference: number } | null;
}

/** Null where there is nothing to compare. */
export function whatChanged(moved: Consumption['moved'], among: readonly Share[]): Changed | null {
	if (moved.value === null || moved.previous === null) return null;
	const difference = moved.value - moved.previous;
	const parts = among
		.map(({ of, value, previous }) => ({ of, difference: (value ?? 0) - (previous ?? 0) }))
		.filter((part) => part.difference * difference > 0)
		.sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference));
	return { difference, largest: parts[0] ?? null };
}

function shares(
	[now, before]: [readonly Row[], readonly Row[]],
	of: (row: Row) => string | null
): Share[] {
	const found = new Map<string | null, Share>();
	const add = (rows: readonly Row[], which: 'value' | 'previous'): void => {
		for (const row of rows) {
			if (row.value === null) continue;
			const name = of(row);
			const share = found.get(name) ?? { of: name, value: null, previous: null };
			share[which] = (share[which] ?? 0) + Number(row.value);
			found.set(name, share);
		}
	};
	add(now, 'value');
	add(before, 'previous');
	return [...found.values()].sort(
		(one, other) =>
			(other.value ?? 0) - (one.value ?? 0) || (one.of ?? '').localeCompare(other.of ?? '')
	);
}
