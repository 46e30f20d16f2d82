import type { Command } from 'commander';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	closeDue,
	holdClosing,
	listUnbilledChanges,
	readClosingStatus,
	releaseClosing,
	saveGraceHours,
	type ClosingStatus
} from '#server/modules/closing/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, tellTable, wholeNumber } from './command.ts';

const job = 'evolve close';

export function addClose(program: Command): void {
	const close = program
		.command('close')
		.description('Bill what fell due. The server does it every minute by itself.');
	close
		.command('run')
		.description(
			'Close all that is due now. Safe to run beside the server, twice, or after it was killed. Exit code 1 when something could not be closed.'
		)
		.action(() =>
			onPortal(async () => {
				const { subscriptions, businesses, invoices, creditNotes, failed } = await closeDue();
				tell(
					`Subscriptions: ${subscriptions}, businesses: ${businesses}, invoices: ${invoices}, credit notes: ${creditNotes}.`
				);
				const status = await withSystem(job, (scope) => readClosingStatus(scope, {}));
				if (status.heldAt !== null) tell('Closing is held: let it go with `evolve close release`.');
				if (failed === 0) return;
				console.error(
					`Businesses that could not be closed: ${failed}. See \`evolve close status\`.`
				);
				process.exitCode = 1;
			})
		);
	close
		.command('status')
		.description('What is due, what comes next, and what stands in the way.')
		.action(() =>
			onPortal(async () => {
				const [status, names] = await withSystem(job, async (scope) => [
					await readClosingStatus(scope, {}),
					new Map((await listBusinesses(scope, {})).map(({ id, name }) => [id, name]))
				]);
				for (const line of tellStatus(status, names)) tell(line);
			})
		);
	close
		.command('unbilled')
		.description(
			'Use that changed after its period was billed for good, by a recount or a correction: billed or given back by hand. Business, meter, period, billed, now.'
		)
		.action(() =>
			onPortal(async () => {
				const businesses = await withSystem(job, (scope) => listBusinesses(scope, {}));
				for (const { id, name } of businesses) {
					const changes = await withSystem(job, (scope) =>
						listUnbilledChanges(scope, { businessId: id })
					);
					tellTable(
						changes.map(({ meter, start, end, billed, now }) => [
							name,
							meter,
							`${start} to ${end}`,
							billed,
							now
						])
					);
				}
			})
		);
	close
		.command('grace')
		.description('How long the last events of a period are waited for before it is billed.')
		.requiredOption('--hours <number>', 'hours after its end, 0 to 72', wholeNumber)
		.action(({ hours }: { hours: number }) =>
			onPortal(async () => {
				await withSystem(job, (scope) => saveGraceHours(scope, { hours }));
				tell(`hours ${hours}`);
			})
		);
	close
		.command('hold')
		.description('Let nothing be billed until `evolve close release`. Nothing is lost by it.')
		.action(() => onPortal(() => withSystem(job, (scope) => holdClosing(scope, {}))));
	close
		.command('release')
		.description('Go on: what fell due meanwhile is closed within a minute.')
		.action(() => onPortal(() => withSystem(job, (scope) => releaseClosing(scope, {}))));
}

/** In sentences; failures by the names of their businesses. */
export function tellStatus(
	{ heldAt, closedAt, graceHours, due, failures }: ClosingStatus,
	names: ReadonlyMap<string, string>
): string[] {
	return [
		due.subscriptions === 0
			? 'Nothing is due.'
			: `Due: ${due.subscriptions} subscriptions of ${due.businesses} businesses, the oldest since ${due.since ?? ''}.`,
		due.next === null ? 'Nothing falls due later.' : `Next: ${due.next}.`,
		closedAt === null
			? 'Nothing was closed yet.'
			: `Closed last at ${closedAt.toISOString().slice(0, 16)}Z.`,
		`Events are waited for ${graceHours} hours after a period.`,
		...(heldAt === null ? [] : [`Held since ${heldAt.toISOString().slice(0, 16)}Z.`]),
		...failures.map(
			({ businessId, tries, since, reason }) =>
				`${names.get(businessId) ?? businessId} could not be closed, ${tries} times since ${since.toISOString().slice(0, 16)}Z: ${reason}`
		)
	];
}
