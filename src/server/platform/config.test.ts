import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

function problemsOf(environment: Record<string, string>): string[] {
	try {
		readConfig(environment);
	} catch (error) {
		if (error instanceof ConfigError) return error.problems;
		throw error;
	}
	return [];
}

describe('with nothing set', () => {
	test('the portal runs by itself, with its story, on port 3000', () => {
		expect(readConfig({})).toEqual({
			development: true,
			host: '::',
			port: 3000,
			publicUrl: 'http://localhost:3000',
			publicUrlGiven: false,
			dataDir: path.resolve('.data'),
			databaseUrl: undefined,
			demo: true,
			smtpUrl: undefined,
			mailFrom: 'no-reply@localhost',
			logLevel: 'warn',
			trustProxy: false,
			secret: undefined,
			privateNetworks: ['127.0.0.0/8', '::1/128']
		});
	});

	test('an empty variable counts as not set', () => {
		expect(readConfig({ PORT: '', DATABASE_URL: ' ', DEMO: '' })).toEqual(readConfig({}));
	});

	test('the public address follows the port', () => {
		expect(readConfig({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
	});
});

describe('the demo story', () => {
	test.each([
		[{}, true],
		[{ NODE_ENV: 'production' }, false],
		[{ DATABASE_URL: 'postgres://db/evolve' }, false],
		[{ NODE_ENV: 'production', DEMO: 'on' }, true],
		[{ DATABASE_URL: 'postgres://db/evolve', DEMO: 'yes' }, true],
		[{ DEMO: 'off' }, false],
		[{ DEMO: '0' }, false]
	])('with %j is told: %s', (environment, told) => {
		expect(readConfig(environment).demo).toBe(told);
	});
});

describe('private networks that may be called', () => {
	test.each([
		['none of them', { DEMO: 'off' }, []],
		['those of the sample products', { DEMO: 'on' }, ['127.0.0.0/8', '::1/128']],
		['none, though the demo runs', { DEMO: 'on', PRIVATE_NETWORKS: 'none' }, []],
		['all', { PRIVATE_NETWORKS: 'any' }, 'any'],
		['these', { PRIVATE_NETWORKS: '10.1.0.0/16, fd00::/8' }, ['10.1.0.0/16', 'fd00::/8']]
	])('%s', (_what, environment, networks) => {
		expect(readConfig(environment).privateNetworks).toEqual(networks);
	});
});

describe('each mistake has a sentence that says how to mend it', () => {
	test.each([
		['PORT', 'abc', 'PORT is "abc": give a whole number from 1 to 65535, such as PORT=3000.'],
		['PORT', '0', 'PORT is "0": give a whole number from 1 to 65535, such as PORT=3000.'],
		['PORT', '65536', 'PORT is "65536": give a whole number from 1 to 65535, such as PORT=3000.'],
		['PORT', '1e3', 'PORT is "1e3": give a whole number from 1 to 65535, such as PORT=3000.'],
		[
			'NODE_ENV',
			'prod',
			'NODE_ENV is "prod": give production, development or test, or leave it out for development.'
		],
		['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud": give debug, info, warn, error or silent.'],
		['DEMO', 'maybe', 'DEMO is "maybe": give on or off.'],
		['TRUST_PROXY', '2', 'TRUST_PROXY is "2": give on or off.'],
		[
			'HOST',
			'http://x',
			'HOST is "http://x": give an address of this machine without a port, such as HOST=127.0.0.1.'
		],
		[
			'PUBLIC_URL',
			'portal.example',
			/^PUBLIC_URL is "portal\.example": give the address that people type/
		],
		[
			'PUBLIC_URL',
			'https://portal.example/app',
			/^PUBLIC_URL is ".*": give the address .* no path/
		],
		['PUBLIC_URL', 'ftp://portal.example', /^PUBLIC_URL is "ftp:/],
		[
			'MAIL_FROM',
			'nobody',
			'MAIL_FROM is "nobody": give an e-mail address, such as MAIL_FROM=portal@example.com.'
		],
		[
			'EVOLVE_SECRET',
			'short',
			'EVOLVE_SECRET cannot be used: it has 5 characters; give at least 32 random ones, or leave it out and one is made in DATA_DIR.'
		],
		[
			'DATABASE_URL',
			'mysql://u:p@h/d',
			/^DATABASE_URL cannot be used: give the address of a PostgreSQL database/
		],
		['DATABASE_URL', 'postgres://host', /^DATABASE_URL cannot be used/],
		[
			'PRIVATE_NETWORKS',
			'10.1.0.0/16, 10.2.0.0/33',
			'PRIVATE_NETWORKS is "10.2.0.0/33": give networks with the length of their prefix, separated by commas, such as PRIVATE_NETWORKS=10.1.0.0/16,fd00::/8, or any, or none.'
		],
		['PRIVATE_NETWORKS', '10.1.2.3', /^PRIVATE_NETWORKS is "10\.1\.2\.3": give networks/],
		['PRIVATE_NETWORKS', 'intranet.example', /^PRIVATE_NETWORKS is "intranet\.example": give/],
		['PRIVATE_NETWORKS', '10.0.0.0/8;fd00::/8', /^PRIVATE_NETWORKS is "/],
		['SMTP_URL', 'mail.example.com', /^SMTP_URL cannot be used: give the address of a mail server/]
	])('%s=%s', (name, value, sentence) => {
		const problems = problemsOf({ [name]: value });
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(sentence);
	});

	test('all mistakes are told at once', () => {
		expect(problemsOf({ PORT: 'x', DEMO: 'x', PUBLIC_URL: 'x' })).toHaveLength(3);
	});

	test.each([
		['DATABASE_URL', 'postgres://user:hunter2hunter2@ho st/x'],
		['SMTP_URL', 'smtp//user:hunter2hunter2@mail'],
		['PUBLIC_URL', 'https://user:hunter2hunter2@portal.example'],
		['EVOLVE_SECRET', 'hunter2hunter2']
	])('no sentence about %s shows a secret', (name, value) => {
		const [problem] = problemsOf({ [name]: value });
		expect(problem).toContain(name);
		expect(problem).not.toContain('hunter2');
	});
});

test('the public address loses its trailing slash', () => {
	expect(readConfig({ PUBLIC_URL: 'https://portal.example/' }).publicUrl).toBe(
		'https://portal.example'
	);
});

test('a sender may have a name', () => {
	expect(readConfig({ MAIL_FROM: 'Evolve <portal@example.com>' }).mailFrom).toBe(
		'Evolve <portal@example.com>'
	);
});
