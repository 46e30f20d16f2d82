import { listSubscriptions } from '#server/modules/billing/index.ts';
import { grantAccess, listAccesses, removeAccess } from '#server/modules/launch/index.ts';
import type { MemberScope } from '#server/web/page.ts';

export interface Openable {
	id: string;
	slug: string;
	name: string;
	mark: string;
}

/** The products that the business has, which somebody may be let into. */
export async function listOpenable(scope: MemberScope): Promise<Openable[]> {
	const subscriptions = await listSubscriptions(scope, {});
	return subscriptions.filter(({ status }) => status !== 'ended').map(({ product }) => product);
}

/** Lets a member into these products and out of the others that the business has. */
export async function setAccesses(
	scope: MemberScope,
	personId: string,
	wanted: (slug: string) => boolean
): Promise<void> {
	const [products, accesses] = await Promise.all([listOpenable(scope), listAccesses(scope, {})]);
	for (const { id, slug } of products) {
		const has = accesses.some((one) => one.personId === personId && one.productId === id);
		if (wanted(slug) && !has) await grantAccess(scope, { personId, product: slug });
		if (!wanted(slug) && has) await removeAccess(scope, { personId, product: slug });
	}
}
