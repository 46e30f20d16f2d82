import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { Env } from './env.ts';

/**
 * Answers with JSON. Written to Node's response where there is one: by way of a Response it would be
 * copied through a web stream, which costs as much as everything else about a request.
 */
export function reply(
	c: Context<Env>,
	value: unknown,
	status = 200,
	headers: Record<string, string> = {}
): Response {
	const text = JSON.stringify(value);
	const all = {
		'Content-Type': 'application/json',
		'Cache-Control': 'no-store',
		...c.get('headers'),
		...headers
	};
	const outgoing = c.env?.outgoing;
	if (!outgoing) return new Response(text, { status, headers: all });
	outgoing.writeHead(status, { ...all, 'Content-Length': Buffer.byteLength(text) }).end(text);
	return RESPONSE_ALREADY_SENT;
}
