/** What a product is told of. */
export const messageKinds = [
	'subscription.changed',
	'access.changed',
	'settings.changed',
	'export.asked',
	'webhook.test'
] as const;

export type MessageKind = (typeof messageKinds)[number];
