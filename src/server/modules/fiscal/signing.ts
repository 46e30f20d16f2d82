import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import {
	UnitRefusal,
	UnitUnavailable,
	type ControlUnit,
	type FiscalDocument,
	type FiscalKind,
	type UnitAnswer
} from './control-unit.ts';
import { mostTries, nextTry } from './tries.ts';
import { openUnit } from './unit.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** The unit has signed these: told once for all that were signed together. */
		'signature.given': { documentIds: string[] };
	}
}

/** A document that is in hand. */
export interface Claimed {
	businessId: string;
	documentId: string;
	kind: FiscalKind;
	number: string;
	/** What the unit signed of the invoice that it corrects. */
	originalNumber: string | null;
	tries: number;
}

/** Reads what the unit is told of documents, by whoever issued them. */
export type ReadDocuments = (scope: Scope<System>, claimed: Claimed[]) => Promise<FiscalDocument[]>;

/** What came of asking for one document. */
type Outcome = { answer: UnitAnswer } | { refused: string } | { unavailable: string };

/** So many are taken in hand together. */
const most = 50;
/** A unit that has not answered by then is not waited for. */
const patienceMs = 10_000;
/** What is held for longer was left behind by a process that was killed. */
const leaseMs = 60_000;

/**
 * Asks the unit to sign what is due, series by series in the order of their numbers. Whoever asks at the same
 * time, here or in another process, gets other series. Each answer is written down before the next batch;
 * what a killed process had in hand is asked for again, and the unit gives the same answer.
 *
 * @param until in milliseconds of `performance.now()`: no batch is begun after it
 * @returns false when the time was over before everything that is due was asked for
 */
export async function signDue(
	read: ReadDocuments,
	{
		until = Infinity,
		at,
		patience = patienceMs
	}: { until?: number; at?: Date; patience?: number } = {}
): Promise<boolean> {
	const options = { unseen: true, ...(at ? { at } : {}) };
	const { unit, series } = await withSystem(
		'fiscal.series',
		async (scope) => ({ unit: await openUnit(scope), series: await listSeries(scope) }),
		options
	);
	if (!unit) return true;
	for (const each of series) {
		for (;;) {
			if (performance.now() > until) return false;
			const { documents, claimed, now } = await withSystem(
				'fiscal.claim',
				async (scope) => {
					const claimed = await claim(scope, each);
					return { claimed, documents: await read(scope, claimed), now: scope.now };
				},
				options
			);
			if (claimed.length === 0) break;
			const outcomes = await ask(unit, documents, now, patience);
			await withSystem(
				'fiscal.record',
				(scope) => record(scope, unit, claimed, outcomes),
				at ? { at } : {}
			);
			if ([...outcomes.values()].some((outcome) => 'unavailable' in outcome)) break;
		}
	}
	return true;
}

