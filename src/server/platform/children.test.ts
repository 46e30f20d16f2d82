import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { superviseChildren, type Children } from './children.ts';

let directory: string;
let children: Children | undefined;
let lines: string[];
const note = (_: object, words: string): void => void lines.push(words);
const log = { info: note, warn: note, error: note } as unknown as Parameters<
	typeof superviseChildren
>[1];

beforeEach(() => {
	directory = mkdtempSync(path.join(tmpdir(), 'evolve-children-'));
	lines = [];
});
afterEach(async () => {
	await children?.stop();
	children = undefined;
	rmSync(directory, { recursive: true, force: true });
});

/** Runs `script` as a program; `trace(text)` in it leaves words behind. */
function supervise(script: string, env: Record<string, string> = {}): void {
	const file = path.join(directory, 'trace');
	const trace = `const trace = (text) => require('fs').appendFileSync(${JSON.stringify(file)}, text + '\\n');`;
	children = superviseChildren([{ name: 'a program', args: ['-e', trace + script], env }], log);
}

const traced = (): string[] => {
	try {
		return readFileSync(path.join(directory, 'trace'), 'utf8').trim().split('\n');
	} catch {
		return [];
	}
};

test('what a program says is logged, and it gets its settings but none of our secrets', async () => {
	vi.stubEnv('EVOLVE_SECRET', 'not for products');
	supervise(
		`console.log('port ' + process.env.PORT + ' secret ' + process.env.EVOLVE_SECRET); console.error('oh'); setInterval(() => {}, 1000)`,
		{ PORT: '3931' }
	);
	await vi.waitFor(
		() => expect(lines.toSorted()).toEqual(['oh', 'port 3931 secret undefined']),
		5_000
	);
	vi.unstubAllEnvs();
});

test('a program that ends is started again', async () => {
	supervise(`trace('run'); process.exit(3)`);
	await vi.waitFor(() => expect(traced().length).toBeGreaterThanOrEqual(2), 5_000);
	expect(lines[0]).toBe('a program ended with exit code 3 and is started again in 250 ms');
});

test('a program is asked to end and can end in its own way', async () => {
	supervise(
		`process.on('SIGTERM', () => { trace('put away'); process.exit() }); setInterval(() => {}, 1000); trace('run')`
	);
	await vi.waitFor(() => expect(traced()).toEqual(['run']), 5_000);
	await children?.stop();
	expect(traced()).toEqual(['run', 'put away']);
	expect(lines).toEqual([]);
});

test('a program that does not listen is ended', async () => {
	supervise(`process.on('SIGTERM', () => trace('no')); setInterval(() => {}, 1000); trace('run')`);
	await vi.waitFor(() => expect(traced()).toEqual(['run']), 5_000);
	const began = performance.now();
	await children?.stop(200);
	expect(traced()).toEqual(['run', 'no']);
	expect(performance.now() - began).toBeLessThan(2_000);
});

test('stopping does not wait for a program that is between two runs', async () => {
	supervise(`trace('run'); process.exit(1)`);
	await vi.waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(2), 5_000);
	const began = performance.now();
	await children?.stop();
	expect(performance.now() - began).toBeLessThan(400);
});
