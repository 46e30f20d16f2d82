import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, lchownSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StartFailure } from '../start-failure.ts';

/** How a PostgreSQL program is run, since it refuses to run as root. */
export interface Privileges {
	way: 'ourselves' | 'user namespace' | 'unprivileged user';
	/** Who must own its files, as this process sees it. */
	uid: number;
	/** The command line that runs `command`; with `leash` the kernel ends it (fast shutdown) when this process dies. */
	wrap(
		command: string,
		args: string[],
		options?: { leash?: boolean }
	): { command: string; args: string[] };
}

/** An id that no account of a usual system has: root's database then belongs to nobody else. */
const unprivileged = 58_432;

/**
 * @param reach what the unprivileged user must be able to read, for root on a machine that forbids user namespaces
 * @throws StartFailure when root has no way left
 */
export function findPrivileges(
	reach: string[],
	ways: Pick<Machine, 'uid' | 'succeeds'> = machine
): Privileges {
	const leashed = ways.succeeds('setpriv', ['--pdeathsig', 'INT', 'true']);
	const build = (way: Privileges['way'], uid: number, prefix: string[]): Privileges => ({
		way,
		uid,
		wrap(command, args, { leash = false } = {}) {
			// The kernel forgets the signal at every change of credentials, so it is set last.
			const [first = command, ...rest] = [
				...prefix,
				...(leash && leashed ? ['setpriv', '--pdeathsig', 'INT'] : []),
				command,
				...args
			];
			return { command: first, args: rest };
		}
	});

	if (ways.uid !== 0) return build('ourselves', ways.uid, []);

	const namespace = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];
	if (succeeds(ways, [...namespace, 'true'])) return build('user namespace', 0, namespace);

	const drop = ['setpriv', `--reuid=${unprivileged}`, `--regid=${unprivileged}`, '--clear-groups'];
	// Under a directory that only root may enter (/root), the right to pass by file modes comes along.
	const pass = [...drop, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
	for (const prefix of [drop, pass]) {
		if (reach.every((file) => succeeds(ways, [...prefix, 'test', '-r', file]))) {
			return build('unprivileged user', unprivileged, prefix);
		}
	}
	throw new StartFailure(
		'PostgreSQL refuses to run as root, and this machine allows neither user namespaces (unshare) nor another user id (setpriv). Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or newer.'
	);
}

interface Machine {
	uid: number;
	succeeds(command: string, args: string[]): boolean;
}

const machine: Machine = {
	uid: process.getuid?.() ?? 0,
	succeeds: (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
};

function succeeds(ways: Pick<Machine, 'succeeds'>, [command = '', ...args]: string[]): boolean {
	return ways.succeeds(command, args);
}

/** Gives a directory and all in it to a user; only root can. Does nothing when the top is theirs already. */
export function giveTo(uid: number, directory: string): void {
	if (process.getuid?.() !== 0 || lstatSync(directory).uid === uid) return;
	for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
		lchownSync(path.join(entry.parentPath, entry.name), uid, uid);
	}
	// The top last: half a change is then taken up again by the next start.
	chownSync(directory, uid, uid);
}
