import type { ListedVersion, PlanPrice } from '#server/modules/catalogue/index.ts';

/** What the form of a new version begins with, and what it keeps that it has no fields for. */
export interface VersionForm {
	plan: string;
	name: string;
	interval: string;
	currency: string;
	trialDays: string;
	amount: string;
	/** A row for each meter of the product; empty where it is not asked for. */
	rows: { meter: string; label: string; unit: string; included: string }[];
	kept: PlanPrice[];
}

interface Meter {
	slug: string;
	name: string;
}

export function formOf(
	plan: { slug: string; name: string } | undefined,
	version: ListedVersion | undefined,
	meters: readonly Meter[]
): VersionForm {
	const prices = version?.prices ?? [];
	const base = prices.find(isBase);
	return {
		plan: plan?.slug ?? '',
		name: plan?.name ?? '',
		interval: version?.interval ?? 'month',
		currency: version?.currency ?? 'KES',
		trialDays: version?.trialDays?.toString() ?? '',
		amount: base?.price.model === 'flat' ? base.price.amount : '',
		rows: meters.map(({ slug, name }) => {
			const price = prices.find((each) => each.meter === slug && isByUnit(each))?.price;
			const unit = price?.model === 'per_unit' ? price : null;
			return {
				meter: slug,
				label: name,
				unit: unit?.unit_amount ?? '',
				included: unit?.included ?? ''
			};
		}),
		kept: prices.filter((price) => !isBase(price) && !isByUnit(price))
	};
}

const isBase = ({ slug, kind }: PlanPrice): boolean => kind === 'flat' && slug === 'base';

/** Such as the form's rows can say whole. */
function isByUnit({ kind, price }: PlanPrice): boolean {
	return (
		kind === 'usage' &&
		price.model === 'per_unit' &&
		!price.transform &&
		!price.free_units &&
		!price.minimum_spend &&
		!price.maximum_spend
	);
}

/** The prices that were written, with those that the form has no fields for. */
export function pricesOf(
	value: (name: string) => string,
	name: string,
	before: VersionForm,
	prices: readonly PlanPrice[]
): PlanPrice[] {
	const old = (slug: string) => prices.find((price) => price.slug === slug);
	const amount = value('amount');
	const rows = before.rows.filter(
		({ meter }) =>
			value(`unit-${meter}`) !== '' && !before.kept.some((price) => price.meter === meter)
	);
	return [
		...(amount === ''
			? []
			: [
					{
						...usual,
						label: name || before.name,
						...old('base'),
						slug: 'base',
						kind: 'flat' as const,
						price: { model: 'flat' as const, amount }
					}
				]),
		...before.kept,
		...rows.map(({ meter, label }) => {
			const included = value(`included-${meter}`);
			const had = prices.find((price) => price.meter === meter);
			return {
				...usual,
				slug: meter,
				label,
				...had,
				kind: 'usage' as const,
				meter,
				price: {
					model: 'per_unit' as const,
					unit_amount: value(`unit-${meter}`),
					...(included === '' ? {} : { included })
				}
			};
		})
	];
}

const usual = { meter: null, taxClass: 'standard' as const, taxIncluded: false };

/** `prices.1.price.unit_amount` is the field `unit-sms`, where the second price is that of SMS. */
export function toField<T extends { path: string }>(issue: T, prices: readonly PlanPrice[]): T {
	const [, index, what] = /^prices\.(\d+)\.(?:price\.)?(\w+)/.exec(issue.path) ?? [];
	const price = prices[Number(index)];
	if (!price) return issue;
	if (price.meter === null) return { ...issue, path: 'amount' };
	return { ...issue, path: `${what === 'included' ? 'included' : 'unit'}-${price.meter}` };
}
