import * as v from 'valibot';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';

export const Body = v.pipe(
	v.string('Write your message.'),
	v.trim(),
	v.nonEmpty('Write your message.'),
	v.maxLength(10_000, 'A message has at most 10,000 characters.')
);

/** Who writes, and for whom: the customer or the vendor. */
export interface Author {
	id: string;
	name: string;
	side: 'member' | 'staff';
}

export interface Message {
	id: string;
	author: Author;
	/** Plain text. */
	body: string;
	at: Date;
}

interface OfTicket {
	businessId: string;
	ticketId: string;
}

export async function addMessage(
	{ db, now }: Scope,
	{ businessId, ticketId, author, body }: OfTicket & { author: Author; body: string }
): Promise<void> {
	await db
		.insertInto('support.messages')
		.values({
			business_id: businessId,
			id: newId('msg', now),
			ticket_id: ticketId,
			author_id: author.id,
			author_name: author.name,
			author_side: author.side,
			body,
			written_at: now
		})
		.execute();
}

export async function listMessages(
	{ db }: Scope,
	{ businessId, ticketId }: OfTicket
): Promise<Message[]> {
	const rows = await db
		.selectFrom('support.messages')
		.select(['id', 'author_id', 'author_name', 'author_side', 'body', 'written_at'])
		.where('business_id', '=', businessId)
		.where('ticket_id', '=', ticketId)
		.orderBy('written_at')
		.orderBy('id')
		.execute();
	return rows.map((row) => ({
		id: row.id,
		author: {
			id: row.author_id,
			name: row.author_name,
			side: row.author_side as Author['side']
		},
		body: row.body,
		at: row.written_at
	}));
}
