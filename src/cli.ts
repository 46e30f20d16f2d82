import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addMember, createBusiness, listBusinesses } from '#server/modules/businesses/index.ts';
import { createApiKey } from '#server/modules/catalogue/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import { readConfig } from '#server/platform/config.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Conflict, Expected, NotFound } from '#server/platform/errors.ts';
import { createLog } from '#server/platform/log.ts';
import { roles, type Role } from '#server/platform/permissions.ts';
import type { Scope } from '#server/platform/scope.ts';
import { StartFailure } from '#server/platform/start-failure.ts';
import { openPortal, type Opened } from './open.ts';

/** The operator's command line. Results go to standard output, everything else to standard error. */
const program = new Command('evolve')
	.description('Operate Evolve Business from the command line.')
	.configureHelp({ showGlobalOptions: true })
	.addHelpText(
		'after',
		'\nIt reads the same settings as the server (DATA_DIR, DATABASE_URL …) and may run beside it.'
	)
	.exitOverride();

program
	.command('migrate')
	.description('Bring the database up to date. The server does so too when it starts.')
	.action(() =>
		onPortal(async ({ migrated }) => {
			for (const name of migrated) tell(name);
			console.error(migrated.length === 0 ? 'The database is up to date.' : 'Done.');
		})
	);

program
	.command('seed')
	.description(
		'Tell the demo story: three businesses, thirteen months, the accounts of the README.'
	)
	.action(() =>
		onPortal(async ({ runtime }) => {
			const { tellStory } = await import('../seeds/index.ts');
			const told = await tellStory(runtime);
			console.error(told ? 'The story is told.' : 'The story has been told before.');
		})
	);

const business = program.command('business').description('The businesses that are customers.');
business
	.command('list')
	.description('Every business: its id and its name.')
	.action(() =>
		onPortal(async () => {
			const all = await withSystem('evolve business list', (scope) => listBusinesses(scope, {}));
			for (const { id, name } of all) tell(`${id}  ${name}`);
		})
	);

const key = program.command('key').description('API keys of products.');
key
	.command('create')
	.description('Make an API key for a product. It is shown this once: only its hash is stored.')
	.requiredOption('--product <slug>', 'the product that will use it, such as erp')
	.action(({ product }: { product: string }) =>
		onPortal(async () => {
			const { token } = await withSystem('evolve key create', (scope) =>
				createApiKey(scope, { product })
			);
			tell(token);
		})
	);

interface UserOptions {
	email: string;
	name: string;
	business?: string;
	newBusiness?: string;
	role: Role;
	staff: boolean;
	passwordStdin: boolean;
}

const user = program.command('user').description('People who sign in.');
user
	.command('create')
	.description('Make an account for a person, in a business or as staff of the vendor.')
	.requiredOption('--email <address>', 'what the person signs in with')
	.requiredOption('--name <name>', 'the full name', notEmpty)
	.option('--business <name>', 'the business that the person joins, by name or id')
	.addOption(
		new Option('--new-business <name>', 'a business that is made with the person').conflicts(
			'business'
		)
	)
	.addOption(
		new Option('--role <role>', 'the role in the business').choices(roles).default('owner')
	)
	.option('--staff', 'the person works for the vendor and may use the console', false)
	.option(
		'--password-stdin',
		'read the password from standard input; otherwise one is made and shown',
		false
	)
	.action((options: UserOptions) => onPortal(() => createUser(options)));

async function createUser(options: UserOptions): Promise<void> {
	const given = options.passwordStdin
		? (await text(process.stdin)).replace(/\r?\n$/, '')
		: undefined;
	const password = given ?? randomBytes(15).toString('base64url');
	const { email, name, staff, role } = options;
	await withSystem('evolve user create', async (scope) => {
		const person = await createPerson(scope, { email, name, staff, password });
		const businessId = await chooseBusiness(scope, options);
		if (businessId) await addMember(scope, { businessId, personId: person.id, role });
	});
	if (given === undefined) tell(password);
}

async function chooseBusiness(
	scope: Scope,
	{ business, newBusiness }: UserOptions
): Promise<string | undefined> {
	if (newBusiness !== undefined) return (await createBusiness(scope, { name: newBusiness })).id;
	if (business === undefined) return undefined;
	const all = await listBusinesses(scope, {});
	const found = all.filter(({ id, name }) => id === business || name === business);
	if (found.length === 1) return found[0]?.id;
	if (found.length === 0) throw new NotFound(`The business "${business}"`);
	throw new Conflict(
		'ambiguous',
		`${found.length} businesses are called "${business}": give the id of one, ${found.map(({ id }) => id).join(' or ')}.`
	);
}

/** A result: what a script that calls this goes on with. */
function tell(words: string): void {
	process.stdout.write(`${words}\n`);
}

function notEmpty(words: string): string {
	if (words.trim() === '') throw new InvalidArgumentError('It must not be empty.');
	return words;
}

/** Opens the database as the server does: joins a running one, or starts it for the time of the command. */
async function onPortal(work: (opened: Opened) => Promise<void>): Promise<void> {
	const config = readConfig(process.env);
	const opened = await openPortal(config, { log: createLog(config.logLevel) });
	try {
		await work(opened);
	} finally {
		await opened.close();
	}
}

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) {
		// Commander has told what was wrong.
		process.exitCode = error.exitCode;
	} else if (error instanceof StartFailure || error instanceof Expected) {
		console.error(error.message);
		process.exitCode = 1;
	} else {
		throw error;
	}
}
