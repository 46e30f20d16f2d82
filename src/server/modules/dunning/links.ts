import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Scope, System } from '../../platform/scope.ts';
import { isId } from '../../platform/ids.ts';
import { runtime } from '../../platform/runtime.ts';
import { findInvoiceNumber } from '../billing/index.ts';
import { readSchedule } from './schedule.ts';

/**
 * An address that opens just one invoice without signing in: business, invoice and the second that it expires at,
 * signed with a key of the installation's own. Nothing is stored: a link ends by itself, with the key, or with an
 * invoice that is void.
 */
export async function makeInvoiceLink(
	scope: Scope<System>,
	{ businessId, invoiceId }: { businessId: string; invoiceId: string }
): Promise<string> {
	const { linkDays } = await readSchedule(scope, {});
	const expires = Math.floor(scope.now.getTime() / 1000) + linkDays * 86_400;
	const what = `${businessId.slice(4)}${invoiceId.slice(4)}${expires.toString(36)}`;
	return `${runtime().publicUrl}/i/${what}.${sign(what)}`;
}

export type OpenedLink =
	/** The invoice may be shown. */
	| { state: 'open'; businessId: string; number: string }
	/** It was ours, and is too old. */
	| { state: 'expired' }
	/** The invoice is void: there is nothing to pay, and nothing to see. */
	| { state: 'void' }
	/** Not made here, or not for this. */
	| { state: 'unknown' };

/** What a link opens. */
export async function openInvoiceLink(scope: Scope<System>, token: string): Promise<OpenedLink> {
	const read = readToken(token);
	if (!read) return { state: 'unknown' };
	if (read.expiresAt.getTime() <= scope.now.getTime()) return { state: 'expired' };
	const found = await findInvoiceNumber(scope, read);
	if (!found) return { state: 'unknown' };
	if (found.status === 'void') return { state: 'void' };
	return { state: 'open', businessId: read.businessId, number: found.number };
}

function readToken(
	token: string
): { businessId: string; invoiceId: string; expiresAt: Date } | null {
	const [, what = '', business, invoice, expires = '', signature = ''] =
		/^((\w{26})(\w{26})(\w{6,8}))\.([\w-]{43})$/.exec(token) ?? [];
	const given = Buffer.from(signature);
	const expected = Buffer.from(sign(what));
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
	const businessId = `biz_${business ?? ''}`;
	const invoiceId = `inv_${invoice ?? ''}`;
	if (!isId('biz', businessId) || !isId('inv', invoiceId)) return null;
	return { businessId, invoiceId, expiresAt: new Date(parseInt(expires, 36) * 1000) };
}

/** HMAC-SHA-256 (RFC 2104). */
function sign(what: string): string {
	return createHmac('sha256', runtime().secrets.derive('dunning.invoice-link'))
		.update(what)
		.digest('base64url');
}
