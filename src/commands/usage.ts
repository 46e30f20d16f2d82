import type { Command } from 'commander';
import {
	listRecounts,
	readRetention,
	saveRetention,
	type Recount
} from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, tellTable, wholeNumber } from './command.ts';

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
	usage
		.command('recounts')
		.description(
			'Meters that are counted anew, newest first: product, meter, from when on, how far, and whether it runs.'
		)
		.action(() =>
			onPortal(async () => {
				const recounts = await withSystem('evolve usage recounts', (scope) =>
					listRecounts(scope, {})
				);
				tellTable(
					recounts.map((recount) => [
						recount.product,
						recount.meter,
						`from ${minute(recount.from)}`,
						howFar(recount),
						recount.finishedAt ? `done ${minute(recount.finishedAt)}` : 'running'
					])
				);
			})
		);
}

function howFar({ done, of, at }: Recount): string {
	const businesses = `${done} of ${of} businesses`;
	return at ? `${businesses}, the next counted up to ${minute(at)}` : businesses;
}

/** `2026-11-25T09:00Z` */
function minute(at: Date): string {
	return `${at.toISOString().slice(0, 16)}Z`;
}
