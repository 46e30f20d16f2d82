import type { Bytes16 } from './arrays.ts';
import { addDecimals, compareDecimals, type Decimal } from './decimals.ts';
import type { DimensionSet, Entry } from './readings.ts';

/** What some events add to one hour of a meter, or to one dimension set of it. */
export interface Total {
	businessId: string;
	meterId: string;
	hour: number;
	set: DimensionSet | null;
	count: number;
	sum: Decimal | null;
	max: Decimal | null;
	latest: Decimal | null;
	latestAt: number;
}

export interface UniqueHour {
	businessId: string;
	meterId: string;
	setId: Bytes16;
	hour: number;
	value: string;
	/** All of the above in one text. */
	name: string;
}

export interface Totals {
	hours: Total[];
	slices: Total[];
	uniqueHours: UniqueHour[];
}

export const noSet: Bytes16 = '\0'.repeat(16);

/** The total of an hour while it grows, with what it is made of. */
interface Growing {
	total: Total;
	slices: Map<Bytes16, Total>;
	/** Values of a `unique` meter, by dimension set. */
	values: Map<Bytes16, Set<string>>;
}

/**
 * Adds events up by meter and hour, and by dimension set. Order does not matter: of several readings at
 * the latest moment the greatest stands, so that every recount comes to the same.
 */
export function addUp(entries: readonly Entry[]): Totals {
	// Maps in maps: a key made of all its parts would have to be put together for every reading.
	const businesses = new Map<string, Map<number, Map<string, Growing>>>();
	for (const { businessId, time, hour, readings } of entries) {
		const hours = getOrMake(businesses, businessId, () => new Map<number, Map<string, Growing>>());
		const meters = getOrMake(hours, hour, () => new Map<string, Growing>());
		for (const { meter, value, set } of readings) {
			const unique = meter.aggregation === 'unique';
			const number = unique ? null : value;
			const met = meters.get(meter.id);
			const growing = met ?? {
				total: begin(businessId, meter.id, hour, null, number, time),
				slices: new Map<Bytes16, Total>(),
				values: new Map<Bytes16, Set<string>>()
			};
			if (met) add(met.total, number, time);
			else meters.set(meter.id, growing);
			if (set) {
				const slice = growing.slices.get(set.id);
				if (slice) add(slice, number, time);
				else growing.slices.set(set.id, begin(businessId, meter.id, hour, set, number, time));
			}
			if (unique)
				getOrMake(growing.values, set?.id ?? noSet, () => new Set<string>()).add(String(value));
		}
	}
	const totals: Totals = { hours: [], slices: [], uniqueHours: [] };
	for (const hours of businesses.values())
		for (const meters of hours.values())
			for (const growing of meters.values()) collect(totals, growing);
	return totals;
}

function collect({ hours, slices, uniqueHours }: Totals, { total, ...parts }: Growing): void {
	const { businessId, meterId, hour } = total;
	hours.push(total);
	slices.push(...parts.slices.values());
	for (const [setId, values] of parts.values)
		for (const value of values) {
			const name = `${businessId} ${meterId} ${hour} ${setId} ${value}`;
			uniqueHours.push({ businessId, meterId, setId, hour, value, name });
		}
}

function begin(
	businessId: string,
	meterId: string,
	hour: number,
	set: DimensionSet | null,
	value: Decimal | null,
	time: number
): Total {
	return {
		businessId,
		meterId,
		hour,
		set,
		count: 1,
		sum: value,
		max: value,
		latest: value,
		latestAt: time
	};
}

function add(total: Total, value: Decimal | null, time: number): void {
	total.count += 1;
	if (value !== null && total.sum !== null && total.max !== null && total.latest !== null) {
		total.sum = addDecimals(total.sum, value);
		if (compareDecimals(value, total.max) > 0) total.max = value;
		if (
			time > total.latestAt ||
			(time === total.latestAt && compareDecimals(value, total.latest) > 0)
		)
			total.latest = value;
	}
	if (time > total.latestAt) total.latestAt = time;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) map.set(key, (value = make()));
	return value;
}
