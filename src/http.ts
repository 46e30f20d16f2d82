import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { pinOrigin, type OriginPolicy } from './origin.ts';
import { withoutKeys } from './server/platform/key-addresses.ts';
import type { Logger } from './server/platform/log.ts';
import { StartFailure } from './server/platform/start-failure.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Who answers what: the first face whose prefix fits (`/api` fits `/api` and `/api/…`), else the pages. */
export interface Faces {
	mounted: { prefix: string; handler: Handler }[];
	pages: Handler;
}

export interface Http {
	server: Server;
	/** @throws StartFailure when the port is taken or the address is not ours */
	listen(host: string, port: number): Promise<void>;
	/** Until it is called, everything but the two probes is told to come back. */
	serve(faces: Faces): void;
	/** Takes no new connection and lets requests under way end; what is left after `patience` ms is cut. */
	drain(patience: number): Promise<void>;
}

/**
 * The one HTTP server.
 * @param options.obstacles why the portal cannot serve right now; none when it can
 */
export function createHttp(options: {
	origin: OriginPolicy;
	obstacles: () => Promise<string[]>;
	log: Pick<Logger, 'error'>;
}): Http {
	let faces: Faces | undefined;
	let draining = false;
	const underWay = new Set<ServerResponse>();

	const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
		const path = request.url?.split('?', 1)[0] ?? '/';
		if (path === '/healthz') return say(response, 200, 'text/plain', 'alive\n');
		if (path === '/readyz') return tellReadiness(response);
		if (!faces) {
			response.setHeader('retry-after', '2');
			return say(response, 503, 'text/plain', 'The portal is starting. Try again in a moment.\n');
		}
		pinOrigin(request, options.origin);
		const face = faces.mounted.find(
			({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)
		);
		return (face?.handler ?? faces.pages)(request, response);
	};

	const tellReadiness = async (response: ServerResponse): Promise<void> => {
		const obstacles = draining ? ['the portal is stopping'] : await options.obstacles();
		const ready = obstacles.length === 0;
		say(response, ready ? 200 : 503, 'application/json', JSON.stringify({ ready, obstacles }));
	};

	const server = createServer((request, response) => {
		underWay.add(response);
		if (draining) response.setHeader('connection', 'close');
		response.once('close', () => {
			underWay.delete(response);
			// Its connection would otherwise be kept for a next request.
			if (draining) setImmediate(() => server.closeIdleConnections());
		});
		const answered = async (): Promise<unknown> => answer(request, response);
		answered().catch((error: unknown) => {
			options.log.error(
				{ error, path: withoutKeys(request.url ?? '/') },
				'a request failed outside its face'
			);
			if (response.headersSent) response.destroy();
			else say(response, 500, 'text/plain', 'Something went wrong on our side.\n');
		});
	});
	// Longer than the usual patience of a proxy, so that it is never we who cut a connection it has just reused.
	server.keepAliveTimeout = 65_000;

	return {
		server,
		listen: (host, port) => listen(server, host, port),
		serve(given) {
			faces = given;
		},
		async drain(patience) {
			draining = true;
			const closed = new Promise<void>((resolve) => {
				server.close(() => {
					resolve();
				});
			});
			for (const response of underWay) {
				if (!response.headersSent) response.setHeader('connection', 'close');
			}
			const cut = setTimeout(() => {
				server.closeAllConnections();
			}, patience);
			await closed;
			clearTimeout(cut);
		}
	};
}

function say(response: ServerResponse, status: number, type: string, body: string): void {
	response.writeHead(status, {
		'content-type': `${type}; charset=utf-8`,
		'content-length': Buffer.byteLength(body),
		'cache-control': 'no-store'
	});
	response.end(body);
}

/** A server that was told to stop a moment ago may still be letting go of the port. */
const tries = 8;
const pause = 250;

async function listen(server: Server, host: string, port: number): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const code = await new Promise<string | undefined>((resolve, reject) => {
			const failed = (error: NodeJS.ErrnoException): void => {
				if (error.code) resolve(error.code);
				else reject(error);
			};
			server.once('error', failed);
			server.listen(port, host, () => {
				server.off('error', failed);
				resolve(undefined);
			});
		});
		if (code === undefined) return;
		// A machine without version 6 of the Internet Protocol.
		if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) {
			return listen(server, '0.0.0.0', port);
		}
		if (code !== 'EADDRINUSE' || attempt === tries)
			throw new StartFailure(sentence(code, host, port));
		await wait(pause);
	}
}

function sentence(code: string, host: string, port: number): string {
	if (code === 'EADDRINUSE') {
		return `Port ${port} is taken by another program. Stop that program, or choose another port, such as PORT=${port < 65_535 ? port + 1 : port - 1}.`;
	}
	if (code === 'EACCES') {
		return `Port ${port} may not be used by this user: those below 1024 need the system's leave. Choose another port, such as PORT=3000.`;
	}
	return `HOST is "${host}", which is no address of this machine (${code}). Leave HOST out to listen on all of them.`;
}
