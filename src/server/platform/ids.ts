import { randomBytes } from 'node:crypto';

/** Every prefix in use, and what it names. Schemas check ids against this table. */
export const prefixes = {
	act: 'activity entry',
	alr: 'alert',
	arq: 'access request',
	aud: 'audit entry',
	att: 'payment attempt',
	bct: 'billing contact',
	biz: 'business',
	cou: 'coupon',
	crn: 'credit note',
	dom: 'domain event',
	drf: 'draft of an invoice',
	dsk: 'act that staff asked for',
	ent: 'ledger entry',
	exp: 'data export',
	int: 'key of an integrator',
	inv: 'invoice',
	key: 'API key',
	mai: 'mail',
	msg: 'ticket message',
	mtr: 'meter',
	not: 'notification',
	pay: 'payment',
	pen: 'line that waits to be billed',
	per: 'person',
	prt: 'part of a period that ended early',
	pla: 'plan',
	prd: 'product',
	rec: 'recount of a meter',
	ref: 'referral',
	res: 'reseller',
	rfd: 'refund',
	ses: 'session',
	set: 'settlement of an invoice',
	sgn: 'sign-in to a product',
	sta: 'state of a product',
	sub: 'subscription',
	suc: 'change of a subscription',
	tkt: 'ticket',
	vis: 'visit',
	wcl: 'claim of a withholding certificate',
	whc: 'withholding certificate',
	whm: 'webhook message'
} as const;

export type Prefix = keyof typeof prefixes;

// Crockford's base 32: no letters that read like digits.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(bytes: Uint8Array): string {
	let value = 0n;
	for (const byte of bytes) value = (value << 8n) | BigInt(byte);
	let text = '';
	for (let rest = value, left = Math.ceil((bytes.length * 8) / 5); left > 0; left--) {
		text = alphabet.charAt(Number(rest & 31n)) + text;
		rest >>= 5n;
	}
	return text;
}

let lastMs = -1;
let step = 0;

/** Rises with each id of a millisecond, from where nobody knows: what it says of how many there are is next to nothing. */
function nextStep(ms: number): number {
	step = ms === lastMs ? (step + 1) % 2 ** 24 : randomBytes(2).readUInt16BE();
	lastMs = ms;
	return step;
}

/**
 * A new id such as `inv_06ebk3w5…`: 48 bits of milliseconds and 24 that rise within one, so that ids sort by age,
 * also those of one transaction, which have one clock; then 56 random bits, so that none can be guessed from another.
 */
export function newId(prefix: Prefix, now: Date): string {
	const bytes = Buffer.alloc(16);
	bytes.writeUIntBE(now.getTime(), 0, 6);
	bytes.writeUIntBE(nextStep(now.getTime()), 6, 3);
	randomBytes(7).copy(bytes, 9);
	return `${prefix}_${base32(bytes)}`;
}

/** The form of an id of this kind; what does not match never reaches SQL. */
export function idPattern(prefix: Prefix): RegExp {
	return new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`);
}

export function isId(prefix: Prefix, value: unknown): value is string {
	return typeof value === 'string' && idPattern(prefix).test(value);
}
