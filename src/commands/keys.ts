import type { Command } from 'commander';
import {
	listKeyStates,
	rotateSigningKey,
	withdrawSigningKey,
	type KeyState
} from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, tellTable } from './command.ts';

/** What signs the tokens that products read. A running portal follows within moments. */
export function addKeys(program: Command): void {
	const keys = program.command('keys').description('The keys that sign what products are told.');
	keys
		.command('list')
		.description('Every published key: its id, what it does, and since or until when.')
		.action(() =>
			onPortal(async () => {
				const all = await withSystem('evolve keys list', (scope) => listKeyStates(scope));
				tellTable(all.map((key) => [key.kid, key.state, timesOf(key)]));
			})
		);
	keys
		.command('rotate')
		.description(
			'Make a new key. It is published now and signs in a quarter of an hour, so that products know it by then; the old one stays published for as long as its signatures may be shown.'
		)
		.option('--now', 'let it sign at once, such as when the old one may be known to others', false)
		.action(({ now }: { now: boolean }) =>
			onPortal(async () => {
				const { kid, signsFrom } = await withSystem('evolve keys rotate', (scope) =>
					rotateSigningKey(scope, { atOnce: now })
				);
				tell(kid);
				console.error(now ? 'It signs from now on.' : `It signs from ${signsFrom.toISOString()}.`);
			})
		);
	keys
		.command('withdraw')
		.description('Publish a key no longer: whatever it signed is refused from now on.')
		.argument('<id>', 'as `keys list` shows it; not the one that signs')
		.action((kid: string) =>
			onPortal(async () => {
				await withSystem('evolve keys withdraw', (scope) => withdrawSigningKey(scope, { kid }));
				console.error('It is published no longer.');
			})
		);
}

function timesOf({ state, signsFrom, removedFrom }: KeyState): string {
	if (state === 'replaced') return `published until ${removedFrom?.toISOString() ?? ''}`;
	return `${state === 'waiting' ? 'signs from' : 'since'} ${signsFrom.toISOString()}`;
}
