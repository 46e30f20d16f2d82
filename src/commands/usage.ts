import type { Command } from 'commander';
import { readRetention, saveRetention } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, wholeNumber } from './command.ts';

export function addUsage(program: Command): void {
	const usage = program.command('usage').description('What was counted, and what it came from.');
	usage
		.command('keep')
		.description(
			'For how long events are kept. What is older goes in the next night, by whole months (UTC); totals stay, and what has gone can no longer be counted anew.'
		)
		.option(
			'--months <number>',
			'months before the current one, at least 2; 0 keeps all. Without it, nothing changes',
			wholeNumber
		)
		.action(({ months }: { months?: number }) =>
			onPortal(async () => {
				const { eventMonths } = await withSystem('evolve usage keep', async (scope) => {
					if (months !== undefined) await saveRetention(scope, { eventMonths: months });
					return readRetention(scope, {});
				});
				tell(eventMonths === 0 ? 'all' : String(eventMonths));
			})
		);
}
