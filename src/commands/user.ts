import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { addMember, createBusiness } from '#server/modules/businesses/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { roles, type Role } from '#server/platform/permissions.ts';
import type { Scope } from '#server/platform/scope.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, tell } from './command.ts';
import { addSecondFactor } from './second-factor.ts';

interface UserOptions {
	email: string;
	name: string;
	business?: string;
	newBusiness?: string;
	role: Role;
	staff: boolean;
	passwordStdin: boolean;
}

export function addUser(program: Command): void {
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
	addSecondFactor(user);
}

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
	return (await findBusiness(scope, business)).id;
}
