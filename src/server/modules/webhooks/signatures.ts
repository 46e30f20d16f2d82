import { createHmac } from 'node:crypto';

/** What a message is sent with (Standard Webhooks, "Webhook headers"). */
export interface SignedHeaders extends Record<string, string> {
	'webhook-id': string;
	'webhook-timestamp': string;
	'webhook-signature': string;
}

/**
 * Signs a message for one try; each try has a time of its own, so that a late one is not taken for a
 * replayed one. With several secrets there is a signature of each, for a product that changes over.
 */
export function sign(
	secrets: readonly string[],
	message: { id: string; at: Date; body: string }
): SignedHeaders {
	const timestamp = String(Math.floor(message.at.getTime() / 1000));
	const content = `${message.id}.${timestamp}.${message.body}`;
	return {
		'webhook-id': message.id,
		'webhook-timestamp': timestamp,
		'webhook-signature': secrets
			.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`)
			.join(' ')
	};
}

function keyOf(secret: string): Buffer {
	return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}
