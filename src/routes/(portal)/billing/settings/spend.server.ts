import { listSubscriptions } from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import {
	listProducts,
	modeOfUsageSuspension,
	type SuspendedMode
} from '#server/modules/catalogue/index.ts';
import { listSpendLimits, type SpendLimit } from '#server/modules/usage/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';

export interface SpendView {
	limits: SpendLimit[];
	products: { slug: string; name: string }[];
	/** The products that a cap may stop, and what it leaves of each. */
	stops: { product: string; mode: SuspendedMode }[];
	currency: string;
	maySet: boolean;
}

export async function readSpendView(scope: MemberScope): Promise<SpendView> {
	const [limits, subscriptions, sold, { currency }] = await Promise.all([
		listSpendLimits(scope, {}),
		listSubscriptions(scope, {}),
		listProducts(scope, {}),
		readBusiness(scope, {})
	]);
	const products = subscriptions
		.filter(({ status }) => status !== 'ended')
		.map(({ product: { id, slug, name } }) => ({ id, slug, name }));
	return {
		limits,
		products: products.map(({ slug, name }) => ({ slug, name })),
		stops: products.flatMap(({ id, name }) => {
			const product = sold.find((one) => one.id === id);
			const mode = product ? modeOfUsageSuspension(product) : null;
			return mode === null ? [] : [{ product: name, mode }];
		}),
		currency,
		maySet: mayDo(scope.actor, 'alert.manage')
	};
}
