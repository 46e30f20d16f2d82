import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RequestEvent } from '@sveltejs/kit';
import { onChange } from '#server/platform/changes.ts';
import { isLook } from './looks.ts';
import { memberOf } from './viewer.ts';

// Drawing a page costs a dozen queries and a few milliseconds; asking whether anything changed costs
// nothing. So the last drawings are kept, each for one session, and forgotten as soon as anything of its
// business is written: docs/decisions/kept-pages.md.

interface Kept {
	businessId: string;
	body: Buffer<ArrayBuffer>;
	headers: [string, string][];
	/** What a page that looks may compare with what it shows. */
	shown: string;
	/** The address of its stream. */
	live: string;
	/** "2 hours ago" is drawn too: a page is kept at most this long. */
	until: number;
}

const most = 500;
const keptMs = 15_000;

const compress = promisify(gzip);
/** In order of last use. */
const kept = new Map<string, Kept>();
/** How often something was forgotten: a page whose drawing began before must not be kept after. */
const changes = new Map<string, number>();
let changesOfAll = 0;

onChange((businessId) => {
	if (businessId === null) {
		changesOfAll += 1;
		kept.clear();
		changes.clear();
		return;
	}
	changes.set(businessId, (changes.get(businessId) ?? 0) + 1);
	for (const [key, page] of kept) if (page.businessId === businessId) kept.delete(key);
});

/** Answers with the page as it was last drawn for this session, or draws, compresses and keeps it. */
export async function keepPage(
	event: RequestEvent,
	draw: () => Promise<Response>
): Promise<Response> {
	const compressible = /\bgzip\b/.test(event.request.headers.get('accept-encoding') ?? '');
	const viewer =
		event.request.method === 'GET' && compressible ? await event.locals.viewer() : null;
	const member = viewer && memberOf(viewer);
	if (!member || !viewer) return compressible ? compressed(await draw()) : draw();

	const key = [
		viewer.session.sessionId,
		member.businessId,
		member.role,
		event.url.href,
		event.cookies.get('sidebar') ?? '',
		event.locals.theme ?? ''
	].join('\n');
	const now = performance.now();
	const known = kept.get(key);
	const anew = asksAnew(event.request);
	if (known && known.until > now && !anew) {
		kept.delete(key);
		kept.set(key, known);
		return answerWith(known, event.request);
	}

	// Who asks while it is being drawn, and nothing has changed since that began, waits for the same drawing.
	const state = changesOf(member.businessId);
	const under = drawing.get(key);
	const same = under?.state === state && !anew ? await under.page : null;
	if (same) return answerWith(same, event.request);

	const answer = draw();
	const page = answer.then((drawn) => readPage(drawn, member.businessId));
	drawing.set(key, { state, page });
	try {
		const drawn = await page;
		if (!drawn) return await answer.then(compressed);
		if (state === changesOf(member.businessId)) keep(key, drawn);
		return answerWith(drawn, event.request);
	} finally {
		if (drawing.get(key)?.page === page) drawing.delete(key);
	}
}

const drawing = new Map<string, { state: string; page: Promise<Kept | null> }>();

/** A page that may be kept; null for all else (streams, downloads, redirects, failures), left unread. */
async function readPage(answer: Response, businessId: string): Promise<Kept | null> {
	const { status, headers } = answer;
	if (status !== 200 || !isHtml(answer) || headers.has('set-cookie')) return null;
	const html = Buffer.from(await answer.arrayBuffer());
	const { shown, live } = whatIsShown(html.toString());
	const body = await compress(html);
	headers.set('etag', shown);
	return {
		businessId,
		body,
		headers: [...packed(headers, body)],
		shown,
		live,
		until: performance.now() + keptMs
	};
}

/** Names what a page shows, whenever it was drawn: its figures, and neither their mark nor their minute. */
function whatIsShown(html: string): { shown: string; live: string } {
	const live = / data-live="([^"]*)"/.exec(html)?.[1] ?? '';
	const figures = html.replace(/ data-live="[^"]*"|<noscript>[^]*?<\/noscript>/g, '');
	return { shown: `"${hash('sha256', figures, 'base64url')}"`, live };
}

/** A page that was told to look, and shows all that there is to see, hears only how far it is current. */
function answerWith({ body, headers, shown, live }: Kept, request: Request): Response {
	if (!isLook(request) || request.headers.get('if-none-match') !== shown)
		return new Response(body, { headers });
	return new Response(null, {
		status: 304,
		headers: { etag: shown, 'x-evolve-live': live, 'cache-control': 'private, no-store' }
	});
}

function keep(key: string, page: Kept): void {
	kept.delete(key);
	kept.set(key, page);
	const oldest = kept.size > most ? kept.keys().next().value : undefined;
	if (oldest !== undefined) kept.delete(oldest);
}

function changesOf(businessId: string): string {
	return `${changesOfAll} ${changes.get(businessId) ?? 0}`;
}

/** A reload by hand asks for the page itself, whatever is kept. */
function asksAnew(request: Request): boolean {
	return /no-cache|max-age=0/.test(request.headers.get('cache-control') ?? '');
}

async function compressed(answer: Response): Promise<Response> {
	if (!answer.body || !isHtml(answer)) return answer;
	const body = await compress(await answer.arrayBuffer());
	return new Response(body, { status: answer.status, headers: packed(answer.headers, body) });
}

function isHtml({ headers }: Response): boolean {
	return /^text\/html/.test(headers.get('content-type') ?? '');
}

function packed(from: Headers, body: Buffer): Headers {
	const headers = new Headers(from);
	headers.set('content-encoding', 'gzip');
	headers.set('content-length', String(body.length));
	headers.append('vary', 'accept-encoding');
	return headers;
}
