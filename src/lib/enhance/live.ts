import { Idiomorph } from 'idiomorph';
import { waitAfter } from './backoff.ts';
import { prepare } from './charts.ts';
import { all } from './elements.ts';
import { tellKeys } from './launch-keys.ts';

/** A page looks again at most this often, however often it is told to. */
const pauseMs = 1_000;

/** A page that was out of sight for longer looks again whatever happened: times like "2 hours ago" have moved on. */
const staleMs = 60_000;

/**
 * Keeps a page current: told by the server that something of the business changed, it fetches its own address again and
 * takes over what differs inside `data-live-region`. What the reader does (focus, scroll, open menus, half-typed words)
 * stays as it is. The address of the stream names what the page shows, so that the server knows what it has missed.
 */
export function goLive(): void {
	let updatedAt = new Date();
	watchConnection(() => updatedAt);
	if (!streamOf(document)) return;

	let source: EventSource | undefined;
	let failures = 0;
	let retry: ReturnType<typeof setTimeout> | undefined;

	let vain = 0;
	let again: ReturnType<typeof setTimeout> | undefined;
	const look = atMostEvery(pauseMs, async () => {
		clearTimeout(again);
		const current = await refresh();
		if (current) updatedAt = new Date();
		if (failures > 1) offline(!current, updatedAt);
		vain = current ? 0 : vain + 1;
		// The word was heard and will not be said again.
		if (!current && !document.hidden) again = setTimeout(look, waitAfter(vain, Math.random()));
	});
	const listen = () => {
		hush();
		const address = streamOf(document);
		if (!address || document.hidden) return;
		source = new EventSource(address);
		source.addEventListener('open', () => {
			failures = 0;
			offline(!navigator.onLine, updatedAt);
		});
		source.addEventListener('changed', look);
		// Signed out, or acting for another business in another tab: nothing here is this page's any more.
		source.addEventListener('ended', () => {
			hush();
			if (!formUnderWay()) location.reload();
		});
		// The server stops, and says when to come back, so that not everybody comes at once.
		source.addEventListener('closing', ({ data }: MessageEvent<string>) => {
			hush();
			retry = setTimeout(listen, Number(data));
		});
		source.addEventListener('error', () => {
			source?.close();
			failures += 1;
			// One stumble is a server that restarts. After that the page is asked for instead: it tells whether nobody is
			// there, only the stream is cut off, or the session is over.
			if (failures > 1) look();
			retry = setTimeout(listen, waitAfter(failures, Math.random()));
		});
	};
	const hush = () => {
		clearTimeout(retry);
		source?.close();
	};

	listen();
	// A page that nobody sees costs nothing, and gives its connection back: a browser allows few to one place.
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) {
			hush();
			return;
		}
		if (Date.now() - updatedAt.getTime() > staleMs) look();
		listen();
	});
	addEventListener('pagehide', hush);
	addEventListener('pageshow', (event) => {
		if (event.persisted) listen();
	});
	addEventListener('online', listen);
	// What moves by itself, such as the last hour by minute, asks to be looked at again.
	setInterval(() => {
		const every = document.querySelector<HTMLElement>('[data-live-every]')?.dataset['liveEvery'];
		if (!every || document.hidden) return;
		if (Date.now() - updatedAt.getTime() >= Number(every) * 1_000) look();
	}, 5_000);
}

/** The address of the stream, as the server wrote it into a page. */
function streamOf(page: Document): string | undefined {
	return page.querySelector<HTMLElement>('[data-live]')?.dataset['live'];
}

function watchConnection(updatedAt: () => Date): void {
	addEventListener('offline', () => offline(true, updatedAt()));
	addEventListener('online', () => offline(false, updatedAt()));
	if (!navigator.onLine) offline(true, updatedAt());
}

