import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The package as a product team installs it, built into plain JavaScript, and every program of README.md
// run with it: by the machine's own Node, which may be older than the one that the portal brings along.

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const node =
	(process.env['PATH'] ?? '')
		.split(delimiter)
		.filter((folder) => !folder.includes('node_modules'))
		.map((folder) => join(folder, 'node'))
		.find((path) => existsSync(path)) ?? process.execPath;

let folder: string;
let portal: Server;
let environment: Record<string, string>;
let asked: { what: string; body: string }[];

const entitlements = {
	mode: 'full',
	people: [{ id: 'per_06ebk3w5q8x1y2z3a4b5c6d7e8', role: 'manager' }]
};

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'sdk-package-'));
	const installed = join(folder, 'node_modules/@evolve/sdk');
	mkdirSync(installed, { recursive: true });
	copyFileSync(join(here, 'package.json'), join(installed, 'package.json'));
	await run(process.execPath, [
		fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url)),
		...['-p', join(here, 'tsconfig.build.json')],
		...['--outDir', join(installed, 'build')]
	]);
	writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
	const programs = readFileSync(join(here, 'README.md'), 'utf8').matchAll(
		/```js\n\/\/ (\S+)\n(.*?)```/gs
	);
	for (const [, name = '', text = ''] of programs) writeFileSync(join(folder, name), text);

	asked = [];
	portal = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			asked.push({ what: `${request.method ?? ''} ${request.url ?? ''}`, body });
			response.writeHead(200).end(JSON.stringify(entitlements));
		});
	});
	portal.listen(0, '127.0.0.1');
	await once(portal, 'listening');
	environment = {
		EVOLVE_URL: `http://127.0.0.1:${(portal.address() as AddressInfo).port}`,
		EVOLVE_KEY: 'evk_1',
		EVOLVE_WEBHOOK_SECRET: secret
	};
});
afterAll(() => {
	portal.closeAllConnections();
	portal.close();
	rmSync(folder, { recursive: true });
});

it('report.js reports everything before it ends', async () => {
	const { stderr } = await run(node, ['report.js'], { cwd: folder, env: environment });
	expect(stderr).toBe('');
	expect(asked.map(({ what }) => what).sort()).toEqual([
		'POST /api/v1/activity',
		'POST /api/v1/events',
		'POST /api/v1/places',
		'PUT /api/v1/product'
	]);
});

it('gate.js lets a manager write', async () => {
	const { stdout } = await run(node, ['gate.js'], { cwd: folder, env: environment });
	expect(stdout).toBe('true manager\n');
});

it('hooks.js takes what the portal signed, once, and refuses the rest', async () => {
	const free = createServer().listen(0, '127.0.0.1');
	await once(free, 'listening');
	const { port } = free.address() as AddressInfo;
	free.close();
	const child = spawn(node, ['hooks.js'], {
		cwd: folder,
		env: { ...environment, PORT: String(port) },
		stdio: ['ignore', 'pipe', 'inherit']
	});
	const ended = once(child, 'close');
	let said = '';
	child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
	try {
		await expect.poll(() => said, { timeout: 10_000 }).toBe('listening\n');
		const post = async (id: string, type: string, data: object, key = secret) => {
			const body = JSON.stringify({
				type,
				timestamp: new Date().toISOString(),
				data: { business: { id: 'biz_1', name: 'Mavuno Traders Ltd' }, ...data }
			});
			const timestamp = String(Math.floor(Date.now() / 1000));
			const signature = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
				.update(`${id}.${timestamp}.${body}`)
				.digest('base64');
			const response = await fetch(`http://127.0.0.1:${port}/`, {
				method: 'POST',
				body,
				headers: {
					'webhook-id': id,
					'webhook-timestamp': timestamp,
					'webhook-signature': `v1,${signature}`
				}
			});
			return response.status;
		};
		const out = { person: { email: 'otieno@mavuno.example' }, role: null };
		expect(await post('whm_1', 'access.changed', out)).toBe(204);
		expect(await post('whm_1', 'access.changed', out)).toBe(204);
		expect(await post('whm_2', 'webhook.test', {})).toBe(204);
		expect(await post('whm_3', 'access.changed', out, `whsec_${'A'.repeat(44)}`)).toBe(400);
		expect(await post('whm_4', 'export.asked', { export: { id: 'exp_1' } })).toBe(204);
		await expect
			.poll(() => asked.at(-1))
			.toEqual({
				what: 'POST /api/v1/exports/exp_1',
				body: '{"status":"ready","path":"/exports/1.zip"}'
			});
		expect(said).toBe('listening\notieno@mavuno.example is out\n');
	} finally {
		child.kill();
		await ended;
	}
});

it('is typed for those who install it', async () => {
	writeFileSync(
		join(folder, 'typed.mts'),
		`import { verifyWebhook, type WebhookMessage } from '@evolve/sdk';
const message: WebhookMessage = verifyWebhook('', {}, '');
export const role = message.type === 'access.changed' ? message.data.role : undefined;
// @ts-expect-error -- of another kind there is no role
export const none = message.type === 'webhook.test' ? message.data.role : undefined;
`
	);
	const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
	const flags = '--noEmit --strict --module nodenext --lib es2023,dom'.split(' ');
	const check = run(process.execPath, [tsc, ...flags, 'typed.mts'], { cwd: folder });
	const { stdout } = await check.catch((error: { stdout: string }) => error);
	expect(stdout).toBe('');
});
