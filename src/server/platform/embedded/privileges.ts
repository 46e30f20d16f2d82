import { spawnSync } from 'node:child_process';
import { chownSync, lchownSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { StartFailure } from '../start-failure.ts';

/** How a PostgreSQL program is run, since it refuses to run as root and as a user without a name. */
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

/** What matters here of the machine and of who runs this. */
export interface Machine {
	uid: number;
	/** Whether the user id has an entry in the user database: a container may be told to run as any number. */
	named: boolean;
	/** The user id of an account without rights. */
	nobody: number;
	succeeds(command: string, args: string[]): boolean;
}

/**
 * @param postgres the program, which must be within reach, as must be what lies in `directory`
 * @throws StartFailure when there is no way left
 */
export function findPrivileges(
	postgres: string,
	directory: string,
	machine: Machine = thisMachine()
): Privileges {
	const { uid, nobody } = machine;
	const leashed = machine.succeeds('setpriv', ['--pdeathsig', 'INT', 'true']);
	const build = (way: Privileges['way'], owner: number, prefix: string[]): Privileges => ({
		way,
		uid: owner,
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
	const works = (way: Privileges): boolean =>
		[way.wrap(postgres, ['--version']), way.wrap('ls', ['-d', path.join(directory, '.')])].every(
			({ command, args }) => machine.succeeds(command, args)
		);

	if (uid !== 0 && machine.named) return build('ourselves', uid, []);

	const candidates = [
		build('user namespace', uid, ['unshare', '-U', `--map-user=${nobody}`, `--map-group=${nobody}`])
	];
	if (uid === 0) {
		const drop = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
		// Under a directory that only root may enter (/root), the right to pass by file modes comes along.
		const pass = [
			'--securebits=+no_setuid_fixup',
			'--inh-caps=+dac_override',
			'--ambient-caps=+dac_override'
		];
		candidates.push(
			build('unprivileged user', nobody, drop),
			build('unprivileged user', nobody, [...drop, ...pass])
		);
	}
	const way = candidates.find(works);
	if (way) return way;
	throw new StartFailure(
		uid === 0
			? 'PostgreSQL refuses to run as root, and this machine allows neither user namespaces (unshare) nor another user id (setpriv). Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or newer.'
			: `PostgreSQL refuses to run as user id ${uid}, which has no name on this machine. Give it an entry in /etc/passwd, or set DATABASE_URL to a PostgreSQL 15 or newer.`
	);
}

function thisMachine(): Machine {
	return {
		uid: process.getuid?.() ?? 0,
		named: isNamed(),
		nobody: findNobody(readFileSync('/etc/passwd', 'utf8')),
		succeeds: (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
	};
}

function isNamed(): boolean {
	try {
		userInfo();
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return false;
		throw error;
	}
}

/** `nobody`, by whatever number this machine knows it; 65534 nearly everywhere. */
export function findNobody(passwd: string): number {
	return Number(/^nobody:[^:]*:(\d+):/m.exec(passwd)?.[1] ?? 65_534);
}

/** Gives a file, or a directory and all in it, to a user; only root can. Does nothing when it is theirs already. */
export function giveTo(uid: number, file: string): void {
	const found = lstatSync(file);
	if (process.getuid?.() !== 0 || found.uid === uid) return;
	if (found.isDirectory()) {
		for (const entry of readdirSync(file, { recursive: true, withFileTypes: true })) {
			lchownSync(path.join(entry.parentPath, entry.name), uid, uid);
		}
	}
	// The top last: half a change is then taken up again by the next start.
	chownSync(file, uid, uid);
}