/** The bar that says since when the page stands still. */
function offline(shown: boolean, updatedAt: Date): void {
	const bar = document.querySelector<HTMLElement>('[data-offline]');
	const time = bar?.querySelector<HTMLTimeElement>('[data-offline-time]');
	if (!bar || !time) return;
	bar.hidden = !shown;
	time.dateTime = updatedAt.toISOString();
	time.textContent = updatedAt.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** Not signed in, not allowed, not there, gone. */
const refused = new Set([401, 403, 404, 410]);

/** What was taken over last, in the server's words, and of which address. */
let taken: { address: string; shown: string } | undefined;

/** Fetches this page and takes its live regions over. False when nobody could say what there is to take. */
async function refresh(): Promise<boolean> {
	const here = location.pathname + location.search;
	const headers = new Headers({ 'x-evolve-live': '1', accept: 'text/html' });
	if (taken?.address === here) headers.set('if-none-match', taken.shown);
	const response = await fetch(here, { headers, cache: 'no-store' }).catch(() => null);
	if (response?.status === 304) {
		showsAsOf(response.headers.get('x-evolve-live'));
		return true;
	}
	// Led elsewhere, or refused: the session is over, or what is shown is no longer this person's to see. What the server
	// says instead comes with the page itself. A form on its way leads there by itself.
	if (response && (response.redirected || refused.has(response.status)) && !formUnderWay())
		location.reload();
	if (!response?.ok || response.redirected) return false;

	const next = new DOMParser().parseFromString(await response.text(), 'text/html');
	// The reader may have gone to another view of the page meanwhile.
	if (here !== location.pathname + location.search) return false;
	const known = new Set(announcements());
	const stay = holdPlace();
	for (const region of all('[data-live-region]')) {
		const name = region.dataset['liveRegion'] ?? '';
		const fresh = next.querySelector(`[data-live-region="${CSS.escape(name)}"]`);
		if (fresh) takeOver(region, fresh);
	}
	stay();
	for (const chart of all('[data-chart]')) prepare(chart);
	showsAsOf(streamOf(next));
	const shown = response.headers.get('etag');
	taken = shown === null ? undefined : { address: here, shown };
	tellKeys();
	announce(announcements().filter((words) => !known.has(words)));
	return true;
}

/** The page shows what this drawing did: whoever comes back is measured by it. */
function showsAsOf(stream: string | null | undefined): void {
	const shell = document.querySelector<HTMLElement>('[data-live]');
	if (shell && stream) shell.dataset['live'] = stream;
}

/**
 * What is being read stays where it is when something comes in above it. The browser's own scroll anchoring
 * gives up when elements are moved about, as a takeover does.
 */
function holdPlace(): () => void {
	if (scrollY === 0) return () => undefined;
	const read = all('main [data-live-region] [id]').find(
		(element) => element.getBoundingClientRect().top >= 0
	);
	const top = read?.getBoundingClientRect().top ?? 0;
	return () => {
		if (read?.isConnected) scrollBy({ top: read.getBoundingClientRect().top - top });
	};
}

function formUnderWay(): boolean {
	return document.querySelector('form[aria-busy="true"]') !== null;
}

function takeOver(region: Element, fresh: Element): void {
	// A promise only where a <head> is taken over.
	void Idiomorph.morph(region, fresh, {
		morphStyle: 'outerHTML',
		ignoreActiveValue: true,
		restoreFocus: true,
		callbacks: {
			// What the script itself has put there is not in the server's page.
			beforeNodeRemoved: (node: Node) => !(node instanceof HTMLElement && 'own' in node.dataset),
			beforeAttributeUpdated: (name: string, element: Element) => !isReaders(name, element)
		}
	});
}

/** Whether an attribute says what the reader is doing now, which the server cannot know. */
function isReaders(name: string, element: Element): boolean {
	if (name === 'aria-busy' || name === 'data-at') return true;
	return name === 'open' && element.matches('details, dialog');
}

function announcements(): string[] {
	return all('[data-live-announce]').map(
		(element) => element.dataset['liveAnnounce'] || element.textContent.replace(/\s+/g, ' ').trim()
	);
}

/** Says what is new when nothing else is being said. */
function announce(words: string[]): void {
	const announcer = document.querySelector('[data-announcer]');
	if (announcer && words.length > 0) announcer.textContent = words.join('. ');
}

/** Runs the work at once, then no sooner than so long after it was done, and once more if it was asked for meanwhile. */
function atMostEvery(ms: number, work: () => Promise<void>): () => void {
	let running = false;
	let again = false;
	const run = async () => {
		running = true;
		do {
			again = false;
			await work();
			await new Promise((resolve) => setTimeout(resolve, ms));
		} while (again);
		running = false;
	};
	return () => {
		if (running) again = true;
		else void run();
	};
}
