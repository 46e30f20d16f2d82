export const subscriptionStatuses = [
	'trial',
	'active',
	'past_due',
	'suspended',
	'paused',
	'ended'
] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];
