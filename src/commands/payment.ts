import { Option, type Command } from 'commander';
import { applyCredit, findInvoiceId } from '#server/modules/billing/index.ts';
import {
	dropBankAccount,
	listBankAccounts,
	listPayments,
	methods,
	recordPayment,
	refundCredit,
	reversePayment,
	saveBankAccount,
	type Method
} from '#server/modules/payments/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { amountWords, minorOf } from './amounts.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, several, tell, tellTable, wholeNumber } from './command.ts';
import { addWithholding } from './withholding.ts';

interface RecordOptions {
	business: string;
	amount: string;
	currency: string;
	method: Method;
	reference: string;
	receivedOn: string;
	payer?: string;
	invoice?: string[];
	onAccount?: true;
}

export function addPayment(program: Command): void {
	const payment = program.command('payment').description('Money that came in, and went out.');
	payment
		.command('record')
		.description(
			'Count money that came in: towards the invoices given, then those due first; the rest is the customer’s credit. Shows the receipt’s number and what was paid.'
		)
		.requiredOption('--business <name>', 'who paid, by name or id')
		.requiredOption('--amount <amount>', 'what came, such as 18500.00')
		.option('--currency <code>', 'the currency of the amount', 'KES')
		.addOption(
			new Option('--method <how>', 'how it came').choices(methods).default('bank' as Method)
		)
		.requiredOption(
			'--reference <text>',
			'what the bank calls it; the same one is never counted twice',
			notEmpty
		)
		.requiredOption('--received-on <day>', 'the day it came in, such as 2026-11-30')
		.option('--payer <name>', 'who sent it, where that is worth a word')
		.option(
			'--invoice <number[:amount]>',
			'what it is for; give it again for more, in order',
			several
		)
		.option('--on-account', 'pay nothing else with it: the rest stays as credit')
		.action((options: RecordOptions) => onPortal(() => record(options)));
	payment
		.command('list')
		.description(
			'Payments of a business: receipt, day, how, reference, amount, what it paid, credit.'
		)
		.requiredOption('--business <name>', 'the business, by name or id')
		.option('--from <day>', 'received on this day or later')
		.option('--to <day>', 'received on this day or earlier')
		.option('--limit <number>', 'at most so many, the last first', wholeNumber, 100)
		.action((options: { business: string; from?: string; to?: string; limit: number }) =>
			onPortal(() => list(options))
		);
	payment
		.command('allocate')
		.description(
			'Use the credit of a business for its open invoices, those due first, or for one of them.'
		)
		.requiredOption('--business <name>', 'the business, by name or id')
		.option('--invoice <number>', 'for this one alone')
		.action((options: { business: string; invoice?: string }) => onPortal(() => allocate(options)));
	payment
		.command('reverse')
		.description(
			'Take a payment back that did not come after all, such as a cheque that bounced: what it paid is owed again.'
		)
		.argument('<receipt>', 'the receipt’s number')
		.requiredOption('--business <name>', 'who paid, by name or id')
		.requiredOption('--reason <text>', 'why; the customer reads it', notEmpty)
		.option('--on <day>', 'the day on which it went; today unless it is given')
		.action((number: string, options: { business: string; reason: string; on?: string }) =>
			onPortal(async () => {
				await withSystem('evolve payment reverse', async (scope) => {
					const { id: businessId } = await findBusiness(scope, options.business);
					await reversePayment(scope, {
						businessId,
						number,
						reason: options.reason,
						...(options.on === undefined ? {} : { reversedOn: options.on })
					});
				});
			})
		);
	payment
		.command('refund')
		.description('Note that credit was paid back to a customer.')
		.requiredOption('--business <name>', 'to whom, by name or id')
		.requiredOption('--amount <amount>', 'what went out, such as 500.00')
		.option('--currency <code>', 'the currency of the amount', 'KES')
		.addOption(
			new Option('--method <how>', 'how it went').choices(methods).default('bank' as Method)
		)
		.requiredOption('--reference <text>', 'what the bank calls it', notEmpty)
		.requiredOption('--paid-on <day>', 'the day it went out, such as 2026-11-30')
		.requiredOption('--reason <text>', 'why', notEmpty)
		.action(
			(options: {
				business: string;
				amount: string;
				currency: string;
				method: Method;
				reference: string;
				paidOn: string;
				reason: string;
			}) =>
				onPortal(async () => {
					const { id } = await withSystem('evolve payment refund', async (scope) => {
						const { id: businessId } = await findBusiness(scope, options.business);
						const { amount, currency, method, reference, paidOn, reason } = options;
						return refundCredit(scope, {
							businessId,
							amountMinor: minorOf(amount, currency),
							currency,
							method,
							reference,
							paidOn,
							reason
						});
					});
					tell(id);
				})
		);
	addWithholding(payment);
	addBankAccounts(program);
}

