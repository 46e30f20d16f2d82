import { randomBytes } from 'node:crypto';

const lifetimeMs = 60_000;

/** What forms did, until the page that they lead to has said so. */
export class Sayings {
	readonly #words = new Map<string, string>();

	/** The address with what is to be said at it. */
	at(address: string, words: string): string {
		const key = randomBytes(6).toString('base64url');
		this.#words.set(key, words);
		setTimeout(() => this.#words.delete(key), lifetimeMs).unref();
		return `${address}${address.includes('?') ? '&' : '?'}done=${key}`;
	}

	of(query: URLSearchParams): string | undefined {
		return this.#words.get(query.get('done') ?? '');
	}
}
