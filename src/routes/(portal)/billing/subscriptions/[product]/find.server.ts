import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listSubscriptions, type Subscription } from '#server/modules/billing/index.ts';
import type { MemberScope } from '#server/web/page.ts';

/** The latest subscription of a product, an ended one too; otherwise there is no such page. */
export async function findSubscription(
	scope: MemberScope,
	{ product }: { product: string }
): Promise<Subscription> {
	const found = (await listSubscriptions(scope, {})).find((each) => each.product.slug === product);
	if (!found) error(404, m.subs_none(), { code: 'not_found' });
	return found;
}
