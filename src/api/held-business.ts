import type { Context } from 'hono';
import { listProductHolders } from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { listLiveKeys } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { NotFound, Unauthorized } from '#server/platform/errors.ts';
import type { Env } from './env.ts';

/**
 * The business that a product asks about.
 * @throws NotFound unless it has the product; Unauthorized when the key was revoked a moment ago
 */
export async function heldBusiness(
	c: Context<Env>,
	businessId: string
): Promise<{ id: string; name: string; timeZone: string }> {
	const { id, productId } = c.get('key');
	const [live, holders, businesses] = await withSystem(
		'api.held-business',
		(scope) =>
			Promise.all([
				listLiveKeys(scope, { ids: [id] }),
				listProductHolders(scope, { productId, businessIds: [businessId] }),
				readBusiness(scope, { businessId }).catch((failure: unknown) => {
					if (failure instanceof NotFound) return null;
					throw failure;
				})
			]),
		{ unseen: true }
	);
	if (live.length === 0)
		throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
	if (holders.length === 0 || !businesses) throw new NotFound('This business');
	return businesses;
}
