import { Temporal } from 'temporal-polyfill';
import { activityFields, type ActivityField } from '#server/modules/activity/index.ts';

/** What the address asks for, as far as it can be understood. */
export interface Filters {
	product: string | null;
	person: string | null;
	field: ActivityField | null;
	/** Civil dates, both included. */
	from: string | null;
	to: string | null;
	search: string | null;
	/** Whether something was asked for that nobody knows; the list is then not narrowed by it. */
	unknown: boolean;
}

/** Reads `?product=&person=&kind=&from=&to=&q=`. */
export function readFilters(
	query: URLSearchParams,
	known: { products: string[]; people: string[] }
): Filters {
	let unknown = false;
	const read = <T extends string>(name: string, fits: (text: string) => text is T): T | null => {
		const text = query.get(name)?.trim();
		if (!text) return null;
		if (fits(text)) return text;
		unknown = true;
		return null;
	};
	const among =
		(all: readonly string[]) =>
		(text: string): text is string =>
			all.includes(text);
	const filters = {
		product: read('product', among(known.products)),
		person: read('person', among(known.people)),
		field: read('kind', (text): text is ActivityField => among(activityFields)(text)),
		from: read('from', isDay),
		to: read('to', isDay),
		search: query.get('q')?.trim().slice(0, 200) || null
	};
	return { ...filters, unknown };
}

/** The filters as the use case takes them; days are those of the zone. */
export function toInput({ product, person, field, from, to, search }: Filters, zone: string) {
	return {
		...(product === null ? {} : { product }),
		...(person === null ? {} : { person }),
		...(field === null ? {} : { field }),
		...(from === null ? {} : { from: startOf(from, zone) }),
		...(to === null ? {} : { to: startOf(to, zone, 1) }),
		...(search === null ? {} : { search })
	};
}

/** The same as a query, for links that go on from here. */
export function toQuery(filters: Filters): [name: string, value: string][] {
	const { product, person, field, from, to, search } = filters;
	return Object.entries({ product, person, kind: field, from, to, q: search }).filter(
		(pair): pair is [string, string] => pair[1] !== null
	);
}

function isDay(text: string): text is string {
	// Nobody was here before the year 1000, and the day after 9999 has no four digits.
	if (!/^[1-8]\d{3}-\d{2}-\d{2}$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function startOf(day: string, zone: string, daysLater = 0): Date {
	const start = Temporal.PlainDate.from(day).add({ days: daysLater }).toZonedDateTime(zone);
	return new Date(start.epochMilliseconds);
}
