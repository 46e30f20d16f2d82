import { connect, type Socket } from 'node:net';
import type { StartedPortal } from '../tests/setup/portal.ts';

/** The stream of an open page. */
export interface OpenStream {
	socket: Socket;
	/** When it was told to look. */
	words: number[];
}

export function openStream(
	portal: StartedPortal,
	cookie: string,
	told: () => void = () => undefined
): Promise<OpenStream> {
	return new Promise((resolve, reject) => {
		const stream: OpenStream = {
			socket: connect({ port: portal.port, host: 'localhost' }),
			words: []
		};
		let head = '';
		stream.socket.once('error', reject).on('data', (chunk) => {
			const text = chunk.toString('latin1');
			if (!head.includes('\r\n\r\n')) {
				head += text;
				if (!head.includes('\r\n\r\n')) return;
				if (head.startsWith('HTTP/1.1 200')) resolve(stream);
				else reject(new Error(head));
			}
			if (!text.includes('event: changed')) return;
			stream.words.push(performance.now());
			told();
		});
		stream.socket.write(
			`GET /live HTTP/1.1\r\nhost: localhost:${portal.port}\r\ncookie: ${cookie}\r\naccept: text/event-stream\r\naccept-encoding: gzip\r\n\r\n`
		);
	});
}
