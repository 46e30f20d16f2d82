import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { isId } from '../../platform/ids.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, listBusinesses } from '../businesses/index.ts';
import { readProductSetup } from '../catalogue/index.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'webhook.test-asked': { productId: string };
		'webhook.resend-asked': { messageId: string };
	}
}

export const MessageId = v.custom<string>(
	(value) => isId('whm', value),
	'This is not the id of a message.'
);

/**
 * Sends a message once more, at once, whatever became of it. A try by hand is none of the schedule's: one
 * that fails leaves the message as it was.
 * @throws NotFound; Conflict `no_webhook` where the product has no address
 */
export const resendMessage = usecase(
	'webhook.resend',
	v.object({ product: v.string(), id: MessageId }),
	async (scope, { product: slug, id }) => {
		const product = await readProductSetup(scope, { slug });
		const row = await scope.db
			.updateTable('webhooks.messages')
			.set({ resend_at: scope.now })
			.where('product_id', '=', product.id)
			.where('id', '=', id)
			.returning('business_id')
			.executeTakeFirst();
		if (!row) throw new NotFound('This message');
		if (product.webhookUrl === null) throw noWebhook(product.name);
		await emit(scope, 'webhook.resend-asked', { messageId: id }, row.business_id);
	}
);

/**
 * Sends the product a `webhook.test` about a business.
 * @throws NotFound for an unknown product or business; Conflict `no_webhook`
 */
export const sendTest = usecase(
	'webhook.resend',
	v.object({ product: v.string(), businessId: BusinessId }),
	async (scope, { product: slug, businessId }) => {
		const product = await readProductSetup(scope, { slug });
		if (product.webhookUrl === null) throw noWebhook(product.name);
		const businesses = await listBusinesses(scope, {});
		if (!businesses.some(({ id }) => id === businessId)) throw new NotFound('This business');
		await emit(scope, 'webhook.test-asked', { productId: product.id }, businessId);
	}
);

function noWebhook(product: string): Conflict {
	return new Conflict('no_webhook', `${product} has no address for webhooks.`);
}
