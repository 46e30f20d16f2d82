import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { NotFound } from '../../platform/errors.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import { listMessages } from './messages.ts';
import { TicketNumber, ticketStates, type TicketState } from './tickets.ts';

export interface TicketSummary {
	id: string;
	number: string;
	subject: string;
	state: TicketState;
	product: Pick<Product, 'slug' | 'name' | 'mark'> | null;
	openedAt: Date;
	changedAt: Date;
	firstReplyAt: Date | null;
	closedAt: Date | null;
}

const ticketColumns = [
	'id',
	'number',
	'subject',
	'state',
	'product_id',
	'opened_by',
	'opened_at',
	'changed_at',
	'first_reply_at',
	'closed_at'
] as const;

/** Tickets of the scope's business, the last changed first. `next` continues behind the last. */
export const listTickets = usecase(
	'ticket.read',
	v.object({
		state: v.optional(v.picklist(ticketStates)),
		limit: v.optional(PageSize, 25),
		before: v.optional(CursorOf('tkt'))
	}),
	async (
		scope,
		{ state, limit, before }
	): Promise<{ tickets: TicketSummary[]; next: string | null }> => {
		let query = scope.db
			.selectFrom('support.tickets')
			.select(ticketColumns)
			.where('business_id', '=', businessOf(scope));
		if (state) query = query.where('state', '=', state);
		if (before) query = query.where(sql<boolean>`(changed_at, id) < (${before.at}, ${before.id})`);
		const [rows, products] = await Promise.all([
			query
				.orderBy('changed_at', 'desc')
				.orderBy('id', 'desc')
				.limit(limit + 1)
				.execute(),
			listProducts(scope, {})
		]);
		const { page, next } = cutPage(rows, limit, (row) => row.changed_at);
		return { tickets: page.map((row) => summary(row, products)), next };
	}
);

/**
 * One ticket with its messages, the first at the top: of the scope's business, in staff's door of any.
 * @throws NotFound
 */
export const readTicket = usecase(
	'ticket.read',
	v.object({ number: TicketNumber }),
	async (scope, { number }) => {
		const [row, products] = await Promise.all([
			scope.db
				.selectFrom('support.tickets')
				.select(['business_id', ...ticketColumns])
				.where('number', '=', number)
				.$if(scope.actor.kind !== 'staff', (query) =>
					query.where('business_id', '=', businessOf(scope))
				)
				.executeTakeFirst(),
			listProducts(scope, {})
		]);
		if (!row) throw new NotFound('This ticket');
		const businessId = row.business_id;
		return {
			...summary(row, products),
			businessId,
			openedBy: row.opened_by,
			messages: await listMessages(scope, { businessId, ticketId: row.id })
		};
	}
);

/**
 * What staff has to do, over all businesses: tickets that are open or wait for the customer, those
 * that wait longest at the top. `next` continues behind the last.
 */
export const listTicketQueue = usecase(
	'ticket.serve',
	v.object({
		state: v.picklist(['open', 'waiting']),
		limit: v.optional(PageSize, 25),
		after: v.optional(CursorOf('tkt'))
	}),
	async (
		scope,
		{ state, limit, after }
	): Promise<{ tickets: (TicketSummary & { businessId: string })[]; next: string | null }> => {
		const [rows, products] = await Promise.all([
			scope.db
				.selectFrom('support.tickets')
				.select(['business_id', ...ticketColumns])
				.where('state', '=', state)
				.$if(after !== undefined, (query) =>
					query.where(sql<boolean>`(changed_at, id) > (${after?.at}, ${after?.id})`)
				)
				.orderBy('changed_at')
				.orderBy('id')
				.limit(limit + 1)
				.execute(),
			listProducts(scope, {})
		]);
		const { page, next } = cutPage(rows, limit, (row) => row.changed_at);
		return {
			tickets: page.map((row) => ({ ...summary(row, products), businessId: row.business_id })),
			next
		};
	}
);

/** How many tickets of all businesses are open, and how many wait for the customer. */
export const countTicketQueue = usecase('ticket.serve', v.object({}), async ({ db }) => {
	const rows = await db
		.selectFrom('support.tickets')
		.select(({ fn }) => ['state', fn.countAll<bigint>().as('count')])
		.where('state', 'in', ['open', 'waiting'])
		.groupBy('state')
		.execute();
	const of = (state: TicketState) => Number(rows.find((row) => row.state === state)?.count ?? 0n);
	return { open: of('open'), waiting: of('waiting') };
});

interface TicketRow {
	id: string;
	number: string;
	subject: string;
	state: string;
	product_id: string | null;
	opened_at: Date;
	changed_at: Date;
	first_reply_at: Date | null;
	closed_at: Date | null;
}

function summary(row: TicketRow, products: Product[]): TicketSummary {
	const product = products.find(({ id }) => id === row.product_id);
	return {
		id: row.id,
		number: row.number,
		subject: row.subject,
		state: row.state as TicketState,
		product: product ? { slug: product.slug, name: product.name, mark: product.mark } : null,
		openedAt: row.opened_at,
		changedAt: row.changed_at,
		firstReplyAt: row.first_reply_at,
		closedAt: row.closed_at
	};
}

/** How many tickets of the scope's business are not closed. */
export const countOpenTickets = usecase('ticket.read', v.object({}), async (scope) => {
	const { count } = await scope.db
		.selectFrom('support.tickets')
		.select(({ fn }) => fn.countAll<bigint>().as('count'))
		.where('business_id', '=', businessOf(scope))
		.where('state', 'in', ['open', 'waiting'])
		.executeTakeFirstOrThrow();
	return Number(count);
});
