import type { Command } from 'commander';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import type { Scope } from '#server/platform/scope.ts';
import { onPortal, tell } from './command.ts';

export function addBusiness(program: Command): void {
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
}

/**
 * The business of an id or a name.
 * @throws NotFound; Conflict `ambiguous` where several have the name
 */
export async function findBusiness(
	scope: Scope,
	nameOrId: string
): Promise<{ id: string; timeZone: string }> {
	const all = await listBusinesses(scope, {});
	const [found, ...others] = all.filter(({ id, name }) => id === nameOrId || name === nameOrId);
	if (!found) throw new NotFound(`The business "${nameOrId}"`);
	if (others.length === 0) return found;
	const ids = [found, ...others].map(({ id }) => id);
	throw new Conflict(
		'ambiguous',
		`${ids.length} businesses are called "${nameOrId}": give the id of one, ${ids.join(' or ')}.`
	);
}
