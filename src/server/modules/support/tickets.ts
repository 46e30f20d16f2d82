import * as v from 'valibot';
import { Conflict, Forbidden, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';
import { addMessage, Body, type Author } from './messages.ts';
import { takeTicketNumber } from './series.ts';

export const ticketStates = ['open', 'waiting', 'closed'] as const;
export type TicketState = (typeof ticketStates)[number];

interface TicketTold {
	ticketId: string;
	number: string;
	subject: string;
	/** The person who opened it. */
	openedBy: string;
}

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'ticket.opened': TicketTold;
		'ticket.answered': TicketTold & { side: Author['side'] };
		'ticket.closed': TicketTold;
	}
}

export const TicketNumber = v.pipe(
	v.string(),
	v.trim(),
	v.toUpperCase(),
	v.nonEmpty(),
	v.maxLength(20)
);

const OpenTicket = v.object({
	subject: v.pipe(
		v.string('Write what it is about.'),
		v.trim(),
		v.nonEmpty('Write what it is about.'),
		v.maxLength(200, 'Say it in at most 200 characters here, and the rest below.')
	),
	body: Body,
	/** The slug of the product that it is about. */
	product: v.optional(v.string())
});

/** @throws NotFound for a product that does not exist */
export const openTicket = usecase('ticket.open', OpenTicket, async (scope, input) => {
	const { db, now } = scope;
	const author = authorOf(scope);
	const businessId = businessOf(scope);
	const product = input.product ? await readProduct(scope, { slug: input.product }) : null;
	const number = await takeTicketNumber(scope);
	const id = newId('tkt', now);
	await db
		.insertInto('support.tickets')
		.values({
			business_id: businessId,
			id,
			number,
			subject: input.subject,
			product_id: product?.id ?? null,
			state: 'open',
			opened_by: author.id,
			opened_at: now,
			changed_at: now
		})
		.execute();
	await addMessage(scope, { businessId, ticketId: id, author, body: input.body });
	await tell(scope, businessId, 'ticket.opened', {
		ticketId: id,
		number,
		subject: input.subject,
		openedBy: author.id
	});
	return { id, number };
});

/**
 * Writes into a ticket, as a member of its business or as staff.
 * @throws NotFound; Conflict `ticket_closed`
 */
export const answerTicket = usecase(
	'ticket.answer',
	v.object({ number: TicketNumber, body: Body }),
	async (scope, { number, body }) => {
		const { db, now } = scope;
		const author = authorOf(scope);
		const ticket = await lockTicket(scope, number);
		if (ticket.state === 'closed')
			throw new Conflict('ticket_closed', 'This ticket is closed. Open a new one.');
		const businessId = ticket.business_id;
		await addMessage(scope, { businessId, ticketId: ticket.id, author, body });
		const byStaff = author.side === 'staff';
		await db
			.updateTable('support.tickets')
			.set({
				state: byStaff ? 'waiting' : 'open',
				changed_at: now,
				...(byStaff && !ticket.first_reply_at ? { first_reply_at: now } : {})
			})
			.where('business_id', '=', businessId)
			.where('id', '=', ticket.id)
			.execute();
		await tell(scope, businessId, 'ticket.answered', { ...told(ticket), side: author.side });
	}
);

/** @throws NotFound; Conflict `ticket_closed` */
export const closeTicket = usecase(
	'ticket.close',
	v.object({ number: TicketNumber }),
	async (scope, { number }) => {
		const ticket = await lockTicket(scope, number);
		if (ticket.state === 'closed')
			throw new Conflict('ticket_closed', 'This ticket is closed already.');
		await scope.db
			.updateTable('support.tickets')
			.set({ state: 'closed', changed_at: scope.now, closed_at: scope.now })
			.where('business_id', '=', ticket.business_id)
			.where('id', '=', ticket.id)
			.execute();
		await tell(scope, ticket.business_id, 'ticket.closed', told(ticket));
	}
);

function authorOf({ actor }: Scope): Author {
	if (actor.kind === 'member') return { id: actor.personId, name: actor.name, side: 'member' };
	if (actor.kind === 'staff') return { id: actor.personId, name: actor.name, side: 'staff' };
	throw new Forbidden('A ticket is a talk between people.');
}

/** In a door that is confined to a business its tickets alone, in staff's door any. */
async function lockTicket(scope: Scope, number: string) {
	const confined = scope.actor.kind === 'member' ? businessOf(scope) : null;
	const ticket = await scope.db
		.selectFrom('support.tickets')
		.select(['business_id', 'id', 'number', 'subject', 'state', 'opened_by', 'first_reply_at'])
		.where('number', '=', number)
		.$if(confined !== null, (query) => query.where('business_id', '=', confined ?? ''))
		.forUpdate()
		.executeTakeFirst();
	if (!ticket) throw new NotFound('This ticket');
	return ticket;
}

function told(ticket: {
	id: string;
	number: string;
	subject: string;
	opened_by: string;
}): TicketTold {
	return {
		ticketId: ticket.id,
		number: ticket.number,
		subject: ticket.subject,
		openedBy: ticket.opened_by
	};
}

async function tell<K extends 'ticket.opened' | 'ticket.answered' | 'ticket.closed'>(
	scope: Scope,
	businessId: string,
	kind: K,
	data: Parameters<typeof emit<K>>[2]
): Promise<void> {
	await emit(scope, kind, data, businessId);
	await announce(scope, businessId, 'support');
}
