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
		.option(
			'--hours-months <number>',
			'months (of each business’s zone) before the current one for which totals are kept by the hour, at least 2; 0 keeps all. Older totals stay by the day',
			wholeNumber
		)
		.action(({ months, hoursMonths }: { months?: number; hoursMonths?: number }) =>
			onPortal(async () => {
				const { eventMonths, hourMonths } = await withSystem('evolve usage keep', async (scope) => {
					await saveRetention(scope, { eventMonths: months, hourMonths: hoursMonths });
					return readRetention(scope, {});
				});
				const said = (kept: number): string => (kept === 0 ? 'all' : String(kept));
				tell(`events ${said(eventMonths)}`);
				tell(`hours ${said(hourMonths)}`);
			})
		);
}
