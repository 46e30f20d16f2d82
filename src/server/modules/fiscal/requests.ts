import { emit } from '../../platform/events.ts';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import type { FiscalKind } from './control-unit.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** There are documents to sign: told once for all that were issued together. */
		'signature.asked': { documents: number };
	}
}

export interface SignatureRequest {
	businessId: string;
	documentId: string;
	kind: FiscalKind;
	number: string;
	series: string;
	sequence: number;
	/** Of a credit or debit note: the invoice that it corrects. */
	originalId?: string;
}

/** So many rows go into one statement, which takes no more than 65,535 values. */
const batch = 2_000;

/**
 * Asks the control unit to sign what was issued in this transaction; without a unit it does nothing. The
 * unit is asked after the commit: an invoice is issued also when the unit cannot be reached.
 */
export async function requestSignatures(
	scope: Scope<System>,
	requests: SignatureRequest[]
): Promise<void> {
	authorize(scope, 'fiscal.sign');
	const { db, now } = scope;
	const [first] = requests;
	if (!first) return;
	const unit = await db.selectFrom('fiscal.unit').select('adapter').executeTakeFirst();
	if (!unit) return;
	for (let from = 0; from < requests.length; from += batch)
		await db
			.insertInto('fiscal.signatures')
			.values(
				requests.slice(from, from + batch).map((request) => ({
					business_id: request.businessId,
					document_id: request.documentId,
					document_kind: request.kind,
					number: request.number,
					series: request.series,
					sequence: request.sequence,
					original_id: request.originalId ?? null,
					asked_at: now,
					status: 'pending',
					next_try_at: now
				}))
			)
			.execute();
	await emit(scope, 'signature.asked', { documents: requests.length }, first.businessId);
}
