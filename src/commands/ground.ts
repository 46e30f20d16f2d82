import type { Command } from 'commander';
import { onPortal, tell } from './command.ts';

/** What is under everything else: the schema, and the story of the demo. */
export function addGround(program: Command): void {
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
				const { tellStory } = await import('../../seeds/index.ts');
				const told = await tellStory(runtime);
				console.error(told ? 'The story is told.' : 'The story has been told before.');
			})
		);
}
