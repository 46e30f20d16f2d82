import { emit } from '../../platform/events.ts';
import { insertAll } from '../../platform/insert-all.ts';
import { authorize, type Scope } from '../../platform/scope.ts';
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

/**
 * Asks the control unit to sign what was issued in this transaction; without a unit it does nothing. The
 * unit is asked after the commit: an invoice is issued also when the unit cannot be reached.
 */
export async function requestSignatures(
	scope: Scope,
	requests: readonly SignatureRequest[]
): Promise<void> {
	authorize(scope, 'fiscal.sign');
	const { db, now } = scope;
	const [first] = requests;
	if (!first) return;
	const unit = await db.selectFrom('fiscal.unit').select('adapter').executeTakeFirst();
	if (!unit) return;
	await insertAll(
		db,
		'fiscal.signatures',
		{
			business_id: 'text',
			document_id: 'text',
			document_kind: 'text',
			number: 'text',
			series: 'text',
			sequence: 'integer',
			original_id: 'text',
			asked_at: 'timestamptz',
			status: 'text',
			next_try_at: 'timestamptz'
		},
		requests.map((request) => ({
			business_id: request.businessId,
			document_id: request.documentId,
			document_kind: request.kind,
			number: request.number,
			series: request.series,
			sequence: request.sequence,
			original_id: request.originalId,
			asked_at: now,
			status: 'pending',
			next_try_at: now
		}))
	);
	await emit(scope, 'signature.asked', { documents: requests.length }, first.businessId);
}
