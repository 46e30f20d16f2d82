import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = '/usr/sbin/apache2';
const modules = '/usr/lib/apache2/modules';

/** Whether this machine has Apache with mod_auth_openidc, as Debian lays them out. */
export function hasApache(): boolean {
	return existsSync(program) && existsSync(path.join(modules, 'mod_auth_openidc.so'));
}

export interface Apache {
	stop(): Promise<void>;
}

/**
 * An Apache of the test's own with one virtual host: what the package of Debian sets up around it, at its
 * smallest, and the given configuration.
 */
export async function startApache(port: number, configuration: string): Promise<Apache> {
	const directory = mkdtempSync(path.join(tmpdir(), 'evolve-apache-'));
	const log = path.join(directory, 'error.log');
	const file = path.join(directory, 'apache2.conf');
	const load = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http'];
	writeFileSync(
		file,
		[
			`ServerRoot ${directory}`,
			`ServerName 127.0.0.1`,
			`Listen 127.0.0.1:${port}`,
			`PidFile ${path.join(directory, 'apache2.pid')}`,
			`DefaultRuntimeDir ${directory}`,
			`Mutex file:${directory} default`,
			`ErrorLog ${log}`,
			'StartServers 1',
			...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
			...[...load, 'auth_openidc'].map(
				(name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`
			),
			`<VirtualHost 127.0.0.1:${port}>`,
			configuration,
			'</VirtualHost>'
		].join('\n')
	);
	const child = spawn(program, ['-f', file, '-DFOREGROUND'], { stdio: 'ignore' });
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const stop = async (): Promise<void> => {
		child.kill('SIGTERM');
		await ended;
		rmSync(directory, { recursive: true, force: true });
	};
	for (let tries = 0; tries < 100; tries++) {
		const up = await fetch(`http://127.0.0.1:${port}/signed-out`).then(
			() => true,
			() => false
		);
		if (up) return { stop };
		if (child.exitCode !== null) break;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	const said = existsSync(log) ? readFileSync(log, 'utf8') : 'It said nothing.';
	await stop();
	throw new Error(`Apache did not start. ${said}`);
}

export async function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
		});
	});
}
