/// <reference lib="webworker" />

/**
 * Shows a page of ours when a page cannot be had from the network. Nothing else is kept: figures of a business stay out
 * of every cache, and the browser keeps style sheets, scripts and fonts by itself, since their names tell their content.
 */
import { version } from '$service-worker';

const worker = self as unknown as ServiceWorkerGlobalScope;
const shelf = `offline-${version}`;
const offlinePage = '/offline.html';

worker.addEventListener('install', (event) => {
	event.waitUntil(
		caches
			.open(shelf)
			.then((cache) => cache.addAll([offlinePage, '/offline.svg', '/standalone.css', '/icon.svg']))
			.then(() => worker.skipWaiting())
	);
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			for (const key of await caches.keys()) if (key !== shelf) await caches.delete(key);
			// The request goes out while the worker still wakes up, so that it slows no page down.
			await worker.registration.navigationPreload?.enable();
			await worker.clients.claim();
		})()
	);
});

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	if (request.method !== 'GET') return;
	if (request.mode === 'navigate') event.respondWith(page(event));
	else if (isKept(request.url)) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function page(event: FetchEvent): Promise<Response> {
	try {
		const ahead = (await event.preloadResponse) as Response | undefined;
		return ahead ?? (await fetch(event.request));
	} catch {
		return kept(offlinePage);
	}
}

function isKept(url: string): boolean {
	const { origin, pathname } = new URL(url);
	return (
		origin === worker.location.origin &&
		/^\/(standalone\.css|icon\.svg|offline\.svg)$/.test(pathname)
	);
}

async function kept(request: RequestInfo): Promise<Response> {
	return (await caches.match(request)) ?? Response.error();
}
