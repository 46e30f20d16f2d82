import * as v from 'valibot';
import { exact } from './decimal.ts';
import { aboveZero, Amount, Count, Quantity } from './schemas.ts';

/** What holds a whole line, whatever its model. */
const limits = {
	minimum_spend: v.optional(
		v.nullable(v.pipe(Amount, v.description('What the line comes to at least: a commitment.')))
	),
	maximum_spend: v.optional(
		v.nullable(v.pipe(Amount, v.description('What the line comes to at most.')))
	)
};

/** What is done to a quantity before it is priced. */
const quantities = {
	transform: v.optional(
		v.nullable(
			v.pipe(
				v.strictObject({
					divide_by: v.pipe(Quantity, aboveZero),
					round: v.picklist(['up', 'down'])
				}),
				v.description(
					'Bills a quantity in units other than it is counted in, whole ones: bytes as begun gigabytes. `included`, `free_units` and `up_to` are in these units.'
				)
			)
		)
	),
	included: v.optional(
		v.nullable(v.pipe(Quantity, v.description('Comes with the plan and is not charged.')))
	),
	free_units: v.optional(
		v.nullable(v.pipe(Quantity, v.description('Not charged, besides what is included.')))
	)
};

const UpTo = v.pipe(
	v.nullable(Quantity),
	v.description('The last quantity of the tier, inclusive; null for the last tier, which is open.')
);

const UnitTiers = v.pipe(
	v.array(
		v.strictObject({
			up_to: UpTo,
			unit_amount: v.optional(v.nullable(Amount)),
			flat_amount: v.optional(
				v.nullable(v.pipe(Amount, v.description('Once, as soon as the tier is reached.')))
			)
		})
	),
	v.minLength(1, 'A tiered price has at least one tier.'),
	v.maxLength(100, 'A price has at most 100 tiers.')
);

const PercentTiers = v.pipe(
	v.array(
		v.strictObject({
			up_to: UpTo,
			rate_percent: v.optional(v.nullable(Amount)),
			flat_amount: v.optional(v.nullable(Amount))
		})
	),
	v.minLength(1, 'A tiered price has at least one tier.'),
	v.maxLength(100, 'A price has at most 100 tiers.')
);

const optionalAmount = v.optional(v.nullable(Amount));

/**
 * What something costs, in major units of a currency that stands beside it. Its fields are named in the
 * API as here, and a price is stored as it was checked.
 */
export const Price = v.pipe(
	v.variant('model', [
		v.strictObject({ model: v.literal('flat'), amount: Amount, ...limits }),
		v.strictObject({
			model: v.literal('per_unit'),
			unit_amount: Amount,
			...quantities,
			...limits
		}),
		v.strictObject({
			model: v.literal('graduated'),
			tiers: UnitTiers,
			...quantities,
			...limits
		}),
		v.strictObject({ model: v.literal('volume'), tiers: UnitTiers, ...quantities, ...limits }),
		v.strictObject({
			model: v.literal('package'),
			package_size: v.pipe(Quantity, aboveZero),
			package_amount: Amount,
			...quantities,
			...limits
		}),
		v.strictObject({
			model: v.literal('percentage'),
			rate_percent: Amount,
			fixed_per_event: optionalAmount,
			free_events: v.optional(
				v.nullable(v.pipe(Count, v.description('How many events are free; nothing or 0 for none.')))
			),
			free_total: v.optional(
				v.nullable(
					v.pipe(
						Amount,
						v.description(
							'How much of the total is free; with `free_events`, whichever is used up first.'
						)
					)
				)
			),
			per_event_min: optionalAmount,
			per_event_max: optionalAmount,
			...limits
		}),
		v.strictObject({
			model: v.literal('graduated_percentage'),
			tiers: PercentTiers,
			...limits
		})
	]),
	v.rawCheck(({ dataset, addIssue }) => {
		// What is no number cannot be compared.
		if (!dataset.typed || dataset.issues) return;
		for (const { keys, message } of faultsOf(dataset.value)) {
			let input: unknown = dataset.value;
			const path = keys.map((key): v.IssuePathItem => {
				const value: unknown = (input as Record<string | number, unknown>)[key];
				const item = { type: 'unknown', origin: 'value', input, key, value } as const;
				input = value;
				return item;
			});
			addIssue({ message, path: path as [v.IssuePathItem, ...v.IssuePathItem[]] });
		}
	}),
	v.transform(withoutNulls),
	v.metadata({ ref: 'Price' })
);
export type Price = v.InferOutput<typeof Price>;

/** Something as a price, or null where it is none: for words about what is still being written. */
export function asPrice(input: unknown): Price | null {
	const parsed = v.safeParse(Price, input);
	return parsed.success ? parsed.output : null;
}

/** What is null was left out: prices that say the same are the same. The open end of a tier stays. */
function withoutNulls<P extends object>(price: P): P {
	return Object.fromEntries(Object.entries(price).filter(([, value]) => value !== null)) as P;
}

interface Fault {
	keys: (string | number)[];
	message: string;
}

/** What is wrong between fields, each of which is right by itself. */
function faultsOf(price: Price): Fault[] {
	const faults: Fault[] = [];
	if (isBelow(price.maximum_spend, price.minimum_spend))
		faults.push({ keys: ['maximum_spend'], message: 'The maximum is below the minimum.' });
	if (price.model === 'percentage' && isBelow(price.per_event_max, price.per_event_min))
		faults.push({ keys: ['per_event_max'], message: 'The maximum is below the minimum.' });
	if ('tiers' in price) faults.push(...faultsOfTiers(price.tiers));
	return faults;
}

type Tiers = Extract<Price, { tiers: unknown }>['tiers'];

function faultsOfTiers(tiers: Tiers): Fault[] {
	return tiers.flatMap((tier, index): Fault[] => {
		const at = (key: string, message: string): Fault => ({ keys: ['tiers', index, key], message });
		const faults: Fault[] = [];
		const last = index === tiers.length - 1;
		const before = index === 0 ? '0' : (tiers[index - 1]?.up_to ?? null);
		const rate = 'rate_percent' in tier ? 'rate_percent' : 'unit_amount';
		if (tier.up_to === null && !last)
			faults.push(at('up_to', 'Only the last tier is open: it overlaps those after it.'));
		if (tier.up_to !== null && before !== null && !exact(tier.up_to).gt(exact(before)))
			faults.push(
				at(
					'up_to',
					index === 0
						? 'A tier ends above nothing.'
						: `This tier overlaps the one before, which goes up to ${before}.`
				)
			);
		if (tier.up_to !== null && last)
			faults.push(
				at('up_to', `Nothing is said above ${tier.up_to}: the last tier is open, up_to is null.`)
			);
		if (tier.flat_amount == null && rateOf(tier) == null)
			faults.push(at(rate, 'Say what this tier costs.'));
		return faults;
	});
}

function rateOf(tier: Tiers[number]): string | null | undefined {
	return 'rate_percent' in tier
		? tier.rate_percent
		: 'unit_amount' in tier
			? tier.unit_amount
			: null;
}

function isBelow(one: string | null | undefined, other: string | null | undefined): boolean {
	return one != null && other != null && exact(one).lt(exact(other));
}