async function listSeries({ db }: Scope): Promise<string[]> {
	const rows = await db
		.selectFrom('fiscal.signatures')
		.select('series')
		.distinct()
		.where('status', 'in', ['pending', 'failed'])
		.where('next_try_at', 'is not', null)
		.execute();
	// Invoices before what corrects them.
	const rank = (series: string): number => (series === 'invoices' ? 0 : 1);
	return rows
		.map(({ series }) => series)
		.sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

/**
 * Takes the first of a series in hand. One that waits for its next try holds up those behind it; one whose
 * original is not signed yet, and one that has failed, do not.
 */
async function claim({ db, now }: Scope, series: string): Promise<Claimed[]> {
	// One process at a time has a series in hand.
	await sql`select pg_advisory_xact_lock(hashtextextended(${`fiscal ${series}`}, 0))`.execute(db);
	const { rows } = await sql<Claimed & { due: boolean; held: boolean }>`
		select s.business_id as "businessId", s.document_id as "documentId", s.document_kind as kind, s.number,
			s.tries,
			o.unit_number as "originalNumber",
			s.next_try_at <= ${now} as due, coalesce(s.claimed_until > ${now}, false) as held
		from fiscal.signatures s
		left join fiscal.signatures o on o.business_id = s.business_id and o.document_id = s.original_id
		where s.series = ${series} and coalesce(o.status, 'signed') = 'signed'
			and (s.status = 'pending' or (s.status = 'failed' and s.next_try_at <= ${now}))
		order by s.status = 'failed', s.sequence
		limit ${most}`.execute(db);
	if (rows.some(({ held }) => held)) return [];
	const waiting = rows.findIndex(({ due }) => !due);
	const claimed = waiting < 0 ? rows : rows.slice(0, waiting);
	if (claimed.length === 0) return [];
	await db
		.updateTable('fiscal.signatures')
		.set({ claimed_until: new Date(now.getTime() + leaseMs) })
		.where('document_id', '=', sql<string>`any(${claimed.map(({ documentId }) => documentId)})`)
		.execute();
	return claimed;
}

/** Asks for one after the other; when the unit does not answer, the rest is not asked for. */
async function ask(
	unit: ControlUnit,
	documents: FiscalDocument[],
	now: Date,
	patience: number
): Promise<Map<string, Outcome>> {
	const outcomes = new Map<string, Outcome>();
	const begun = performance.now();
	for (const document of documents) {
		// What is left goes back before somebody else could take it for left behind.
		if (performance.now() - begun > leaseMs / 2) break;
		const outcome = await askFor(unit, document, now, patience);
		outcomes.set(document.id, outcome);
		if ('unavailable' in outcome) break;
	}
	return outcomes;
}

async function askFor(
	unit: ControlUnit,
	document: FiscalDocument,
	now: Date,
	patience: number
): Promise<Outcome> {
	const signal = AbortSignal.any([runtime().live.closing, AbortSignal.timeout(patience)]);
	try {
		// An adapter that does not hear the signal is left behind.
		const silence = new Promise<never>((_, reject) => {
			signal.addEventListener('abort', () =>
				reject(new UnitUnavailable(`No answer within ${patience / 1000} seconds.`))
			);
		});
		return { answer: await Promise.race([unit.sign(document, now, signal), silence]) };
	} catch (error) {
		if (error instanceof UnitRefusal) return { refused: error.message };
		if (!(error instanceof UnitUnavailable))
			runtime().log.error(
				{ error, document: document.number },
				'the control unit’s adapter failed'
			);
		return { unavailable: error instanceof Error ? error.message : String(error) };
	}
}

async function record(
	scope: Scope<System>,
	{ simulated }: ControlUnit,
	claimed: Claimed[],
	outcomes: Map<string, Outcome>
): Promise<void> {
	const { db, now } = scope;
	const businesses = new Set<string>();
	for (const { businessId, documentId, tries } of claimed) {
		const outcome = outcomes.get(documentId);
		if (outcome) businesses.add(businessId);
		await db
			.updateTable('fiscal.signatures')
			.set({ claimed_until: null, ...(outcome ? change(outcome, tries + 1) : {}) })
			.where('business_id', '=', businessId)
			.where('document_id', '=', documentId)
			// Somebody else may have asked for it meanwhile, and got the same answer.
			.where('status', '<>', 'signed')
			.execute();
	}
	for (const businessId of businesses) await announce(scope, businessId, 'billing');
	const signed = claimed.filter(({ documentId }) => 'answer' in (outcomes.get(documentId) ?? {}));
	if (signed[0])
		await emit(
			scope,
			'signature.given',
			{ documentIds: signed.map(({ documentId }) => documentId) },
			signed[0].businessId
		);

	function change(outcome: Outcome, tries: number) {
		if ('answer' in outcome) {
			const { answer } = outcome;
			return {
				status: 'signed',
				tries,
				next_try_at: null,
				reason: null,
				unit_serial: answer.serial,
				unit_number: answer.number,
				internal_data: answer.internalData,
				signature: answer.signature,
				signed_at: answer.signedAt,
				code: answer.code,
				simulated
			};
		}
		if ('refused' in outcome)
			return { status: 'failed', tries, next_try_at: null, reason: outcome.refused };
		return {
			status: tries >= mostTries ? 'failed' : 'pending',
			tries,
			next_try_at: nextTry(tries, now),
			reason: outcome.unavailable
		};
	}
}
