import type { Command } from 'commander';
import {
	findStanding,
	followInvoice,
	holdInvoice,
	listDue,
	listStandings,
	readSchedule,
	resumeInvoice,
	saveSchedule
} from '#server/modules/dunning/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import { amountWords } from './amounts.ts';
import { notEmpty, onPortal, tell, tellTable } from './command.ts';
import { readJsonFile } from './json-file.ts';

export function addDunning(program: Command): void {
	const dunning = program
		.command('dunning')
		.description('What happens to invoices that are not paid.');
	const schedule = dunning.command('schedule').description('What happens when.');
	schedule
		.command('show')
		.description('The schedule in force, as JSON that `save` takes.')
		.action(() => onPortal(show));
	schedule
		.command('save')
		.description(
			'Put a schedule in force, for every unpaid invoice. What was done is not done again.'
		)
		.requiredOption(
			'--file <path>',
			'a JSON file as `show` writes it; - reads standard input',
			notEmpty
		)
		.action(({ file }: { file: string }) =>
			onPortal(async () => {
				// What is none, the schema refuses.
				const input = (await readJsonFile(file)) as Parameters<typeof saveSchedule>[1];
				const { version } = await withSystem('evolve dunning schedule save', (scope) =>
					saveSchedule(scope, input)
				);
				tell(`version ${version}`);
			})
		);
	dunning
		.command('list')
		.description('Unpaid invoices: business, number, what is left, due, last step, next step.')
		.action(() => onPortal(list));
	dunning
		.command('hold')
		.description('Let an unpaid invoice be: nobody is reminded, nothing is suspended.')
		.argument('<number>', 'of the invoice, such as INV-2026-0387')
		.requiredOption('--reason <words>', 'why; customers do not see it', notEmpty)
		.action((number: string, { reason }: { reason: string }) =>
			onPortal(() =>
				withSystem('evolve dunning hold', async (scope) => {
					const { business } = await findStanding(scope, { number });
					await holdInvoice(scope, { businessId: business.id, number, reason });
				})
			)
		);
	dunning
		.command('resume')
		.description('Go on with an invoice that is on hold. Days on hold do not count.')
		.argument('<number>', 'of the invoice')
		.action((number: string) =>
			onPortal(() =>
				withSystem('evolve dunning resume', async (scope) => {
					const { business } = await findStanding(scope, { number });
					await resumeInvoice(scope, { businessId: business.id, number });
				})
			)
		);
	dunning
		.command('run')
		.description('Take every step that is due now. The server does so by itself, every hour.')
		.action(() => onPortal(run));
}

async function show(): Promise<void> {
	const { hour, linkDays, steps } = await withSystem('evolve dunning schedule show', (scope) =>
		readSchedule(scope, {})
	);
	tell(JSON.stringify({ hour, linkDays, steps }, null, 2));
}

async function list(): Promise<void> {
	const standings = await withSystem('evolve dunning list', (scope) => listStandings(scope, {}));
	tellTable(
		standings.map(({ business, invoice, taken, ahead, hold }) => {
			const last = taken.findLast(({ outcome }) => outcome !== 'passed');
			const [next] = ahead;
			return [
				business.name,
				invoice.number,
				amountWords(invoice.leftMinor, invoice.currency),
				`due ${invoice.dueOn}`,
				last ? `${last.action} ${last.on}` : '-',
				hold ? `on hold: ${hold.reason}` : next ? `${next.action} ${next.on}` : '-'
			];
		})
	);
}

async function run(): Promise<void> {
	// Money may be asked for, which is a job of the server's.
	const leave = await openQueue();
	try {
		const due = await withSystem('evolve dunning run', (scope) => listDue(scope));
		let steps = 0;
		for (const invoice of due)
			steps += await withSystem('evolve dunning run', (scope) => followInvoice(scope, invoice));
		tell(`${steps} steps, ${due.length} invoices`);
	} finally {
		await leave();
	}
}
