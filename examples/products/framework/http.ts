import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from './sessions.ts';

const longestBody = 60_000;

/** One request with what it brought. */
export interface Asked {
	request: IncomingMessage;
	response: ServerResponse;
	url: URL;
	cookies: Record<string, string>;
	session: Session | undefined;
	body: string;
}

export type Route = (asked: Asked) => void | Promise<void>;

/** The end of a request that cannot be served, in words for the person. */
export class Refusal extends Error {
	readonly status: number;
	readonly title: string;
	constructor(status: number, title: string, words: string) {
		super(words);
		this.status = status;
		this.title = title;
	}
}

export function readCookies(request: IncomingMessage): Record<string, string> {
	const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
	return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

/** @throws Refusal for more than any form or webhook of ours holds */
export async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > longestBody) throw new Refusal(413, 'Too long', 'What was sent is too long.');
		chunks.push(chunk);
	}
	// Put together first: a letter may lie across two chunks.
	return Buffer.concat(chunks).toString('utf8');
}

export function lead(response: ServerResponse, to: string, cookies: string[] = []): void {
	if (cookies.length > 0) response.setHeader('set-cookie', cookies);
	response.setHeader('cache-control', 'no-store');
	response.writeHead(303, { location: to }).end();
}

export function send(
	response: ServerResponse,
	status: number,
	type: string,
	text: string | Buffer,
	age = 0
): void {
	response.setHeader('cache-control', age > 0 ? `public, max-age=${age}` : 'no-store');
	response.writeHead(status, { 'content-type': type }).end(text);
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
	send(response, status, 'application/json', JSON.stringify(value));
}

/** `framedBy`: who may show the page in a frame; nobody, but for the portal's logout. */
export function secure(response: ServerResponse, portalUrl: string, framedBy = "'none'"): void {
	// Signing out is a form that leads to the portal.
	response.setHeader(
		'content-security-policy',
		`default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${portalUrl}; base-uri 'none'; frame-ancestors ${framedBy}`
	);
	response.setHeader('x-content-type-options', 'nosniff');
	response.setHeader('referrer-policy', 'same-origin');
}
