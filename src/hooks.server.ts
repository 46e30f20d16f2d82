import { randomBytes } from 'node:crypto';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { Expected } from '#server/platform/errors.ts';
import { isKeyAddress } from '#server/platform/key-addresses.ts';
import { runtime } from '#server/platform/runtime.ts';
import { secureHeaders } from '#server/web/headers.ts';
import { keepPage } from '#server/web/kept-pages.ts';
import { isLook, readViewerOfLook } from '#server/web/looks.ts';
import { countLook } from '#server/web/open-pages.ts';
import { readViewer, sessionCookie, type Viewer } from '#server/web/viewer.ts';

export const handle: Handle = async ({ event, resolve }) => {
	const { locals } = event;
	locals.requestId = `req_${randomBytes(8).toString('hex')}`;
	locals.formTargets = [];
	const theme = event.cookies.get('theme');
	locals.theme = theme === 'light' || theme === 'dark' ? theme : null;
	let viewer: Promise<Viewer | null> | undefined;
	const look = isLook(event.request);
	// What an address opens by itself is kept for nobody, and asks nobody who they are.
	locals.viewer = isKeyAddress(event.url.pathname)
		? () => Promise.resolve(null)
		: () => (viewer ??= (look ? readViewerOfLook : readViewer)(sessionCookie(event)));

	const answer = () => keepPage(event, () => draw({ event, resolve }));
	return look ? countLook(answer) : answer();
};

async function draw({ event, resolve }: Parameters<Handle>[0]): Promise<Response> {
	const { locals } = event;
	const response = await resolve(event, {
		transformPageChunk: ({ html }) =>
			html
				.replace('%lang%', 'en-KE')
				.replace('%theme%', locals.theme ? ` data-theme="${locals.theme}"` : ''),
		// Pages are not hydrated, so nothing asks for modules ahead; fonts are preloaded by the layout.
		preload: () => false
	});
	secureHeaders(response.headers, {
		path: event.url.pathname,
		formTargets: locals.formTargets
	});
	return response;
}

export const handleError: HandleServerError = ({ kind, error, event }) => {
	if (kind !== 'unknown') return;
	// A use case called outside page() or form() still tells an expected failure as what it is.
	if (error instanceof Expected)
		return { status: error.status, message: error.message, code: error.code };
	const reference = event.locals.requestId;
	runtime().log.error({ reference, route: event.route.id, error }, 'a request failed');
	return {
		status: 500,
		message: 'Something went wrong on our side. Nothing you entered was lost on purpose.',
		reference
	};
};
