import { hash, verify } from '@node-rs/argon2';

// OWASP's password storage cheat sheet, second of its equal argon2id settings: 19 MiB, 2 passes, 1 lane.
// The library's default algorithm is argon2id.
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What a person without a password has: it verifies against nothing. */
export const noPassword = '!';

export function hashPassword(password: string): Promise<string> {
	return hash(password, settings);
}

let decoy: Promise<string> | null = null;

/**
 * Whether the password fits. Without a stored hash it takes the same time and answers no, so that
 * the time taken does not tell whether an account exists.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
	if (stored === null || stored === noPassword) {
		decoy ??= hashPassword('no account has this password');
		await verify(await decoy, password);
		return false;
	}
	return verify(stored, password);
}
