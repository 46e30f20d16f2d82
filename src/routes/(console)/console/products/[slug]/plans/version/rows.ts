import { mostPrices, mostTiers, newPrice, noTier, type VersionDraft } from './draft.ts';

/** A button that adds a row or takes one away: `add-tier.2` gives the third price a further tier. */
const asked = /^(add-price|remove-price|add-tier|remove-tier)(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$/;

/** Adds or takes away a row of a form that is being written; whatever else was asked changes nothing. */
export function changeRows(
	draft: VersionDraft,
	act: string,
	meters: readonly { slug: string }[]
): VersionDraft {
	const [, what, first, second] = asked.exec(act) ?? [];
	const index = Number(first);
	if (what === 'add-price') {
		if (draft.prices.length >= mostPrices) return draft;
		const free = meters.find(({ slug }) => draft.prices.every(({ meter }) => meter !== slug));
		return { ...draft, prices: [...draft.prices, newPrice(free?.slug)] };
	}
	if (what === 'remove-price')
		return { ...draft, prices: draft.prices.filter((_, at) => at !== index) };
	return {
		...draft,
		prices: draft.prices.map((price, at) => {
			if (at !== index) return price;
			if (what === 'add-tier' && price.tiers.length < mostTiers)
				return { ...price, tiers: [...price.tiers, noTier] };
			if (what === 'remove-tier')
				return { ...price, tiers: price.tiers.filter((_, tier) => tier !== Number(second)) };
			return price;
		})
	};
}

/** Which price a button of the form was about, so that it stands open afterwards. */
export function priceOf(act: string, draft: VersionDraft): number | null {
	if (act === 'add-price') return draft.prices.length - 1;
	const [, what, first] = asked.exec(act) ?? [];
	return what?.endsWith('-tier') ? Number(first) : null;
}
