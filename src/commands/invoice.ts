import { Option, type Command } from 'commander';
import {
	createInvoiceDraft,
	discardInvoiceDraft,
	issueInvoiceDraft,
	listInvoiceDrafts,
	readInvoice,
	readInvoiceDraft,
	voidInvoice,
	writeOffInvoice
} from '#server/modules/billing/index.ts';
import { civilDate, taxClasses, type TaxClass } from '#server/modules/rating/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { amountWords } from './amounts.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, several, tell, tellTable } from './command.ts';

interface DraftOptions {
	business: string;
	line: string[];
	discount?: string[];
	currency: string;
	taxClass: TaxClass;
	taxIncluded?: true;
	corrects?: string;
	reference?: string;
}

interface EndOptions {
	business: string;
	reason: string;
	on?: string;
}

const ofBusiness = ['--business <name>', 'the business, by name or id'] as const;

export function addInvoice(program: Command): void {
	const invoice = program
		.command('invoice')
		.description('Invoices written by hand, and what became of invoices.');
	invoice
		.command('draft')
		.description(
			'Write a draft of an invoice, or of a debit note that corrects one. Shows its id and what it comes to.'
		)
		.requiredOption(...ofBusiness)
		.requiredOption(
			'--line <line>',
			'what it asks for, such as "Training: 2 x 15000"; give it again for more',
			several
		)
		.option('--discount <discount>', 'such as "Friends: 10%" or "Friends: 500"', several)
		.option('--currency <code>', 'the currency of the amounts', 'KES')
		.addOption(
			new Option('--tax-class <class>', 'of the lines')
				.choices(taxClasses)
				.default('standard' as TaxClass)
		)
		.option('--tax-included', 'the amounts of the lines have their tax in them')
		.option('--corrects <number>', 'make it a debit note for an invoice that asked for too little')
		.option('--reference <text>', 'what the customer wants to find it by', notEmpty)
		.action((options: DraftOptions) => onPortal(() => draft(options)));
	invoice
		.command('drafts')
		.description('What is not issued yet: id, what it comes to, who wrote it.')
		.requiredOption(...ofBusiness)
		.action(({ business }: { business: string }) => onPortal(() => drafts(business)));
	invoice
		.command('discard')
		.description('Throw a draft away.')
		.argument('<draft>', 'its id')
		.requiredOption(...ofBusiness)
		.action((id: string, { business }: { business: string }) =>
			onPortal(() =>
				withSystem('evolve invoice discard', async (scope) => {
					const { id: businessId } = await findBusiness(scope, business);
					await discardInvoiceDraft(scope, { businessId, id });
				})
			)
		);
	invoice
		.command('issue')
		.description('Issue a draft, which never changes from then on. Shows its number and total.')
		.argument('<draft>', 'its id')
		.requiredOption(...ofBusiness)
		.option('--on <day>', 'the day of issue; today unless it is given')
		.option('--due <day>', 'the day it is due; after the vendor’s days unless it is given')
		.action((id: string, options: { business: string; on?: string; due?: string }) =>
			onPortal(() => issue(id, options))
		);
	for (const [name, act, description] of [
		[
			'void',
			voidInvoice,
			'Make an invoice void that was issued by mistake, and of which nothing was paid or given back.'
		],
		['write-off', writeOffInvoice, 'Give an invoice up: what is left of it is written off.']
	] as const)
		invoice
			.command(name)
			.description(description)
			.argument('<number>', 'the invoice’s number')
			.requiredOption(...ofBusiness)
			.requiredOption('--reason <text>', 'why; the customer reads it', notEmpty)
			.option('--on <day>', 'the day of it; today unless it is given')
			.action((number: string, options: EndOptions) =>
				onPortal(() =>
					withSystem(`evolve invoice ${name}`, async (scope) => {
						const { id: businessId, timeZone } = await findBusiness(scope, options.business);
						const onDay = options.on ?? civilDate(scope.now, timeZone);
						await act(scope, { businessId, number, reason: options.reason, onDay });
					})
				)
			);
	invoice
		.command('show')
		.description('An invoice: its lines, tax, total, how it stands and what settled it.')
		.argument('<number>', 'its number')
		.requiredOption(...ofBusiness)
		.action((number: string, { business }: { business: string }) =>
			onPortal(() => show(number, business))
		);
}

