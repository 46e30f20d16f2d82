import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { parse } from '../../platform/usecase.ts';
import { newSecret, openSecret, sealSecret, stepOf, uriOf } from './authenticator.ts';
import { secondFactorLetter } from './letters.ts';
import { CurrentPassword, provePassword } from './own-password.ts';
import { Code, readAddressee, withProof, wrongCode, type Proof } from './proofs.ts';
import { countCodes, makeCodes } from './recovery-codes.ts';
import { strengthenSession } from './sessions.ts';
import { dropPendingSignIns } from './sign-ins.ts';
import { tellOfPerson } from './telling.ts';

/*
 * What a person does with their own second factor. As in account.ts, these open doors of their own; the
 * caller passes the session that asks.
 */

interface Own {
	personId: string;
	sessionId: string;
}

export interface SecondFactor {
	/** When it was set up. */
	since: Date;
	recoveryCodesLeft: number;
}

/** A person's second factor, or null. */
export function readSecondFactor({ personId }: { personId: string }): Promise<SecondFactor | null> {
	return withSystem('identity.second-factor', async (scope) => {
		const row = await scope.db
			.selectFrom('identity.second_factors')
			.select('created_at')
			.where('person_id', '=', personId)
			.executeTakeFirst();
		return row
			? { since: row.created_at, recoveryCodesLeft: await countCodes(scope, { personId }) }
			: null;
	});
}

/** A secret that was shown waits this long for its first code. */
export const offerMinutes = 30;

/**
 * Makes a secret for the person to take into their app. It asks for the password, or whoever finds a
 * session left open could shut the person out.
 * @throws Invalid by field `password`; TooMany; Conflict `second_factor_exists`
 */
export async function offerSecondFactor(own: Own, input: { password: string }): Promise<void> {
	const { password } = parse(v.object({ password: CurrentPassword }), input);
	await provePassword(own.personId, password, 'password');
	await withSystem('identity.second-factor', async ({ db, now }) => {
		const existing = await db
			.selectFrom('identity.second_factors')
			.select('person_id')
			.where('person_id', '=', own.personId)
			.executeTakeFirst();
		if (existing) throw alreadySetUp();
		const offer = {
			secret_sealed: sealSecret(own.personId, newSecret()),
			created_at: now,
			ends_at: new Date(now.getTime() + offerMinutes * 60_000)
		};
		await db
			.insertInto('identity.second_factor_offers')
			.values({ session_id: own.sessionId, ...offer })
			.onConflict((conflict) => conflict.column('session_id').doUpdateSet(offer))
			.execute();
	});
}

export interface Offer {
	/** In base 32, to be typed. */
	secret: string;
	/** The same for an app to scan. */
	uri: string;
}

/** The secret that this session was offered and has not confirmed; null when there is none, or no longer. */
export function readOffer(own: Own): Promise<Offer | null> {
	return withSystem('identity.second-factor', async (scope) => {
		const sealed = await findOffer(scope, own);
		if (!sealed) return null;
		const secret = openSecret(own.personId, sealed);
		const { email } = await readAddressee(scope, own.personId);
		return { secret, uri: uriOf(secret, email) };
	});
}

async function findOffer({ db, now }: Scope<System>, own: Own): Promise<Buffer | null> {
	const row = await db
		.selectFrom('identity.second_factor_offers')
		.select('secret_sealed')
		.where('session_id', '=', own.sessionId)
		.where('ends_at', '>', now)
		.executeTakeFirst();
	return row?.secret_sealed ?? null;
}

/**
 * Sets up the second factor by the first code of the secret that was offered. It counts as given in this
 * session, whose token changes.
 * @returns the recovery codes, which can be read this once, and the session's new token
 * @throws Invalid by field `code`; Conflict `second_factor_offer_over`, `second_factor_exists`
 */
