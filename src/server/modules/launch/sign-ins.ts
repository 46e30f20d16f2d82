import { enqueue } from '../../platform/jobs.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { tellLogout } from './logout.ts';
import { deletePayloadsOf } from './payloads.ts';

// Part of authentication: these ask no permission and are the system door's alone.

export interface SignIn {
	id: string;
	businessId: string;
	sessionId: string;
	personId: string;
	productId: string;
	startedAt: Date;
}

const columns = [
	'id',
	'business_id as businessId',
	'session_id as sessionId',
	'person_id as personId',
	'product_id as productId',
	'started_at as startedAt'
] as const;

/**
 * The sign-in of this session and business to a product, made where there is none. Launching twice at
 * once, in two tabs, comes to one.
 */
export async function startSignIn(
	{ db, now }: Scope<System>,
	where: Omit<SignIn, 'id' | 'startedAt'>
): Promise<SignIn> {
	await db
		.insertInto('launch.sign_ins')
		.values({
			business_id: where.businessId,
			id: newId('sgn', now),
			session_id: where.sessionId,
			person_id: where.personId,
			product_id: where.productId,
			started_at: now
		})
		.onConflict((conflict) =>
			conflict.columns(['business_id', 'session_id', 'product_id']).doNothing()
		)
		.execute();
	return db
		.selectFrom('launch.sign_ins')
		.select(columns)
		.where('business_id', '=', where.businessId)
		.where('session_id', '=', where.sessionId)
		.where('product_id', '=', where.productId)
		.executeTakeFirstOrThrow();
}

export async function findSignIn(
	{ db }: Scope<System>,
	{ id }: { id: string }
): Promise<SignIn | null> {
	const row = await db
		.selectFrom('launch.sign_ins')
		.select(columns)
		.where('id', '=', id)
		.executeTakeFirst();
	return row ?? null;
}

/** What a session of the portal is signed in to, in one business or in all of them. */
export async function listSignIns(
	{ db }: Scope<System>,
	{ sessionId, businessId }: { sessionId: string; businessId?: string }
): Promise<SignIn[]> {
	return db
		.selectFrom('launch.sign_ins')
		.select(columns)
		.where('session_id', '=', sessionId)
		.$if(businessId !== undefined, (query) => query.where('business_id', '=', businessId ?? ''))
		.execute();
}

/** Ends one sign-in whose product knows of it already. */
export async function endSignIn(scope: Scope<System>, { id }: { id: string }): Promise<void> {
	await deletePayloadsOf(scope, [id]);
	await scope.db.deleteFrom('launch.sign_ins').where('id', '=', id).execute();
}

/** Ends sign-ins, with every code and token of theirs, and has their products told. */
export async function endSignIns(
	scope: Scope<System>,
	which:
		| { sessionId: string }
		/** Of one product, or of all of them. */
		| { businessId: string; personId: string; productId?: string }
		/** Of everybody in the business. */
		| { businessId: string; productId: string }
		| { startedBefore: Date }
): Promise<number> {
	let query = scope.db.deleteFrom('launch.sign_ins');
	if ('sessionId' in which) query = query.where('session_id', '=', which.sessionId);
	else if ('startedBefore' in which) query = query.where('started_at', '<', which.startedBefore);
	else {
		query = query.where('business_id', '=', which.businessId);
		if ('personId' in which) query = query.where('person_id', '=', which.personId);
		if (which.productId) query = query.where('product_id', '=', which.productId);
	}
	const ended = await query.returning(columns).execute();
	await deletePayloadsOf(
		scope,
		ended.map(({ id }) => id)
	);
	for (const { id, personId, productId } of ended)
		await enqueue(scope, tellLogout, { sid: id, personId, productId });
	return ended.length;
}
