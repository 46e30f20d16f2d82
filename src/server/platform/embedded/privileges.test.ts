import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { findPrivileges } from './privileges.ts';

/** A machine on which commands succeed that hold all of one of these sets of words. */
const machine = (uid: number, ...able: string[][]) => ({
	uid,
	succeeds: (command: string, args: string[]) =>
		able.some((words) => words.every((word) => [command, ...args].join(' ').includes(word)))
});

describe('how PostgreSQL is run', () => {
	test('as ourselves when we are not root', () => {
		const privileges = findPrivileges([], machine(1000));
		expect(privileges).toMatchObject({ way: 'ourselves', uid: 1000 });
		expect(privileges.wrap('postgres', ['-D', 'x'])).toEqual({
			command: 'postgres',
			args: ['-D', 'x']
		});
	});

	test('on a leash where setpriv exists, and without one elsewhere', () => {
		const leashed = findPrivileges([], machine(1000, ['setpriv --pdeathsig']));
		expect(leashed.wrap('postgres', ['-D', 'x'], { leash: true })).toEqual({
			command: 'setpriv',
			args: ['--pdeathsig', 'INT', 'postgres', '-D', 'x']
		});
		const bare = findPrivileges([], machine(1000));
		expect(bare.wrap('postgres', [], { leash: true }).command).toBe('postgres');
	});

	test('in a user namespace as root, the leash set last', () => {
		const privileges = findPrivileges([], machine(0, ['unshare'], ['setpriv --pdeathsig']));
		expect(privileges.way).toBe('user namespace');
		const { command, args } = privileges.wrap('postgres', [], { leash: true });
		expect([command, ...args].join(' ')).toBe(
			'unshare -U --map-user=1000 --map-group=1000 setpriv --pdeathsig INT postgres'
		);
	});

	test('as an unprivileged user where namespaces are forbidden', () => {
		const privileges = findPrivileges(['/data'], machine(0, ['setpriv', 'test -r /data']));
		expect(privileges).toMatchObject({ way: 'unprivileged user', uid: 58_432 });
		expect(privileges.wrap('postgres', []).args).not.toContain('--ambient-caps=+dac_override');
	});

	test('with the right to pass by file modes only where it cannot reach its files without', () => {
		const privileges = findPrivileges(
			['/root/x'],
			machine(0, ['setpriv', 'ambient-caps', 'test -r /root/x'])
		);
		expect(privileges.wrap('postgres', []).args).toContain('--ambient-caps=+dac_override');
	});

	test('not at all where root has no way: a sentence says what to do', () => {
		expect(() => findPrivileges(['/data'], machine(0))).toThrow(
			/Run this as an ordinary user, or set DATABASE_URL/
		);
	});
});

// Needs the right to become another user.
test.runIf(process.getuid?.() === 0)(
	'root without namespaces makes a cluster under the unprivileged user',
	() => {
		const directory = mkdtempSync(path.join(tmpdir(), 'evolve-privileges-'));
		try {
			const binaries = findBinaries();
			const real = (command: string, args: string[]) =>
				command !== 'unshare' && spawnSync(command, args, { stdio: 'ignore' }).status === 0;
			const privileges = findPrivileges([binaries.postgres, directory], { uid: 0, succeeds: real });
			const cluster = openCluster(directory, 'test', binaries, privileges);
			const { command, args } = privileges.wrap('stat', ['-c', '%u', cluster]);
			expect(spawnSync(command, args, { encoding: 'utf8' }).stdout.trim()).toBe(
				String(privileges.uid)
			);
		} finally {
			rmSync(directory, { recursive: true, force: true });
		}
	}
);
