import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import * as v from 'valibot';
import { emit, readEvents } from '../../platform/events.ts';
import type { Issue } from '../../platform/errors.ts';
import { idPattern, newId } from '../../platform/ids.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { Act } from './acts.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** The vendor's staff ask for something to be done. */
		'desk.asked': { actId: string; act: Act };
		'desk.done': {
			actId: string;
			act: Act;
			/** Of staff. */
			askedBy: { id: string | null; name: string };
			reason: string | null;
			/** The number of the paper that came of it, or the product's name. */
			outcome: string;
		};
		'desk.refused': { actId: string; issues: Issue[] };
	}
}

const ActId = v.pipe(v.string(), v.regex(idPattern('dsk')));

/** For a form: it says by this, sent twice, that it is the same act. */
export function newActId({ now }: Scope): string {
	return newId('dsk', now);
}

/**
 * Asks for an act for the business of the door; a job does it. An act that comes again with its id, such as from a
 * button that was pressed twice, was asked for once; another act with that id is one of its own.
 * @returns its id
 */
export const askAct = usecase(
	'desk.ask',
	v.object({ act: Act, id: v.optional(ActId) }),
	async (scope, { act, id = newActId(scope) }): Promise<{ id: string }> => {
		await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(scope.db);
		const lately = await readEvents(scope, {
			businessId: businessOf(scope),
			kind: 'desk.asked',
			limit: 50
		});
		const same = lately.find(({ data }) => data.actId === id);
		if (same && isDeepStrictEqual(same.data.act, act)) return { id };
		const actId = same ? newActId(scope) : id;
		await emit(scope, 'desk.asked', { actId, act });
		return { id: actId };
	}
);

export interface AskedAct {
	id: string;
	act: Act;
	askedBy: string;
	askedAt: Date;
	/** Null while it waits. */
	outcome: { done: string; refused: null } | { done: null; refused: Issue[] } | null;
}

/** What was asked for lately, for the business of the door, the latest first. */
export const listAskedActs = usecase(
	'desk.read',
	v.object({}),
	async (scope): Promise<AskedAct[]> => {
		const businessId = businessOf(scope);
		const [asked, done, refused] = await Promise.all([
			readEvents(scope, { businessId, kind: 'desk.asked', limit: 20 }),
			readEvents(scope, { businessId, kind: 'desk.done', limit: 20 }),
			readEvents(scope, { businessId, kind: 'desk.refused', limit: 20 })
		]);
		return asked.map(({ data: { actId, act }, actor, occurredAt }) => {
			const made = done.find(({ data }) => data.actId === actId);
			const not = refused.find(({ data }) => data.actId === actId);
			return {
				id: actId,
				act,
				askedBy: actor.name,
				askedAt: occurredAt,
				outcome: made
					? { done: made.data.outcome, refused: null }
					: not
						? { done: null, refused: not.data.issues }
						: null
			};
		});
	}
);

/** What became of an act; null while it waits. For whoever waits for it. */
export const readOutcome = usecase(
	'desk.read',
	v.object({ businessId: BusinessId, id: ActId }),
	async (scope, { businessId, id }): Promise<AskedAct['outcome']> => {
		const done = await readEvents(scope, { businessId, kind: 'desk.done', limit: 20 });
		const made = done.find(({ data }) => data.actId === id);
		if (made) return { done: made.data.outcome, refused: null };
		const refused = await readEvents(scope, { businessId, kind: 'desk.refused', limit: 20 });
		const not = refused.find(({ data }) => data.actId === id);
		return not ? { done: null, refused: not.data.issues } : null;
	}
);
