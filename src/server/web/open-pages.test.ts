import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Live, Topic } from '#server/platform/live.ts';
import { createOpenPages, type OpenPage } from './open-pages.ts';

const mavuno = 'biz_mavuno';
const pwani = 'biz_pwani';

interface Shown extends OpenPage {
	said: string[];
	words: number;
	ended: boolean;
}

/** The announcements of a process, told by hand. */
function createHearsay() {
	const marks = new Map<string, number>();
	const listeners = new Map<string | null, Set<(topic: Topic, businessId: string) => void>>();
	const closing = new AbortController();
	let epoch = 'a';
	const live: Live = {
		mark: (id) => `${epoch}.${marks.get(id) ?? 0}`,
		hear(id, heard) {
			const set = listeners.get(id) ?? new Set();
			listeners.set(id, set.add(heard));
			return () => set.delete(heard);
		},
		closing: closing.signal,
		close: () => Promise.resolve()
	};
	const tell = (id: string, topic: Topic = 'usage'): void => {
		if (topic !== 'events' && topic !== 'sessions') marks.set(id, (marks.get(id) ?? 0) + 1);
		for (const heard of listeners.get(id) ?? []) heard(topic, id);
	};
	const breakOff = (): void => {
		epoch += 'a';
		for (const [id, set] of listeners) for (const heard of set) heard('events', id ?? '');
	};
	return {
		live,
		tell,
		breakOff,
		close: () => closing.abort(),
		listening: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0)
	};
}

function show(businessId = mavuno, sessionId = 'ses_1'): Shown {
	const shown: Shown = {
		businessId,
		sessionId,
		said: [],
		ended: false,
		get words() {
			return this.said.filter((words) => words.startsWith('event: changed')).length;
		},
		say: (words) => shown.said.push(words),
		end: () => (shown.ended = true)
	};
	return shown;
}

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

describe('what an open page is told', () => {
	it('is told of its own business alone, at once', async () => {
		const { live, tell } = createHearsay();
		const pages = createOpenPages(live);
		const [one, other] = [show(), show(pwani)];
		pages.open(one, null);
		pages.open(other, null);
		tell(mavuno);
		await vi.advanceTimersByTimeAsync(5);
		expect([one.words, other.words]).toEqual([1, 0]);
		expect(one.said.at(-1)).toContain(`id: ${live.mark(mavuno)}\n`);
	});

	it('hears of a burst once a second, and of its end', async () => {
		const { live, tell } = createHearsay();
		const page = show();
		createOpenPages(live).open(page, null);
		for (let at = 0; at < 3_200; at += 10) {
			tell(mavuno);
			await vi.advanceTimersByTimeAsync(10);
		}
		expect(page.words).toBe(3);
		await vi.advanceTimersByTimeAsync(5_000);
		expect(page.words).toBe(4);
		expect(page.said.at(-1)).toContain(`id: ${live.mark(mavuno)}\n`);
	});

	it('looks once for all that it missed, and not at all when it missed nothing', async () => {
		const { live, tell } = createHearsay();
		const pages = createOpenPages(live);
		const drawnAt = live.mark(mavuno);
		for (let each = 0; each < 50; each++) tell(mavuno);
		const [back, current, stranger] = [show(), show(), show()];
		pages.open(back, drawnAt);
		pages.open(current, live.mark(mavuno));
		pages.open(stranger, 'of-another-process.7');
		await vi.advanceTimersByTimeAsync(5_000);
		expect([back.words, current.words, stranger.words]).toEqual([1, 0, 1]);
	});

	it('looks once when the process itself may have missed something', async () => {
		const { live, breakOff } = createHearsay();
		const page = show();
		createOpenPages(live).open(page, null);
		breakOff();
		await vi.advanceTimersByTimeAsync(5_000);
		expect(page.words).toBe(1);
	});

	it('is no news that a relay has work, or that a colleague signed out', async () => {
		const { live, tell } = createHearsay();
		const page = show();
		createOpenPages(live, { living: () => Promise.resolve(new Map([['ses_1', mavuno]])) }).open(
			page,
			null
		);
		tell(mavuno, 'events');
		tell(mavuno, 'sessions');
		await vi.advanceTimersByTimeAsync(2_000);
		expect(page.said).toEqual([]);
	});

	it('says nothing to a page that was closed, and listens no more', async () => {
		const { live, tell, listening } = createHearsay();
		const pages = createOpenPages(live);
		const page = show();
		const close = pages.open(page, null);
		tell(mavuno);
		close();
		await vi.advanceTimersByTimeAsync(30_000);
		expect(page.said).toEqual([]);
		expect([pages.size, listening()]).toEqual([0, 0]);
	});
});

