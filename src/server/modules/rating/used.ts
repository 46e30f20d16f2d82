import * as v from 'valibot';
import { Amount, Count, Quantity } from './schemas.ts';

/** What was used: a quantity, or of a percentage how much in how many events. */
export const Used = v.pipe(
	v.strictObject({
		quantity: v.optional(v.pipe(Quantity, v.description('How much, in the units of the meter.'))),
		total: v.optional(
			v.pipe(Amount, v.description('Of a percentage: the sum of which it is reckoned.'))
		),
		events: v.optional(v.pipe(Count, v.description('Of a percentage: how many events.'))),
		event_values: v.optional(
			v.pipe(
				v.array(Amount),
				v.maxLength(10_000, 'At most 10,000 events at once.'),
				v.description(
					'Of a percentage: the value of each event, in the order in which they happened. Needed where each has a minimum or maximum.'
				)
			)
		),
		running_totals_of_free_events: v.optional(
			v.pipe(
				v.array(Amount),
				v.maxLength(10_000, 'At most 10,000 events at once.'),
				v.description(
					'Of a percentage with something free: the total after each of the first events, until the free is used up. Not needed beside `event_values`.'
				)
			)
		)
	}),
	v.metadata({ ref: 'Used' })
);
export type Used = v.InferOutput<typeof Used>;
