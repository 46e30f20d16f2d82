import { isUtf8 as isUtf8Bytes } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { Expected, Invalid, TooMany } from '#server/platform/errors.ts';
import type { Code } from './codes.ts';
import type { Env } from './env.ts';

/** Bytes that a body has at most. */
export const longestBody = 1_048_576;

/** A media type with its parameters, such as `application/json; charset=utf-8`. */
export interface ContentType {
	/** In small letters, without parameters. */
	type: string;
	charset: string | null;
	/** As it was sent. */
	text: string;
}

export function readContentType(header: string | undefined): ContentType | null {
	const [, type, parameters = ''] =
		/^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*((?:;.*)?)$/.exec(header ?? '') ?? [];
	if (!type) return null;
	const [, quoted, plain] = /;\s*charset=(?:"([^"]*)"|([^;\s]*))/i.exec(parameters) ?? [];
	return {
		type: type.toLowerCase(),
		charset: (quoted ?? plain)?.toLowerCase() ?? null,
		text: (header ?? '').trim()
	};
}

/** JSON on the wire is UTF-8 (RFC 8259, section 8.1). */
export function isUtf8({ charset }: ContentType): boolean {
	return charset === null || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/**
 * Reads a request's body, and no more of it than may be.
 * @throws Expected `unsupported_encoding`, `body_too_large`, `incomplete_body`; TooMany when all bodies under way
 * together take more memory than they may
 */
export async function readBody(c: Context<Env>): Promise<Buffer> {
	const encoding = c.req.header('Content-Encoding');
	if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
		throw fault('unsupported_encoding', 415, 'Send the body without Content-Encoding.');
	if (Number(c.req.header('Content-Length') ?? 0) > longestBody) throw tooLarge();
	if (bytesUnderWay > mostUnderWay) throw new TooMany(1, 'Too many requests arrive at once.');
	const incoming = c.env?.incoming;
	return incoming ? readIncoming(incoming) : readStream(c.req.raw.body);
}

/** What the bodies that are being received take up: many slow senders must not fill the memory. */
let bytesUnderWay = 0;
const mostUnderWay = 64 * longestBody;

/**
 * Not with `for await`: leaving that loop early would end the connection, and the sender would never
 * read why.
 */
function readIncoming(incoming: IncomingMessage): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let length = 0;
		const take = (chunk: Buffer): void => {
			length += chunk.length;
			bytesUnderWay += chunk.length;
			chunks.push(chunk);
			if (length <= longestBody) return;
			incoming.off('data', take).resume();
			reject(tooLarge());
		};
		incoming
			.on('data', take)
			.once('end', () => {
				const [only = Buffer.alloc(0)] = chunks;
				resolve(chunks.length <= 1 ? only : Buffer.concat(chunks, length));
			})
			.once('error', reject)
			.once('close', () => {
				bytesUnderWay -= length;
				if (!incoming.complete) reject(fault('incomplete_body', 400, 'The body ended early.'));
			});
	});
}

async function readStream(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of body ?? []) {
		length += chunk.length;
		if (length > longestBody) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

function tooLarge(): Expected {
	return fault('body_too_large', 413, 'A body has at most 1 MB (1,048,576 bytes).');
}

/** @throws Expected `invalid_json` */
export function parseJson(body: Buffer): unknown {
	const wrong = 'The body is not JSON in UTF-8.';
	if (!isUtf8Bytes(body)) throw fault('invalid_json', 400, wrong);
	try {
		return JSON.parse(body.toString());
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw fault('invalid_json', 400, wrong);
	}
}

/**
 * Whether all words of a value can be kept: none has a character of the code zero, or half of a pair (RFC 7493,
 * section 2.1). It may be nested as deep as a body can be.
 */
export function isKeepable(value: unknown): boolean {
	const left = [value];
	while (left.length > 0) {
		const each = left.pop();
		if (typeof each === 'string') {
			if (each.includes('\0') || !each.isWellFormed()) return false;
		} else if (typeof each === 'object' && each !== null) {
			for (const [name, inside] of Object.entries(each)) left.push(name, inside);
		}
	}
	return true;
}

/**
 * The value that a request brings as `application/json`.
 * @throws Expected `unsupported_media_type`, `invalid_json` and what `readBody` throws
 */
export async function readJson(c: Context<Env>): Promise<unknown> {
	const contentType = readContentType(c.req.header('Content-Type'));
	if (contentType?.type !== 'application/json' || !isUtf8(contentType))
		throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
	const body = parseJson(await readBody(c));
	// To a schema of objects a list is one in which everything was left out.
	if (Array.isArray(body))
		throw new Invalid([{ path: '', message: 'Send one object, not a list.' }]);
	return body;
}

/** A failure of the request as a whole. */
export function fault(code: Code, status: number, message: string): Expected {
	return new Expected(status, code, message);
}
