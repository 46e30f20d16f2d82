import { m } from '#lib/paraglide/messages.js';
import type { PlanPrice, PriceKind } from '#server/modules/catalogue/index.ts';
import { asPrice, type Price } from '#server/modules/rating/index.ts';
import type { PriceDraft, TierDraft } from './draft.ts';

interface Issue {
	path: string;
	message: string;
}

interface Names {
	/** What the plan is called. */
	plan: string;
	meters: readonly { slug: string; name: string }[];
}

/** What a line says where nothing else was written; empty where it has to be. */
export function usualLabel({ way, meter }: PriceDraft, { plan, meters }: Names): string {
	switch (way.split('.')[0]) {
		case 'usage':
			return meters.find(({ slug }) => slug === meter)?.name ?? '';
		case 'flat':
			return plan;
		case 'seat':
			return m.console_version_seat_label();
		case 'minimum':
			return m.console_version_minimum_label();
		default:
			return '';
	}
}

/** The prices that were typed, in their order; whether they are any, the catalogue says. */
export function pricesOf(drafts: readonly PriceDraft[], names: Names): PlanPrice[] {
	const taken = new Set(drafts.map(({ slug }) => slug));
	return drafts.map((draft) => {
		const [kind = ''] = draft.way.split('.');
		const meter = kind === 'usage' ? draft.meter || null : null;
		const slug = draft.slug || freeSlug(meter ?? usualSlugs[kind] ?? kind, taken);
		taken.add(slug);
		return {
			slug,
			kind: kind as PriceKind,
			label: draft.label || usualLabel(draft, names),
			meter,
			price: rawPrice(draft) as Price,
			taxClass: draft.tax_class as PlanPrice['taxClass'],
			taxIncluded: draft.tax === 'inclusive'
		};
	});
}

const usualSlugs: Record<string, string> = { flat: 'base', seat: 'seats', one_off: 'once' };

function freeSlug(wanted: string, taken: ReadonlySet<string>): string {
	const base = /^[a-z][a-z0-9-]*/.exec(wanted)?.[0].slice(0, 40) ?? 'price';
	let slug = base;
	for (let more = 2; taken.has(slug); more++) slug = `${base}-${more}`;
	return slug;
}

/** The price alone, if it can be reckoned with. */
export function priceOfDraft(draft: PriceDraft): Price | null {
	return asPrice(rawPrice(draft));
}

function rawPrice(draft: PriceDraft): Record<string, unknown> {
	const model = draft.way.split('.')[1] ?? '';
	const optional = (fields: readonly (keyof PriceDraft & string)[]) =>
		Object.fromEntries(
			fields
				.filter((field) => draft[field] !== '')
				.map((field) => [field, plainNumber(draft[field] as string)])
		);
	const limits = optional(['minimum_spend', 'maximum_spend']);
	const quantities = {
		...optional(['included', 'free_units']),
		...(draft.divide_by === ''
			? {}
			: { transform: { divide_by: plainNumber(draft.divide_by), round: draft.round } })
	};
	const required = (fields: readonly (keyof PriceDraft & string)[]) =>
		Object.fromEntries(fields.map((field) => [field, plainNumber(draft[field] as string)]));
	switch (model) {
		case 'per_unit':
			return { model, ...required(['unit_amount']), ...quantities, ...limits };
		case 'package':
			return { model, ...required(['package_size', 'package_amount']), ...quantities, ...limits };
		case 'graduated':
		case 'volume':
			return { model, tiers: tiersOf(draft.tiers, 'unit_amount'), ...quantities, ...limits };
		case 'percentage':
			return {
				model,
				...required(['rate_percent']),
				...optional([
					'fixed_per_event',
					'free_events',
					'free_total',
					'per_event_min',
					'per_event_max'
				]),
				...limits
			};
		case 'graduated_percentage':
			return { model, tiers: tiersOf(draft.tiers, 'rate_percent'), ...limits };
		default:
			return { model, ...required(['amount']) };
	}
}

/** Rows under an open tier that say nothing were not used. */
function tiersOf(tiers: readonly TierDraft[], rate: 'unit_amount' | 'rate_percent') {
	const last = tiers.findLastIndex((tier) => tier.up_to || tier[rate] || tier.flat_amount);
	const used = tiers[last]?.up_to === '' ? tiers.slice(0, last + 1) : tiers;
	return used.map((tier) => ({
		up_to: tier.up_to === '' ? null : plainNumber(tier.up_to),
		...(tier[rate] === '' ? {} : { [rate]: plainNumber(tier[rate]) }),
		...(tier.flat_amount === '' ? {} : { flat_amount: plainNumber(tier.flat_amount) })
	}));
}

/** `12,500.50` as people write it is 12500.50; what may mean something else (`0,900`) stays for the check to refuse. */
export function plainNumber(typed: string): string {
	const text = typed.replace(/\s/g, '');
	return /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
}

const termNames: Record<string, string> = {
	plan: 'slug',
	inAdvance: 'paid',
	includedBytes: 'data',
	onOfferFrom: 'from'
};

const priceNames: Record<string, string> = {
	kind: 'way',
	model: 'way',
	taxClass: 'tax_class',
	taxIncluded: 'tax',
	transform: 'divide_by'
};

/** What a price is tried with. One field says how much: a quantity, or of a percentage the sum. */
export function usedOf(draft: PriceDraft): Record<string, unknown> {
	const model = draft.way.split('.')[1] ?? '';
	const much = plainNumber(draft.used) || '0';
	if (model === 'flat') return {};
	if (model === 'graduated_percentage') return { total: much };
	if (model !== 'percentage') return { quantity: much };
	const values = draft.values.split(/[;\s]+/).filter((value) => value !== '');
	if (values.length > 0) return { event_values: values.map(plainNumber) };
	return { total: much, ...(draft.events === '' ? {} : { events: plainNumber(draft.events) }) };
}

const usedNames: Record<string, string> = {
	events: 'events',
	event_values: 'values',
	running_totals_of_free_events: 'values'
};

/** `prices.1.price.tiers.0.up_to` is wrong in the field `prices-1-tiers-0-up_to`. */
export function toField<T extends Issue>(issue: T): T {
	const [, tried, use = ''] = /^used\.(\d+)\.(\w*)/.exec(issue.path) ?? [];
	if (tried !== undefined) return { ...issue, path: `prices-${tried}-${usedNames[use] ?? 'used'}` };
	const [, index, rest = ''] = /^prices\.(\d+)(?:\.(?:price\.?)?(.*))?$/.exec(issue.path) ?? [];
	if (index === undefined) return { ...issue, path: termNames[issue.path] ?? issue.path };
	const [first = '', ...further] = rest.split('.');
	const place =
		first === 'tiers' && further.length === 2
			? rest.replaceAll('.', '-')
			: first === '' || first === 'tiers'
				? 'way'
				: (priceNames[first] ?? first);
	return { ...issue, path: `prices-${index}-${place}` };
}

/** What an integrator is told of a number or a tier, in the words of people. */
export function kinder<T extends Issue>(issue: T, sent: Readonly<Record<string, string>>): T {
	if (!issue.path.startsWith('prices-')) return issue;
	const typed = (sent[issue.path] ?? '').trim();
	if (/^Nothing is said above/.test(issue.message))
		return { ...issue, message: m.console_version_not_open({ upTo: typed }) };
	if (!/decimal number as text/.test(issue.message)) return issue;
	return {
		...issue,
		message: typed === '' ? m.console_version_number_missing() : m.console_version_number_wrong()
	};
}
