/** What happens in the portal itself, by the field in which people look for it; README.md tells the parameters. */
const kindsOfFields = {
	'sign-ins': [
		'signed_in',
		'sign_in_failed',
		'password_changed',
		'second_factor_changed',
		'recovery_codes_made'
	],
	launches: ['launched'],
	/** What products report in their own words. */
	work: [],
	access: ['access_requested', 'access_granted', 'access_declined', 'access_removed', 'signed_out'],
	team: ['member_added', 'member_invited', 'member_changed', 'member_removed'],
	settings: ['settings_changed', 'business_changed', 'keeping_changed'],
	exports: ['export_asked', 'export_reported'],
	limits: [
		'alert_set',
		'alert_changed',
		'alert_removed',
		'alert_answered',
		'limit_reached',
		'usage_suspended',
		'suspension_ended'
	],
	/** Only for those who see money. */
	billing: [
		'trial_started',
		'subscription_started',
		'subscription_changed',
		'subscription_updated',
		'invoice_issued',
		'invoice_voided',
		'invoice_written_off',
		'credit_note_issued',
		'payment_received',
		'payment_reversed',
		'vendor_acted'
	],
	support: ['ticket_opened', 'ticket_answered', 'ticket_closed']
} as const;

export type ActivityField = keyof typeof kindsOfFields;
export type OwnKind = (typeof kindsOfFields)[ActivityField][number];
export type ActivityKind = 'reported' | OwnKind;

export const activityFields = Object.keys(kindsOfFields) as ActivityField[];
export const ownKinds: readonly OwnKind[] = Object.values(kindsOfFields).flat();

const fields = new Map<string, ActivityField>(
	activityFields.flatMap((field) =>
		kindsOfFields[field].map((kind) => [kind, field] as [string, ActivityField])
	)
);

export function fieldOf(kind: ActivityKind): ActivityField {
	return fields.get(kind) ?? 'work';
}
