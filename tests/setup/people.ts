import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { demoPassword } from '../../seeds/accounts.ts';
import type { Role } from '#server/platform/permissions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Makes an account with the password of the demo, as an operator does, in a business that is made for it or is there. */
export function createUser(
	portal: { dataDir: string },
	user: { email: string; name: string; role: Role } & (
		{ newBusiness: string } | { business: string }
	)
): Promise<void> {
	const where =
		'newBusiness' in user ? ['--new-business', user.newBusiness] : ['--business', user.business];
	return new Promise((resolve, reject) => {
		const child = spawn(
			process.execPath,
			[
				'bin/evolve.js',
				...['user', 'create', '--email', user.email, '--name', user.name, '--role', user.role],
				...where,
				'--password-stdin'
			],
			{
				cwd: root,
				env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, DATA_DIR: portal.dataDir },
				stdio: ['pipe', 'ignore', 'pipe']
			}
		);
		let told = '';
		child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
		child.once('error', reject);
		child.once('exit', (code) => {
			if (code === 0) resolve();
			else reject(new Error(`${user.email} was not made (${String(code)}): ${told}`));
		});
		child.stdin.end(`${demoPassword}\n`);
	});
}
