import * as v from 'valibot';
import { Currency, intervals, Price, taxClasses } from '../rating/index.ts';
import { VendorTime } from './vendor-time.ts';

/** What is asked: for a period, for each seat, for use, at least in a period, once at the start. */
export const priceKinds = ['flat', 'seat', 'usage', 'minimum', 'one_off'] as const;
export type PriceKind = (typeof priceKinds)[number];

/** When a change takes effect. */
export const moments = ['at_once', 'period_end'] as const;
export type Moment = (typeof moments)[number];

export const prorations = ['day', 'second', 'none'] as const;
export type Proration = (typeof prorations)[number];

export type PriceModel = Price['model'];

/** Which ways of reckoning make sense for what is asked. */
export const modelsOf: Record<PriceKind, readonly PriceModel[]> = {
	flat: ['flat'],
	seat: ['per_unit', 'graduated', 'volume', 'package'],
	usage: ['per_unit', 'graduated', 'volume', 'package', 'percentage', 'graduated_percentage'],
	minimum: ['flat'],
	one_off: ['flat']
};

export const Slug = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is small letters, digits and hyphens, beginning with a letter.'
	)
);

export const PlanPrice = v.pipe(
	v.strictObject({
		slug: v.pipe(
			v.string(),
			v.regex(
				/^[a-z][a-z0-9-]{0,60}$/,
				'A slug is small letters, digits and hyphens, beginning with a letter.'
			)
		),
		kind: v.picklist(priceKinds, 'Choose flat, seat, usage, minimum or one_off.'),
		/** What a line for it says: `M-Pesa collections`. */
		label: v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Write what a line for it says.'),
			v.maxLength(120, 'A label has at most 120 characters.')
		),
		/** The slug of the product's meter, for usage. */
		meter: v.optional(v.nullable(v.pipe(v.string(), v.nonEmpty())), null),
		price: Price,
		taxClass: v.optional(v.picklist(taxClasses), 'standard'),
		/** Whether the amounts have the tax in them. */
		taxIncluded: v.optional(v.boolean(), false)
	}),
	v.forward(
		v.check(({ kind, meter }) => kind !== 'usage' || meter !== null, 'Give the meter.'),
		['meter']
	),
	v.forward(
		v.check(({ kind, meter }) => kind === 'usage' || meter === null, 'Only usage has a meter.'),
		['meter']
	),
	v.forward(
		v.check(
			({ kind, price }) => modelsOf[kind].includes(price.model),
			'This is not reckoned for what is asked here.'
		),
		['price', 'model']
	),
	v.forward(
		v.check(
			({ price }) =>
				price.model !== 'flat' || (price.minimum_spend == null && price.maximum_spend == null),
			'A flat amount has no minimum and no maximum.'
		),
		['price']
	)
);
export type PlanPrice = v.InferOutput<typeof PlanPrice>;

export const SavePlanVersion = v.strictObject({
	/** The product's and the plan's slugs. */
	product: v.string(),
	plan: Slug,
	/** What the plan is called; needed for one that there is not yet. */
	name: v.optional(
		v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Write the name of the plan.'),
			v.maxLength(60, 'The name of a plan has at most 60 characters.')
		)
	),
	/** The slugs of the product's meters: the catalogue does not know them, so whoever saves brings them. */
	meters: v.array(v.string()),
	/** From when on it is on offer; `draft` keeps it back, and it may still change. */
	onOfferFrom: v.optional(v.union([v.picklist(['now', 'draft']), VendorTime]), 'now'),
	interval: v.optional(v.picklist(intervals, 'Choose day, week, month, quarter or year.')),
	inAdvance: v.optional(v.boolean()),
	currency: v.optional(Currency),
	seats: v.optional(
		v.nullable(
			v.pipe(v.number(), v.integer('Write whole seats.'), v.minValue(1, 'Give at least one seat.'))
		)
	),
	includedBytes: v.optional(v.nullable(v.pipe(v.bigint(), v.minValue(1n)))),
	trialDays: v.optional(
		v.nullable(
			v.pipe(
				v.number('Write a number of days.'),
				v.integer('Write whole days.'),
				v.minValue(1, 'Give at least one day.'),
				v.maxValue(730, 'Give at most 730 days.')
			)
		)
	),
	upgrade: v.optional(v.picklist(moments)),
	downgrade: v.optional(v.picklist(moments)),
	cancellation: v.optional(v.picklist(moments)),
	proration: v.optional(v.picklist(prorations)),
	note: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(500, 'A note has at most 500 characters.')),
		''
	),
	/** All of them: those of the version before that are not given are gone. */
	prices: v.optional(v.pipe(v.array(PlanPrice), v.maxLength(50, 'Give at most 50 prices.')))
});
