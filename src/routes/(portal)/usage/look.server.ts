import { readRange, type DateRange } from '#lib/format/ranges.ts';
import { listSubscriptions, type Subscription } from '#server/modules/billing/index.ts';
import { listMembers, readBusiness, type MemberView } from '#server/modules/businesses/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { readQuestion, type Question } from './question.ts';
import type { ProductName } from './view.ts';

/** What the address asks of the business's usage, and of whom. */
export interface Look {
	range: DateRange;
	question: Question;
	/** As the address says it. */
	params: URLSearchParams;
	/** Those that the business has or had. */
	all: ProductName[];
	/** The one that is asked for; null for all, or where the business has none of that name. */
	product: ProductName | null;
	/** Those that are shown. */
	products: ProductName[];
	subscriptions: Subscription[];
	members: MemberView[];
	/** What people are called, by what products know them by. */
	names: ReadonlyMap<string, string>;
	/** Of amounts of money. */
	currency: string;
}

/** Reads what the address asks for: `?range=…&product=slug` and what question.ts knows. */
export async function readLook(scope: MemberScope, params: URLSearchParams): Promise<Look> {
	const range = readRange(params, scope.now, scope.actor.timeZone);
	const [subscriptions, { currency }, members] = await Promise.all([
		listSubscriptions(scope, {}),
		readBusiness(scope, {}),
		listMembers(scope, {})
	]);
	const all = subscriptions.map(({ product }) => product);
	const product = all.find(({ slug }) => slug === params.get('product')) ?? null;
	return {
		range,
		question: { ...readQuestion(params, range), product: product?.slug ?? '' },
		params,
		all,
		product,
		products: product ? [product] : all,
		subscriptions,
		members,
		names: new Map(members.map(({ email, name }) => [email, name])),
		currency
	};
}
