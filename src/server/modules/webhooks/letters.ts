import { sql } from 'kysely';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { listProducts } from '../catalogue/index.ts';
import { listStaff } from '../identity/index.ts';

const dayMs = 86_400_000;

/**
 * Tells the vendor's staff that messages of a product are given up: once a day, however many there are.
 * Asked before the message that is given up now is marked so.
 */
export async function tellVendor(scope: Scope<System>, productId: string): Promise<void> {
	// Of several that are given up at the same moment the first one tells.
	await sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks ${productId}`}, 0))`.execute(
		scope.db
	);
	const told = await scope.db
		.selectFrom('webhooks.messages')
		.select('id')
		.where('product_id', '=', productId)
		.where('status', '=', 'given_up')
		.where('settled_at', '>', new Date(scope.now.getTime() - dayMs))
		.limit(1)
		.executeTakeFirst();
	const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
	if (told || !product) return;
	for (const { name, email } of await listStaff(scope))
		await post(scope, {
			to: email,
			subject: `${product.name} does not take what the portal tells it`,
			body: `Hello ${name},

a message to ${product.name} was given up: the product did not take it, or asked not to be told. Until this is mended it may not know of changes of access, subscriptions or settings.

What was sent, what it answered, and a button to send it again:

${runtime().publicUrl}/console/products/${product.slug}/webhooks?status=given_up

Evolve by Lixnet
`
		});
}
