import { isIP } from 'node:net';
import path from 'node:path';
import { loopback, type PrivateNetworks } from './outbound.ts';
import { StartFailure } from './start-failure.ts';

export interface Config {
	/** True unless NODE_ENV is production. */
	development: boolean;
	host: string;
	port: number;
	/** Where people reach the portal: an origin, without a trailing slash. */
	publicUrl: string;
	/** Whether PUBLIC_URL said so. */
	publicUrlGiven: boolean;
	/** Absolute. */
	dataDir: string;
	/** Another PostgreSQL instead of the embedded one. */
	databaseUrl: string | undefined;
	/** Whether the demo story is told and the sample products run. */
	demo: boolean;
	/** Without it letters stay in the outbox. */
	smtpUrl: string | undefined;
	mailFrom: string;
	logLevel: string;
	/** Whether X-Forwarded-Proto, -Host and -For are believed. */
	trustProxy: boolean;
	/** The installation's key; without it one is made in the data directory. */
	secret: string | undefined;
	/** Networks of the vendor's own that webhooks may be sent into. */
	privateNetworks: PrivateNetworks;
}

/** Every problem at once, a line each. */
export class ConfigError extends StartFailure {
	override name = 'ConfigError';
	readonly problems: string[];

	constructor(problems: string[]) {
		super(problems.join('\n'));
		this.problems = problems;
	}
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings; an empty variable counts as one that is not set.
 * @throws ConfigError with a sentence for each mistake
 */
export function readConfig(environment: Environment): Config {
	const problems: string[] = [];
	const read = <T>(name: string, fallback: T, parse: (text: string) => T | Mistake): T => {
		const text = environment[name]?.trim();
		if (!text) return fallback;
		const parsed = parse(text);
		if (!(parsed instanceof Mistake)) return parsed;
		problems.push(parsed.sentence(name));
		return fallback;
	};

	const mode = read('NODE_ENV', 'development', parseMode);
	const development = mode !== 'production';
	const port = read('PORT', 3000, parsePort);
	const publicUrl = read('PUBLIC_URL', `http://localhost:${port}`, parsePublicUrl);
	const databaseUrl = read<string | undefined>('DATABASE_URL', undefined, parseDatabaseUrl);
	const demo = read('DEMO', development && databaseUrl === undefined, parseSwitch);
	const config: Config = {
		development,
		// Every address of the machine, version 6 and 4: a server is there to be reached, from a container's
		// network or from the office's, and `localhost` may mean either version.
		host: read('HOST', '::', parseHost),
		port,
		publicUrl,
		publicUrlGiven: Boolean(environment['PUBLIC_URL']?.trim()),
		dataDir: path.resolve(read('DATA_DIR', '.data', (text) => text)),
		databaseUrl,
		demo,
		smtpUrl: read<string | undefined>('SMTP_URL', undefined, parseSmtpUrl),
		mailFrom: read('MAIL_FROM', `no-reply@${new URL(publicUrl).hostname}`, parseSender),
		// Whoever tries it out sees what needs them; who runs it sees what happens.
		logLevel: read('LOG_LEVEL', development ? 'warn' : 'info', parseLogLevel),
		trustProxy: read('TRUST_PROXY', false, parseSwitch),
		secret: read<string | undefined>('EVOLVE_SECRET', undefined, parseSecret),
		// The sample products run beside us.
		privateNetworks: read('PRIVATE_NETWORKS', demo ? loopback : [], parseNetworks)
	};
	if (problems.length > 0) throw new ConfigError(problems);
	return config;
}

/** What is wrong with a value, and how to mend it. */
class Mistake {
	readonly mending: string;
	readonly shown: string;

	/** @param shown what the sentence quotes; empty for what must not be shown */
	constructor(mending: string, shown = '') {
		this.mending = mending;
		this.shown = shown;
	}

