import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface OriginPolicy {
	/** Where people reach the portal. */
	publicUrl: string;
	/** Whether the operator said so; otherwise it is a guess, and an address of this machine is as good. */
	publicUrlGiven: boolean;
	trustProxy: boolean;
}

/** What the faces read of where a request came from and was meant for, and may believe. */
const pinned = ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for'] as const;
const replaced = new Set<string>([...pinned, 'host', 'forwarded', 'x-forwarded-port']);

/**
 * Replaces what a client says about itself in Host and the forwarding headers by what is known: the
 * origin decides which forms are ours (CSRF) and stands in addresses that we make, and the client's
 * address limits its tries. All faces read the same headers afterwards, whichever form of them they use.
 */
export function pinOrigin(request: IncomingMessage, policy: OriginPolicy): void {
	const origin = new URL(originOf(request, policy));
	const values: Record<string, string> = {
		host: origin.host,
		'x-forwarded-proto': origin.protocol.slice(0, -1),
		'x-forwarded-host': origin.host,
		'x-forwarded-for': clientAddress(request, policy)
	};
	const kept = Object.entries(request.headers).filter(([name]) => !replaced.has(name));
	request.headers = { ...Object.fromEntries(kept), ...values };

	const raw: string[] = [];
	for (let at = 0; at < request.rawHeaders.length; at += 2) {
		const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2);
		if (!replaced.has(name.toLowerCase())) raw.push(name, value);
	}
	request.rawHeaders = [...raw, ...Object.entries(values).flat()];
}

function originOf(request: IncomingMessage, policy: OriginPolicy): string {
	const { publicUrl, publicUrlGiven, trustProxy } = policy;
	if (trustProxy) {
		const host = first(request, 'x-forwarded-host') ?? request.headers.host;
		const protocol =
			first(request, 'x-forwarded-proto') ?? new URL(publicUrl).protocol.slice(0, -1);
		return (/^https?$/.test(protocol) && parse(`${protocol}://${host}`)) || publicUrl;
	}
	// An address made of numbers belongs to no one's name server, so it cannot be a stranger's name for us.
	const asked = parse(`http://${request.headers.host}`);
	if (!publicUrlGiven && asked && isNumericOrLocal(new URL(asked).hostname)) return asked;
	return publicUrl;
}

function parse(text: string): string | undefined {
	const url = URL.parse(text);
	// Only a host and a port: anything else was smuggled in.
	return url && url.href === `${url.origin}/` && text.toLowerCase().startsWith(url.origin)
		? url.origin
		: undefined;
}

function isNumericOrLocal(hostname: string): boolean {
	return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

function clientAddress(request: IncomingMessage, { trustProxy }: OriginPolicy): string {
	const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
	// The last one was added by the proxy that we trust; those before are the client's own words.
	const last = trustProxy ? list(request, 'x-forwarded-for').at(-1) : undefined;
	return last && isIP(last) ? last : peer;
}

function first(request: IncomingMessage, name: string): string | undefined {
	return list(request, name)[0];
}

function list(request: IncomingMessage, name: string): string[] {
	return [request.headers[name] ?? []]
		.flat()
		.flatMap((value) => value.split(','))
		.map((value) => value.trim())
		.filter((value) => value !== '');
}
