import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { NotFound } from '../../platform/errors.ts';
import type { OutboundFailureKind } from '../../platform/outbound.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listBusinesses } from '../businesses/index.ts';
import { readProduct } from '../catalogue/index.ts';
import type { MessageKind } from './kinds.ts';
import { MessageId } from './resend.ts';
import type { MessageStatus } from './tries.ts';

export const messageStatuses = [
	'waiting',
	'delivered',
	'given_up'
] as const satisfies MessageStatus[];

/** How a try went. */
export interface Outcome {
	/** What the product answered; null where nothing did. */
	status: number | null;
	/** Why nothing answered, and what the network said of it. */
	failure: { kind: OutboundFailureKind; detail: string } | null;
}

export interface MessageView {
	id: string;
	kind: MessageKind;
	business: { id: string; name: string };
	createdAt: Date;
	status: MessageStatus;
	/** When it is tried next; null once it is settled. */
	nextTryAt: Date | null;
	tries: number;
	/** How the last try went; null before the first. */
	last: Outcome | null;
}

export interface Delivery extends Outcome {
	number: number;
	url: string;
	at: Date;
	tookMs: number;
	/** The beginning of what it answered. */
	answer: string;
	byHand: boolean;
}

/** The messages to a product, newest first. `next` continues behind the last. @throws NotFound */
export const listMessages = usecase(
	'webhook.read',
	v.object({
		product: v.string(),
		status: v.optional(v.picklist(messageStatuses)),
		before: v.optional(CursorOf('whm')),
		limit: v.optional(PageSize, 25)
	}),
	async (scope, input): Promise<{ messages: MessageView[]; next: string | null }> => {
		const { before, limit, status } = input;
		const { id: productId } = await readProduct(scope, { slug: input.product });
		let query = selectMessages(scope, productId);
		if (status) query = query.where('m.status', '=', status);
		if (before)
			query = query.where(sql<boolean>`(m.created_at, m.id) < (${before.at}, ${before.id})`);
		const [rows, businesses] = await Promise.all([
			query
				.orderBy('m.created_at', 'desc')
				.orderBy('m.id', 'desc')
				.limit(limit + 1)
				.execute(),
			listBusinesses(scope, {})
		]);
		const { page, next } = cutPage(rows, limit, (row) => row.created_at);
		return { messages: page.map((row) => toView(row, businesses)), next };
	}
);

/** One message with what was sent and each try, the newest first. @throws NotFound */
export const readMessage = usecase(
	'webhook.read',
	v.object({ product: v.string(), id: MessageId }),
	async (scope, input): Promise<MessageView & { body: string; deliveries: Delivery[] }> => {
		const { id: productId } = await readProduct(scope, { slug: input.product });
		const [row, deliveries, businesses] = await Promise.all([
			selectMessages(scope, productId)
				.select('m.body')
				.where('m.id', '=', input.id)
				.executeTakeFirst(),
			scope.db
				.selectFrom('webhooks.deliveries')
				.select(['number', 'url', 'tried_at', 'took_ms', 'status', 'answer', 'failure', 'by_hand'])
				.where('message_id', '=', input.id)
				.orderBy('number', 'desc')
				.execute(),
			listBusinesses(scope, {})
		]);
		if (!row) throw new NotFound('This message');
		return {
			...toView(row, businesses),
			body: row.body,
			deliveries: deliveries.map((each) => ({
				number: each.number,
				url: each.url,
				at: each.tried_at,
				tookMs: each.took_ms,
				answer: each.answer,
				byHand: each.by_hand,
				...toOutcome(each.status, each.failure)
			}))
		};
	}
);

export interface WebhookState {
	/** How many messages of the last thirty days stand how. */
	counts: Record<MessageStatus, number>;
	/** Of those that wait, how many have failed before. */
	failing: number;
	/** When one was last taken. */
	deliveredAt: Date | null;
}

/** How the webhooks of a product do. @throws NotFound */
export const readWebhookState = usecase(
	'webhook.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<WebhookState> => {
		const { id } = await readProduct(scope, { slug: product });
		const rows = await scope.db
			.selectFrom('webhooks.messages as m')
			.select(({ fn }) => [
				'm.status',
				fn.countAll<string>().as('count'),
				fn.max('m.settled_at').as('settledAt'),
				sql<string>`count(*) filter (where exists (
					select from webhooks.deliveries d
					where d.business_id = m.business_id and d.message_id = m.id))`.as('tried')
			])
			.where('m.product_id', '=', id)
			.groupBy('m.status')
			.execute();
		const of = (status: MessageStatus) => rows.find((row) => row.status === status);
		return {
			counts: {
				waiting: Number(of('waiting')?.count ?? 0),
				delivered: Number(of('delivered')?.count ?? 0),
				given_up: Number(of('given_up')?.count ?? 0)
			},
			failing: Number(of('waiting')?.tried ?? 0),
			deliveredAt: of('delivered')?.settledAt ?? null
		};
	}
);

function selectMessages({ db }: Scope, productId: string) {
	return db
		.selectFrom('webhooks.messages as m')
		.leftJoinLateral(
			(query) =>
				query
					.selectFrom('webhooks.deliveries as d')
					.select(['d.number', 'd.status', 'd.failure'])
					.whereRef('d.business_id', '=', 'm.business_id')
					.whereRef('d.message_id', '=', 'm.id')
					.orderBy('d.number', 'desc')
					.limit(1)
					.as('last'),
			(join) => join.onTrue()
		)
		.select([
			'm.id',
			'm.business_id',
			'm.kind',
			'm.created_at',
			'm.status',
			'm.next_try_at',
			'last.number as tries',
			'last.status as lastStatus',
			'last.failure as lastFailure'
		])
		.where('m.product_id', '=', productId);
}

function toView(
	row: Awaited<ReturnType<ReturnType<typeof selectMessages>['executeTakeFirstOrThrow']>>,
	businesses: { id: string; name: string }[]
): MessageView {
	const tried = row.lastStatus !== null || row.lastFailure !== null;
	return {
		id: row.id,
		kind: row.kind as MessageKind,
		business: {
			id: row.business_id,
			name: businesses.find(({ id }) => id === row.business_id)?.name ?? ''
		},
		createdAt: row.created_at,
		status: row.status as MessageStatus,
		nextTryAt: row.next_try_at,
		tries: row.tries ?? 0,
		last: tried ? toOutcome(row.lastStatus, row.lastFailure) : null
	};
}

function toOutcome(status: number | null, failure: string | null): Outcome {
	if (failure === null) return { status, failure: null };
	const [kind = 'network', ...detail] = failure.split(' ');
	return { status, failure: { kind: kind as OutboundFailureKind, detail: detail.join(' ') } };
}
