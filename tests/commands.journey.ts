import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts, launch } from './setup/launch.ts';

let dataDir: string;
let port: number;
beforeAll(async () => {
	dataDir = mkdtempSync(path.join(tmpdir(), 'evolve-commands-'));
	port = await freePorts();
});
afterAll(() => {
	rmSync(dataDir, { recursive: true, force: true });
});

async function evolve(...words: string[]) {
	const command = launch({ port, dataDir, program: ['evolve.js', ...words] });
	return { code: await command.ended(), said: command.said().trim() };
}

describe('the operator’s command line', () => {
	test('explains itself, at every level', async () => {
		const { code, said } = await evolve('--help');
		expect(code).toBe(0);
		for (const command of ['migrate', 'seed', 'business', 'key', 'user'])
			expect(said).toContain(command);
		expect((await evolve('key', 'create', '--help')).said).toContain('--product <slug>');
	});

	test('opens the database for the time of a command, and brings it up to date', async () => {
		const first = await evolve('migrate');
		expect(first.code).toBe(0);
		expect(first.said).toMatch(/^0001_platform\n/);
		expect(await evolve('migrate')).toEqual({ code: 0, said: 'The database is up to date.' });
	});

	test('makes a person with a business, who stands in the list', async () => {
		const made = await evolve(
			'user',
			'create',
			'--email',
			'ann@acme.example',
			'--name',
			'Ann',
			'--new-business',
			'Acme'
		);
		expect(made.code).toBe(0);
		expect(made.said).toMatch(/^[\w-]{20}$/);
		expect((await evolve('business', 'list')).said).toMatch(/^biz_\w+ {2}Acme$/);
	});

	test.each([
		[['key', 'create'], "error: required option '--product <slug>' not specified"],
		[['key', 'create', '--product', 'nope'], /The product nope does not exist/],
		[['user', 'create', '--email', 'nope', '--name', 'N'], /^This is not an e-mail address/],
		[
			['user', 'create', '--email', 'b@c.example', '--name', 'B', '--business', 'Nope'],
			/The business "Nope" does not exist/
		],
		[['sing'], "error: unknown command 'sing'"]
	])('refuses %j with a sentence and exit code 1', async (words, sentence) => {
		const { code, said } = await evolve(...words);
		expect(code).toBe(1);
		expect(said).toMatch(sentence);
		expect(said.split('\n')).toHaveLength(1);
	});
});

test('the development server serves pages from their source', async () => {
	const development = launch({ port, dataDir, env: { DEMO: 'off' }, program: ['dev.js'] });
	expect(await development.until(/^ready \S+$/m), development.said()).toBeDefined();
	const page = await fetch(`http://localhost:${port}/login`);
	expect(page.status).toBe(200);
	expect(await page.text()).toContain('name="password"');
	await development.end('SIGTERM');
});
