import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a message is not to be believed. */
export type WebhookReason =
	/** A header of the three is missing, empty or there twice. */
	| 'missing_header'
	/** The id or the time has not the form that the standard gives it. */
	| 'malformed_header'
	/** Sent too long ago: perhaps somebody sends an old message again. */
	| 'too_old'
	/** Sent in the future: the two clocks disagree. */
	| 'too_new'
	/** None of the signatures is made with a secret that was given. */
	| 'wrong_signature'
	/** Signed, but not JSON or not a message. */
	| 'malformed_body';

export class WebhookProblem extends Error {
	readonly reason: WebhookReason;

	constructor(reason: WebhookReason, message: string) {
		super(message);
		this.name = 'WebhookProblem';
		this.reason = reason;
	}
}

/** What of the product can be used: `read_only` and `export_only` while the subscription is suspended. */
export type AccessMode = 'full' | 'read_only' | 'export_only' | 'closed';
export type SubscriptionStatus = 'trial' | 'active' | 'past_due' | 'suspended' | 'paused' | 'ended';

export interface Settings {
	/** Where launches land: for those who were nowhere yet, or with `always` for everybody. */
	landing: { to: 'last' | 'start' | 'place'; path?: string; label?: string; always: boolean };
	/** Who in the business answers for the product. */
	contact: { name: string; email: string; phone: string } | null;
}

interface Message<K extends string, D> {
	/** The same each time the message is sent: what was dealt with once need not be again. */
	id: string;
	type: K;
	/** When it happened. A message that comes late may be older than what you know by now. */
	timestamp: Date;
	data: { business: { id: string; name: string } } & D;
}

export type SubscriptionChanged = Message<
	'subscription.changed',
	{
		subscription: {
			status: SubscriptionStatus;
			mode: AccessMode;
			plan: string | null;
			seats: number | null;
			/** A civil date, the first without trial. */
			trial_ends_on: string | null;
			/** When a suspended product closes, in RFC 3339. */
			closes_at: string | null;
		};
	}
>;
export type AccessChanged = Message<
	'access.changed',
	{
		person: { id: string; name: string; email: string };
		/** Null: the person may not open the product any more. */
		role: string | null;
	}
>;
export type SettingsChanged = Message<'settings.changed', { settings: Settings }>;
export type ExportAsked = Message<
	'export.asked',
	{
		/** `kind` is a slug that the product declared. Answer with `evolve.reportExport(id, …)`. */
		export: {
			id: string;
			kind: string;
			asked_by: { id: string; name: string };
			asked_at: string;
		};
	}
>;
export type WebhookTest = Message<'webhook.test', object>;

/** A later portal may send other kinds too: leave them alone, and answer 204. */
export type WebhookMessage =
	SubscriptionChanged | AccessChanged | SettingsChanged | ExportAsked | WebhookTest;

/** Those of Node, of fetch, or what has them. */
export type WebhookHeaders =
	| { get(name: string): string | null }
	| { readonly [name: string]: string | readonly string[] | undefined }
	| { headers: WebhookHeaders };

export interface VerifyOptions {
	/** How old, or how far ahead, a message may be. */
	toleranceSeconds?: number;
	now?: Date;
}

/**
 * Checks who sent a message and when, and reads it.
 * @param secret as the operator gave it; while it is being changed the old one and the new one
 * @param body as it came, letter for letter: JSON that was read and written again has another signature
 * @throws WebhookProblem; TypeError for a secret that cannot be one
 */
export function verifyWebhook(
	secret: string | readonly string[],
	headers: WebhookHeaders,
	body: string | Uint8Array,
	options: VerifyOptions = {}
): WebhookMessage {
	const { id } = verifySignature(secret, headers, body, options);
	const { type, timestamp, data } = readBody(body);
	return { id, type, timestamp, data } as WebhookMessage;
}

/**
 * Checks the signature alone, of any body (Standard Webhooks 1.0).
 * @throws WebhookProblem; TypeError for a secret that cannot be one
 */
