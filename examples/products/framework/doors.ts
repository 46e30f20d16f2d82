import { randomBytes } from 'node:crypto';
import { html } from './html.ts';
import { lead, Refusal, secure, send, sendJson, type Asked, type Route } from './http.ts';
import { message, type Frame, type Shown } from './layout.ts';
import type { Person } from './application.ts';
import type { Reports } from './reports.ts';
import type { Sayings } from './sayings.ts';
import type { Session, Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { Standings } from './standings.ts';

export interface DoorParts {
	frame: Frame;
	origin: string;
	signIn: SignIn;
	sessions: Sessions;
	standings: Standings;
	sayings: Sayings;
	reports: Pick<Reports, 'active'>;
	show(asked: Asked, status: number, shown: Shown): number;
}

/** The ways in and out: OpenID Connect, from whichever side it begins. */
export function createDoors(parts: DoorParts) {
	const { frame, origin, signIn, sessions, sayings } = parts;
	// Cookies know no ports: every product on a host needs names of its own.
	const sessionCookie = `${frame.slug}_session`;
	const browserCookie = `${frame.slug}_browser`;

	const secured = origin.startsWith('https:') ? '; Secure' : '';
	const cookie = (name: string, value: string, maxAge?: number): string => {
		const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
		return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secured}${age}`;
	};

	const begin = async (asked: Asked, target: string, hint: string | null): Promise<void> => {
		const browser = asked.cookies[browserCookie] ?? randomBytes(16).toString('base64url');
		const url = await signIn.begin(target, hint, browser);
		lead(asked.response, url, [cookie(browserCookie, browser)]);
	};

	const login: Route = (asked) =>
		begin(asked, signIn.targetOf(asked.url.searchParams), asked.url.searchParams.get('login_hint'));

	const callback: Route = async (asked) => {
		const { target, standing, ...come } = await signIn.finish(
			asked.url,
			asked.cookies[browserCookie]
		);
		sessions.end(asked.cookies[sessionCookie]);
		parts.standings.signedIn(come.person, standing);
		const token = sessions.start(come);
		parts.reports.active(come.person, come.person.business);
		const words = changeOf(asked.session?.person, come.person);
		lead(asked.response, words ? sayings.at(target, words) : target, [
			cookie(sessionCookie, token)
		]);
	};

	const signOut: Route = async (asked) => {
		if (asked.request.headers.origin !== origin)
			throw new Refusal(400, 'Not signed out', 'This form is not ours.');
		sessions.end(asked.cookies[sessionCookie]);
		const to = asked.session ? await signIn.signOutUrl(asked.session.idToken) : '/signed-out';
		lead(asked.response, to, [cookie(sessionCookie, '', 0)]);
	};

	const signedOut: Route = (asked) => {
		const again = { href: '/login', words: 'Sign in again' };
		parts.show(asked, 200, {
			title: 'Signed out',
			body: html`${message(`You are signed out of ${frame.name}.`, again)}
				<p class="more"><a href="${frame.portalUrl}/">Go to Evolve Business</a></p>`
		});
	};

	const backChannelLogout: Route = async ({ response, body }) => {
		try {
			const token = new URLSearchParams(body).get('logout_token') ?? '';
			sessions.endAll(await signIn.readLogoutToken(token));
			send(response, 200, 'text/plain', '');
		} catch (error) {
			const words = (error as Error).message;
			sendJson(response, 400, { error: 'invalid_request', error_description: words });
		}
	};

	/** Shown in a frame of the portal's page, where the cookie may not come along: the sign-in is named. */
	const frontChannelLogout: Route = (asked) => {
		sessions.endAll({ sid: signIn.sidOf(asked.url.searchParams) });
		secure(asked.response, frame.portalUrl, frame.portalUrl);
		send(
			asked.response,
			200,
			'text/html; charset=utf-8',
			'<!doctype html><title>Signed out</title>'
		);
	};

	return {
		begin,
		sessionOf: (cookies: Record<string, string>): Session | undefined =>
			sessions.find(cookies[sessionCookie]),
		routes: {
			'GET /login': login,
			// The portal asks whether the product answers.
			'HEAD /login': ({ response }) => void response.writeHead(200).end(),
			'GET /callback': callback,
			'POST /sign-out': signOut,
			'GET /signed-out': signedOut,
			'POST /back-channel-logout': backChannelLogout,
			'GET /front-channel-logout': frontChannelLogout
		} satisfies Record<string, Route>
	};
}

/** Said where a browser comes back as somebody else, or for another business, than it was. */
function changeOf(before: Person | undefined, now: Person): string | null {
	if (!before) return null;
	if (before.business.id !== now.business.id)
		return `You are working for ${now.business.name} now, no longer for ${before.business.name}.`;
	if (before.sub !== now.sub) return `You are signed in as ${now.name} now, not as ${before.name}.`;
	return null;
}
