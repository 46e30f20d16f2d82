import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from '#server/platform/embedded/index.ts';
import { createLog } from '#server/platform/log.ts';
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
		for (const command of [
			'migrate',
			'seed',
			'business',
			'key',
			'user',
			'product',
			'plan',
			'meter',
			'ledger'
		])
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

	test('adds a product of which no code knows, from its addresses to its first customer', async () => {
		const made = await evolve(
			...['product', 'save', '--slug', 'crm', '--name', 'CRM', '--secret'],
			...['--login-url', 'https://crm.example/login'],
			...['--redirect-url', 'https://crm.example/callback'],
			...['--redirect-url', 'https://crm.example/other'],
			...['--resource', 'Guide=https://crm.example/guide']
		);
		expect(made.code, made.said).toBe(0);
		const id = /^prd_\w{26}$/m.exec(made.said)?.[0];
		expect(id).toBeDefined();
		expect(made.said).toMatch(/^[\w-]{43}$/m);
		// What is not given stays, the client id above all.
		const changed = await evolve(
			'product',
			'save',
			'--slug',
			'crm',
			'--support-email',
			'h@v.example'
		);
		expect(changed).toEqual({ code: 0, said: id });

		const plan = ['--product', 'crm', '--slug', 'team', '--name', 'Team', '--amount', '4500.50'];
		expect(await evolve('plan', 'save', ...plan, '--trial-days', '14')).toEqual({
			code: 0,
			said: ''
		});
		expect((await evolve('plan', 'list', '--product', 'crm')).said).toBe(
			'team  Team  version 1  KES 4,500.50 a month  14 days'
		);
		// A change is a new version, and says what changed.
		const team = ['--product', 'crm', '--plan', 'team'];
		const year = await evolve('plan', 'version', 'save', ...team, '--interval', 'year');
		expect(year.said).toMatch(
			/^team version 2 {2}current from \S+Z\n {2}KES 4,500\.50 a year\n {2}- Asked: a month becomes a year$/
		);
		expect(await evolve('plan', 'version', 'save', ...team, '--interval', 'year')).toEqual({
			code: 1,
			said: 'This says the same as version 2, the last one.'
		});
		await evolve('plan', 'version', 'save', ...team, '--interval', 'month');
		const code = await evolve('coupon', 'create', '--name', 'Early bird', '--percent', '15');
		expect(code.said).toMatch(/^[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4}$/);
		expect(await evolve('coupon', 'end', code.said.toLowerCase())).toEqual({ code: 0, said: '' });
		expect((await evolve('coupon', 'list')).said).toBe(
			`${code.said}  Early bird  15%  once  used 0  ended`
		);
		const meter = ['--product', 'crm', '--slug', 'deals', '--name', 'Deals'];
		expect((await evolve('meter', 'define', ...meter, '--event-type', 'crm.deal.won')).code).toBe(
			0
		);
		expect((await evolve('key', 'create', '--product', 'crm')).said).toMatch(/^evk_[\w-]{43}$/);
		expect((await evolve('key', 'list', '--product', 'crm')).said).toMatch(/^key_\w+ {2}evk_\w/);
		const customer = ['--business', 'Acme', '--product', 'crm', '--plan', 'team'];
		expect((await evolve('subscription', 'start', ...customer)).said).toMatch(/^sub_\w+$/);
		const twice = await evolve('subscription', 'start', ...customer);
		expect(twice).toEqual({ code: 1, said: 'The business has CRM already.' });
	});

	test('says who issues the invoices, and from which number on', async () => {
		expect(await evolve('seller', 'show')).toEqual({
			code: 1,
			said: 'Say first who issues the invoices: evolve seller save.'
		});
		const lixnet = ['--name', 'Lixnet Ltd', '--address', 'P.O. Box 4120', '--address', 'Nairobi'];
		expect((await evolve('seller', 'save', ...lixnet, '--pin', 'P05')).said).toBe(
			'A KRA PIN is a letter, nine digits and a letter. (taxPin)'
		);
		const days = ['--days-to-pay', '14'];
		const saved = await evolve('seller', 'save', ...lixnet, '--pin', 'P051930264T', ...days);
		expect(saved).toEqual({
			code: 0,
			said: 'Lixnet Ltd\nP.O. Box 4120\nNairobi\nKRA PIN P051930264T\nDays to pay: 14'
		});
		expect(await evolve('seller', 'show')).toEqual(saved);
		expect(await evolve('seller', 'next-invoice', '387')).toEqual({ code: 0, said: '' });
		expect(await evolve('seller', 'next-invoice', '386')).toEqual({
			code: 1,
			said: 'The series of invoices has passed 386 already.'
		});
	});

	test('verifies the ledger, also of a database without a document', async () => {
		expect(await evolve('ledger', 'verify')).toEqual({
			code: 0,
			said: 'Everything balances and agrees. Businesses: 1, entries: 0.'
		});
		expect(await evolve('ledger', 'balances', '--business', 'Acme')).toEqual({ code: 0, said: '' });
	});

	test('names what is wrong in the ledger, with exit code 1', async () => {
		const embedded = await startEmbedded({ dataDir, profile: 'test', log: createLog('silent') });
		const owner = new pg.Client(embedded.connection);
		await owner.connect();
		await owner.query(`
			alter table ledger.entries disable trigger user;
			insert into ledger.entries
				(business_id, id, at, on_day, kind, document_kind, document_id, reference, currency)
			select id, 'ent_x', now(), '2026-11-01', 'issued', 'invoice', 'inv_x', 'INV-1', 'KES'
			from businesses.businesses;
			alter table ledger.entries enable trigger user`);
		await owner.end();
		await embedded.stop();
		const { code, said } = await evolve('ledger', 'verify');
		expect(code).toBe(1);
		expect(said.split('\n')).toEqual([
			'Acme: invoice INV-1: its entry of 0 postings comes to KES 0.00 instead of nothing.',
			'Acme: invoice INV-1 is in the ledger, and there is no such document.',
			'Disagreements: 2, entries: 1.'
		]);
	});

	test('says how a product stands, and where it hears of changes', async () => {
		const stands = async () => /(\w+)$/.exec((await evolve('product', 'list')).said)?.[1];
		expect(await stands()).toBe('operational');
		await evolve('product', 'state', 'crm', 'outage', '--message', 'The disk is full.');
		expect(await stands()).toBe('outage');
		expect((await evolve('product', 'restore', 'crm')).code).toBe(0);
		expect(await stands()).toBe('operational');
		const now = new Date();
		const planned = await evolve(
			...['product', 'maintenance', 'crm', '--message', 'New disks.'],
			...['--from', new Date(now.getTime() - 60_000).toISOString()],
			...['--until', new Date(now.getTime() + 3_600_000).toISOString()]
		);
		expect(planned).toEqual({ code: 0, said: '' });
		expect(await stands()).toBe('maintenance');

		const hook = await evolve('product', 'webhook', 'crm', '--url', 'https://crm.example/hooks');
		expect(hook.said).toMatch(/^whsec_[\w+/]{43}=$/m);
		const moved = await evolve('product', 'webhook', 'crm', '--url', 'https://crm.example/v2');
		expect(moved).toEqual({ code: 0, said: '' });
	});

	test.each([
		[
			['product', 'save', '--slug', 'crm', '--redirect-url', 'https://*.crm.example/'],
			/^Write each address out.+\(redirectUrls\.0\)$/
		],
		[['product', 'save', '--slug', 'new'], /^Write the name of the product/],
		[['product', 'webhook', 'crm'], /^Give an address/],
		[
			[
				'product',
				'maintenance',
				'crm',
				'--from',
				'2026-02-30T10:00',
				'--until',
				'2026-03-01T10:00'
			],
			/^Write a day and a time/
		],
		[
			['plan', 'save', '--product', 'crm', '--slug', 'a', '--name', 'A', '--amount', '4.505'],
			/^Write an amount/
		],
		[['key', 'create'], /Give --product, or --integrator with what it --may do/],
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
