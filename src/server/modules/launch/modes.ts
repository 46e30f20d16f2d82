import type { SubscriptionStatus } from '../billing/index.ts';
import type { Product } from '../catalogue/index.ts';

/** What of a product can be used, as its subscription stands; the claim `access_mode`. */
export type AccessMode = 'full' | 'read_only' | 'export_only' | 'closed';

export interface Access {
	mode: AccessMode;
	/** When a suspended product closes, while that lies ahead. */
	closesAt: Date | null;
}

/** How long a day of notice is: hours, so that no change of a zone shortens it. */
const dayMs = 86_400_000;

/**
 * What a business may do with a product at a moment. A product that the vendor closes while a subscription
 * is suspended stays readable for the days of notice, so that nobody is locked out without warning.
 */
export function accessMode(
	subscription: { status: SubscriptionStatus; suspendedAt: Date | null } | null,
	product: Pick<Product, 'suspendedMode' | 'closingNoticeDays'>,
	now: Date
): Access {
	if (subscription === null || subscription.status === 'ended')
		return { mode: 'closed', closesAt: null };
	if (subscription.status !== 'suspended') return { mode: 'full', closesAt: null };
	const closesAt = closingOf(subscription.suspendedAt, product);
	if (closesAt === null) return { mode: product.suspendedMode, closesAt: null };
	return closesAt > now ? { mode: 'read_only', closesAt } : { mode: 'closed', closesAt: null };
}

/** When a suspended product closes, or closed; null for one that does not close. */
export function closingOf(
	suspendedAt: Date | null,
	product: Pick<Product, 'suspendedMode' | 'closingNoticeDays'>
): Date | null {
	if (suspendedAt === null || product.suspendedMode !== 'closed') return null;
	return new Date(suspendedAt.getTime() + product.closingNoticeDays * dayMs);
}
