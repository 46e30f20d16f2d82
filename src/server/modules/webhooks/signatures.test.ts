import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sign } from './signatures.ts';

// The first two are published with the standard (standard-webhooks, "shared sign vector"), the others
// follow from its rule.
const vectors = [
	{
		what: 'the published one',
		secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
		timestamp: 1614265330,
		body: '{"test": 2432232314}',
		signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
	},
	{
		what: 'a secret without its prefix',
		secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
		timestamp: 1614265330,
		body: '{"test": 2432232314}',
		signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
	},
	{
		what: 'a secret of 32 bytes',
		secret: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
		id: 'msg_portal_0001',
		timestamp: 1735689600,
		body: '{"type":"invoice.paid","timestamp":"2025-01-01T00:00:00Z","data":{"invoice":"INV-1001","amount":"1160.00","currency":"KES"}}',
		signature: 'v1,H7Qc2vXGLDnq4c2Ye0beT2r3bxk6bs2uHP/bWjD8Bxk='
	},
	{
		what: 'letters beyond ASCII',
		secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
		id: 'evt-000-utf8',
		timestamp: 1767225600,
		body: '{"customer":"Wanjikũ & Söns €"}',
		signature: 'v1,NURY5rHZh2aJfsrv9FrX/TzweS4ZTaeTlp35gf/QgAk='
	}
];

describe('a signature', () => {
	it.each(vectors)(
		'is that of the standard: $what',
		({ secret, id, timestamp, body, signature }) => {
			expect(sign([secret], { id, at: new Date(timestamp * 1000 + 999), body })).toEqual({
				'webhook-id': id,
				'webhook-timestamp': String(timestamp),
				'webhook-signature': signature
			});
		}
	);

	it('is made with each secret, for a product that changes over', () => {
		const secrets = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
		const headers = sign(
			secrets.map((secret) => `whsec_${secret.toString('base64')}`),
			{ id: 'whm_1', at: new Date(5_000), body: '{}' }
		);
		expect(headers['webhook-signature']).toBe(
			secrets
				.map((key) => `v1,${createHmac('sha256', key).update('whm_1.5.{}').digest('base64')}`)
				.join(' ')
		);
	});
});
