import { createHash } from 'node:crypto';
import type { DomainEvent } from '../../platform/events.ts';
import { defineJob } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { readBusiness } from '../businesses/index.ts';
import { readWebhookTarget } from '../catalogue/index.ts';
import type { MessageKind } from './kinds.ts';
import { wake } from './courier.ts';

/** Messages hold names and addresses of people: they are kept no longer. */
const keptDays = 30;

/**
 * Makes the message of an event for a product, if the product wants to be told. Made again, it is the same.
 * @param read what the message says besides the business; not asked where nobody wants to be told
 */
export async function tell(
	scope: Scope<System>,
	event: DomainEvent,
	productId: string,
	kind: MessageKind,
	read: () => Promise<object>
): Promise<void> {
	if (!(await readWebhookTarget(scope, { productId }))) return;
	const { businessId } = event;
	const { id, name } = await readBusiness(scope, { businessId });
	const data = { business: { id, name }, ...(await read()) };
	await scope.db
		.insertInto('webhooks.messages')
		.values({
			business_id: businessId,
			id: idOf(event, productId),
			product_id: productId,
			kind,
			body: JSON.stringify({ type: kind, timestamp: event.occurredAt.toISOString(), data }),
			created_at: event.occurredAt,
			next_try_at: scope.now
		})
		.onConflict((conflict) => conflict.columns(['business_id', 'id']).doNothing())
		.execute();
	await wake(scope);
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The event's time, as its id has it, and what only this event and product come to: told twice, it is one message. */
function idOf(event: DomainEvent, productId: string): string {
	const hash = createHash('sha256').update(`${event.id} ${productId}`).digest().subarray(0, 16);
	const rest = Array.from(hash, (byte) => alphabet.charAt(byte & 31)).join('');
	return `whm_${event.id.slice('dom_'.length, 'dom_'.length + 10)}${rest}`;
}

/** Drops what is older than thirty days, with its tries. */
export async function sweepMessages({ db, now }: Scope<System>): Promise<void> {
	await db
		.deleteFrom('webhooks.messages')
		.where('created_at', '<', new Date(now.getTime() - keptDays * 86_400_000))
		.execute();
}

defineJob({ name: 'webhooks.sweep', cron: '23 2 * * *', work: sweepMessages });
