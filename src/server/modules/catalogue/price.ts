import Big from 'big.js';
import * as v from 'valibot';

const Amount = v.pipe(
	v.string('Write a decimal number such as 4500 or 0.90.'),
	v.trim(),
	v.regex(/^\d+(\.\d{1,12})?$/, 'Write a decimal number such as 4500 or 0.90.'),
	v.check((text) => text.replace('.', '').length <= 15, 'Give at most 15 digits.')
);
const AboveZero = v.pipe(
	Amount,
	v.check((text) => /[1-9]/.test(text), 'It must be above zero.')
);
const Percentage = v.pipe(
	Amount,
	v.check((text) => new Big(text).lte(100), 'Give at most 100 per cent.')
);

const Tier = v.strictObject({
	/** The last quantity of the tier; null has no end. */
	up_to: v.nullable(AboveZero),
	unit_amount: v.optional(Amount),
	flat_amount: v.optional(Amount),
	rate_percent: v.optional(Percentage)
});

/** Each begins where the one before ends, and the last has no end. */
const Tiers = v.pipe(
	v.array(Tier),
	v.minLength(1, 'Give at least one tier.'),
	v.maxLength(50, 'Give at most 50 tiers.'),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const tiers = dataset.value;
		for (const [index, { up_to: upTo }] of tiers.entries()) {
			const before = tiers[index - 1]?.up_to;
			const last = index === tiers.length - 1;
			const message =
				last && upTo !== null
					? 'Leave the end of the last tier open.'
					: !last && upTo === null
						? 'Only the last tier has no end.'
						: upTo && before && new Big(upTo).lte(before)
							? `It overlaps with the tier before, which ends at ${before}.`
							: null;
			if (message)
				addIssue({
					message,
					path: [
						{ type: 'array', origin: 'value', input: tiers, key: index, value: tiers[index] },
						{
							type: 'object',
							origin: 'value',
							input: { ...tiers[index] },
							key: 'up_to',
							value: upTo
						}
					]
				});
		}
	})
);

const bounds = {
	/** The least and the most that is asked in a period. */
	minimum_spend: v.optional(Amount),
	maximum_spend: v.optional(Amount)
};
const included = {
	/** Free in each period. */
	included: v.optional(Amount),
	...bounds
};

const shapes = v.variant(
	'model',
	[
		v.strictObject({ model: v.literal('flat'), amount: Amount }),
		v.strictObject({ model: v.literal('per_unit'), unit_amount: Amount, ...included }),
		v.strictObject({ model: v.literal('graduated'), tiers: Tiers, ...included }),
		v.strictObject({ model: v.literal('volume'), tiers: Tiers, ...included }),
		v.strictObject({
			model: v.literal('package'),
			package_size: AboveZero,
			package_amount: Amount,
			free_units: v.optional(Amount),
			...included
		}),
		v.strictObject({
			model: v.literal('percentage'),
			rate_percent: Percentage,
			fixed_per_event: v.optional(Amount),
			free_events: v.optional(Amount),
			free_total: v.optional(Amount),
			per_event_min: v.optional(Amount),
			per_event_max: v.optional(Amount),
			...bounds
		}),
		v.strictObject({ model: v.literal('graduated_percentage'), tiers: Tiers, ...bounds })
	],
	'Choose how it is reckoned: flat, per_unit, graduated, volume, package, percentage or graduated_percentage.'
);

/** How an amount is reckoned; amounts are exact decimals of major units. */
export const Price = v.pipe(
	shapes,
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const price = dataset.value;
		const refuse = (key: string, message: string) =>
			addIssue({
				message,
				path: [{ type: 'object', origin: 'value', input: { ...price }, key, value: undefined }]
			});
		if ('minimum_spend' in price && price.minimum_spend && price.maximum_spend)
			if (new Big(price.minimum_spend).gt(price.maximum_spend))
				refuse('maximum_spend', 'The maximum is below the minimum.');
		if (price.model === 'percentage' && price.per_event_min && price.per_event_max)
			if (new Big(price.per_event_min).gt(price.per_event_max))
				refuse('per_event_min', `It is above the most of an event, ${price.per_event_max}.`);
	})
);
export type Price = v.InferOutput<typeof Price>;