async function record({ amount, onAccount, invoice = [], ...options }: RecordOptions) {
	const recorded = await withSystem('evolve payment record', async (scope) => {
		const { id: businessId } = await findBusiness(scope, options.business);
		const { currency, method, reference, receivedOn, payer = null } = options;
		return recordPayment(scope, {
			businessId,
			amountMinor: minorOf(amount, currency),
			currency,
			method,
			reference,
			receivedOn,
			payer,
			invoices: invoice.map((words) => toNamed(words, currency)),
			others: onAccount !== true
		});
	});
	tell(recorded.number);
	for (const { number, amountMinor, settled } of recorded.allocations)
		tell(
			`${number}  ${amountWords(amountMinor, options.currency)}  ${settled ? 'paid' : 'paid in part'}`
		);
	if (recorded.creditMinor > 0n)
		tell(`credit  ${amountWords(recorded.creditMinor, options.currency)}`);
}

/** `INV-2026-0387` or `INV-2026-0387:500.00`. */
export function toNamed(words: string, currency: string): { number: string; amountMinor?: bigint } {
	const [, number = words, amount] = /^(.+):([\d.]+)$/.exec(words) ?? [];
	return { number, ...(amount === undefined ? {} : { amountMinor: minorOf(amount, currency) }) };
}

async function list({
	business,
	limit,
	...range
}: {
	business: string;
	from?: string;
	to?: string;
	limit: number;
}) {
	const { payments } = await withSystem('evolve payment list', async (scope) => {
		const { id: businessId } = await findBusiness(scope, business);
		return listPayments(scope, { businessId, limit, ...range });
	});
	tellTable(
		payments.map((payment) => [
			payment.number,
			payment.receivedOn,
			payment.method,
			payment.reference,
			amountWords(payment.amountMinor, payment.currency),
			payment.reversedOn === null
				? [
						...payment.allocations.map(({ invoiceNumber }) => invoiceNumber),
						...(payment.creditMinor > 0n
							? [`credit ${amountWords(payment.creditMinor, payment.currency)}`]
							: [])
					].join(' ')
				: `taken back ${payment.reversedOn}`
		])
	);
}

async function allocate({ business, invoice }: { business: string; invoice?: string }) {
	const settled = await withSystem('evolve payment allocate', async (scope) => {
		const { id: businessId } = await findBusiness(scope, business);
		const invoiceId =
			invoice === undefined
				? undefined
				: await findInvoiceId(scope, { businessId, number: invoice });
		return applyCredit(scope, {
			businessId,
			...(invoiceId === undefined ? {} : { invoiceId })
		});
	});
	for (const { number, status } of settled)
		tell(`${number}  ${status === 'paid' ? 'paid' : 'paid in part'}`);
	if (settled.length === 0) tell('There is no credit, or nothing that it could pay.');
}

interface AccountOptions {
	bank: string;
	branch?: string;
	holder: string;
	number: string;
	currency?: string;
	swift?: string;
	position?: number;
}

/** Where customers send their transfers. */
function addBankAccounts(program: Command): void {
	const account = program
		.command('bank-account')
		.description('Your bank accounts, as customers are told them.');
	account
		.command('save')
		.description('Tell customers an account to pay to, or change one.')
		.argument('<slug>', 'what you call it, such as kcb')
		.requiredOption('--bank <name>', 'the bank', notEmpty)
		.option('--branch <name>', 'its branch')
		.requiredOption('--holder <name>', 'in whose name the account is', notEmpty)
		.requiredOption('--number <number>', 'the account’s number', notEmpty)
		.option('--currency <code>', 'for this currency alone')
		.option('--swift <code>', 'the bank’s code for transfers from abroad')
		.option('--position <number>', 'those with a smaller one are shown first', wholeNumber)
		.action((slug: string, { number, ...options }: AccountOptions) =>
			onPortal(async () => {
				await withSystem('evolve bank-account save', (scope) =>
					saveBankAccount(scope, { slug, accountNumber: number, ...options })
				);
			})
		);
	account
		.command('list')
		.description('The accounts that customers are told.')
		.action(() =>
			onPortal(async () => {
				const accounts = await withSystem('evolve bank-account list', (scope) =>
					listBankAccounts(scope, {})
				);
				tellTable(
					accounts.map((one) => [
						one.slug,
						one.bank,
						one.holder,
						one.accountNumber,
						one.currency ?? 'any currency'
					])
				);
			})
		);
	account
		.command('remove')
		.description('Tell customers an account no more.')
		.argument('<slug>', 'what you call it')
		.action((slug: string) =>
			onPortal(async () => {
				await withSystem('evolve bank-account remove', (scope) => dropBankAccount(scope, { slug }));
			})
		);
}
