import { m } from '#lib/paraglide/messages.js';
import { methods, type Method } from '#server/modules/payments/index.ts';

const names = ['q', 'method', 'from', 'to'] as const;

/** What the address asks for, as it was written: kept in the fields also where it can't be understood. */
export type Asked = Record<(typeof names)[number], string>;

export interface Filters {
	asked: Asked;
	/** What can't be understood, in words beside its field; the list is not narrowed by it. */
	problems: Partial<Asked>;
	/** For the use case. */
	input: { method?: Method; from?: string; to?: string; search?: string };
}

/** Reads `?q=&method=&from=&to=`. */
export function readFilters(query: URLSearchParams): Filters {
	const asked = Object.fromEntries(
		names.map((name) => [name, query.get(name)?.trim().slice(0, 40) ?? ''])
	) as Asked;
	const problems: Partial<Asked> = {};
	const method = methods.find((one) => one === asked.method);
	if (asked.method !== '' && !method) problems.method = m.billing_filter_unknown();
	const from = dayOf(asked.from);
	if (asked.from !== '' && !from) problems.from = m.billing_filter_bad_date();
	const to = dayOf(asked.to);
	if (asked.to !== '' && !to) problems.to = m.billing_filter_bad_date();
	if (from && to && from > to) problems.to = m.billing_filter_to_before();
	return {
		asked,
		problems,
		input: {
			...(method && { method }),
			...(from && { from }),
			...(to && !problems.to && { to }),
			...(asked.q && { search: asked.q })
		}
	};
}

/** The same as a query, for links that go on from here; some of it may be changed. */
export function toQuery({ asked }: Filters, changed: Record<string, string> = {}): string {
	const pairs = Object.entries({ ...asked, ...changed }).filter(([, value]) => value !== '');
	const query = new URLSearchParams(pairs).toString();
	return query && `?${query}`;
}

/** Whether it narrows the list at all. */
export function narrows({ asked }: Filters): boolean {
	return Object.values(asked).some((value) => value !== '');
}

function dayOf(text: string): string | undefined {
	const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
	// 31 February is read as a day of March.
	if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined;
	return text;
}
