import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { defineJob, enqueue } from '../../platform/jobs.ts';
import { OutboundFailure, postOut } from '../../platform/outbound.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { readWebhookTarget } from '../catalogue/index.ts';
import { recordTry, settleUnsent, type Claimed, type Try } from './tries.ts';
import { sign } from './signatures.ts';

/** Sent side by side by one process; a slow product leaves room for the others. */
const mostInAll = 20;
const mostOfProduct = 4;
/** A try takes ten seconds at most; what is claimed for longer was left behind. */
const leaseMs = 60_000;

/** Sends what is due; every minute too, for what a killed process has left behind. */
const deliver = defineJob<object>({
	name: 'webhooks.deliver',
	cron: '* * * * *',
	opensOwnDoors: true,
	work() {
		// Not awaited: while a slow product is waited for, the next job brings word of new messages.
		deliverDue().catch((error: unknown) => {
			runtime().log.error({ error }, 'webhooks could not be sent; tried again within a minute');
		});
		return Promise.resolve();
	}
});

/** After the commit: sends what is due by then. */
export function wake(scope: Scope<System>, startAfter?: Date): Promise<void> {
	return enqueue(scope, deliver, {}, startAfter ? { startAfter } : {});
}

let round: Promise<void> | null = null;
let again = false;
let ring: () => void = () => undefined;

/** Sends what is due, and what falls due meanwhile. Resolves when nothing is left to send now. */
export function deliverDue(): Promise<void> {
	const { closing } = runtime().live;
	if (closing.aborted) return Promise.resolve();
	again = true;
	ring();
	return (round ??= drain(closing));
}

async function drain(closing: AbortSignal): Promise<void> {
	const underWay = new Map<Promise<void>, string>();
	try {
		while (again || underWay.size > 0) {
			again = false;
			while (underWay.size < mostInAll && !closing.aborted) {
				const claimed = await claim(fullProducts(underWay.values()));
				if (!claimed) break;
				const done: Promise<void> = carry(claimed, closing).finally(() => underWay.delete(done));
				underWay.set(done, claimed.productId);
			}
			if (underWay.size === 0) continue;
			// Whenever one has ended, its product or business may have a next one.
			const rung = new Promise<void>((resolve) => (ring = resolve));
			await Promise.race([...underWay.keys(), rung]);
			again = true;
		}
	} finally {
		// In the same turn as the last look at `again`: who rings from now on begins a new round.
		round = null;
	}
}

function fullProducts(underWay: Iterable<string>): string[] {
	const counts = new Map<string, number>();
	for (const id of underWay) counts.set(id, (counts.get(id) ?? 0) + 1);
	return [...counts].filter(([, count]) => count >= mostOfProduct).map(([id]) => id);
}

/**
 * Takes the oldest due message in hand, for this process alone. Of a product and business one is under way
 * at a time, so that they arrive in order; one that waits for its next try holds up none behind it.
 */
function claim(full: string[]): Promise<Claimed | null> {
	return withSystem(
		'webhooks.claim',
		async (scope) => {
			const { db, now } = scope;
			const until = new Date(now.getTime() + leaseMs);
			const { rows } = await sql<Omit<Claimed, 'until' | 'target'>>`
				update webhooks.messages m set claimed_until = ${until}
				from (
					select c.business_id, c.id from webhooks.messages c
					where ((c.status = 'waiting' and c.next_try_at <= ${now}) or c.resend_at <= ${now})
						and (c.claimed_until is null or c.claimed_until <= ${now})
						and c.product_id <> all(${full}::text[])
						and not exists (
							select from webhooks.messages o
							where o.business_id = c.business_id and o.product_id = c.product_id and (
								o.claimed_until > ${now}
								or ((o.status = 'waiting' and o.next_try_at <= ${now} or o.resend_at <= ${now})
									and (o.created_at, o.id) < (c.created_at, c.id))
							)
						)
					order by c.created_at, c.id
					limit 1
					for update skip locked
				) due
				where m.business_id = due.business_id and m.id = due.id
				returning m.business_id as "businessId", m.id, m.product_id as "productId", m.kind, m.body,
					m.status, m.resend_at is not null as "byHand"`.execute(db);
			const [row] = rows;
			if (!row) return null;
			return {
				...row,
				until,
				target: await readWebhookTarget(scope, { productId: row.productId })
			};
		},
		{ unseen: true }
	);
}

/** Sends one message and writes down what came of it. It never rejects: its lease sees to what it leaves. */
async function carry(claimed: Claimed, closing: AbortSignal): Promise<void> {
	try {
		const outcome = claimed.target && (await attempt(claimed, claimed.target, closing));
		await withSystem(
			'webhooks.record',
			async (scope) => {
				const next = outcome
					? await recordTry(scope, claimed, outcome)
					: await settleUnsent(scope, claimed);
				if (next) await wake(scope, next);
			},
			{ unseen: true }
		);
	} catch (error) {
		if (closing.aborted) return;
		runtime().log.error({ error, message: claimed.id }, 'the try of a webhook was not recorded');
	}
}

async function attempt(
	{ id, body }: Claimed,
	target: { url: string; secrets: string[] },
	signal: AbortSignal
): Promise<Try> {
	const at = runtime().clock.now();
	const start = performance.now();
	const told = (how: Pick<Try, 'status' | 'answer' | 'failure' | 'retryAfter'>): Try => ({
		url: target.url,
		at,
		tookMs: Math.round(performance.now() - start),
		...how
	});
	const headers = {
		'content-type': 'application/json',
		'user-agent': 'Evolve-Business-Webhooks/1',
		...sign(target.secrets, { id, at, body })
	};
	try {
		const { status, text, retryAfter } = await postOut(target.url, { headers, body }, { signal });
		return told({ status, answer: text, failure: null, retryAfter });
	} catch (error) {
		if (!(error instanceof OutboundFailure)) throw error;
		return told({ status: null, answer: '', failure: error.message, retryAfter: null });
	}
}