	sentence(name: string): string {
		return `${name} ${this.shown ? `is "${this.shown}"` : 'cannot be used'}: ${this.mending}`;
	}
}

function parseMode(text: string): string | Mistake {
	return ['production', 'development', 'test'].includes(text)
		? text
		: new Mistake('give production, development or test, or leave it out for development.', text);
}

function parseLogLevel(text: string): string | Mistake {
	return ['debug', 'info', 'warn', 'error', 'silent'].includes(text)
		? text
		: new Mistake('give debug, info, warn, error or silent.', text);
}

function parsePort(text: string): number | Mistake {
	const port = Number(text);
	return /^\d+$/.test(text) && port >= 1 && port <= 65_535
		? port
		: new Mistake('give a whole number from 1 to 65535, such as PORT=3000.', text);
}

function parseHost(text: string): string | Mistake {
	return /^[\w.:-]+$/.test(text)
		? text
		: new Mistake('give an address of this machine without a port, such as HOST=127.0.0.1.', text);
}

function parsePublicUrl(text: string): string | Mistake {
	const mending =
		'give the address that people type, with http:// or https:// and no path, such as PUBLIC_URL=https://portal.example.com.';
	const url = URL.parse(text);
	if (!url || !['http:', 'https:'].includes(url.protocol)) return new Mistake(mending, text);
	if (url.username || url.password)
		return new Mistake('give it without a user name and a password.');
	if (url.pathname !== '/' || url.search || url.hash) return new Mistake(mending, text);
	return url.origin;
}

/** Passwords stand in these addresses, so no sentence quotes them. */
function parseDatabaseUrl(text: string): string | Mistake {
	const url = URL.parse(text);
	return url &&
		['postgres:', 'postgresql:'].includes(url.protocol) &&
		url.hostname &&
		url.pathname.length > 1
		? text
		: new Mistake(
				'give the address of a PostgreSQL database, such as DATABASE_URL=postgres://user:password@host:5432/database, with characters such as @ or / in the password written as %40 or %2F.'
			);
}

function parseSmtpUrl(text: string): string | Mistake {
	const url = URL.parse(text);
	return url && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname
		? text
		: new Mistake(
				'give the address of a mail server, such as SMTP_URL=smtps://user:password@mail.example.com:465.'
			);
}

function parseSender(text: string): string | Mistake {
	return /^[^\s@]+@[^\s@]+$/.test(/<([^<>]*)>$/.exec(text)?.[1] ?? text)
		? text
		: new Mistake('give an e-mail address, such as MAIL_FROM=portal@example.com.', text);
}

function parseSwitch(text: string): boolean | Mistake {
	if (['on', 'true', 'yes', '1'].includes(text.toLowerCase())) return true;
	if (['off', 'false', 'no', '0'].includes(text.toLowerCase())) return false;
	return new Mistake('give on or off.', text);
}

function parseSecret(text: string): string | Mistake {
	return text.length >= 32
		? text
		: new Mistake(
				`it has ${text.length} characters; give at least 32 random ones, or leave it out and one is made in DATA_DIR.`
			);
}

function parseNetworks(text: string): PrivateNetworks | Mistake {
	if (text === 'any') return 'any';
	if (text === 'none') return [];
	const networks = text.split(',').map((each) => each.trim());
	const wrong = networks.find((network) => !isNetwork(network));
	return wrong === undefined
		? networks
		: new Mistake(
				'give networks with the length of their prefix, separated by commas, such as PRIVATE_NETWORKS=10.1.0.0/16,fd00::/8, or any, or none.',
				wrong
			);
}

function isNetwork(text: string): boolean {
	const [address = '', prefix = '', ...more] = text.split('/');
	const version = isIP(address);
	return (
		more.length === 0 &&
		version !== 0 &&
		!address.includes('%') &&
		/^\d{1,3}$/.test(prefix) &&
		Number(prefix) <= (version === 6 ? 128 : 32)
	);
}
