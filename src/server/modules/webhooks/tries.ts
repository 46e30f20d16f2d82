import { sql } from 'kysely';
import type { Scope, System } from '../../platform/scope.ts';
import { tellVendor } from './letters.ts';
import { nextTry } from './schedule.ts';

export type MessageStatus = 'waiting' | 'delivered' | 'given_up';

/** A message in the hand of this process. */
export interface Claimed {
	businessId: string;
	id: string;
	productId: string;
	kind: string;
	body: string;
	status: MessageStatus;
	/** Staff asked for this try; it is none of the schedule's. */
	byHand: boolean;
	/** When the claim runs out. */
	until: Date;
	/** Null where the product has no address any more. */
	target: { url: string; secrets: string[] } | null;
}

/** What came of one try. Either `status` or `failure` is there. */
export interface Try {
	url: string;
	at: Date;
	tookMs: number;
	status: number | null;
	answer: string;
	/** A kind of outbound failure and what the network said of it, such as `network ENETUNREACH`. */
	failure: string | null;
	retryAfter: string | null;
}

/** Gone: the product wants to hear no more of it (RFC 9110, 15.5.11). */
const gone = 410;

/**
 * Writes a try down and decides how the message goes on.
 * @returns when it is tried next; null if it is not
 */
export async function recordTry(
	scope: Scope<System>,
	claimed: Claimed,
	done: Try
): Promise<Date | null> {
	if (!(await holds(scope, claimed))) return null;
	const { db } = scope;
	await db
		.insertInto('webhooks.deliveries')
		.values({
			business_id: claimed.businessId,
			message_id: claimed.id,
			number: sql`(select coalesce(max(number), 0) + 1 from webhooks.deliveries
				where business_id = ${claimed.businessId} and message_id = ${claimed.id})`,
			url: done.url,
			tried_at: done.at,
			took_ms: done.tookMs,
			status: done.status,
			// PostgreSQL's text holds every character but this one.
			answer: done.answer.replaceAll('\0', '\ufffd'),
			failure: done.failure,
			by_hand: claimed.byHand
		})
		.execute();
	if (done.status !== null && done.status >= 200 && done.status < 300) {
		await settle(scope, claimed, 'delivered');
		return null;
	}
	if (claimed.status === 'waiting' && done.status === gone) {
		await giveUp(scope, claimed);
		return null;
	}
	// A try by hand leaves the schedule as it was.
	if (claimed.byHand) {
		await release(scope, claimed, {});
		return null;
	}
	const next = nextTry(await countFailures(scope, claimed), scope.now, {
		retryAfter: done.retryAfter
	});
	if (next) await release(scope, claimed, { next_try_at: next });
	else await giveUp(scope, claimed);
	return next;
}

/** What cannot be sent, since the product has no address any more, waits for nothing. */
export async function settleUnsent(scope: Scope<System>, claimed: Claimed): Promise<null> {
	if (!(await holds(scope, claimed))) return null;
	if (claimed.status === 'waiting') await settle(scope, claimed, 'given_up');
	else await release(scope, claimed, {});
	return null;
}

/** Whether the message is still in our hand: a claim that ran out may be another process's by now. */
async function holds({ db }: Scope, { businessId, id, until }: Claimed): Promise<boolean> {
	const row = await db
		.selectFrom('webhooks.messages')
		.select('claimed_until')
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.forUpdate()
		.executeTakeFirst();
	return row?.claimed_until?.getTime() === until.getTime();
}

async function countFailures({ db }: Scope, { businessId, id }: Claimed): Promise<number> {
	const { count } = await db
		.selectFrom('webhooks.deliveries')
		.select(({ fn }) => fn.countAll<string>().as('count'))
		.where('business_id', '=', businessId)
		.where('message_id', '=', id)
		.where('by_hand', '=', false)
		.executeTakeFirstOrThrow();
	return Number(count);
}

async function giveUp(scope: Scope<System>, claimed: Claimed): Promise<void> {
	await tellVendor(scope, claimed.productId);
	await settle(scope, claimed, 'given_up');
}

function settle(scope: Scope, claimed: Claimed, status: 'delivered' | 'given_up'): Promise<void> {
	return release(scope, claimed, { status, settled_at: scope.now, next_try_at: null });
}

async function release(
	{ db }: Scope,
	{ businessId, id }: Claimed,
	columns: { status?: string; settled_at?: Date; next_try_at?: Date | null }
): Promise<void> {
	await db
		.updateTable('webhooks.messages')
		.set({ claimed_until: null, resend_at: null, ...columns })
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.execute();
}
