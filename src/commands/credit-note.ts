import type { Command } from 'commander';
import { issueCreditNote, readInvoice } from '#server/modules/billing/index.ts';
import { civilDate } from '#server/modules/rating/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { amountWords, minorOf } from './amounts.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, several, tell } from './command.ts';

interface CreateOptions {
	business: string;
	invoice: string;
	reason: string;
	whole?: true;
	amount?: string;
	line?: string[];
	on?: string;
}

export function addCreditNote(program: Command): void {
	program
		.command('credit-note')
		.description('What is given back of invoices.')
		.command('create')
		.description(
			'Give back of an invoice: the whole, an amount with its tax, or of some lines. Shows the note’s number, its total, and what became credit.'
		)
		.requiredOption('--business <name>', 'the business, by name or id')
		.requiredOption('--invoice <number>', 'the invoice that is given back of')
		.requiredOption('--reason <text>', 'why; the customer reads it', notEmpty)
		.option('--whole', 'all that is left of it')
		.option('--amount <amount>', 'so much, tax included, such as 500.00')
		.option(
			'--line <position:amount>',
			'so much of a line, before or with tax as the line is; give it again for more',
			several
		)
		.option('--on <day>', 'the day of issue; today unless it is given')
		.action((options: CreateOptions) => onPortal(() => create(options)));
}

async function create(options: CreateOptions): Promise<void> {
	const { note, currency } = await withSystem('evolve credit-note create', async (scope) => {
		const { id: businessId, timeZone } = await findBusiness(scope, options.business);
		const invoice = await readInvoice(scope, { businessId, number: options.invoice });
		return {
			currency: invoice.currency,
			note: await issueCreditNote(scope, {
				businessId,
				number: options.invoice,
				reason: options.reason,
				issuedOn: options.on ?? civilDate(scope.now, timeZone),
				what: whatIsAsked(options, invoice.currency)
			})
		};
	});
	const credit = note.totalMinor - note.settledMinor;
	tell(
		`${note.number}  ${amountWords(note.totalMinor, currency)}  credit ${amountWords(credit, currency)}`
	);
}

function whatIsAsked(
	{ whole, amount, line }: CreateOptions,
	currency: string
): Parameters<typeof issueCreditNote>[1]['what'] {
	if ([whole, amount, line].filter((one) => one !== undefined).length !== 1)
		throw new Invalid([{ path: '', message: 'Give one of --whole, --amount and --line.' }]);
	if (amount !== undefined) return { amountMinor: minorOf(amount, currency) };
	if (line === undefined) return { whole: true };
	return {
		lines: line.map((words) => {
			const [, position = '', of = ''] = /^(\d{1,4}):(.+)$/.exec(words) ?? [];
			if (position === '')
				throw new Invalid([{ path: 'line', message: 'Write a line such as 1:500.00.' }]);
			return { position: Number(position), amountMinor: minorOf(of, currency) };
		})
	};
}
