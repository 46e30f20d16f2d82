import type { RequestEvent } from '@sveltejs/kit';
import { runtime } from '#server/platform/runtime.ts';
import { openPages } from './open-pages.ts';
import { requireMember } from './page.ts';

/** Who does not read what was said to them is not there: their stream ends. */
const mostUnread = 60;
const encoder = new TextEncoder();

/**
 * Server-sent events for an open page: `changed` when something of its business did, `ended` with its
 * session, `closing` with the milliseconds after which to come back when the process stops. The page then
 * fetches itself again, so nothing of the business's data passes here and a lost word costs nothing.
 *
 * `?since=` or `Last-Event-ID` names what the page shows. What it has missed leads to one `changed` at once.
 */
export async function stream(event: RequestEvent): Promise<Response> {
	const { member, viewer } = await requireMember(event);
	const since =
		event.request.headers.get('last-event-id') ?? event.url.searchParams.get('since') ?? null;
	const { businessId } = member;
	const { sessionId } = viewer.session;
	let leave = (): void => undefined;

	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			let ended = false;
			const end = (): void => {
				if (ended) return;
				ended = true;
				leave();
				controller.close();
			};
			const say = (words: string): void => {
				if (ended) return;
				controller.enqueue(encoder.encode(words));
				if ((controller.desiredSize ?? 0) < -mostUnread) end();
			};
			say('retry: 5000\n\n');
			const left = openPages().open({ businessId, sessionId, say, end }, since);
			leave = () => {
				ended = true;
				left();
			};
			// Asked for while the process was already draining.
			if (runtime().live.closing.aborted) end();
		},
		cancel() {
			leave();
		}
	});

	return new Response(body, {
		headers: {
			'content-type': 'text/event-stream',
			'cache-control': 'no-store, no-transform',
			// Proxies that gather answers would keep the words to themselves.
			'x-accel-buffering': 'no'
		}
	});
}
