import type { Command } from 'commander';
import { createApiKey, listApiKeys, revokeApiKey } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, tellTable } from './command.ts';

export function addKey(program: Command): void {
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
	key
		.command('list')
		.description('The keys of a product: id, first characters, day they were made, revoked or not.')
		.requiredOption('--product <slug>', 'the product, such as erp')
		.action(({ product }: { product: string }) =>
			onPortal(async () => {
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
			onPortal(() => withSystem('evolve key revoke', (scope) => revokeApiKey(scope, { id })))
		);
}
