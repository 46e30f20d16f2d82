import type { DateRange } from '#lib/format/ranges.ts';

/** What the address of home carries; everything on home that leads back to home keeps the rest of it. */
export interface HomeQuery {
	/** Null for the month so far, which needs no saying. */
	range: string | null;
	/** The dates of a custom range. */
	from: string | null;
	to: string | null;
	q: string;
	view: 'grid' | 'list';
}

/** Takes the range as it was understood, so that a mistake in the address is not handed on from link to link. */
export function readHomeQuery(params: URLSearchParams, range: DateRange): HomeQuery {
	const custom = range.key === 'custom';
	return {
		range: range.key === 'month' ? null : range.key,
		from: custom ? range.from : null,
		to: custom ? range.to : null,
		q: (params.get('q') ?? '').trim().slice(0, 100),
		view: params.get('view') === 'list' ? 'list' : 'grid'
	};
}

/** The parameters that say something, as pairs: hidden fields of a form, or an address. */
export function homeFields(query: HomeQuery): [name: string, value: string][] {
	const fields: [string, string | null][] = [
		['range', query.range],
		['from', query.range === 'custom' ? query.from : null],
		['to', query.range === 'custom' ? query.to : null],
		['q', query.q],
		['view', query.view === 'list' ? 'list' : null]
	];
	return fields.flatMap(([name, value]) => (value ? [[name, value]] : []));
}

/** The address of home with some of it changed, relative to home itself. */
export function homeAddress(query: HomeQuery, change: Partial<HomeQuery> = {}): string {
	return `?${new URLSearchParams(homeFields({ ...query, ...change })).toString()}`;
}