async function draft(options: DraftOptions): Promise<void> {
	const { currency, taxClass, taxIncluded = false } = options;
	const lines = options.line.map((words, index) => {
		const [, description = '', quantity = '1', unitAmount = ''] =
			/^(.+):\s*(?:(\d[\d.]*)\s*x\s*)?(\d[\d.]*)$/.exec(words) ?? [];
		if (unitAmount === '')
			throw new Invalid([
				{ path: `line ${index + 1}`, message: 'Write a line such as "Training: 2 x 15000".' }
			]);
		return { description, quantity, unitAmount, taxClass, taxIncluded };
	});
	const discounts = (options.discount ?? []).map((words, index) => {
		const [, label = '', size = '', percent] = /^(.+):\s*(\d[\d.]*)(%)?$/.exec(words) ?? [];
		if (size === '')
			throw new Invalid([
				{ path: `discount ${index + 1}`, message: 'Write a discount such as "Friends: 10%".' }
			]);
		return percent === undefined ? { label, amount: size } : { label, percent: size };
	});
	const made = await withSystem('evolve invoice draft', async (scope) => {
		const { id: businessId } = await findBusiness(scope, options.business);
		const { id } = await createInvoiceDraft(scope, {
			businessId,
			currency,
			lines,
			discounts,
			...(options.corrects === undefined
				? {}
				: { kind: 'debit_note' as const, corrects: options.corrects }),
			...(options.reference === undefined ? {} : { customerReference: options.reference })
		});
		return readInvoiceDraft(scope, { businessId, id });
	});
	tell(`${made.id}  ${amountWords(made.totals.totalMinor, currency)}`);
}

async function drafts(business: string): Promise<void> {
	const all = await withSystem('evolve invoice drafts', async (scope) => {
		const { id: businessId } = await findBusiness(scope, business);
		return listInvoiceDrafts(scope, { businessId });
	});
	tellTable(
		all.map(({ id, totals, currency, corrects, madeBy }) => [
			id,
			amountWords(totals.totalMinor, currency),
			madeBy,
			corrects === null ? '' : `for ${corrects}`
		])
	);
}

async function issue(
	id: string,
	options: { business: string; on?: string; due?: string }
): Promise<void> {
	const { invoice, currency } = await withSystem('evolve invoice issue', async (scope) => {
		const { id: businessId } = await findBusiness(scope, options.business);
		const before = await readInvoiceDraft(scope, { businessId, id });
		return {
			currency: before.currency,
			invoice: await issueInvoiceDraft(scope, {
				businessId,
				id,
				version: before.version,
				...(options.on === undefined ? {} : { issuedOn: options.on }),
				...(options.due === undefined ? {} : { dueOn: options.due })
			})
		};
	});
	tell(`${invoice.number}  ${amountWords(invoice.totalMinor, currency)}`);
}

async function show(number: string, business: string): Promise<void> {
	const invoice = await withSystem('evolve invoice show', async (scope) => {
		const { id: businessId } = await findBusiness(scope, business);
		return readInvoice(scope, { businessId, number });
	});
	const { currency, totals } = invoice;
	const money = (minor: bigint): string => amountWords(minor, currency);
	tell(`${invoice.number}  ${invoice.status}  ${invoice.issuedOn}  due ${invoice.dueOn}`);
	tell(
		`${invoice.customer.name}${invoice.customerReference ? `, ${invoice.customerReference}` : ''}`
	);
	if (invoice.corrects) tell(`corrects ${invoice.corrects.number}`);
	tellTable([
		...invoice.lines.map((line, index) => [
			String(index + 1),
			line.description,
			line.quantity ?? '',
			`${line.taxRate} %${line.taxIncluded ? ' within' : ''}`,
			money(line.amountMinor)
		]),
		...invoice.discounts.map(({ label, amountMinor }) => ['', label, '', '', money(-amountMinor)]),
		...totals.taxes.map(({ taxClass, rate, baseMinor, taxMinor }) => [
			'',
			`VAT ${taxClass} on ${money(baseMinor)}`,
			'',
			`${rate} %`,
			money(taxMinor)
		]),
		['', 'Total', '', '', money(invoice.totalMinor)],
		...invoice.settlements.map(({ source, reference, amountMinor, onDay }) => [
			'',
			`${onDay} ${source.replace('_', ' ')} ${reference ?? ''}`.trimEnd(),
			'',
			'',
			money(-amountMinor)
		]),
		[
			'',
			'Left',
			'',
			'',
			money(invoice.status === 'open' ? invoice.totalMinor - invoice.paidMinor : 0n)
		]
	]);
}
