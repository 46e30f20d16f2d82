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

/** One ticket of the scope's business with its messages, the first at the top. @throws NotFound */
export const readTicket = usecase(
	'ticket.read',
	v.object({ number: TicketNumber }),
	async (scope, { number }) => {
		const businessId = businessOf(scope);
		const [row, products] = await Promise.all([
			scope.db
				.selectFrom('support.tickets')
				.select(ticketColumns)
				.where('business_id', '=', businessId)
				.where('number', '=', number)
				.executeTakeFirst(),
			listProducts(scope, {})
		]);
		if (!row) throw new NotFound('This ticket');
		return {
			...summary(row, products),
			openedBy: row.opened_by,
			messages: await listMessages(scope, { businessId, ticketId: row.id })
		};
	}
);

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
