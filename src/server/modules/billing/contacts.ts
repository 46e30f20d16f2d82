import { createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import * as v from 'valibot';
import { withBusiness, withSystem } from '../../platform/doors.ts';
import { Conflict, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { isId, newId } from '../../platform/ids.ts';
import { limit } from '../../platform/limits.ts';
import { announce } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import { oneLine } from '../../platform/schemas.ts';
import { businessOf, confinedTo, type Member } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, readBusiness } from '../businesses/index.ts';
import { Email } from '../identity/index.ts';
import { paperLanguages, type PaperLanguage } from './paper-words.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A letter that tells them is due. */
		'billing.contact-added': { contactId: string; name: string };
		'billing.contact-removed': { contactId: string; name: string };
	}
}

/** What a contact may get by mail: invoices as they are issued, reminders of them, receipts for what was paid. */
export const contactPapers = ['invoices', 'reminders', 'receipts'] as const;
export type ContactPaper = (typeof contactPapers)[number];

/** Somebody to whom papers of a business are mailed; no member, unless they happen to be one. */
export interface BillingContact {
	businessId: string;
	id: string;
	name: string;
	email: string;
	language: PaperLanguage;
	gets: ContactPaper[];
	addedAt: Date;
}

const ContactId = v.custom<string>(
	(value) => isId('bct', value),
	'This is not the id of a contact.'
);

const fields = {
	name: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write a name.'),
		v.maxLength(120, 'A name has at most 120 characters.'),
		oneLine('A name is one line.')
	),
	language: v.picklist(paperLanguages, 'Choose a language.'),
	gets: v.pipe(
		v.array(v.picklist(contactPapers)),
		v.nonEmpty('Choose at least one thing to send them.')
	)
};

const AddContact = v.object({ ...fields, email: Email });

/** More than this is a mailing list. */
const most = 20;

/** Letters to new contacts that a business may have sent in a day. */
const letters = limit('billing-contacts', 40, 86_400);

/**
 * Has papers of the business mailed to somebody, who is told of it and how to end it.
 * @throws Invalid; Forbidden; TooMany; Conflict `contact_exists`, `too_many_contacts`
 */
export async function addBillingContact(
	member: Member,
	input: v.InferInput<typeof AddContact>,
	/** The moment; now unless told, as in a history. */
	options: { at?: Date } = {}
): Promise<{ id: string }> {
	// Whoever may not add one, or not this one, uses up no letter.
	await withBusiness(member, (scope) => checkContact(scope, input), options);
	await letters.take(member.businessId);
	return withBusiness(member, (scope) => insertContact(scope, input), options);
}

const checkContact = usecase('billing.change', AddContact, async (scope, { email }) => {
	const { rows } = await sql<{ count: bigint; known: boolean | null }>`
		select count(*) as count, bool_or(lower(email) = lower(${email})) as known
		from billing.contacts
		where business_id = ${businessOf(scope)} and removed_at is null`.execute(scope.db);
	if (rows[0]?.known) throw contactExists();
	if (Number(rows[0]?.count ?? 0) >= most)
		throw new Conflict('too_many_contacts', `A business has at most ${most} billing contacts.`);
});

const insertContact = usecase('billing.change', AddContact, async (scope, input) => {
	const { actor, db, now } = scope;
	const id = newId('bct', now);
	try {
		await db
			.insertInto('billing.contacts')
			.values({
				business_id: businessOf(scope),
				id,
				...columnsOf(input),
				email: input.email,
				added_at: now,
				added_by: actor.kind === 'member' ? actor.personId : null
			})
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'contacts_once') throw contactExists();
		throw error;
	}
	await emit(scope, 'billing.contact-added', { contactId: id, name: input.name });
	await announce(scope, businessOf(scope), 'billing');
	return { id };
});

function contactExists(): Conflict {
	return new Conflict('contact_exists', 'Papers go to this address already.');
}

/** Changes what a contact is called and gets. An address is not changed: whoever has the new one is told first. @throws NotFound */
export const changeBillingContact = usecase(
	'billing.change',
	v.object({ id: ContactId, ...fields }),
	async (scope, { id, ...input }) => {
		const changed = await scope.db
			.updateTable('billing.contacts')
			.set(columnsOf(input))
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.where('removed_at', 'is', null)
			.returning('id')
			.executeTakeFirst();
		if (!changed) throw new NotFound('This contact');
		await announce(scope, businessOf(scope), 'billing');
	}
);

