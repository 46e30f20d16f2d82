import { Invalid } from '../../platform/errors.ts';
import {
	decimalText,
	exact,
	greatest,
	least,
	minus,
	nothing,
	percentOf,
	pieces,
	plus,
	sumOf,
	times,
	type Decimal
} from './decimal.ts';
import { ratePercentage } from './percentage.ts';
import type { Price } from './price.ts';
import { step, type Step } from './steps.ts';
import type { Used } from './used.ts';

export interface Rated {
	/** Exact, in major units: the sum of the steps. Rounded once, by `lineMinor`. */
	amount: string;
	/** What was charged for: converted, without what is included or free; null where no quantity is. */
	quantity: string | null;
	/** How the amount came about, in order. */
	steps: Step[];
}

/**
 * What something used costs. Nothing is divided but into whole packages, so the amount is exact.
 *
 * @throws Invalid where the price needs more than was told, with the field of `Used`
 */
export function rate(price: Price, used: Used): Rated {
	const { quantity, steps } = priced(price, used);
	const limited = [...steps, ...limitsOf(price, sumOf(steps.map(amountOf)))];
	return {
		amount: decimalText(sumOf(limited.map(amountOf))),
		quantity: quantity && decimalText(quantity),
		steps: limited
	};
}

function priced(price: Price, used: Used): { quantity: Decimal | null; steps: Step[] } {
	switch (price.model) {
		case 'flat':
			return {
				quantity: null,
				steps: [step('flat', exact(price.amount), { flatAmount: price.amount })]
			};
		case 'percentage':
			return { quantity: null, steps: ratePercentage(price, used) };
		case 'graduated_percentage':
			return { quantity: null, steps: graduatedPercentage(price, required(used, 'total')) };
		default: {
			const quantity = charged(price, required(used, 'quantity'));
			return { quantity, steps: ofQuantity(price, quantity) };
		}
	}
}

type QuantityPrice = Extract<Price, { free_units?: unknown }>;
type UnitTier = Extract<Price, { model: 'graduated' | 'volume' }>['tiers'][number];

/** What of a quantity is charged: converted first, then without what is included or free. */
function charged(price: QuantityPrice, used: Decimal): Decimal {
	const { transform } = price;
	const billed = transform ? pieces(used, exact(transform.divide_by), transform.round) : used;
	const free = plus(exact(price.included ?? '0'), exact(price.free_units ?? '0'));
	return greatest(minus(billed, free), nothing);
}

function ofQuantity(price: QuantityPrice, quantity: Decimal): Step[] {
	switch (price.model) {
		case 'per_unit':
			return [
				step('units', times(quantity, exact(price.unit_amount)), {
					quantity: decimalText(quantity),
					unitAmount: price.unit_amount
				})
			];
		case 'package': {
			const packages = pieces(quantity, exact(price.package_size), 'up');
			return [
				step('packages', times(packages, exact(price.package_amount)), {
					quantity: decimalText(packages),
					unitAmount: price.package_amount
				})
			];
		}
		case 'graduated':
			return reached(price.tiers, quantity).map(({ tier, index, from, within }) =>
				tierStep(tier, index, from, within)
			);
		case 'volume': {
			const [found] = reached(price.tiers, quantity).slice(-1);
			return found ? [tierStep(found.tier, found.index, found.from, quantity)] : [];
		}
	}
}

function tierStep(tier: UnitTier, index: number, from: string, quantity: Decimal): Step {
	const unitAmount = tier.unit_amount ?? '0';
	const flatAmount = tier.flat_amount ?? '0';
	return step('units', plus(times(quantity, exact(unitAmount)), exact(flatAmount)), {
		tier: index + 1,
		from,
		upTo: tier.up_to,
		quantity: decimalText(quantity),
		unitAmount,
		flatAmount
	});
}

function graduatedPercentage(
	{ tiers }: Extract<Price, { model: 'graduated_percentage' }>,
	total: Decimal
): Step[] {
	return reached(tiers, total).map(({ tier, index, from, within }) => {
		const ratePercent = tier.rate_percent ?? '0';
		const flatAmount = tier.flat_amount ?? '0';
		return step('percentage', plus(percentOf(within, exact(ratePercent)), exact(flatAmount)), {
			tier: index + 1,
			from,
			upTo: tier.up_to,
			quantity: decimalText(within),
			ratePercent,
			flatAmount
		});
	});
}

/**
 * The tiers that a quantity reaches and how much of it lies in each. The first is reached by nothing
 * too; a later one by anything above the end of the one before.
 */
function reached<T extends { up_to: string | null }>(
	tiers: readonly T[],
	quantity: Decimal
): { tier: T; index: number; from: string; within: Decimal }[] {
	return tiers.flatMap((tier, index) => {
		const from = index === 0 ? '0' : (tiers[index - 1]?.up_to ?? '0');
		if (index > 0 && !quantity.gt(exact(from))) return [];
		const end = tier.up_to === null ? quantity : least(quantity, exact(tier.up_to));
		return [{ tier, index, from, within: minus(end, exact(from)) }];
	});
}

/** What brings a line up to its minimum or down to its maximum. */
function limitsOf(price: Price, amount: Decimal): Step[] {
	const { minimum_spend: minimum, maximum_spend: maximum } = price;
	if (minimum != null && amount.lt(exact(minimum)))
		return [step('minimum', minus(exact(minimum), amount), { flatAmount: minimum })];
	if (maximum != null && amount.gt(exact(maximum)))
		return [step('maximum', minus(exact(maximum), amount), { flatAmount: maximum })];
	return [];
}

function required(used: Used, field: 'quantity' | 'total'): Decimal {
	const text = used[field];
	if (text === undefined)
		throw new Invalid([{ path: field, message: `This price needs ${names[field]}.` }]);
	return exact(text);
}
const names = { quantity: 'a quantity', total: 'a total' };

function amountOf({ amount }: Step): Decimal {
	return exact(amount);
}
