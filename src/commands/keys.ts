import { Command } from 'commander';
import {
	listKeyStates,
	rotateSigningKey,
	withdrawSigningKey
} from '#server/modules/launch/index.ts';
import { withSystem } from '#server/platform/doors.ts';

/** What a command stands on: the portal's database, opened for the time of it, and standard output. */
interface Ground {
	onPortal(work: () => Promise<void>): Promise<void>;
	tell(words: string): void;
}

/** `evolve keys`: what signs the tokens that products read. A running portal follows within moments. */
export function keysCommand({ onPortal, tell }: Ground): Command {
	const keys = new Command('keys').description('The keys that sign what products are told.');
	keys
		.command('list')
		.description('Every published key: its id, what it does, and until when.')
		.action(() =>
			onPortal(async () => {
				const all = await withSystem('evolve keys list', (scope) => listKeyStates(scope));
				for (const { kid, state, signsFrom, removedFrom } of all) {
					const since =
						state === 'waiting' ? 'signs from' : state === 'signing' ? 'since' : 'until';
					const at = state === 'replaced' ? removedFrom : signsFrom;
					tell(`${kid}  ${state.padEnd(8)}  ${since} ${at?.toISOString() ?? ''}`);
				}
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
	return keys;
}
