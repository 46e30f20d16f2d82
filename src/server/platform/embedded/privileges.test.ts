import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { findNobody, findPrivileges, type Machine } from './privileges.ts';

/** A machine on which those commands succeed that hold all of one of these sets of words. */
const machine = (uid: number, ...able: string[][]): Machine => ({
	uid,
	named: true,
	nobody: 65_534,
	succeeds: (command, args) =>
		able.some((words) => words.every((word) => [command, ...args].join(' ').includes(word)))
});

const leash = ['setpriv --pdeathsig'];

describe('how PostgreSQL is run', () => {
	test('as ourselves when we are not root', () => {
		const privileges = findPrivileges('postgres', '/data', machine(1000));
		expect(privileges).toMatchObject({ way: 'ourselves', uid: 1000 });
		expect(privileges.wrap('postgres', ['-D', 'x'])).toEqual({
			command: 'postgres',
			args: ['-D', 'x']
		});
	});

	test('on a leash where setpriv exists, and without one elsewhere', () => {
		const leashed = findPrivileges('postgres', '/data', machine(1000, leash));
		expect(leashed.wrap('postgres', ['-D', 'x'], { leash: true })).toEqual({
			command: 'setpriv',
			args: ['--pdeathsig', 'INT', 'postgres', '-D', 'x']
		});
		const bare = findPrivileges('postgres', '/data', machine(1000));
		expect(bare.wrap('postgres', [], { leash: true }).command).toBe('postgres');
	});

	test('in a user namespace as root, the leash set last', () => {
		const privileges = findPrivileges('postgres', '/data', machine(0, ['unshare'], leash));
		expect(privileges).toMatchObject({ way: 'user namespace', uid: 0 });
		const { command, args } = privileges.wrap('postgres', [], { leash: true });
		expect([command, ...args].join(' ')).toBe(
			'unshare -U --map-user=65534 --map-group=65534 setpriv --pdeathsig INT postgres'
		);
	});

	test('in a user namespace as a user id without a name, which PostgreSQL refuses too', () => {
		const nameless = { ...machine(4321, ['unshare']), named: false };
		expect(findPrivileges('postgres', '/data', nameless)).toMatchObject({
			way: 'user namespace',
			uid: 4321
		});
	});

	test('as nobody where namespaces are forbidden', () => {
		const privileges = findPrivileges('postgres', '/data', machine(0, ['--reuid=65534']));
		expect(privileges).toMatchObject({ way: 'unprivileged user', uid: 65_534 });
		expect(privileges.wrap('postgres', []).args).not.toContain('--ambient-caps=+dac_override');
	});

	test('with the right to pass by file modes only where it cannot reach its files without', () => {
		const privileges = findPrivileges('postgres', '/root/data', machine(0, ['--ambient-caps']));
		expect(privileges.wrap('postgres', []).args).toContain('--ambient-caps=+dac_override');
	});

	test('not at all where there is no way: a sentence says what to do', () => {
		expect(() => findPrivileges('postgres', '/data', machine(0))).toThrow(
			/Run this as an ordinary user, or set DATABASE_URL/
		);
		const nameless = { ...machine(4321), named: false };
		expect(() => findPrivileges('postgres', '/data', nameless)).toThrow(
			/user id 4321, which has no name.*or set DATABASE_URL/
		);
	});
});

test('nobody is found by name, whatever its number', () => {
	expect(findNobody('root:x:0:0::/root:/bin/sh\nnobody:x:99:99::/:/sbin/nologin\n')).toBe(99);
	expect(findNobody('root:x:0:0::/root:/bin/sh\n')).toBe(65_534);
});

// Needs the right to become another user.
describe.runIf(process.getuid?.() === 0)(
	'root without namespaces makes a cluster as nobody',
	() => {
		const real = (command: string, args: string[]) =>
			command !== 'unshare' && spawnSync(command, args, { stdio: 'ignore' }).status === 0;

		test.each([
			['in a place that all may pass through', tmpdir(), 0o711, false],
			['under a directory that only root may enter', homedir(), 0o700, true]
		])('%s', (_, place, mode, passes) => {
			const directory = mkdtempSync(path.join(place, 'evolve-privileges-'));
			try {
				const binaries = findBinaries();
				const copy = path.join(directory, 'native');
				cpSync(path.dirname(path.dirname(binaries.postgres)), copy, {
					recursive: true,
					verbatimSymlinks: true
				});
				const postgres = path.join(copy, 'bin', 'postgres');
				const data = path.join(directory, 'data');
				spawnSync('chmod', [mode.toString(8), directory]);
				mkdirSync(data, { mode: 0o711 });
				const privileges = findPrivileges(postgres, data, { ...machine(0), succeeds: real });
				expect(privileges.way).toBe('unprivileged user');
				expect(privileges.wrap('x', []).args.includes('--ambient-caps=+dac_override')).toBe(passes);
				const cluster = openCluster(
					data,
					'test',
					{ ...binaries, postgres, initdb: path.join(copy, 'bin', 'initdb') },
					privileges
				);
				expect(spawnSync('stat', ['-c', '%u', cluster], { encoding: 'utf8' }).stdout.trim()).toBe(
					'65534'
				);
			} finally {
				rmSync(directory, { recursive: true, force: true });
			}
		});
	}
);
