import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifySignature, verifyWebhook, WebhookProblem, type WebhookHeaders } from './webhooks.ts';

// Vectors of Standard Webhooks: the first secret, id, time, body and signature are published with the
// standard ("shared sign vector"); the cases follow from its libraries' tests and its rules.
const published = {
	secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
	id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
	timestamp: '1614265330',
	body: '{"test": 2432232314}',
	signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
};
const { secret, id, timestamp, body, signature } = published;
const headers = {
	'webhook-id': id,
	'webhook-timestamp': timestamp,
	'webhook-signature': signature
};
const sent = new Date(Number(timestamp) * 1000);
const later = (seconds: number) => new Date(sent.getTime() + seconds * 1000);
const without = (name: keyof typeof headers) =>
	Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
const reasonOf = (work: () => unknown): string => {
	try {
		work();
	} catch (error) {
		if (error instanceof WebhookProblem) return error.reason;
		throw error;
	}
	return 'accepted';
};

describe('a signature', () => {
	it.each([
		['published with the standard', secret, id, timestamp, body, signature],
		['with a secret that lacks its prefix', secret.slice(6), id, timestamp, body, signature],
		[
			'with a secret of 32 bytes',
			'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
			'msg_portal_0001',
			'1735689600',
			'{"type":"invoice.paid","timestamp":"2025-01-01T00:00:00Z","data":{"invoice":"INV-1001","amount":"1160.00","currency":"KES"}}',
			'v1,H7Qc2vXGLDnq4c2Ye0beT2r3bxk6bs2uHP/bWjD8Bxk='
		],
		[
			'of bytes, not of letters',
			'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
			'evt-000-utf8',
			'1767225600',
			'{"customer":"Wanjikũ & Söns €"}',
			'v1,NURY5rHZh2aJfsrv9FrX/TzweS4ZTaeTlp35gf/QgAk='
		]
	])('%s is taken', (_what, key, messageId, at, text, made) => {
		const given = {
			'webhook-id': messageId,
			'webhook-timestamp': at,
			'webhook-signature': made
		};
		const now = new Date(Number(at) * 1000);
		const taken = { id: messageId, sentAt: now };
		expect(verifySignature(key, given, text, { now })).toEqual(taken);
		expect(verifySignature(key, given, Buffer.from(text), { now })).toEqual(taken);
		expect(verifySignature(key, given, new TextEncoder().encode(text), { now })).toEqual(taken);
	});

	it.each<[string, WebhookHeaders, Date, string]>([
		['just sent', headers, sent, 'accepted'],
		['4 min 59 s old', headers, later(299), 'accepted'],
		['5 min old', headers, later(300), 'accepted'],
		['5 min 1 s old', headers, later(301), 'too_old'],
		['from 5 min ahead', headers, later(-300), 'accepted'],
		['from 5 min 1 s ahead', headers, later(-301), 'too_new'],
		['without an id', without('webhook-id'), sent, 'missing_header'],
		['without a time', without('webhook-timestamp'), sent, 'missing_header'],
		['without a signature', without('webhook-signature'), sent, 'missing_header'],
		['with an empty id', { ...headers, 'webhook-id': '' }, sent, 'missing_header'],
		['with two ids', { ...headers, 'webhook-id': [id, id] }, sent, 'missing_header'],
		[
			'with an empty signature',
			{ ...headers, 'webhook-signature': 'v1,' },
			sent,
			'wrong_signature'
		],
		[
			'with no version',
			{ ...headers, 'webhook-signature': signature.slice(3) },
			sent,
			'wrong_signature'
		],
		[
			'with the digest under another version',
			{ ...headers, 'webhook-signature': signature.replace('v1', 'v2') },
			sent,
			'wrong_signature'
		],
		[
			'with half a digest',
			{ ...headers, 'webhook-signature': signature.slice(0, 24) },
			sent,
			'wrong_signature'
		],
		[
			'with several, one of them right',
			{
				...headers,
				'webhook-signature': `v1,vhHlR/L1CHmhOiX1hCAHyyCiYw1Rw2K0QTvSAqZINdE= v2,usFM1wnlvMsevmWDeDUnirlYXrIhW175aMlAOd/39T0= ${signature}`
			},
			sent,
			'accepted'
		],
		[
			'with another time',
			{ ...headers, 'webhook-timestamp': '1614265331' },
			later(1),
			'wrong_signature'
		],
		['with another id', { ...headers, 'webhook-id': 'msg_other' }, sent, 'wrong_signature'],
		['with a time in words', { ...headers, 'webhook-timestamp': 'now' }, sent, 'malformed_header'],
		[
			'with a time before 1970',
			{ ...headers, 'webhook-timestamp': '-1' },
			sent,
			'malformed_header'
		],
		['with a broken second', { ...headers, 'webhook-timestamp': '1.5' }, sent, 'malformed_header'],
		['with a dot in its id', { ...headers, 'webhook-id': 'a.1' }, sent, 'malformed_header']
	])('%s: %s', (_what, given, now, expected) => {
		expect(reasonOf(() => verifySignature(secret, given, body, { now }))).toBe(expected);
	});

	it('is of the body to the letter', () => {
		const now = sent;
		const changed = JSON.stringify(JSON.parse(body));
		expect(changed).not.toBe(body);
		expect(reasonOf(() => verifySignature(secret, headers, changed, { now }))).toBe(
			'wrong_signature'
		);
		expect(reasonOf(() => verifySignature(secret, headers, '', { now }))).toBe('wrong_signature');
	});

	it('may be as old as the product says', () => {
		const at = (seconds: number, toleranceSeconds: number) =>
			reasonOf(() =>
				verifySignature(secret, headers, body, { now: later(seconds), toleranceSeconds })
			);
		expect(at(3_600, 3_600)).toBe('accepted');
		expect(at(11, 10)).toBe('too_old');
	});

	it('is made with one of several secrets, while they change over', () => {
		const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
		const now = sent;
		expect(reasonOf(() => verifySignature([other, secret], headers, body, { now }))).toBe(
			'accepted'
		);
		expect(reasonOf(() => verifySignature([other], headers, body, { now }))).toBe(
			'wrong_signature'
		);
	});

	it.each<[string, WebhookHeaders]>([
		['Node, in small letters', headers],
		[
			'a gateway, in capitals',
			Object.fromEntries(
				Object.entries(headers).map(([key, value]) => [key.toUpperCase(), [value]])
			)
		],
		['fetch', new Headers(headers)],
		['a Request', new Request('http://localhost/', { method: 'POST', headers })],
		['a request of Node', { headers }],
		['a Map', new Map(Object.entries(headers)) as unknown as WebhookHeaders]
	])('is found in the headers of %s', (_whose, given) => {
		expect(verifySignature(secret, given, body, { now: sent }).id).toBe(id);
	});

	it.each([
		'',
		'whsec_',
		'whsec_c2hvcnQ=',
		'whsec_not base64 at all, though long enough',
		'whsec_ü'
	])('is not checked with “%s”, which is a mistake of the product’s own', (wrong) => {
		expect(() => verifySignature(wrong, headers, body, { now: sent })).toThrow(TypeError);
		expect(() => verifySignature([secret, wrong], headers, body, { now: sent })).toThrow(TypeError);
	});

	it('is not checked with no secret at all', () => {
		expect(() => verifySignature([], headers, body, { now: sent })).toThrow(TypeError);
	});
});

