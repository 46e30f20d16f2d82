import type { Command } from 'commander';
import {
	readSeller,
	saveSeller,
	setNextInvoiceNumber,
	type Seller
} from '#server/modules/billing/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, several, tell, wholeNumber } from './command.ts';

export function addSeller(program: Command): void {
	const seller = program
		.command('seller')
		.description('Who issues the invoices: you, as you stand on paper.');
	seller
		.command('save')
		.description(
			'Say who issues the invoices from now on. What was issued before stays as it is. Nothing is billed until it is said.'
		)
		.requiredOption('--name <name>', 'your name, as registered')
		.requiredOption('--pin <pin>', 'your KRA PIN')
		.option('--address <line>', 'a line of your address, several times for more', several)
		.option(
			'--days-to-pay <days>',
			'how many days customers have to pay; as it was where it is left out, 30 at first',
			wholeNumber
		)
		.action((options: { name: string; pin: string; address?: string[]; daysToPay?: number }) =>
			onPortal(async () => {
				const saved = await withSystem('evolve seller save', async (scope) => {
					await saveSeller(scope, {
						name: options.name,
						address: options.address ?? [],
						taxPin: options.pin,
						daysToPay: options.daysToPay
					});
					return readSeller(scope, {});
				});
				tellSeller(saved);
			})
		);
	seller
		.command('show')
		.description('Who issues the invoices, and how long customers have to pay.')
		.action(() =>
			onPortal(async () => {
				tellSeller(await withSystem('evolve seller show', (scope) => readSeller(scope, {})));
			})
		);
	seller
		.command('next-invoice')
		.argument('<count>', '387 for INV-2026-0387', wholeNumber)
		.description(
			'Let invoices go on from a number, if earlier ones were issued elsewhere. Never back: no number is given twice.'
		)
		.action((next: number) =>
			onPortal(() =>
				withSystem('evolve seller next-invoice', (scope) => setNextInvoiceNumber(scope, { next }))
			)
		);
}

function tellSeller({ name, address, taxPin, daysToPay }: Seller): void {
	for (const line of [name, ...address, `KRA PIN ${taxPin}`, `Days to pay: ${daysToPay}`])
		tell(line);
}
