import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';
import { noteAnnouncement, noteAnnouncementToAll, tellChange } from './changes.ts';
import type { Logger } from './log.ts';
import type { Scope } from './scope.ts';

const channel = 'evolve_live';

/** What happened, in one word: open pages of the business look again. */
export type Topic =
	| 'usage'
	| 'activity'
	| 'launch'
	| 'billing'
	| 'support'
	| 'notifications'
	/** A session has ended: its open pages are let go. */
	| 'sessions'
	| 'events'
	| 'keys';

/** Stands where a business is named, for what concerns the installation as a whole. */
export const installation = '-';

export interface Live {
	/** Calls `heard` for each announcement of the business (or `null`: of any) until the returned function is called. */
	hear(businessId: string | null, heard: (topic: Topic, businessId: string) => void): () => void;
	/**
	 * Names what the pages of a business have been told so far. A page that was drawn at a mark, and finds
	 * another when it comes back, has missed something; marks of another process, or of before the
	 * connection broke, are other ones too.
	 */
	mark(businessId: string): string;
	/** Aborted when the process drains: open streams end. */
	readonly closing: AbortSignal;
	close(): Promise<void>;
}

/** Tells open pages, of one business or several, on every process, after the scope's transaction has committed. */
export async function announce(
	scope: Scope,
	businessId: string | readonly string[],
	topic: Topic
): Promise<void> {
	const businessIds = typeof businessId === 'string' ? [businessId] : businessId;
	for (const id of businessIds) noteAnnouncement(scope, id);
	await sql`select pg_notify(${channel}, id || ${` ${topic}`})
		from unnest(${businessIds}::text[]) id`.execute(scope.db);
}

/** The same for all businesses, of what concerns each of them: such as that a product does not work. */
export async function announceToAll(scope: Scope, topic: Topic): Promise<void> {
	noteAnnouncementToAll(scope);
	await sql`select pg_notify(${channel}, ${`${installation} ${topic}`})`.execute(scope.db);
}

/** Whether open pages look again; the relay's own signal is no news, since its reactions announce what they write. */
export function concernsPages(topic: Topic): boolean {
	return topic !== 'events' && topic !== 'sessions' && topic !== 'keys';
}

function newEpoch(): string {
	return randomBytes(6).toString('base64url');
}

/** One LISTEN connection a process, opened again with back-off when it breaks. */
export function createLive(connect: () => Promise<pg.Client>, log: Logger): Live {
	const listeners = new Map<string | null, Set<(topic: Topic, businessId: string) => void>>();
	let client: pg.Client | null = null;
	let closed = false;
	const closing = new AbortController();
	let retry: NodeJS.Timeout | undefined;
	let attempts = 0;
	let epoch = newEpoch();
	const told = new Map<string, number>();

	const tell = (topic: Topic, businessId: string): void => {
		if (businessId === installation && concernsPages(topic)) return tellAll(topic);
		// Of other processes too; our own were told at their commit.
		tellChange(businessId);
		if (concernsPages(topic)) told.set(businessId, (told.get(businessId) ?? 0) + 1);
		for (const key of [businessId, null])
			for (const heard of listeners.get(key) ?? []) heard(topic, businessId);
	};
	// Every page looks again. Every mark becomes another: which business was told of what is not known.
	const tellAll = (topic: Topic): void => {
		tellChange(null);
		epoch = newEpoch();
		told.clear();
		for (const [businessId, set] of listeners)
			for (const heard of set) heard(topic, businessId ?? installation);
	};

	const open = async (): Promise<void> => {
		try {
			const opened = await connect();
			// Also one that is closed at once can break while it ends.
			opened.on('error', (error) => {
				log.warn({ error: error.message }, 'the live connection broke');
			});
			if (closed) return await opened.end();
			client = opened;
			opened.on('notification', ({ payload = '' }) => {
				const [businessId = '', topic = ''] = payload.split(' ');
				tell(topic as Topic, businessId);
			});
			opened.on('end', again);
			await opened.query(`listen ${channel}`);
			// What was announced while the connection was down is not told again.
			if (attempts > 0) tellAll('events');
			attempts = 0;
		} catch (error) {
			if (closed) return;
			log.warn({ error: (error as Error).message }, 'the live connection could not be opened');
			again();
		}
	};
	const again = (): void => {
		if (closed || retry) return;
		client = null;
		attempts += 1;
		retry = setTimeout(
			() => {
				retry = undefined;
				void open();
			},
			Math.min(5_000, 100 * 2 ** attempts)
		);
		retry.unref();
	};
	void open();

	return {
		mark: (businessId) => `${epoch}.${told.get(businessId) ?? 0}`,
		closing: closing.signal,
		hear(businessId, heard) {
			const set = listeners.get(businessId) ?? new Set();
			listeners.set(businessId, set.add(heard));
			return () => {
				set.delete(heard);
				if (set.size === 0) listeners.delete(businessId);
			};
		},
		async close() {
			closed = true;
			closing.abort();
			clearTimeout(retry);
			await client?.end();
		}
	};
}