describe('a message', () => {
	const make = (text: string) => ({
		'webhook-id': 'whm_1',
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
			.update(`whm_1.${timestamp}.${text}`)
			.digest('base64')}`
	});
	const read = (text: string) => verifyWebhook(secret, make(text), text, { now: sent });

	it('is read with its id and its kind', () => {
		const message = read(
			JSON.stringify({
				type: 'access.changed',
				timestamp: '2026-11-25T09:00:00.000Z',
				data: {
					business: { id: 'biz_1', name: 'Mavuno Traders Ltd' },
					person: { id: 'per_1', name: 'Otieno Ouma', email: 'otieno@mavuno.example' },
					role: null
				}
			})
		);
		expect(message).toMatchObject({ id: 'whm_1', timestamp: new Date('2026-11-25T09:00:00Z') });
		// The kind says what is in it, to the compiler too.
		if (message.type !== 'access.changed') throw new Error(message.type);
		expect([message.data.person.email, message.data.role]).toEqual(['otieno@mavuno.example', null]);
	});

	it('that the guide prints is signed as it says', () => {
		const guide = readFileSync(new URL('../docs/webhooks.md', import.meta.url), 'utf8');
		const [, key = ''] = /`(whsec_[^`]+)`, to try/.exec(guide) ?? [];
		const [, head = '', text = ''] = /```http\n(.*?)\n\n(.*?)\n```/s.exec(guide) ?? [];
		const given = Object.fromEntries(
			head
				.split('\n')
				.slice(1)
				.map((line) => line.split(': ') as [string, string])
		);
		const now = new Date('2026-11-25T09:00:00Z');
		expect(verifyWebhook(key, given, text, { now })).toMatchObject({
			type: 'access.changed',
			timestamp: now,
			data: { role: 'manager' }
		});
	});

	it('of a kind that is not known yet is no failure', () => {
		const text = '{"type":"seat.added","timestamp":"2026-11-25T09:00:00Z","data":{}}';
		expect(read(text).type).toBe('seat.added');
	});

	it.each([
		'',
		'null',
		'[]',
		'"text"',
		'{"test": 2432232314}',
		'{"type":1,"timestamp":"2026-11-25T09:00:00Z","data":{}}',
		'{"type":"webhook.test","timestamp":"today","data":{}}',
		'{"type":"webhook.test","timestamp":"2026-11-25T09:00:00Z","data":null}'
	])('that reads %j is none', (text) => {
		expect(reasonOf(() => read(text))).toBe('malformed_body');
	});

	it('that nobody signed is not read', () => {
		expect(reasonOf(() => verifyWebhook(secret, headers, '{not json', { now: sent }))).toBe(
			'wrong_signature'
		);
	});
});
