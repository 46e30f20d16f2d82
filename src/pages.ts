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
	const handlerUrl = pathToFileURL(path.resolve(directory, 'handler.js')).href;
	const { handler } = (await import(handlerUrl)) as { handler: Handler };
	return { handler, close: () => Promise.resolve() };
}

/** Pages that follow their source as it is edited. */
export async function followPages(server: Server): Promise<Pages> {
	const [{ createServer }, { nativeRooms }] = await Promise.all([
		import('vite'),
		import('./native-rooms.ts')
	]);
	const vite = await createServer({
		// Not by way of a temporary file, whose making `node --watch` would take for an edit.
		configLoader: 'native',
		plugins: [nativeRooms()],
		server: { middlewareMode: true, ws: { server } }
	});
	return {
		handler: (request, response) => {
			vite.middlewares(request, response);
		},
		close: () => vite.close()
	};
}
