import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import {
	chmodSync,
	existsSync,
	linkSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * The installation's own key. Everything secret at rest is sealed with keys derived from it, so that
 * a copy of the database alone opens nothing.
 */
export interface Secrets {
	/** 32 bytes for one purpose; different purposes never share a key (HKDF, RFC 5869). */
	derive(purpose: string): Buffer;
	/** AES-256-GCM; the purpose is bound in, so a value sealed for one cannot be opened as another. */
	seal(purpose: string, plain: string): Buffer;
	open(purpose: string, sealed: Buffer): string;
}

/** Takes EVOLVE_SECRET, or reads `file`, which is made on first use and readable by its owner alone. */
export function loadSecrets(options: { secret?: string | undefined; file: string }): Secrets {
	if (options.secret) return secretsFrom(options.secret);
	if (!existsSync(options.file)) makeKey(options.file);
	chmodSync(options.file, 0o600);
	return secretsFrom(readFileSync(options.file, 'utf8').trim());
}

function makeKey(file: string): void {
	mkdirSync(dirname(file), { recursive: true });
	// Whole or absent, also after a kill between the two: half a key would be taken for one. And of two
	// processes starting at once, one lays its key down and the other reads it.
	const draft = `${file}.${process.pid}`;
	writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
	try {
		linkSync(draft, file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	} finally {
		rmSync(draft);
	}
}

export function secretsFrom(secret: string): Secrets {
	const derive = (purpose: string): Buffer =>
		Buffer.from(hkdfSync('sha256', secret, 'evolve-business', purpose, 32));
	return {
		derive,
		seal(purpose, plain) {
			const nonce = randomBytes(12);
			const cipher = createCipheriv('aes-256-gcm', derive(purpose), nonce);
			return Buffer.concat([
				nonce,
				cipher.update(plain, 'utf8'),
				cipher.final(),
				cipher.getAuthTag()
			]);
		},
		open(purpose, sealed) {
			const decipher = createDecipheriv('aes-256-gcm', derive(purpose), sealed.subarray(0, 12));
			decipher.setAuthTag(sealed.subarray(-16));
			return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString(
				'utf8'
			);
		}
	};
}

/** SHA-256 of a random token: what is stored in its place. Tokens carry 256 bits, so no salt is needed. */
export function tokenHash(token: string): Buffer {
	return createHash('sha256').update(token).digest();
}

/** 256 random bits, safe in cookies, headers and addresses. */
export function newToken(): string {
	return randomBytes(32).toString('base64url');
}
