import nodemailer, { type Transporter } from 'nodemailer';
import { withSystem } from './doors.ts';
import { NotFound } from './errors.ts';
import { newId } from './ids.ts';
import { defineJob, enqueue } from './jobs.ts';
import { makeAttachment, type Attachment, type MadeAttachment } from './mail-attachments.ts';
import type { Scope, System } from './scope.ts';

export interface Letter {
	to: string;
	subject: string;
	/** Plain text. */
	body: string;
	/** Made when the letter is delivered. */
	attachments?: Attachment[];
}

let transport: Transporter | null = null;
let sender = '';

/** Without an address letters stay in the outbox, which the development page /outbox shows. */
export function useSmtp(url: string | undefined, from: string): void {
	transport = url ? nodemailer.createTransport(url) : null;
	sender = from;
}

/** Posts a letter in the scope's transaction; the mail job hands it to the SMTP server after the commit. */
export async function post(scope: Scope<System>, letter: Letter): Promise<void> {
	const id = newId('mai', scope.now);
	await scope.db
		.insertInto('platform.mails')
		.values({
			id,
			recipient: letter.to,
			subject: letter.subject,
			body: letter.body,
			attachments: JSON.stringify(letter.attachments ?? []),
			created_at: scope.now
		})
		.execute();
	await enqueue(scope, deliver, { id });
}

const deliver = defineJob<{ id: string }>({
	name: 'platform.mail',
	opensOwnDoors: true,
	async work({ id }) {
		if (!transport) return;
		const letter = await withSystem('platform.mail', (scope) =>
			scope.db
				.selectFrom('platform.mails')
				.select(['recipient', 'subject', 'body', 'attachments', 'sent_at'])
				.where('id', '=', id)
				.executeTakeFirst()
		);
		if (!letter || letter.sent_at) return;
		try {
			const files = await Promise.all(attachmentsOf(letter).map(makeAttachment));
			await transport.sendMail({
				from: sender,
				to: letter.recipient,
				subject: letter.subject,
				text: letter.body,
				attachments: files.map(({ name, type, bytes }) => ({
					filename: name,
					contentType: type,
					content: Buffer.from(bytes)
				}))
			});
		} catch (error) {
			await record(id, { failure: (error as Error).message });
			throw error;
		}
		await record(id, { failure: null, sent: true });
	}
});

function record(id: string, outcome: { failure: string | null; sent?: true }): Promise<void> {
	return withSystem('platform.mail', async (scope) => {
		await scope.db
			.updateTable('platform.mails')
			.set({ failure: outcome.failure, ...(outcome.sent ? { sent_at: scope.now } : {}) })
			.where('id', '=', id)
			.execute();
	});
}

function attachmentsOf(row: { attachments: unknown }): Attachment[] {
	return row.attachments as Attachment[];
}

export interface PostedLetter extends Required<Letter> {
	id: string;
	createdAt: Date;
	sentAt: Date | null;
	failure: string | null;
}

/** The newest letters, for the development page. */
export async function listMails(scope: Scope<System>, limit: number): Promise<PostedLetter[]> {
	const rows = await scope.db
		.selectFrom('platform.mails')
		.select(['id', 'recipient', 'subject', 'body', 'attachments'])
		.select(['created_at', 'sent_at', 'failure'])
		.orderBy('id', 'desc')
		.limit(limit)
		.execute();
	return rows.map((row) => ({
		id: row.id,
		to: row.recipient,
		subject: row.subject,
		body: row.body,
		attachments: attachmentsOf(row),
		createdAt: row.created_at,
		sentAt: row.sent_at,
		failure: row.failure
	}));
}

/**
 * A file that goes along with a letter, as it is delivered: for the development page. It opens its own doors.
 * @param place from 0
 * @throws NotFound
 */
export async function openAttachment(mailId: string, place: number): Promise<MadeAttachment> {
	const letter = await withSystem('platform.mail', (scope) =>
		scope.db
			.selectFrom('platform.mails')
			.select('attachments')
			.where('id', '=', mailId)
			.executeTakeFirst()
	);
	const attachment = letter && attachmentsOf(letter)[place];
	if (!attachment) throw new NotFound('This attachment');
	return makeAttachment(attachment);
}
