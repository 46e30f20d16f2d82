import type { Command } from 'commander';
import {
	createApiKey,
	createIntegratorKey,
	keyScopes,
	listApiKeys,
	listIntegratorKeys,
	revokeApiKey,
	revokeIntegratorKey,
	type KeyScope
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { isId } from '#server/platform/ids.ts';
import { onPortal, several, tell, tellTable } from './command.ts';

interface CreateOptions {
	product?: string;
	integrator?: string;
	may?: string[];
}

export function addKey(program: Command): void {
	const key = program.command('key').description('API keys of products and integrators.');
	key
		.command('create')
		.description(
			'Make an API key, for a product or for a system that works for you across businesses. It is shown this once: only its hash is stored.'
		)
		.option('--product <slug>', 'the product that will use it, such as erp')
		.option('--integrator <name>', 'the system that will use it, such as "Bookkeeping"')
		.option(
			'--may <scope>',
			`what an integrator's key is for, given once for each: ${keyScopes.join(', ')}`,
			several
		)
		.action(({ product, integrator, may = [] }: CreateOptions) =>
			onPortal(async () => {
				const { token } = await withSystem('evolve key create', (scope) => {
					if (product !== undefined && integrator === undefined && may.length === 0)
						return createApiKey(scope, { product });
					if (integrator !== undefined && product === undefined)
						return createIntegratorKey(scope, { name: integrator, scopes: may as KeyScope[] });
					throw new Invalid([
						{ path: '', message: 'Give --product, or --integrator with what it --may do.' }
					]);
				});
				tell(token);
			})
		);
	key
		.command('list')
		.description(
			'The keys of a product, or of integrators: id, first characters, day they were made, revoked or not.'
		)
		.option('--product <slug>', 'the product, such as erp; without it those of integrators')
		.action(({ product }: { product?: string }) =>
			onPortal(async () => {
				if (product === undefined) return tellIntegrators();
				const keys = await withSystem('evolve key list', (scope) =>
					listApiKeys(scope, { product })
				);
				tellTable(
					keys.map(({ id, hint, createdAt, revokedAt }) => [
						id,
						`${hint}…`,
						createdAt.toISOString().slice(0, 10),
						revokedAt ? 'revoked' : ''
					])
				);
			})
		);
	key
		.command('revoke')
		.description('Refuse a key from now on.')
		.argument('<id>', 'the id of the key, as `key list` shows it')
		.action((id: string) =>
			onPortal(() =>
				withSystem('evolve key revoke', (scope) =>
					isId('int', id) ? revokeIntegratorKey(scope, { id }) : revokeApiKey(scope, { id })
				)
			)
		);
}

async function tellIntegrators(): Promise<void> {
	const keys = await withSystem('evolve key list', (scope) => listIntegratorKeys(scope, {}));
	tellTable(
		keys.map(({ id, hint, createdAt, name, scopes, revokedAt }) => [
			id,
			`${hint}…`,
			createdAt.toISOString().slice(0, 10),
			name,
			scopes.join(' '),
			revokedAt ? 'revoked' : ''
		])
	);
}
