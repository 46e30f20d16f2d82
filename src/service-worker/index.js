/// <reference lib="webworker" />

/**
 * Shows a page of ours when a page cannot be had from the network. Nothing else is kept: figures of a business stay out
 * of every cache, and the browser keeps style sheets, scripts and fonts by itself, since their names tell their content.
 */
import { version } from '$app/env';

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
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

/** @param {FetchEvent} event */
async function page(event) {
	try {
		return (await event.preloadResponse) ?? (await fetch(event.request));
	} catch {
		return kept(offlinePage);
	}
}

/** @param {string} url */
function isKept(url) {
	const { origin, pathname } = new URL(url);
	return (
		origin === worker.location.origin &&
		/^\/(standalone\.css|icon\.svg|offline\.svg)$/.test(pathname)
	);
}

/** @param {RequestInfo} request */
async function kept(request) {
	return (await caches.match(request)) ?? Response.error();
}
