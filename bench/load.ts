import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Measured {
	requests: number;
	seconds: number;
	/** Milliseconds. */
	p50: number;
	p99: number;
}

/**
 * Sends ready-made requests over kept connections, each connection one at a time, and waits for every
 * answer. Bare sockets and prebuilt bytes: the load shares its two cores with what it measures.
 * @throws Error at the first answer that is not 200
 */
export async function load(
	origin: string,
	requests: readonly Buffer[],
	connections: number
): Promise<Measured> {
	const { hostname, port } = new URL(origin);
	const sockets = await Promise.all(
		Array.from({ length: connections }, () => open(hostname, Number(port)))
	);
	const took: number[] = [];
	let next = 0;
	const start = performance.now();
	try {
		await Promise.all(
			sockets.map(async (socket) => {
				for (;;) {
					const request = requests[next++];
					if (!request) return;
					const sent = performance.now();
					const answer = await ask(socket, request);
					if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
					took.push(performance.now() - sent);
				}
			})
		);
	} finally {
		for (const socket of sockets) socket.destroy();
	}
	const seconds = (performance.now() - start) / 1000;
	return {
		requests: requests.length,
		seconds,
		p50: quantile(took, 0.5),
		p99: quantile(took, 0.99)
	};
}

export interface Flooded {
	/** Requests that were answered with 200, and with 429 and when to come again. */
	taken: number;
	turnedAway: number;
	seconds: number;
	/** Milliseconds to an answer of either kind. */
	p50: number;
	p99: number;
	longest: number;
}

/**
 * Sends more than can be taken: each connection sends the next request as soon as one is answered, and
 * one that was turned away again after a pause much shorter than it was told.
 * @throws Error at the first answer that is neither 200 nor 429 with `Retry-After`
 */
export async function flood(
	origin: string,
	requests: readonly Buffer[],
	connections: number,
	pauseMs: number
): Promise<Flooded> {
	const { hostname, port } = new URL(origin);
	const sockets = await Promise.all(
		Array.from({ length: connections }, () => open(hostname, Number(port)))
	);
	const took: number[] = [];
	let turnedAway = 0;
	let next = 0;
	const start = performance.now();
	try {
		await Promise.all(
			sockets.map(async (socket) => {
				for (let request = requests[next++]; request; request = requests[next++])
					for (;;) {
						const sent = performance.now();
						const answer = await ask(socket, request);
						took.push(performance.now() - sent);
						if (answer.startsWith('HTTP/1.1 200')) break;
						if (!/^HTTP\/1\.1 429 [^]*\r\nretry-after: \d+\r\n/i.test(answer))
							throw new Error(answer);
						turnedAway += 1;
						await wait(pauseMs);
					}
			})
		);
	} finally {
		for (const socket of sockets) socket.destroy();
	}
	return {
		taken: took.length - turnedAway,
		turnedAway,
		seconds: (performance.now() - start) / 1000,
		p50: quantile(took, 0.5),
		p99: quantile(took, 0.99),
		longest: quantile(took, 1)
	};
}

function quantile(values: number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}

/** A whole HTTP/1.1 request. */
export function toRequest(
	origin: string,
	path: string,
	headers: Record<string, string>,
	body: string,
	method = 'POST'
): Buffer {
	const bytes = Buffer.from(body);
	const lines = Object.entries({
		...headers,
		host: new URL(origin).host,
		'content-length': String(bytes.length)
	}).map(([name, value]) => `${name}: ${value}\r\n`);
	return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes]);
}

function open(host: string, port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, noDelay: true });
		socket.once('error', reject).once('connect', () => {
			socket.off('error', reject);
			resolve(socket);
		});
	});
}

/** @returns the answer, head and body */
function ask(socket: Socket, request: Buffer): Promise<string> {
	return new Promise((resolve, reject) => {
		let answer = '';
		const done = (failure?: Error): void => {
			socket.off('data', hear).off('error', done).off('close', ended);
			if (failure) reject(failure);
			else resolve(answer);
		};
		const ended = (): void => {
			done(new Error('The server closed a connection.'));
		};
		const hear = (chunk: Buffer): void => {
			answer += chunk.toString('latin1');
			const end = answer.indexOf('\r\n\r\n');
			if (end < 0) return;
			const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? 0);
			if (answer.length < end + 4 + length) return;
			done();
		};
		socket.on('data', hear).on('error', done).on('close', ended);
		socket.write(request);
	});
}
