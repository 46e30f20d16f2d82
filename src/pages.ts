import type { Server } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from './http.ts';

/** The pages as a face of the HTTP server. */
export interface Pages {
	handler: Handler;
	close(): Promise<void>;
}

/** @param directory of a build */
export async function loadPages(directory: string): Promise<Pages> {
	// Read when the handler is loaded. The headers are the ones that pinOrigin() has made true.
	Object.assign(process.env, {
		PROTOCOL_HEADER: 'x-forwarded-proto',
		HOST_HEADER: 'x-forwarded-host',
		ADDRESS_HEADER: 'x-forwarded-for'
	});
	const { handler } = (await import(pathToFileURL(path.resolve(directory, 'handler.js')).href)) as {
		handler: Handler;
	};
	return { handler, close: () => Promise.resolve() };
}

/** Pages that follow their source as it is edited. */
export async function followPages(server: Server): Promise<Pages> {
	const { createServer } = await import('vite');
	const vite = await createServer({ server: { middlewareMode: true, hmr: { server } } });
	return {
		handler: (request, response) => {
			vite.middlewares(request, response);
		},
		close: () => vite.close()
	};
}
