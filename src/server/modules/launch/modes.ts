import type { SubscriptionStatus } from '../billing/index.ts';
import type { Product } from '../catalogue/index.ts';
import type { Suspension } from '../usage/index.ts';

/** What of a product can be used, as its subscription and the business's own limits stand; the claim `access_mode`. */
export type AccessMode = 'full' | 'read_only' | 'export_only' | 'closed';

export interface Access {
	mode: AccessMode;
	/** When a suspended product closes, while that lies ahead. */
	closesAt: Date | null;
	/** Until when a limit of the business's own leaves no more of it; null where that is not why. */
	limitedUntil: Date | null;
}

/** How long a day of notice is: hours, so that no change of a zone shortens it. */
const dayMs = 86_400_000;

/** The more is left, the lower. */
const strictness: Record<AccessMode, number> = { full: 0, read_only: 1, export_only: 2, closed: 3 };

/**
 * What a business may do with a product at a moment: what its subscription leaves of it, or less where
 * limits of its own have suspended it. A product that the vendor closes while a subscription is suspended
 * stays readable for the days of notice, so that nobody is locked out without warning. While it is paused
 * the same is left of it, and it never closes.
 */
export function accessMode(
	subscription: { status: SubscriptionStatus; suspendedAt: Date | null } | null,
	product: Pick<Product, 'suspendedMode' | 'closingNoticeDays'>,
	now: Date,
	/** Those of this product that are in force. */
	suspensions: readonly Pick<Suspension, 'mode' | 'until'>[]
): Access {
	const left = bySubscription(subscription, product, now);
	const [strictest] = suspensions
		.filter(({ mode }) => strictness[mode] > strictness[left.mode])
		.sort(
			(one, other) =>
				strictness[other.mode] - strictness[one.mode] || other.until.getTime() - one.until.getTime()
		);
	return strictest
		? { mode: strictest.mode, closesAt: null, limitedUntil: strictest.until }
		: { ...left, limitedUntil: null };
}

function bySubscription(
	subscription: { status: SubscriptionStatus; suspendedAt: Date | null } | null,
	product: Pick<Product, 'suspendedMode' | 'closingNoticeDays'>,
	now: Date
): Omit<Access, 'limitedUntil'> {
	if (subscription === null || subscription.status === 'ended')
		return { mode: 'closed', closesAt: null };
	// Nobody is locked out of what they paused themselves.
	if (subscription.status === 'paused')
		return {
			mode: product.suspendedMode === 'closed' ? 'read_only' : product.suspendedMode,
			closesAt: null
		};
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
