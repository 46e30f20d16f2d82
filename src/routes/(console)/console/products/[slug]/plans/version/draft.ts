import type { ListedVersion, PlanPrice } from '#server/modules/catalogue/index.ts';

/** The form of a version as it was typed: all text, right or wrong. */
export interface VersionDraft {
	/** Empty for a plan that there is not yet. */
	slug: string;
	name: string;
	interval: string;
	paid: string;
	currency: string;
	trialDays: string;
	seats: string;
	/** Gigabytes. */
	data: string;
	upgrade: string;
	downgrade: string;
	cancellation: string;
	proration: string;
	note: string;
	when: string;
	from: string;
	prices: PriceDraft[];
}

export const termFields = [
	'slug',
	'name',
	'interval',
	'paid',
	'currency',
	'trialDays',
	'seats',
	'data',
	'upgrade',
	'downgrade',
	'cancellation',
	'proration',
	'note',
	'when',
	'from'
] as const satisfies (keyof VersionDraft)[];

/** What of a price is one text; named as `rating` names it, where it does. */
export const priceFields = [
	'slug',
	'label',
	'way',
	'meter',
	'tax_class',
	'tax',
	'amount',
	'unit_amount',
	'package_size',
	'package_amount',
	'rate_percent',
	'fixed_per_event',
	'free_events',
	'free_total',
	'per_event_min',
	'per_event_max',
	'included',
	'free_units',
	'divide_by',
	'round',
	'minimum_spend',
	'maximum_spend',
	// What it is tried with.
	'used',
	'events',
	'values'
] as const;
type PriceField = (typeof priceFields)[number];

export const tierFields = ['up_to', 'unit_amount', 'rate_percent', 'flat_amount'] as const;
export type TierDraft = Record<(typeof tierFields)[number], string>;
export type PriceDraft = Record<PriceField, string> & { tiers: TierDraft[] };

/** What a field is called in the form, and its element in the page: `prices-1-tiers-0-up_to`. */
export function priceField(price: number, field: PriceField): string {
	return `prices-${price}-${field}`;
}

export function tierField(price: number, tier: number, field: keyof TierDraft): string {
	return `prices-${price}-tiers-${tier}-${field}`;
}

export const noTier: TierDraft = { up_to: '', unit_amount: '', rate_percent: '', flat_amount: '' };

/** A price that nothing is said of yet; its tiers stand ready for whoever chooses a way that has some. */
export function newPrice(meter: string | undefined): PriceDraft {
	const empty = Object.fromEntries(priceFields.map((field) => [field, ''])) as Record<
		PriceField,
		string
	>;
	return {
		...empty,
		way: meter === undefined ? 'flat.flat' : 'usage.per_unit',
		meter: meter ?? '',
		tax_class: 'standard',
		tax: 'exclusive',
		round: 'up',
		tiers: [noTier, noTier]
	};
}

/** What was typed, out of the fields that were sent. Prices and tiers are as many as have a field. */
export function readDraft(sent: Readonly<Record<string, string>>): VersionDraft {
	const value = (name: string) => (sent[name] ?? '').trim();
	const terms = Object.fromEntries(termFields.map((field) => [field, value(field)])) as Omit<
		VersionDraft,
		'prices'
	>;
	const prices: PriceDraft[] = [];
	for (let price = 0; priceField(price, 'way') in sent && price < mostPrices; price++) {
		const tiers: TierDraft[] = [];
		for (let tier = 0; tierField(price, tier, 'up_to') in sent && tier < mostTiers; tier++)
			tiers.push(
				Object.fromEntries(
					tierFields.map((field) => [field, value(tierField(price, tier, field))])
				) as TierDraft
			);
		prices.push({
			...(Object.fromEntries(
				priceFields.map((field) => [field, value(priceField(price, field))])
			) as Record<PriceField, string>),
			tiers
		});
	}
	return { ...terms, prices };
}

/** As many as the catalogue and `rating` take. */
export const mostPrices = 50;
export const mostTiers = 100;

/** What the form begins with: what the version before says, or what is usual. */
export function draftOf(
	plan: { slug: string; name: string } | undefined,
	version: ListedVersion | undefined
): VersionDraft {
	return {
		slug: plan?.slug ?? '',
		name: plan?.name ?? '',
		interval: version?.interval ?? 'month',
		paid: version && !version.inAdvance ? 'arrears' : 'advance',
		currency: version?.currency ?? 'KES',
		trialDays: version?.trialDays?.toString() ?? '',
		seats: version?.seats?.toString() ?? '',
		data: version?.includedBytes ? gigabytes(version.includedBytes) : '',
		upgrade: version?.upgrade ?? 'at_once',
		downgrade: version?.downgrade ?? 'period_end',
		cancellation: version?.cancellation ?? 'period_end',
		proration: version?.proration ?? 'day',
		note: version?.standing === 'draft' ? version.note : '',
		when: version?.standing === 'draft' ? 'draft' : 'offer',
		from: '',
		prices: version ? version.prices.map(priceDraft) : [newPrice(undefined)]
	};
}

function priceDraft({ slug, label, kind, meter, price, ...tax }: PlanPrice): PriceDraft {
	const said = price as unknown as Record<string, unknown>;
	const text = (field: string) => (typeof said[field] === 'string' ? said[field] : '');
	const typed = Object.fromEntries(priceFields.map((field) => [field, text(field)])) as Record<
		PriceField,
		string
	>;
	const transform = 'transform' in price ? price.transform : null;
	const tiers = 'tiers' in price ? price.tiers : [];
	return {
		...typed,
		slug,
		label,
		way: `${kind}.${price.model}`,
		meter: meter ?? '',
		tax_class: tax.taxClass,
		tax: tax.taxIncluded ? 'inclusive' : 'exclusive',
		divide_by: transform?.divide_by ?? '',
		round: transform?.round ?? 'up',
		tiers:
			tiers.length > 0
				? tiers.map((tier) => ({
						up_to: tier.up_to ?? '',
						unit_amount: ('unit_amount' in tier && tier.unit_amount) || '',
						rate_percent: ('rate_percent' in tier && tier.rate_percent) || '',
						flat_amount: tier.flat_amount ?? ''
					}))
				: [noTier, noTier]
	};
}

// As data is sold: 1 GB is 1,000,000,000 bytes.
const gigabyte = 1_000_000_000n;

function gigabytes(bytes: bigint): string {
	const behind = (bytes % gigabyte).toString().padStart(9, '0').replace(/0+$/, '');
	return `${bytes / gigabyte}${behind && `.${behind}`}`;
}

/** Null for what is no number of gigabytes, or finer than a byte. */
export function bytesOf(typed: string): bigint | null {
	const [, whole = '', behind = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(typed) ?? [];
	return whole === '' ? null : BigInt(whole) * gigabyte + BigInt(behind.padEnd(9, '0'));
}
