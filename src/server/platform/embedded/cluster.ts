import { spawnSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import path from 'node:path';
import { StartFailure } from '../start-failure.ts';
import type { Binaries } from './binaries.ts';
import { giveTo, type Privileges } from './privileges.ts';
import { isAlive } from './processes.ts';
import { settings, type Profile } from './settings.ts';

/** The login and the database that every cluster of ours has. The login owns the database and is no superuser. */
export const owner = 'evolve';

/**
 * The cluster of a data directory, made if there is none, with the settings of this version.
 * @returns its directory
 * @throws StartFailure when it is of another major version or not a cluster
 */
export function openCluster(
	dataDirectory: string,
	profile: Profile,
	binaries: Binaries,
	privileges: Privileges
): string {
	const cluster = path.join(dataDirectory, 'postgres');
	sweep(dataDirectory);
	if (!existsSync(cluster) || readdirSync(cluster).length === 0)
		initialise(cluster, profile, binaries, privileges);
	checkVersion(cluster, binaries);
	giveTo(privileges.uid, cluster);
	return cluster;
}

/** Written at each start that runs the postmaster, so that a new version's settings reach old clusters. */
export function writeSettings(
	cluster: string,
	profile: Profile,
	socketDirectory: string,
	{ uid }: Privileges
): void {
	const file = path.join(cluster, 'postgresql.conf');
	writeFileSync(file, settings(profile, socketDirectory));
	giveTo(uid, file);
}

function checkVersion(cluster: string, { major }: Binaries): void {
	const file = path.join(cluster, 'PG_VERSION');
	if (!existsSync(file)) {
		throw new StartFailure(
			`${cluster} holds files and is not a PostgreSQL cluster: it has no PG_VERSION. Restore it from a backup, or set DATA_DIR to a new directory.`
		);
	}
	const found = readFileSync(file, 'utf8').trim();
	if (found !== major) {
		throw new StartFailure(
			`The data in ${cluster} was written by PostgreSQL ${found}, and this version of Evolve Business runs PostgreSQL ${major}. Run the version that wrote it, or set DATA_DIR to a new directory and restore a backup there.`
		);
	}
}

/** Made under another name and renamed when whole; of two processes at it, the first to rename wins. */
function initialise(
	cluster: string,
	profile: Profile,
	binaries: Binaries,
	privileges: Privileges
): void {
	const draft = `${cluster}.draft-${process.pid}`;
	rmSync(draft, { recursive: true, force: true });
	mkdirSync(draft, { mode: 0o700 });
	giveTo(privileges.uid, draft);
	runTool(
		privileges,
		binaries.initdb,
		// What the locale of this machine is must not matter to what is stored.
		[
			'-D',
			draft,
			'-U',
			'postgres',
			'-A',
			'trust',
			'-E',
			'UTF8',
			'--locale-provider=builtin',
			'--builtin-locale=C.UTF-8',
			'--locale=C',
			'--data-checksums',
			'--no-instructions',
			...(profile === 'test' ? ['--no-sync'] : [])
		]
	);
	runTool(
		privileges,
		binaries.postgres,
		['--single', '-D', draft, ...(profile === 'test' ? ['-c', 'fsync=off'] : []), 'template1'],
		`create role ${owner} login createdb createrole\ncreate database ${owner} owner ${owner}\n`
	);
	try {
		renameSync(draft, cluster);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
		rmSync(draft, { recursive: true, force: true });
	}
}

function runTool(privileges: Privileges, tool: string, args: string[], input = ''): void {
	const { command, args: words } = privileges.wrap(tool, args);
	const done = spawnSync(command, words, { input, encoding: 'utf8', env: toolEnvironment() });
	const said = `${done.error?.message ?? ''}${done.stdout}${done.stderr}`;
	// In single-user mode an error leaves the exit code at 0.
	if (done.status !== 0 || /^.*\b(ERROR|FATAL|PANIC): /m.test(said)) {
		throw new StartFailure(`${path.basename(tool)} could not make the database:\n${said.trim()}`);
	}
}

/** Nothing of the operator's environment reaches PostgreSQL (PGDATA, PGPORT, LANG …) but the path. */
export function toolEnvironment(): NodeJS.ProcessEnv {
	return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

/** Drafts of processes that were killed. */
function sweep(dataDirectory: string): void {
	for (const name of readdirSync(dataDirectory)) {
		const pid = /^postgres\.draft-(\d+)$/.exec(name)?.[1];
		if (pid && !isAlive(Number(pid)))
			rmSync(path.join(dataDirectory, name), { recursive: true, force: true });
	}
}
