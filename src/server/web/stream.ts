import type { RequestEvent } from '@sveltejs/kit';
import { runtime } from '#server/platform/runtime.ts';
import { requireMember } from './page.ts';
import { readViewer, sessionCookie } from './viewer.ts';

/** At most one word a second reaches a page, however much happens. */
const pauseMs = 1_000;
/** Proxies cut connections that say nothing; and a session that ended meanwhile is noticed. */
const heartbeatMs = 25_000;

/**
 * Server-sent events for an open page: `changed` whenever something of its business did. The page then
 * fetches itself again, so nothing of the business's data passes here and a lost word costs nothing.
 */
export async function stream(event: RequestEvent): Promise<Response> {
	const { member, viewer } = await requireMember(event);
	const { live } = runtime();
	const encoder = new TextEncoder();
	let stop = (): void => undefined;

	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			const say = (words: string): void => {
				controller.enqueue(encoder.encode(words));
			};
			let last = 0;
			let waiting: NodeJS.Timeout | undefined;
			const changed = (): void => {
				waiting = undefined;
				last = performance.now();
				say(`event: changed\nid: ${Math.round(last)}\ndata: \n\n`);
			};
			const unhear = live.hear(member.businessId, (topic) => {
				// The relay's own signal: what its reactions write is announced by them.
				if (topic === 'events' || waiting) return;
				waiting = setTimeout(changed, Math.max(0, last + pauseMs - performance.now()));
			});
			const heartbeat = setInterval(() => {
				say(': still here\n\n');
				void stillSignedIn(event, viewer.session.sessionId).then((signedIn) => {
					if (!signedIn) end();
				});
			}, heartbeatMs);
			let ended = false;
			const end = (): void => {
				if (ended) return;
				ended = true;
				stop();
				controller.close();
			};
			stop = () => {
				ended = true;
				unhear();
				clearTimeout(waiting);
				clearInterval(heartbeat);
				live.closing.removeEventListener('abort', end);
			};
			live.closing.addEventListener('abort', end);
			say('retry: 2000\n\n');
		},
		cancel() {
			stop();
		}
	});

	return new Response(body, {
		headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
	});
}

/** Read anew: the request's own viewer is what it was when the stream opened. */
async function stillSignedIn(event: RequestEvent, sessionId: string): Promise<boolean> {
	const viewer = await readViewer(sessionCookie(event)).catch((error: unknown) => {
		runtime().log.warn({ error }, 'a live page could not be checked; it is asked to connect again');
		return null;
	});
	return viewer?.session.sessionId === sessionId;
}