describe('many pages', () => {
	it('waits with further words while pages are being drawn', async () => {
		const { live, tell } = createHearsay();
		let drawing = 8;
		const pages = createOpenPages(live, { underWay: () => drawing });
		const shown = Array.from({ length: 200 }, (_, index) => show(mavuno, `ses_${index}`));
		for (const page of shown) pages.open(page, null);
		const told = () => shown.filter(({ words }) => words > 0).length;
		tell(mavuno);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(told()).toBe(0);
		drawing = 0;
		await vi.advanceTimersByTimeAsync(100);
		expect(told()).toBeGreaterThan(0);
		expect(told()).toBeLessThan(100);
		await vi.advanceTimersByTimeAsync(900);
		expect(told()).toBe(200);
		expect(Math.max(...shown.map(({ words }) => words))).toBe(1);
	});

	it('is told together with the other windows of its browser, which share a drawing', async () => {
		const { live, tell } = createHearsay();
		let drawing = 8;
		const pages = createOpenPages(live, { underWay: () => drawing });
		// Opened in turn, as many browsers do.
		const shown = Array.from({ length: 100 }, (_, index) => show(mavuno, `ses_${index % 20}`));
		for (const page of shown) pages.open(page, null);
		tell(mavuno);
		await vi.advanceTimersByTimeAsync(100);
		drawing = 0;
		await vi.advanceTimersByTimeAsync(20);
		const told = shown.filter(({ words }) => words === 1);
		expect(told.length).toBeGreaterThan(0);
		expect(told.length).toBeLessThan(shown.length);
		for (const { sessionId } of told)
			expect(told.filter((page) => page.sessionId === sessionId)).toHaveLength(5);
	});

	it('is asked to come back over seconds when the process stops', () => {
		const { live, close } = createHearsay();
		const pages = createOpenPages(live);
		const shown = Array.from({ length: 1_000 }, () => show());
		for (const page of shown) pages.open(page, null);
		close();
		const backs = shown.map(({ said }) => Number(/closing\ndata: (\d+)/.exec(said[0] ?? '')?.[1]));
		const perSecond = Map.groupBy(backs, (ms) => Math.floor(ms / 1_000));
		expect(Math.max(...[...perSecond.values()].map(({ length }) => length))).toBeLessThan(200);
		expect(Math.min(...backs)).toBeGreaterThanOrEqual(1_000);
		expect(shown.every(({ ended }) => ended)).toBe(true);
	});
});

describe('a stream that nothing is said on', () => {
	it('says that it is there, and looks at all sessions at a time', async () => {
		const { live } = createHearsay();
		const living = vi.fn(() => Promise.resolve(new Map([['ses_1', mavuno]])));
		const pages = createOpenPages(live, { living });
		const [one, two] = [show(), show()];
		pages.open(one, null);
		pages.open(two, null);
		await vi.advanceTimersByTimeAsync(26_000);
		expect(one.said).toEqual([': still here\n\n']);
		expect(living.mock.calls).toEqual([[['ses_1']]]);
	});

	it('ends at once with its session, and with its move to another business', async () => {
		const { live, tell } = createHearsay();
		const pages = createOpenPages(live, {
			living: () =>
				Promise.resolve(
					new Map([
						['ses_here', mavuno],
						['ses_moved', pwani]
					])
				)
		});
		const here = show(mavuno, 'ses_here');
		const moved = show(mavuno, 'ses_moved');
		const gone = show(mavuno, 'ses_gone');
		for (const page of [here, moved, gone]) pages.open(page, null);
		tell(mavuno, 'sessions');
		await vi.advanceTimersByTimeAsync(1);
		expect([here.ended, moved.ended, gone.ended]).toEqual([false, true, true]);
		expect(gone.said.at(-1)).toContain('event: ended');
	});
});
