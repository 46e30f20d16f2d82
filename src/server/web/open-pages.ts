import { listLivingSessions } from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Live } from '#server/platform/live.ts';
import { runtime } from '#server/platform/runtime.ts';

// Every open page costs memory for as long as it is open and a drawing whenever something changes. So
// there is one listener a business, one clock and one look at the sessions for all pages together, and
// pages are told no faster than they can be drawn: docs/decisions/live-pages.md.

/** At most one word a second reaches a page, however much happens, and though one may be longer under way than the next. */
const pauseMs = 1_100;
/** How often those who wait for their turn are looked at, and how many are told at a time. */
const turnMs = 20;
const mostATurn = 10;
/** While so many pages are being drawn anew, others wait: drawing more at once makes none of them sooner. */
const mostLooks = 8;
/** Proxies cut connections that say nothing. */
const heartbeatMs = 25_000;
const beatMs = 1_000;
/** When the process stops, so many pages a second are asked to come back to the next. */
const returningPerSecond = 100;
const soonestReturnMs = 1_000;

/** A page that somebody has open, at the other end of a stream. */
export interface OpenPage {
	businessId: string;
	sessionId: string;
	say(words: string): void;
	/** Ends its stream. */
	end(): void;
}

interface Place {
	page: OpenPage;
	/** What it has been told. */
	mark: string;
	toldAt: number;
	saidAt: number;
}

interface Room {
	places: Set<Place>;
	unhear: () => void;
}

export interface OpenPages {
	/** @param since the mark of what it shows, if it says so. @returns what to call when it has been closed */
	open(page: OpenPage, since: string | null): () => void;
	/** How many pages are open. */
	readonly size: number;
}

let looks = 0;

/** Counts a page that is drawn anew because it was told to. */
export async function countLook<R>(draw: () => Promise<R>): Promise<R> {
	looks += 1;
	try {
		return await draw();
	} finally {
		looks -= 1;
	}
}

const known = new WeakMap<Live, OpenPages>();

/** The pages that are open on this process. */
export function openPages(): OpenPages {
	const { live } = runtime();
	let pages = known.get(live);
	if (!pages) known.set(live, (pages = createOpenPages(live)));
	return pages;
}

export function createOpenPages(
	live: Live,
	options: {
		living?: (sessionIds: string[]) => Promise<Map<string, string | null>>;
		underWay?: () => number;
	} = {}
): OpenPages {
	const { living = readLiving, underWay = () => looks } = options;
	const rooms = new Map<string, Room>();
	/** In the order in which they began to wait. */
	const waiting = new Set<Place>();
	let size = 0;
	let turn: NodeJS.Timeout | undefined;
	let beat: NodeJS.Timeout | undefined;
	let checkedAt = performance.now();

	const say = (place: Place, words: string): void => {
		place.saidAt = performance.now();
		place.page.say(words);
	};

	const tell = (place: Place, now: number): void => {
		waiting.delete(place);
		place.toldAt = now;
		place.mark = live.mark(place.page.businessId);
		say(place, `event: changed\nid: ${place.mark}\ndata: \n\n`);
	};
	const takeTurn = (): void => {
		const now = performance.now();
		const due = [...waiting].filter(({ toldAt }) => toldAt + pauseMs <= now);
		const ofSession = Map.groupBy(due, ({ page }) => page.sessionId);
		let told = 0;
		for (const places of ofSession.values()) {
			if (told >= mostATurn || underWay() >= mostLooks) break;
			told += 1;
			// Drawn once for all windows of a browser that show the same.
			for (const place of places) tell(place, now);
		}
		turn = waiting.size > 0 ? setTimeout(takeTurn, turnMs) : undefined;
	};
	const wait = (place: Place): void => {
		waiting.add(place);
		turn ??= setTimeout(takeTurn, 0);
	};

	const check = async (places: Iterable<Place>): Promise<void> => {
		const checked = [...places];
		const sessions = await living([...new Set(checked.map(({ page }) => page.sessionId))]).catch(
			(error: unknown) => {
				runtime().log.warn({ error }, 'the sessions of open pages could not be checked');
				return null;
			}
		);
		if (!sessions) return;
		for (const { page } of checked) {
			if (sessions.get(page.sessionId) === page.businessId) continue;
			page.say('event: ended\ndata: \n\n');
			page.end();
		}
	};

	const everyBeat = (): void => {
		const now = performance.now();
		for (const { places } of rooms.values())
			for (const place of places)
				if (now - place.saidAt >= heartbeatMs) say(place, ': still here\n\n');
		if (now - checkedAt < heartbeatMs) return;
		checkedAt = now;
		void check([...rooms.values()].flatMap(({ places }) => [...places]));
	};

	const enter = (businessId: string): Room => {
		let room = rooms.get(businessId);
		if (room) return room;
		const places = new Set<Place>();
		const unhear = live.hear(businessId, (topic) => {
			if (topic === 'sessions') void check(places);
			const mark = live.mark(businessId);
			for (const place of places) if (place.mark !== mark) wait(place);
		});
		room = { places, unhear };
		rooms.set(businessId, room);
		return room;
	};

	live.closing.addEventListener('abort', () => {
		clearTimeout(turn);
		const spreadMs = soonestReturnMs + (1_000 * size) / returningPerSecond;
		for (const { places } of rooms.values())
			for (const { page } of [...places]) {
				const back = Math.round(soonestReturnMs + Math.random() * (spreadMs - soonestReturnMs));
				page.say(`event: closing\ndata: ${back}\n\n`);
				page.end();
			}
	});

	return {
		get size() {
			return size;
		},
		open(page, since) {
			const room = enter(page.businessId);
			const now = performance.now();
			const mark = live.mark(page.businessId);
			const place = { page, mark: since ?? mark, toldAt: -pauseMs, saidAt: now };
			room.places.add(place);
			size += 1;
			beat ??= setInterval(everyBeat, beatMs);
			// However much it has missed, it looks once.
			if (place.mark !== mark) wait(place);
			let open = true;
			return () => {
				if (!open) return;
				open = false;
				size -= 1;
				room.places.delete(place);
				waiting.delete(place);
				if (room.places.size === 0) {
					room.unhear();
					rooms.delete(page.businessId);
				}
				if (size > 0) return;
				clearInterval(beat);
				beat = undefined;
			};
		}
	};
}

/** The business that each living session acts for. */
function readLiving(ids: string[]): Promise<Map<string, string | null>> {
	return withSystem('web.open-pages', (scope) => listLivingSessions(scope, { ids }), {
		unseen: true
	});
}
