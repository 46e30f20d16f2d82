import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FormProblem, type Application, type Page, type View } from './application.ts';
import type { Books } from './books.ts';
import { html } from './html.ts';
import { iconOf } from './icon.ts';
import { draw, message, type Frame, type Shown } from './layout.ts';
import type { Reports } from './reports.ts';
import { Sessions, type Session } from './sessions.ts';
import { SignInProblem, type SignIn } from './sign-in.ts';

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
const longestBody = 20_000;

export interface ServerParts<Book> {
	application: Application<Book>;
	books: Books<Book>;
	reports: Reports;
	signIn: SignIn;
	origin: string;
	portalUrl: string;
}

/** One request with what it brought. */
interface Asked {
	request: IncomingMessage;
	response: ServerResponse;
	url: URL;
	cookies: Record<string, string>;
	session: Session | undefined;
	body: string;
}

/** The product's web server: pages for whoever is signed in, and the ways in and out. */
export function createProduct<Book>(parts: ServerParts<Book>): Server {
	const { application, origin, portalUrl, signIn } = parts;
	const sessions = new Sessions();
	const frame: Frame = {
		slug: application.slug,
		name: application.name,
		portalUrl,
		nav: application.pages.flatMap(({ path, nav }) => (nav ? [{ path, nav }] : []))
	};
	// Cookies know no ports: every product on a host needs names of its own.
	const sessionCookie = `${application.slug}_session`;
	const browserCookie = `${application.slug}_browser`;

	const secured = origin.startsWith('https:') ? '; Secure' : '';
	const cookie = (name: string, value: string, maxAge?: number): string => {
		const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
		return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secured}${age}`;
	};

	const show = ({ response }: Asked, status: number, shown: Shown): number => {
		const text = draw(frame, shown);
		send(response, status, 'text/html; charset=utf-8', text);
		return Buffer.byteLength(text);
	};
	const toPortal = { href: `${portalUrl}/`, words: 'Go to Evolve Business' };

	const begin = async (asked: Asked, target: string, hint: string | null): Promise<void> => {
		const browser = asked.cookies[browserCookie] ?? randomBytes(16).toString('base64url');
		const url = await signIn.begin(target, hint, browser);
		lead(asked.response, url, [cookie(browserCookie, browser)]);
	};

	const login = (asked: Asked): Promise<void> =>
		begin(asked, signIn.targetOf(asked.url.searchParams), asked.url.searchParams.get('login_hint'));

	const callback = async (asked: Asked): Promise<void> => {
		const come = await signIn.finish(asked.url, asked.cookies[browserCookie]);
		sessions.end(asked.cookies[sessionCookie]);
		const token = sessions.start(come);
		parts.reports.active(come.person, come.person.business);
		lead(asked.response, come.target, [cookie(sessionCookie, token)]);
	};

	const signOut = async (asked: Asked): Promise<void> => {
		if (asked.request.headers.origin !== origin) throw new SignInProblem('This form is not ours.');
		sessions.end(asked.cookies[sessionCookie]);
		const to = asked.session ? await signIn.signOutUrl(asked.session.idToken) : '/';
		lead(asked.response, to, [cookie(sessionCookie, '', 0)]);
	};

	const backChannelLogout = async ({ response, body }: Asked): Promise<void> => {
		response.setHeader('cache-control', 'no-store');
		try {
			const token = new URLSearchParams(body).get('logout_token') ?? '';
			sessions.endAll(await signIn.readLogoutToken(token));
			response.writeHead(200).end();
		} catch (error) {
			const problem = { error: 'invalid_request', error_description: (error as Error).message };
			send(response, 400, 'application/json', JSON.stringify(problem));
		}
	};

	const page = async (asked: Asked): Promise<void> => {
		const { url, request, session } = asked;
		const found = findPage(application.pages, url.pathname);
		if (!found || (request.method === 'POST' && !found.page.act)) return notFound(asked);
		if (!session) {
			if (request.method === 'GET') return begin(asked, url.pathname + url.search, null);
			throw new SignInProblem(
				'You were signed out before this was sent. Nothing has been changed.'
			);
		}
		const { person } = session;
		const view: View<Book> = {
			book: parts.books.of(person.business),
			person,
			query: url.searchParams,
			id: found.id,
			values: {},
			problems: {},
			now: new Date()
		};
		parts.reports.active(person, person.business);
		if (request.method === 'POST') return act(asked, found.page, view);
		const body = found.page.show(view);
		if (!body) return notFound(asked);
		const done = url.searchParams.get('done');
		const label = labelOf(found.page, view);
		const bytes = show(asked, 200, {
			title: lastOf(label),
			body,
			person,
			path: url.pathname,
			done: done ? sayings.get(done) : undefined
		});
		url.searchParams.delete('done');
		parts.reports.served(person, person.business, bytes);
		parts.reports.at(person, label, url.pathname + url.search);
	};

	/** What forms did, until their page has said so. */
	const sayings = new Map<string, string>();

	const act = (asked: Asked, its: Page<Book>, view: View<Book>): void => {
		const { person } = view;
		const { business, ...fields } = Object.fromEntries(new URLSearchParams(asked.body));
		if (asked.request.headers.origin !== origin || business !== person.business.id) {
			const words = `You are working for ${person.business.name} now, and this form was opened for another business or elsewhere. Nothing has been changed.`;
			show(asked, 409, {
				title: 'Not changed',
				person,
				body: message(words, { href: asked.url.pathname, words: 'Open the page again' })
			});
			return;
		}
		try {
			const deed = its.act?.(view.book, fields, view);
			if (!deed) return;
			parts.books.save();
			parts.reports.served(person, person.business, asked.body.length);
			parts.reports.did(person, person.business, deed, application.count(view.book));
			const key = randomBytes(6).toString('base64url');
			sayings.set(key, deed.done);
			setTimeout(() => sayings.delete(key), 60_000).unref();
			lead(asked.response, `${deed.path}?done=${key}`);
		} catch (error) {
			if (!(error instanceof FormProblem)) throw error;
			const body = its.show({ ...view, values: fields, problems: error.fields });
			show(asked, 422, {
				title: lastOf(labelOf(its, view)),
				body: body ?? html``,
				person,
				path: asked.url.pathname
			});
		}
	};

	const notFound = (asked: Asked): void => {
		const way = asked.session ? { href: '/', words: `Go to ${application.name}` } : toPortal;
		show(asked, 404, {
			title: 'Not found',
			body: message('There is no such page.', way),
			...(asked.session ? { person: asked.session.person } : {})
		});
	};

	const routes: Record<string, (asked: Asked) => void | Promise<void>> = {
		'GET /login': login,
		'HEAD /login': ({ response }) => void response.writeHead(200).end(),
		'GET /callback': callback,
		'POST /sign-out': signOut,
		'POST /back-channel-logout': backChannelLogout,
		'GET /style.css': ({ response }) => send(response, 200, 'text/css', style, 3_600),
		'GET /icon.svg': ({ response }) =>
			send(response, 200, 'image/svg+xml', iconOf(application.slug), 3_600)
	};

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', origin);
		const cookies = readCookies(request);
		const session = sessions.find(cookies[sessionCookie]);
		const asked: Asked = { request, response, url, cookies, session, body: '' };
		secure(response, portalUrl);
		try {
			asked.body = request.method === 'POST' ? await readBody(request) : '';
			const route = routes[`${request.method ?? ''} ${url.pathname}`];
			if (route) return await route(asked);
			if (request.method === 'GET' || request.method === 'POST') return await page(asked);
			response.writeHead(405, { allow: 'GET, POST' }).end();
		} catch (error) {
			if (response.headersSent) return void response.destroy();
			if (!(error instanceof SignInProblem)) console.error(error);
			const problem = error instanceof SignInProblem ? error : null;
			show(asked, problem ? (problem.denied ? 403 : 400) : 502, {
				title: problem?.denied ? 'No access' : 'Not signed in',
				body: message(
					problem?.message ?? 'The portal does not answer. Try again in a moment.',
					toPortal
				)
			});
		}
	};

	return createServer((request, response) => void answer(request, response));
}

function findPage<Book>(
	pages: Page<Book>[],
	path: string
): { page: Page<Book>; id: string } | undefined {
	for (const page of pages) {
		const [start = '', open] = page.path.split(':');
		if (open === undefined ? page.path === path : new RegExp(`^${start}[\\w-]+$`).test(path))
			return { page, id: open === undefined ? '' : path.slice(start.length) };
	}
	return undefined;
}

function labelOf<Book>({ label }: Page<Book>, view: View<Book>): string {
	return typeof label === 'string' ? label : label(view);
}

function lastOf(label: string): string {
	return label.split(' › ').at(-1) ?? label;
}

function readCookies(request: IncomingMessage): Record<string, string> {
	const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
	return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

async function readBody(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request) {
		body += String(chunk);
		if (body.length > longestBody) throw new Error('The form is too long.');
	}
	return body;
}

function lead(response: ServerResponse, to: string, cookies: string[] = []): void {
	if (cookies.length > 0) response.setHeader('set-cookie', cookies);
	response.writeHead(303, { location: to }).end();
}

function send(response: ServerResponse, status: number, type: string, text: string, age = 0): void {
	response.setHeader('cache-control', age > 0 ? `public, max-age=${age}` : 'no-store');
	response.writeHead(status, { 'content-type': type }).end(text);
}

function secure(response: ServerResponse, portalUrl: string): void {
	// Signing out is a form that leads to the portal.
	response.setHeader(
		'content-security-policy',
		`default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${portalUrl}; base-uri 'none'; frame-ancestors 'none'`
	);
	response.setHeader('x-content-type-options', 'nosniff');
	response.setHeader('referrer-policy', 'same-origin');
}
