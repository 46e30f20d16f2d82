import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Application } from './application.ts';
import type { Books } from './books.ts';
import { createDoors } from './doors.ts';
import { exportPages } from './export-pages.ts';
import type { Exports } from './exports.ts';
import {
	readBody,
	readCookies,
	Refusal,
	secure,
	send,
	sendJson,
	type Asked,
	type Route
} from './http.ts';
import { iconOf } from './icon.ts';
import { draw, message, type Frame, type Shown } from './layout.ts';
import { createPages } from './pages.ts';
import type { Reports } from './reports.ts';
import { Sayings } from './sayings.ts';
import type { Sessions } from './sessions.ts';
import { SignInProblem, type SignIn } from './sign-in.ts';
import type { Standings } from './standings.ts';
import type { Webhooks } from './webhooks.ts';

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');

/** What the product has told the portal of itself. */
export interface Declared {
	roles: readonly { slug: string; name: string; default?: boolean }[];
	exports: readonly { slug: string; name: string }[];
}

export interface ServerParts<Book> {
	application: Application<Book>;
	declared: Declared;
	books: Books<Book>;
	exports: Exports<Book>;
	reports: Reports;
	sessions: Sessions;
	signIn: SignIn;
	standings: Standings;
	webhooks: Webhooks;
	origin: string;
	portalUrl: string;
}

/** The product's web server: pages for whoever is signed in, the ways in and out, and an ear for the portal. */
export function createProduct<Book>(parts: ServerParts<Book>): Server {
	const { application, declared, exports, origin, portalUrl } = parts;
	const frame: Frame = { slug: application.slug, name: application.name, portalUrl };
	const sayings = new Sayings();

	const show = ({ response }: Asked, status: number, shown: Shown): number => {
		const text = draw(frame, shown);
		send(response, status, 'text/html; charset=utf-8', text);
		return Buffer.byteLength(text);
	};
	const doors = createDoors({ ...parts, frame, sayings, show });
	const taking = exportPages(application, declared.exports, exports);
	const pages = createPages({
		...parts,
		frame,
		sayings,
		show,
		pages: [...application.pages, ...taking],
		exportPaths: taking.map(({ path }) => path),
		roles: new Map(declared.roles.map(({ slug, name }) => [slug, name]))
	});

	const webhook: Route = async ({ request, response, body }) => {
		const { status, said } = await parts.webhooks.receive(request.headers, body);
		sendJson(response, status, { said });
	};

	const page = async (asked: Asked, path = asked.url.pathname): Promise<void> => {
		const { session, request } = asked;
		const found = pages.find(path);
		if (!found) return notFound(asked);
		if (!session) {
			if (request.method === 'GET') return doors.begin(asked, path + asked.url.search, null);
			throw new Refusal(
				401,
				'Not signed in',
				'You were signed out before this was sent. Nothing has been changed.'
			);
		}
		if (!pages.serve(asked, session, found.page, found.id)) notFound(asked);
	};

	/** The file of an export, for whoever sees the page of it. */
	const file = async (asked: Asked, path: string): Promise<void> => {
		const found = pages.find(path);
		if (!found || !asked.session) return page(asked, path);
		const { mode, view } = pages.visit(asked, asked.session, found.page, found.id);
		const { business } = view.person;
		const its =
			mode !== 'closed' && view.sees(found.page.path)
				? exports.find(business.id, view.id)
				: undefined;
		// The page says what is the matter.
		if (!its?.file) return page(asked, path);
		const bytes = await exports.read(its);
		asked.response.setHeader('content-disposition', `attachment; filename="${its.file.name}"`);
		parts.reports.served(view.person, business, bytes.length);
		send(asked.response, 200, its.file.type, bytes);
	};

	const notFound = (asked: Asked): void => {
		const way = asked.session
			? { href: '/', words: `Go to ${application.name}` }
			: { href: `${portalUrl}/`, words: 'Go to Evolve Business' };
		show(asked, 404, { title: 'Not found', body: message('There is no such page.', way) });
	};

	const routes: Record<string, Route> = {
		...doors.routes,
		'POST /webhooks': webhook,
		'GET /style.css': ({ response }) => send(response, 200, 'text/css', style, 3_600),
		'GET /icon.svg': ({ response }) =>
			send(response, 200, 'image/svg+xml', iconOf(application.slug), 3_600)
	};

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = URL.parse(request.url ?? '/', origin) ?? new URL(origin);
		const cookies = readCookies(request);
		const session = doors.sessionOf(cookies);
		const asked: Asked = { request, response, url, cookies, session, body: '' };
		secure(response, portalUrl);
		try {
			asked.body = request.method === 'POST' ? await readBody(request) : '';
			const route = routes[`${request.method ?? ''} ${url.pathname}`];
			if (route) return await route(asked);
			const [, exported] = /^(\/exports\/[\w-]+)\/file$/.exec(url.pathname) ?? [];
			if (exported && request.method === 'GET') return await file(asked, exported);
			if (request.method === 'GET' || request.method === 'POST') return await page(asked);
			response.writeHead(405, { allow: 'GET, POST' }).end();
		} catch (error) {
			if (response.headersSent) return void response.destroy();
			const refusal = refusalOf(error);
			show(asked, refusal.status, {
				title: refusal.title,
				body: message(refusal.message, {
					href: `${portalUrl}/`,
					words: 'Go to Evolve Business'
				})
			});
		}
	};

	return createServer((request, response) => void answer(request, response));
}

function refusalOf(error: unknown): Refusal {
	if (error instanceof Refusal) return error;
	if (error instanceof SignInProblem) {
		const { status, message: words } = error;
		return new Refusal(status, status === 403 ? 'No access' : 'Not signed in', words);
	}
	console.error(error);
	return new Refusal(500, 'Something went wrong', 'It is our fault. Try again in a moment.');
}
