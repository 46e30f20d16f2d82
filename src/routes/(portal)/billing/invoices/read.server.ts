import { civilDate } from '#lib/format/dates.ts';
import {
	addUpInvoices,
	listSubscriptions,
	selectInvoices,
	type ListedInvoice
} from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { readFilters } from './filters.ts';

/**
 * What can be chosen, what the address chooses, and what all of it comes to.
 * @throws Forbidden before anything goes out to those who do not see money
 */
export async function readChoices(scope: MemberScope, query: URLSearchParams) {
	const [subscriptions, { currency }] = await Promise.all([
		listSubscriptions(scope, {}),
		readBusiness(scope, {})
	]);
	const products = [...new Map(subscriptions.map(({ product }) => [product.id, product])).values()];
	const today = civilDate(scope.now, scope.actor.timeZone);
	const filters = readFilters(query, { products, currency });
	return {
		products: products.map(({ id, slug, name }) => ({ id, slug, name })),
		currency,
		today,
		filters,
		sums: await addUpInvoices(scope, { ...filters.input, today })
	};
}

type Choices = Awaited<ReturnType<typeof readChoices>>;

/** A page of what fits. */
export function readList(scope: MemberScope, { filters, today }: Choices, after: string | null) {
	const { input, order, direction } = filters;
	return selectInvoices(scope, {
		...input,
		today,
		order,
		direction,
		...(after === null ? {} : { after })
	});
}

/** So many are read at a time, and no more are ever held. */
const piece = 200;

/**
 * All that fit, a piece at a time: the next is read when the one before has been taken, in a transaction of
 * its own, so that a slow reader holds nothing open.
 */
export async function* allInvoices(
	read: (work: (scope: MemberScope) => Promise<Piece>) => Promise<Piece>,
	{ filters, today }: Choices
): AsyncGenerator<ListedInvoice[]> {
	const { input, order, direction } = filters;
	for (let after: string | null | undefined; after !== null;) {
		const place: string | undefined = after;
		const { invoices, next }: Piece = await read((scope) =>
			selectInvoices(scope, {
				...input,
				today,
				order,
				direction,
				limit: piece,
				...(place === undefined ? {} : { after: place })
			})
		);
		yield invoices;
		after = next;
	}
}

interface Piece {
	invoices: ListedInvoice[];
	next: string | null;
}
