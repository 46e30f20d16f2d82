import { m } from '#lib/paraglide/messages.js';
import { invoiceOrders, invoiceStandings } from '#server/modules/billing/index.ts';
import { minorDigits } from '#lib/format/money.ts';

type Order = (typeof invoiceOrders)[number];
type InvoiceStanding = (typeof invoiceStandings)[number];

/** What the address asks for, as it was written: kept in the fields also where it can't be understood. */
export type Asked = Record<(typeof names)[number], string>;

const names = ['q', 'status', 'product', 'from', 'to', 'least', 'most', 'sort'] as const;

export interface Filters {
	asked: Asked;
	/** What can't be understood, in words beside its field; the list is not narrowed by it. */
	problems: Partial<Asked>;
	order: Order;
	direction: 'ascending' | 'descending';
	/** For the use case. */
	input: {
		standing?: InvoiceStanding;
		productId?: string;
		from?: string;
		to?: string;
		least?: bigint;
		most?: bigint;
		search?: string;
	};
}

interface Known {
	products: { id: string; slug: string }[];
	/** Amounts are asked for in it. */
	currency: string;
}

/** Reads `?q=&status=&product=&from=&to=&least=&most=&sort=`. */
export function readFilters(query: URLSearchParams, known: Known): Filters {
	const asked = Object.fromEntries(
		names.map((name) => [name, query.get(name)?.trim().slice(0, 40) ?? ''])
	) as Asked;
	const problems: Partial<Asked> = {};
	const read = <T>(name: keyof Asked, problem: string, value: (text: string) => T | undefined) => {
		if (asked[name] === '') return undefined;
		const found = value(asked[name]);
		if (found === undefined) problems[name] = problem;
		return found;
	};
	const standing = read('status', m.billing_filter_unknown(), (text) =>
		invoiceStandings.find((one) => one === text)
	);
	const productId = read(
		'product',
		m.billing_filter_unknown(),
		(text) => known.products.find(({ slug }) => slug === text)?.id
	);
	const from = read('from', m.billing_filter_bad_date(), dayOf);
	const to = read('to', m.billing_filter_bad_date(), dayOf);
	if (from && to && from > to) problems.to = m.billing_filter_to_before();
	const digits = minorDigits(known.currency);
	const least = read('least', m.billing_filter_bad_amount(), (text) => amountOf(text, digits));
	const most = read('most', m.billing_filter_bad_amount(), (text) => amountOf(text, digits));
	if (least !== undefined && most !== undefined && least > most)
		problems.most = m.billing_filter_most_below();
	const [order, direction] = asked.sort.split('-');
	const sorted = invoiceOrders.find((one) => one === order);
	return {
		asked,
		problems,
		order: sorted ?? 'issued',
		direction: sorted && direction === 'up' ? 'ascending' : 'descending',
		input: {
			...(standing && { standing }),
			...(productId && { productId }),
			...(from && { from }),
			...(to && !problems.to && { to }),
			...(least !== undefined && { least }),
			...(most !== undefined && !problems.most && { most }),
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
	return Object.entries(asked).some(([name, value]) => name !== 'sort' && value !== '');
}

/** The head of a column leads to its order; on the column that is sorted by, to the other way. */
export function sortLink(filters: Filters, order: Order): string {
	const turns = filters.order === order && filters.direction === 'descending';
	return `/billing/invoices${toQuery(filters, { sort: turns ? `${order}-up` : order })}`;
}

function dayOf(text: string): string | undefined {
	const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
	// 31 February is read as a day of March.
	if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined;
	return text;
}

/** `12,500.5` in minor units. Nothing passes through floating point. */
function amountOf(text: string, digits: number): bigint | undefined {
	const [, whole = '', fraction = ''] =
		/^(\d{1,13})(?:\.(\d+))?$/.exec(text.replace(/[,\s]/g, '')) ?? [];
	if (whole === '' || fraction.length > digits) return undefined;
	return BigInt(whole + fraction.padEnd(digits, '0'));
}