export async function setUpSecondFactor(
	own: Own,
	input: { code: string }
): Promise<{ recoveryCodes: string[]; token: string; endsAt: Date }> {
	const { code } = parse(v.object({ code: Code }), input);
	const { personId } = own;
	return withSystem('identity.second-factor', async (scope) => {
		const { db, now } = scope;
		const secret_sealed = await findOffer(scope, own);
		if (!secret_sealed)
			throw new Conflict('second_factor_offer_over', 'This took too long. Begin again.');
		const step = stepOf({ secret: openSecret(personId, secret_sealed), code, now });
		if (step === null) throw wrongCode();
		const { numInsertedOrUpdatedRows } = await db
			.insertInto('identity.second_factors')
			.values({ person_id: personId, secret_sealed, last_step: step, created_at: now })
			.onConflict((conflict) => conflict.column('person_id').doNothing())
			.executeTakeFirst();
		if (numInsertedOrUpdatedRows === 0n) throw alreadySetUp();
		await dropOffers(scope, personId);
		const recoveryCodes = await makeCodes(scope, { personId });
		const session = await strengthenSession(scope, own);
		await tell(scope, personId, 'on');
		return { recoveryCodes, ...session };
	});
}

function alreadySetUp(): Conflict {
	return new Conflict(
		'second_factor_exists',
		'Two-step sign-in is on already. Turn it off to set it up anew.'
	);
}

async function dropOffers({ db }: Scope<System>, personId: string): Promise<void> {
	await db
		.deleteFrom('identity.second_factor_offers')
		.where('session_id', 'in', (sessions) =>
			sessions.selectFrom('identity.sessions').select('id').where('person_id', '=', personId)
		)
		.execute();
}

/**
 * Takes the second factor of somebody who is signed in already, and notes it in their session, whose token
 * changes.
 * @throws Invalid by field `code` or `recoveryCode`; TooMany
 */
export function confirmSecondFactor(
	own: Own,
	proof: Proof
): Promise<{ token: string; endsAt: Date }> {
	return withProof(own.personId, proof, (scope) => strengthenSession(scope, own));
}

/**
 * Makes recovery codes anew; the ones before are worth nothing any more.
 * @throws Invalid by field `code` or `recoveryCode`; TooMany
 */
export function makeRecoveryCodes(
	{ personId }: { personId: string },
	proof: Proof
): Promise<string[]> {
	return withProof(personId, proof, async (scope) => {
		const codes = await makeCodes(scope, { personId });
		await tellOfPerson(scope, 'recovery-codes.made', personId, {});
		return codes;
	});
}

/**
 * Turns the second factor off, for the password and one proof more.
 * @throws Invalid by field `password`, `code` or `recoveryCode`; TooMany
 */
export async function removeSecondFactor(
	{ personId }: { personId: string },
	input: { password: string; proof: Proof }
): Promise<void> {
	const { password } = parse(v.object({ password: CurrentPassword }), {
		password: input.password
	});
	await provePassword(personId, password, 'password');
	await withProof(personId, input.proof, async (scope) => {
		await remove(scope, personId);
		await tell(scope, personId, 'off');
	});
}

/**
 * An operator's way out for somebody who has lost both app and recovery codes.
 * @throws NotFound; Conflict `no_second_factor`
 */
export async function resetSecondFactor(
	scope: Scope<System>,
	{ email }: { email: string }
): Promise<void> {
	const person = await scope.db
		.selectFrom('identity.persons')
		.select('id')
		.where((where) => where(where.fn<string>('lower', ['email']), '=', email.toLowerCase()))
		.executeTakeFirst();
	if (!person) throw new NotFound(`An account with the address ${email}`);
	if (!(await remove(scope, person.id)))
		throw new Conflict('no_second_factor', `${email} signs in without a second factor.`);
	await tell(scope, person.id, 'reset');
}

async function remove(scope: Scope<System>, personId: string): Promise<boolean> {
	const { db } = scope;
	// Their recovery codes go with it.
	const { numDeletedRows } = await db
		.deleteFrom('identity.second_factors')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	// What it proved counts no more.
	await db
		.updateTable('identity.sessions')
		.set({ second_factor_at: null })
		.where('person_id', '=', personId)
		.execute();
	await dropOffers(scope, personId);
	await dropPendingSignIns(scope, personId);
	return numDeletedRows > 0n;
}

async function tell(
	scope: Scope<System>,
	personId: string,
	now: 'on' | 'off' | 'reset'
): Promise<void> {
	const person = await readAddressee(scope, personId);
	await post(scope, secondFactorLetter({ ...person, now, portal: runtime().publicUrl }));
	await tellOfPerson(scope, 'second-factor.changed', personId, { to: now });
}

export async function sweepOffers({ db, now }: Scope<System>): Promise<void> {
	await db.deleteFrom('identity.second_factor_offers').where('ends_at', '<=', now).execute();
}
