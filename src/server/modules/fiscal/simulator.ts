import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import {
	UnitRefusal,
	UnitUnavailable,
	type ControlUnit,
	type FiscalDocument,
	type UnitAnswer
} from './control-unit.ts';

/** How the simulator behaves: as it should, or as units do on bad days. */
export const simulatorBehaviours = ['sign', 'refuse', 'fail', 'hang'] as const;

const Settings = v.object({
	behaviour: v.optional(v.picklist(simulatorBehaviours), 'sign'),
	/** Whose clock it signs by: its own, or the document's, for telling a history. */
	clock: v.optional(v.picklist(['own', 'document']), 'own')
});

/** Nobody can take it for a number of the tax authority's. */
const serial = 'SIMULATOR-0001';

/**
 * Stands in for a control unit: it counts and signs as one does, remembers what it has signed, and says of
 * itself wherever it can that it is none.
 */
export function openSimulator(settings: unknown): ControlUnit {
	const { behaviour, clock } = v.parse(Settings, settings);
	return {
		simulated: true,
		async sign(document, now, signal) {
			switch (behaviour) {
				case 'refuse':
					throw new UnitRefusal('The simulator was told to refuse.');
				case 'fail':
					throw new UnitUnavailable('The simulator was told to fail.');
				case 'hang':
					return new Promise((_, reject) => {
						signal.addEventListener('abort', () => reject(new UnitUnavailable('No answer.')));
					});
				case 'sign':
					return remember(document, clock === 'own' ? now : document.issuedAt);
			}
		}
	};
}

async function remember(document: FiscalDocument, at: Date): Promise<UnitAnswer> {
	const { count, signed_at } = await withSystem(
		'fiscal.simulator',
		async ({ db }) => {
			// It counts by itself, whoever asks beside this process.
			await sql`select pg_advisory_xact_lock(hashtextextended('fiscal simulator', 0))`.execute(db);
			const known = await db
				.selectFrom('fiscal.simulated')
				.select(['count', 'signed_at'])
				.where('document_id', '=', document.id)
				.executeTakeFirst();
			if (known) return known;
			return await db
				.insertInto('fiscal.simulated')
				.columns(['document_id', 'count', 'signed_at'])
				.expression(({ selectFrom, fn, val, eb, cast }) =>
					selectFrom('fiscal.simulated').select([
						val(document.id).as('document_id'),
						eb(fn.coalesce(fn.max('count'), eb.lit(0)), '+', 1).as('count'),
						cast<Date>(val(at), 'timestamptz').as('signed_at')
					])
				)
				.returning(['count', 'signed_at'])
				.executeTakeFirstOrThrow();
		},
		{ unseen: true }
	);
	const number = `${serial}/${count}`;
	const digest = createHash('sha256')
		.update([number, document.number, document.totalMinor, document.currency].join('|'))
		.digest('hex')
		.toUpperCase();
	return {
		serial,
		number,
		internalData: digest.slice(0, 26),
		signature: digest.slice(26, 42),
		signedAt: signed_at,
		// Words and no address: there is nowhere to look it up.
		code: `Simulator. Not signed by the tax authority. ${document.number}, ${number}`
	};
}
