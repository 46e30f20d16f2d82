import { Idiomorph } from 'idiomorph';
import { waitAfter } from './backoff.ts';
import { prepare } from './charts.ts';
import { all } from './elements.ts';
import { tellKeys } from './launch-keys.ts';

/** A page looks again at most this often, however often it is told to. */
const pauseMs = 1_000;

/**
 * Keeps a page current: told by the server that something of the business changed, it fetches its own address again and
 * takes over what differs inside `data-live-region`. What the reader does (focus, scroll, open menus, half-typed words)
 * stays as it is.
 */
export function goLive(): void {
	const address = document.querySelector<HTMLElement>('[data-live]')?.dataset['live'];
	let updatedAt = new Date();
	watchConnection(() => updatedAt);
	if (!address) return;

	let source: EventSource | undefined;
	let failures = 0;
	let retry: ReturnType<typeof setTimeout> | undefined;

	const look = atMostEvery(pauseMs, async () => {
		const current = await refresh();
		if (current) updatedAt = new Date();
		if (failures > 1) offline(!current, updatedAt);
	});
	const listen = () => {
		clearTimeout(retry);
		source?.close();
		source = new EventSource(address);
		source.addEventListener('open', () => {
			// What happened while nobody listened is caught up with.
			if (failures > 0) look();
			failures = 0;
			offline(!navigator.onLine, updatedAt);
		});
		source.addEventListener('changed', look);
		source.addEventListener('message', look);
		source.addEventListener('error', () => {
			source?.close();
			failures += 1;
			// One stumble is a server that restarts. After a second the page is asked for instead: it tells whether
			// nobody is there, only the stream is cut off, or the session is over.
			if (failures > 1) look();
			retry = setTimeout(listen, waitAfter(failures, Math.random()));
		});
	};
	const hush = () => {
		clearTimeout(retry);
		source?.close();
	};

	listen();
	// A browser allows few connections to one place, so a page that nobody sees gives its own back.
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) {
			hush();
			return;
		}
		look();
		listen();
	});
	addEventListener('pagehide', hush);
	addEventListener('pageshow', (event) => {
		if (event.persisted) listen();
	});
	addEventListener('online', listen);
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

/** Fetches this page and takes its live regions over. False when there was nothing to take. */
async function refresh(): Promise<boolean> {
	const here = location.pathname + location.search;
	const response = await fetch(here, {
		headers: { 'x-evolve-live': '1', accept: 'text/html' }
	}).catch(() => null);
	// Led elsewhere: the session is over, and the server has somewhere better to be. A form on its way leads there itself.
	if (response?.redirected && !document.querySelector('form[aria-busy="true"]')) location.reload();
	if (!response?.ok || response.redirected) return false;

	const next = new DOMParser().parseFromString(await response.text(), 'text/html');
	// The reader may have gone to another view of the page meanwhile.
	if (here !== location.pathname + location.search) return false;
	const known = new Set(announcements());
	for (const region of all('[data-live-region]')) {
		const name = region.dataset['liveRegion'] ?? '';
		const fresh = next.querySelector(`[data-live-region="${CSS.escape(name)}"]`);
		if (fresh) takeOver(region, fresh);
	}
	for (const chart of all('[data-chart]')) prepare(chart);
	tellKeys();
	announce(announcements().filter((words) => !known.has(words)));
	return true;
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
