import * as v from 'valibot';
import { Address, Addresses } from './addresses.ts';

export const marks = ['erp', 'sacco', 'payroll', 'initials'] as const;

/** What is left of a product while the subscription of a business is suspended. */
export const suspendedModes = ['read_only', 'export_only', 'closed'] as const;
export type SuspendedMode = (typeof suspendedModes)[number];

/** What is left of a product that a customer's own limit suspends: a mode, or what a suspended subscription leaves. */
export const usageSuspensions = ['as_suspended', ...suspendedModes] as const;
export type UsageSuspension = (typeof usageSuspensions)[number];

/**
 * What a limit that a customer set leaves of a product; null where the vendor does not allow it. It is the
 * customer's own wish, so that `closed` comes without days of notice.
 */
export function modeOfUsageSuspension(product: {
	suspendedMode: SuspendedMode;
	usageSuspension: UsageSuspension | null;
}): SuspendedMode | null {
	const { suspendedMode, usageSuspension } = product;
	return usageSuspension === 'as_suspended' ? suspendedMode : usageSuspension;
}

const Slug = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is small letters, digits and hyphens, beginning with a letter.'
	)
);

const Resource = v.object({
	label: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write what the link is called.'),
		v.maxLength(60, 'The name of a link has at most 60 characters.')
	),
	url: Address
});
export type Resource = v.InferOutput<typeof Resource>;

const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema));

export const SaveProduct = v.object({
	slug: Slug,
	/** Refuse to change one that is there. */
	mustBeNew: v.optional(v.boolean(), false),
	name: v.optional(
		v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Write the name of the product.'),
			v.maxLength(60, 'The name of a product has at most 60 characters.')
		)
	),
	/** One line on what it is for. */
	summary: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(200, 'A summary has at most 200 characters.'))
	),
	mark: v.optional(v.picklist(marks)),
	headlineMeter: maybe(v.string()),
	headlineLabel: maybe(v.string()),
	/** Its place among the products; a new one comes last. */
	position: v.optional(v.pipe(v.number(), v.integer())),
	loginUrl: maybe(Address),
	redirectUrls: v.optional(Addresses),
	postLogoutUrls: v.optional(Addresses),
	/** Where it takes a logout token (OpenID Connect Back-Channel Logout 1.0). */
	logoutUrl: maybe(Address),
	frontchannelLogoutUrl: maybe(Address),
	suspendedMode: v.optional(v.picklist(suspendedModes)),
	/** Whether limits of customers may suspend it, and what they leave; null allows none. */
	usageSuspension: maybe(v.picklist(usageSuspensions)),
	/** Days of `read_only` before a suspended product closes. */
	closingNoticeDays: v.optional(
		v.pipe(
			v.number('Write a number of days.'),
			v.integer('Write whole days.'),
			v.minValue(1, 'Give at least one day.'),
			v.maxValue(90, 'Give at most 90 days.')
		)
	),
	supportEmail: maybe(
		v.pipe(
			v.string(),
			v.trim(),
			v.maxLength(254, 'An e-mail address has at most 254 characters.'),
			v.email('Write an e-mail address, such as support@lixnet.example.')
		)
	),
	supportPhone: maybe(
		v.pipe(
			v.string(),
			v.trim(),
			v.regex(
				/^\+?[0-9][0-9 ()/-]{2,38}$/,
				'Write a phone number in digits, such as +254 700 000 000.'
			)
		)
	),
	resources: v.optional(v.pipe(v.array(Resource), v.maxLength(10, 'Give at most ten links.')))
});
