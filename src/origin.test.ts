import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { pinOrigin, type OriginPolicy } from './origin.ts';

/** What the faces see of a request after its origin was pinned. */
function pin(headers: Record<string, string>, policy: Partial<OriginPolicy> = {}) {
	const request = {
		headers: { ...headers },
		rawHeaders: Object.entries(headers).flatMap(([name, value]) => [name.toUpperCase(), value]),
		socket: { remoteAddress: '::ffff:203.0.113.9' }
	} as unknown as IncomingMessage;
	pinOrigin(request, {
		publicUrl: 'https://portal.example',
		publicUrlGiven: true,
		trustProxy: false,
		...policy
	});
	const raw = new Map<string, string>();
	for (let at = 0; at < request.rawHeaders.length; at += 2) {
		const name = request.rawHeaders[at]?.toLowerCase() ?? '';
		expect(raw.has(name), `${name} stands twice`).toBe(false);
		raw.set(name, request.rawHeaders[at + 1] ?? '');
	}
	for (const [name, value] of Object.entries(request.headers)) expect(raw.get(name)).toBe(value);
	const { 'x-forwarded-proto': protocol, 'x-forwarded-host': forwarded, host } = request.headers;
	expect(forwarded).toBe(host);
	return { origin: `${protocol}://${host}`, address: request.headers['x-forwarded-for'], request };
}

const guessed = { publicUrl: 'http://localhost:3000', publicUrlGiven: false };
const proxied = { trustProxy: true };

describe('the origin', () => {
	test.each<[string, Record<string, string>, Partial<OriginPolicy>, string]>([
		['is the public one', { host: 'portal.example' }, {}, 'https://portal.example'],
		[
			'is the public one whatever Host says',
			{ host: 'evil.example' },
			{},
			'https://portal.example'
		],
		[
			'is the public one for a request by number',
			{ host: '10.0.0.4:3000' },
			{},
			'https://portal.example'
		],
		['is the public one without Host', {}, {}, 'https://portal.example'],
		[
			'does not follow forwarding headers of whoever connects',
			{ host: 'portal.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
			{},
			'https://portal.example'
		],
		[
			'may be any number of this machine while no public one is given',
			{ host: '192.168.1.5:3000' },
			guessed,
			'http://192.168.1.5:3000'
		],
		['may be a number of version 6', { host: '[::1]:3000' }, guessed, 'http://[::1]:3000'],
		[
			'may be localhost by another port, as through a tunnel',
			{ host: 'localhost:8022' },
			guessed,
			'http://localhost:8022'
		],
		[
			'is never a stranger’s name',
			{ host: 'rebound.example:3000' },
			guessed,
			'http://localhost:3000'
		],
		[
			'is never made of more than host and port',
			{ host: '127.0.0.1:3000/@evil.example' },
			guessed,
			'http://localhost:3000'
		],
		[
			'is never a name before an @',
			{ host: 'localhost@evil.example' },
			guessed,
			'http://localhost:3000'
		],
		[
			'is what a trusted proxy says',
			{ host: 'inside:3000', 'x-forwarded-host': 'other.example', 'x-forwarded-proto': 'https' },
			proxied,
			'https://other.example'
		],
		[
			'is the Host that a trusted proxy passed on',
			{ host: 'other.example' },
			proxied,
			'https://other.example'
		],
		[
			'is the public one when a proxy says nonsense',
			{ host: 'a b', 'x-forwarded-proto': 'gopher' },
			proxied,
			'https://portal.example'
		]
	])('%s', (_, headers, policy, origin) => {
		expect(pin(headers, policy).origin).toBe(origin);
	});
});

describe('the client’s address', () => {
	test('is the one that connects, in its usual form', () => {
		expect(pin({ 'x-forwarded-for': '198.51.100.1' }).address).toBe('203.0.113.9');
	});

	test('is the last one a trusted proxy has noted, not those the client made up', () => {
		expect(pin({ 'x-forwarded-for': '1.2.3.4, 198.51.100.1' }, proxied).address).toBe(
			'198.51.100.1'
		);
	});

	test('is the proxy’s own when it notes none', () => {
		expect(pin({ 'x-forwarded-for': 'unknown' }, proxied).address).toBe('203.0.113.9');
	});
});

test('other headers stay', () => {
	const { request } = pin({ host: 'x', cookie: 'a=b', forwarded: 'for=evil' });
	expect(request.headers).toMatchObject({ cookie: 'a=b' });
	expect(request.headers['forwarded']).toBeUndefined();
});
