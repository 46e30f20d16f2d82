import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { usecase } from '../../platform/usecase.ts';
import type { FiscalKind } from './control-unit.ts';

/** How a document stands with the control unit. */
export type Signature =
	| { status: 'pending' | 'failed' }
	| {
			status: 'signed';
			serial: string;
			/** Its number at the unit. */
			number: string;
			internalData: string | null;
			signature: string | null;
			signedAt: Date;
			/** What its QR code says. */
			code: string;
			/** By what stands in for the tax authority. */
			simulated: boolean;
	  };

/**
 * How these documents stand, by id. What was issued while no unit was set is not in it. In a door that is
 * confined to a business those of others are not either.
 */
export const readSignatures = usecase(
	'fiscal.read',
	v.object({ documentIds: v.array(v.string()) }),
	async ({ db, actor }, { documentIds }): Promise<Map<string, Signature>> => {
		const rows = await db
			.selectFrom('fiscal.signatures')
			.select(['document_id', 'status', 'unit_serial', 'unit_number', 'internal_data'])
			.select(['signature', 'signed_at', 'code', 'simulated'])
			.where('document_id', '=', sql<string>`any(${documentIds})`)
			.$if(actor.kind === 'member', (query) =>
				query.where('business_id', '=', actor.kind === 'member' ? actor.businessId : '')
			)
			.execute();
		return new Map(
			rows.map((row): [string, Signature] => [
				row.document_id,
				row.status === 'signed' && row.signed_at
					? {
							status: 'signed',
							serial: row.unit_serial ?? '',
							number: row.unit_number ?? '',
							internalData: row.internal_data,
							signature: row.signature,
							signedAt: row.signed_at,
							code: row.code ?? '',
							simulated: row.simulated ?? true
						}
					: { status: row.status === 'failed' ? 'failed' : 'pending' }
			])
		);
	}
);

/**
 * Whether a document waits for the unit. If it does, it is not signed before the scope's transaction ends: whoever
 * waits for `signature.given` cannot miss it.
 */
export const holdUnsigned = usecase(
	'fiscal.sign',
	v.object({ documentId: v.string() }),
	async ({ db }, { documentId }): Promise<boolean> => {
		const row = await db
			.selectFrom('fiscal.signatures')
			.select('document_id')
			.where('document_id', '=', documentId)
			.where('status', '=', 'pending')
			.forShare()
			.executeTakeFirst();
		return row !== undefined;
	}
);

/** A document that is not signed. */
export interface Unsigned {
	businessId: string;
	documentId: string;
	kind: FiscalKind;
	number: string;
	status: 'pending' | 'failed';
	askedAt: Date;
	tries: number;
	/** Null when it is not tried again until staff say so. */
	nextTryAt: Date | null;
	/** Why the last try came to nothing; null before the first. */
	reason: string | null;
}

/** What staff look at: what has failed, then what waits, each by its number; how many stand how; which unit signs. */
export const listUnsigned = usecase(
	'fiscal.watch',
	v.object({
		limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 100)
	}),
	async ({ db }, { limit }) => {
		const [unit, counts, rows] = await Promise.all([
			db.selectFrom('fiscal.unit').select('adapter').executeTakeFirst(),
			db
				.selectFrom('fiscal.signatures')
				.select(['status', ({ fn }) => fn.countAll<bigint>().as('count')])
				.groupBy('status')
				.execute(),
			db
				.selectFrom('fiscal.signatures')
				.select(['business_id as businessId', 'document_id as documentId'])
				.select(['document_kind as kind', 'number', 'status', 'asked_at as askedAt', 'tries'])
				.select(['next_try_at as nextTryAt', 'reason'])
				.where('status', 'in', ['pending', 'failed'])
				.orderBy(sql`status = 'pending'`)
				.orderBy('series')
				.orderBy('sequence')
				.limit(limit)
				.execute()
		]);
		const count = (status: string): number =>
			Number(counts.find((row) => row.status === status)?.count ?? 0);
		return {
			/** Null while none is set. */
			adapter: unit?.adapter ?? null,
			counts: { signed: count('signed'), pending: count('pending'), failed: count('failed') },
			documents: rows as Unsigned[]
		};
	}
);

/**
 * Has a document tried again at once, as if it never was.
 * @throws NotFound; Conflict `already_signed`
 */
export const retrySignature = usecase(
	'fiscal.retry',
	v.object({ documentId: v.string() }),
	async (scope, { documentId }) => {
		const { db, now } = scope;
		const row = await db
			.selectFrom('fiscal.signatures')
			.select(['business_id', 'status', 'number'])
			.where('document_id', '=', documentId)
			.forUpdate()
			.executeTakeFirst();
		if (!row) throw new NotFound('This document');
		if (row.status === 'signed')
			throw new Conflict('already_signed', `${row.number} is signed already.`);
		await db
			.updateTable('fiscal.signatures')
			.set({ status: 'pending', tries: 0, next_try_at: now })
			.where('business_id', '=', row.business_id)
			.where('document_id', '=', documentId)
			.execute();
		await emit(scope, 'signature.asked', { documents: 1 }, row.business_id);
		return { number: row.number };
	}
);

/** Has everything that is not signed tried again at once. @returns how many that are */
export const retryAllSignatures = usecase('fiscal.retry', v.object({}), async (scope) => {
	const rows = await scope.db
		.updateTable('fiscal.signatures')
		.set({ status: 'pending', tries: 0, next_try_at: scope.now })
		.where('status', 'in', ['pending', 'failed'])
		.returning('business_id')
		.execute();
	const [first] = rows;
	if (first) await emit(scope, 'signature.asked', { documents: rows.length }, first.business_id);
	return { documents: rows.length };
});