export function verifySignature(
	secret: string | readonly string[],
	headers: WebhookHeaders,
	body: string | Uint8Array,
	{ toleranceSeconds = 300, now = new Date() }: VerifyOptions = {}
): { id: string; sentAt: Date } {
	const keys = (typeof secret === 'string' ? [secret] : secret).map(keyOf);
	if (keys.length === 0) throw new TypeError('There is no secret to check webhooks with.');
	const id = readHeader(headers, 'webhook-id');
	const timestamp = readHeader(headers, 'webhook-timestamp');
	const signatures = readHeader(headers, 'webhook-signature');
	// With a dot in it the id could end, and the time begin, elsewhere than where they were signed.
	if (id.includes('.')) throw new WebhookProblem('malformed_header', 'webhook-id has a dot in it.');
	if (!/^\d{1,12}$/.test(timestamp))
		throw new WebhookProblem('malformed_header', 'webhook-timestamp is no number of seconds.');

	const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]);
	if (!isSigned(keys, content, signatures))
		throw new WebhookProblem(
			'wrong_signature',
			'No signature fits: the secret is another one, or the body is not as it was sent.'
		);
	const age = now.getTime() / 1000 - Number(timestamp);
	if (age > toleranceSeconds)
		throw new WebhookProblem('too_old', `It was sent ${Math.round(age)} seconds ago.`);
	if (age < -toleranceSeconds)
		throw new WebhookProblem('too_new', `It was sent ${Math.round(-age)} seconds from now.`);
	return { id, sentAt: new Date(Number(timestamp) * 1000) };
}

/** 24 to 64 bytes in base64, behind a prefix that may be missing. */
function keyOf(secret: string): Buffer {
	const code = secret.trim().replace(/^whsec_/, '');
	const key = Buffer.from(code, 'base64');
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(code) || key.length < 24 || key.length > 64)
		throw new TypeError('A webhook secret is whsec_ and 24 to 64 bytes in base64.');
	return key;
}

function readHeader(source: WebhookHeaders, name: string): string {
	const value = lookUp(source, name);
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw new WebhookProblem('missing_header', `${name} is missing, empty or there twice.`);
}

function lookUp(source: WebhookHeaders, name: string): unknown {
	const { headers } = source as { headers?: unknown };
	const holder = (typeof headers === 'object' && headers !== null ? headers : source) as {
		get?: unknown;
	};
	if (typeof holder.get === 'function') return (holder as Headers).get(name);
	// Frameworks differ in how they write them.
	const found = Object.entries(holder).filter(([key]) => key.toLowerCase() === name);
	const values = found.flatMap(([, value]: [string, unknown]) => value);
	return values.length === 1 ? values[0] : undefined;
}

/** Every signature is compared with every key, each in constant time. */
function isSigned(keys: Buffer[], content: Buffer, signatures: string): boolean {
	const expected = keys.map((key) => createHmac('sha256', key).update(content).digest());
	let fits = false;
	for (const signature of signatures.split(/\s+/)) {
		const [version, code = ''] = signature.split(',', 2);
		const given = Buffer.from(code, 'base64');
		for (const one of expected)
			if (version === 'v1' && given.length === one.length && timingSafeEqual(given, one))
				fits = true;
	}
	return fits;
}

function readBody(body: string | Uint8Array): { type: string; timestamp: Date; data: object } {
	let message: unknown;
	try {
		message = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
	} catch {
		throw new WebhookProblem('malformed_body', 'The body is not JSON.');
	}
	const { type, timestamp, data } = (message ?? {}) as Record<string, unknown>;
	const at = new Date(typeof timestamp === 'string' ? timestamp : NaN);
	if (
		typeof type !== 'string' ||
		Number.isNaN(at.getTime()) ||
		typeof data !== 'object' ||
		data === null
	)
		throw new WebhookProblem('malformed_body', 'The body has no type, timestamp and data.');
	return { type, timestamp: at, data };
}
