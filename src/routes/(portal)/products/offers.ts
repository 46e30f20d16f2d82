import { m } from '#lib/paraglide/messages.js';
import type { Plan, Product } from '#server/modules/catalogue/index.ts';
import type { OfferView } from './view.ts';

/**
 * @param had whether the business has had the product: it is tried once
 * @param mayTry whether the reader may begin trials
 */
export function viewOffer(
	product: Product,
	plans: readonly Plan[],
	{ had, mayTry }: { had: boolean; mayTry: boolean }
): OfferView {
	const { slug, name, mark, summary } = product;
	return {
		slug,
		name,
		mark,
		summary,
		plans: plans
			.filter(({ productId, retiredAt }) => productId === product.id && retiredAt === null)
			.map((plan) => ({
				slug: plan.slug,
				name: plan.name,
				interval: plan.interval,
				amountMinor: plan.amountMinor,
				currency: plan.currency,
				seats: plan.seats,
				includedBytes: plan.includedBytes,
				trialDays: had ? null : plan.trialDays,
				tryHref:
					!had && mayTry && plan.trialDays !== null
						? `/products/${slug}/trial?plan=${plan.slug}`
						: null
			})),
		askHref: askAddress(slug, m.products_ask_subject({ product: name }))
	};
}

/** The form of a ticket about a product, with its subject written. */
export function askAddress(slug: string, subject: string): string {
	return `/support/new?${new URLSearchParams({ product: slug, subject }).toString()}`;
}
