import * as v from 'valibot';
import { Conflict, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { oneLine } from '../../platform/schemas.ts';
import { usecase } from '../../platform/usecase.ts';
import { hashPassword, noPassword } from './passwords.ts';

export const Email = v.pipe(
	v.string('Write an e-mail address.'),
	v.trim(),
	v.nonEmpty('Write an e-mail address.'),
	v.maxLength(254, 'An e-mail address has at most 254 characters.'),
	v.email(
		'This is not an e-mail address: it needs a name, an @ and a domain, such as wanjiku@mavuno.example.'
	)
);

// NIST SP 800-63B-4, 3.1.1.2: length counts, composition rules do not; 15 where it is the only factor
// is their advice to verifiers, 8 their floor. 12 is this portal's.
export const NewPassword = v.pipe(
	v.string(),
	v.minLength(12, 'Choose a password of at least 12 characters.'),
	v.maxLength(200, 'A password has at most 200 characters.')
);

export const CreatePerson = v.object({
	email: Email,
	name: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write a name.'),
		v.maxLength(120),
		oneLine('A name is one line.')
	),
	/** null: a person who cannot sign in yet. */
	password: v.nullable(NewPassword),
	staff: v.optional(v.boolean(), false)
});

/** @throws Conflict `email_taken`. */
export const createPerson = usecase('person.create', CreatePerson, async ({ db, now }, input) => {
	const id = newId('per', now);
	const password_hash = input.password === null ? noPassword : await hashPassword(input.password);
	try {
		await db
			.insertInto('identity.persons')
			.values({
				id,
				email: input.email,
				name: input.name,
				password_hash,
				staff: input.staff,
				created_at: now
			})
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'persons_email') {
			throw new Conflict('email_taken', `Somebody with the address ${input.email} exists already.`);
		}
		throw error;
	}
	return { id };
});

/** Names and addresses by id, of those the scope may see. */
export const listPersons = usecase(
	'member.read',
	v.object({ ids: v.array(v.string()) }),
	async ({ db }, { ids }) =>
		ids.length === 0
			? []
			: db
					.selectFrom('identity.persons')
					.select(['id', 'name', 'email', 'staff', 'has_password as hasPassword'])
					.where('id', 'in', ids)
					.execute()
);

/** The language that each of these reads, by id, such as `en`: for letters. */
export async function listLocales(
	{ db }: Scope<System>,
	ids: readonly string[]
): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom('identity.persons')
		.select(['id', 'locale'])
		.where('id', 'in', ids)
		.execute();
	return new Map(rows.map(({ id, locale }) => [id, locale]));
}

/** The person with this address, or null; addresses are compared without regard to case. */
export const findPerson = usecase(
	'member.read',
	v.object({ email: Email }),
	async ({ db }, { email }) => {
		const row = await db
			.selectFrom('identity.persons')
			.select(['id', 'name', 'email', 'staff'])
			.where((where) => where(where.fn<string>('lower', ['email']), '=', email.toLowerCase()))
			.executeTakeFirst();
		return row ?? null;
	}
);
