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

const noSet: Bytes16 = '\0'.repeat(16);

/**
 * Adds events up by meter and hour, and by dimension set. Order does not matter: of several readings at
 * the latest moment the greatest stands, so that every recount comes to the same.
 */
export function addUp(entries: readonly Entry[]): Totals {
	const hours = new Map<string, Total>();
	const slices = new Map<string, Total>();
	const uniqueHours = new Map<string, UniqueHour>();
	for (const { event, hour, readings } of entries) {
		const { businessId, time } = event;
		for (const { meter, value, set } of readings) {
			const name = `${businessId} ${meter.id} ${hour}`;
			const number = meter.aggregation === 'unique' ? null : value;
			add(hours, name, businessId, meter.id, hour, null, number, time);
			if (set) add(slices, `${name} ${set.id}`, businessId, meter.id, hour, set, number, time);
			if (meter.aggregation !== 'unique') continue;
			const setId = set?.id ?? noSet;
			const text = String(value);
			const nameOfValue = `${name} ${setId} ${text}`;
			if (!uniqueHours.has(nameOfValue))
				uniqueHours.set(nameOfValue, {
					businessId,
					meterId: meter.id,
					setId,
					hour,
					value: text,
					name: nameOfValue
				});
		}
	}
	return {
		hours: [...hours.values()],
		slices: [...slices.values()],
		uniqueHours: [...uniqueHours.values()]
	};
}

function add(
	totals: Map<string, Total>,
	name: string,
	businessId: string,
	meterId: string,
	hour: number,
	set: DimensionSet | null,
	value: Decimal | null,
	time: number
): void {
	const total = totals.get(name);
	if (!total) {
		totals.set(name, {
			businessId,
			meterId,
			hour,
			set,
			count: 1,
			sum: value,
			max: value,
			latest: value,
			latestAt: time
		});
		return;
	}
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
