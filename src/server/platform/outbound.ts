import { lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks of our own that may be called: CIDR blocks, or every one. */
export type PrivateNetworks = readonly string[] | 'any';

/** Where the machine itself listens. */
export const loopback: PrivateNetworks = ['127.0.0.0/8', '::1/128'];

/** Connecting, asking and reading the answer, together. */
const patienceMs = 10_000;
/** No more of an answer is read. */
const longestAnswer = 4_000;

export interface OutboundAnswer {
	status: number;
	/** At most 4,000 characters of the body. */
	text: string;
	/** As it came. */
	retryAfter: string | null;
}

/** Why nothing answered. */
export type OutboundFailureKind =
	/** The address is none that can be called. */
	| 'address'
	/** It leads into a private network. */
	| 'private'
	/** Its name is not known. */
	| 'name'
	/** Nothing listens there. */
	| 'refused'
	| 'timeout'
	/** The connection ended before an answer. */
	| 'cut'
	| 'certificate'
	| 'network';

export class OutboundFailure extends Error {
	readonly kind: OutboundFailureKind;
	/** What the network said of it, such as `ENETUNREACH`; empty where the kind says all. */
	readonly detail: string;

	constructor(kind: OutboundFailureKind, detail = '') {
		super(`${kind} ${detail}`.trim());
		this.name = 'OutboundFailure';
		this.kind = kind;
		this.detail = detail;
	}
}

// IANA IPv4 Special-Purpose Address Registry, with multicast and what is reserved.
const closed4 = blocks([
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'169.254.0.0/16',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'192.88.99.0/24',
	'192.168.0.0/16',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
	'224.0.0.0/4',
	'240.0.0.0/4'
]);
// Of version 6 only what is given out is open, less what carries or tunnels another address.
const given6 = blocks(['2000::/3']);
const closed6 = blocks(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

let allowed: BlockList | 'any' = blocks([]);

/** Until it is called no private network may be called. */
export function allowPrivateNetworks(networks: PrivateNetworks): void {
	allowed = networks === 'any' ? 'any' : blocks(networks);
}

/** @param networks CIDR blocks of a checked form */
function blocks(networks: readonly string[]): BlockList {
	const list = new BlockList();
	for (const network of networks) {
		const [address = '', prefix = ''] = network.split('/');
		list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
	}
	return list;
}

/** Whether this address, in any notation that the network layer knows, may be called. */
export function mayCall(address: string): boolean {
	if (allowed === 'any') return true;
	const [plain = ''] = address.split('%', 1);
	const version = isIP(plain);
	if (version === 0) return false;
	const family = version === 6 ? 'ipv6' : 'ipv4';
	// An IPv4-mapped address of version 6 is compared as what it maps.
	if (allowed.check(plain, family)) return true;
	return version === 4
		? !closed4.check(plain, family)
		: given6.check(plain, family) && !closed6.check(plain, family);
}

/** Why an address cannot be called whatever it leads to, or null. */
function unusable(url: URL | null): string | null {
	if (!url) return 'syntax';
	if (!['http:', 'https:'].includes(url.protocol)) return 'protocol';
	return url.username || url.password ? 'credentials' : null;
}

/**
 * A POST to an address that somebody has typed: http or https alone, no redirect followed, nothing of
 * ours but the given headers sent along, and no private network reached, whatever a name stands for at
 * the moment of connecting.
 * @throws OutboundFailure when nothing answers; the signal's reason when the caller gives up
 */
export async function postOut(
	address: string,
	request: { headers: Record<string, string>; body: string },
	options: { lookup?: typeof systemLookup; patienceMs?: number; signal?: AbortSignal } = {}
): Promise<OutboundAnswer> {
	const url = URL.parse(address);
	const fault = unusable(url);
	if (fault !== null || !url) throw new OutboundFailure('address', fault ?? '');
	// A literal address is never looked up. The parser has brought every notation of it into this one.
	const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
	if (isIP(host) !== 0 && !mayCall(host)) throw new OutboundFailure('private', host);

	const patience = AbortSignal.timeout(options.patienceMs ?? patienceMs);
	const signal = options.signal ? AbortSignal.any([patience, options.signal]) : patience;
	try {
		return await exchange(url, request, { lookup: options.lookup ?? systemLookup, signal });
	} catch (error) {
		if (options.signal?.aborted) throw options.signal.reason;
		throw patience.aborted ? new OutboundFailure('timeout') : wordFailure(error);
	}
}

function exchange(
	url: URL,
	{ headers, body }: { headers: Record<string, string>; body: string },
	{ lookup, signal }: { lookup: typeof systemLookup; signal: AbortSignal }
): Promise<OutboundAnswer> {
	return new Promise((resolve, reject) => {
		const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
			method: 'POST',
			headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
			// A connection of its own: one that is kept would be used without looking where it leads.
			agent: false,
			lookup: guarded(lookup),
			signal
		});
		let answered = false;
		const fail = (error: Error): void => {
			// What breaks after the status has come, breaks the reading alone.
			if (!answered) reject(error);
		};
		outgoing.on('error', fail);
		// Also an answer that is none, such as a change of protocol.
		outgoing.on('close', () => {
			fail(new OutboundFailure('cut'));
		});
		outgoing.on('response', (response) => {
			answered = true;
			readStart(response).then((text) => {
				resolve({
					status: response.statusCode ?? 0,
					text,
					retryAfter: response.headers['retry-after'] ?? null
				});
				outgoing.destroy();
			}, reject);
		});
		outgoing.end(body);
	});
}

/** Looks a name up and refuses it if any of its addresses may not be called: the connection goes to these and no others. */
function guarded(lookup: typeof systemLookup): LookupFunction {
	return (host, options, callback) => {
		lookup(host, { ...options, all: true }, (error, addresses) => {
			if (error) {
				callback(error, []);
				return;
			}
			const closed = addresses.find(({ address }) => !mayCall(address));
			const [first] = addresses;
			if (closed || !first)
				callback(new OutboundFailure(closed ? 'private' : 'name', closed?.address), []);
			else if (options.all) callback(null, addresses);
			else callback(null, first.address, first.family);
		});
	};
}

async function readStart(response: http.IncomingMessage): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	try {
		for await (const chunk of response as AsyncIterable<Buffer>) {
			text += decoder.decode(chunk, { stream: true });
			if (text.length >= longestAnswer) break;
		}
	} catch {
		// Cut or too slow after it had said how it went: the status counts, and what came is kept.
	}
	return text.slice(0, longestAnswer);
}

const failureKinds: Record<string, OutboundFailureKind> = {
	ENOTFOUND: 'name',
	EAI_AGAIN: 'name',
	ECONNREFUSED: 'refused',
	ECONNRESET: 'cut',
	EPIPE: 'cut',
	ETIMEDOUT: 'timeout'
};

function wordFailure(error: unknown): OutboundFailure {
	// Several addresses of one name were tried: each has its own error, and the first one tells.
	const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
	if (first instanceof OutboundFailure) return first;
	const { code = '', message = '' } = first as { code?: string; message?: string };
	const kind = failureKinds[code];
	if (kind) return new OutboundFailure(kind);
	if (/CERT|SIGNATURE|ERR_TLS|ISSUER/.test(code)) return new OutboundFailure('certificate', code);
	return new OutboundFailure('network', code || message.slice(0, 100));
}