/** Sends a contact nothing from now on. @throws NotFound */
export const removeBillingContact = usecase(
	'billing.change',
	v.object({ id: ContactId }),
	async (scope, { id }) => {
		const removed = await scope.db
			.updateTable('billing.contacts')
			.set({ removed_at: scope.now, removed_for: 'business' })
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.where('removed_at', 'is', null)
			.returning('name')
			.executeTakeFirst();
		if (!removed) throw new NotFound('This contact');
		await emit(scope, 'billing.contact-removed', { contactId: id, name: removed.name });
		await announce(scope, businessOf(scope), 'billing');
	}
);

function columnsOf({
	name,
	language,
	gets
}: {
	name: string;
	language: PaperLanguage;
	gets: readonly ContactPaper[];
}) {
	return { name, language, gets: contactPapers.filter((paper) => gets.includes(paper)) };
}

/** To whom papers of a business are mailed, the longest known first. A system door names the business. */
export const listBillingContacts = usecase(
	'billing.read',
	v.object({ businessId: v.optional(BusinessId) }),
	async (scope, { businessId }): Promise<BillingContact[]> => {
		const rows = await scope.db
			.selectFrom('billing.contacts')
			.select(['business_id as businessId', 'id', 'name', 'email', 'language', 'gets'])
			.select('added_at as addedAt')
			.where('business_id', '=', confinedTo(scope) ?? businessId ?? '')
			.where('removed_at', 'is', null)
			.orderBy('id')
			.execute();
		return rows.map((row) => ({
			...row,
			language: row.language as PaperLanguage,
			gets: row.gets as ContactPaper[]
		}));
	}
);

/**
 * Where a contact ends what is mailed to them, without signing in: to be put under every mail to them. Good for
 * as long as they are a contact.
 */
export function contactEndLink({ businessId, id }: { businessId: string; id: string }): string {
	const name = `${businessId}.${id}`;
	return `${runtime().publicUrl}/paper-mail/${name}.${signatureOf(name)}`;
}

function signatureOf(name: string): string {
	return createHmac('sha256', runtime().secrets.derive('billing.contact-end'))
		.update(name)
		.digest('base64url');
}

/** Whose link this is: null for one that was not made here. */
function readEndToken(token: string): { businessId: string; id: string } | null {
	const [businessId = '', id = '', signature = ''] = token.split('.');
	if (!isId('biz', businessId) || !isId('bct', id)) return null;
	const expected = Buffer.from(signatureOf(`${businessId}.${id}`));
	const given = Buffer.from(signature);
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
	return { businessId, id };
}

/**
 * What a contact's own link is about; null when they are a contact no longer.
 * @throws NotFound for a link that was not made here
 */
export async function readContactOfLink(
	token: string
): Promise<{ email: string; business: string; language: PaperLanguage } | null> {
	const whose = readEndToken(token);
	if (!whose) throw new NotFound('This link');
	return withSystem('billing.contact-link', async (scope) => {
		const contact = (await listBillingContacts(scope, { businessId: whose.businessId })).find(
			({ id }) => id === whose.id
		);
		if (!contact) return null;
		const { name } = await readBusiness(scope, { businessId: whose.businessId });
		return { email: contact.email, business: name, language: contact.language };
	});
}

/** The contact itself wants nothing more. Said twice, it is said once. @throws NotFound for a link that was not made here */
export async function endContactByLink(token: string): Promise<void> {
	const whose = readEndToken(token);
	if (!whose) throw new NotFound('This link');
	await withSystem('billing.contact-link', async (scope) => {
		const removed = await scope.db
			.updateTable('billing.contacts')
			.set({ removed_at: scope.now, removed_for: 'contact' })
			.where('business_id', '=', whose.businessId)
			.where('id', '=', whose.id)
			.where('removed_at', 'is', null)
			.returning('name')
			.executeTakeFirst();
		if (!removed) return;
		await emit(
			scope,
			'billing.contact-removed',
			{ contactId: whose.id, name: removed.name },
			whose.businessId
		);
		await announce(scope, whose.businessId, 'billing');
	});
}
