import type { Command } from 'commander';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	confirmClaim,
	listOpenClaims,
	recordCertificate,
	refuseClaim,
	reverseCertificate
} from '#server/modules/payments/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import type { Scope } from '#server/platform/scope.ts';
import { amountWords, minorOf } from './amounts.ts';
import { findBusiness } from './business.ts';
import { notEmpty, onPortal, several, tell, tellTable } from './command.ts';
import { toNamed } from './payment.ts';

interface CertificateOptions {
	business: string;
	number: string;
	amount: string;
	certifiedOn: string;
	invoice: string[];
}

export function addWithholding(payment: Command): void {
	const withholding = payment
		.command('withholding')
		.description('VAT that customers withheld and paid to the tax authority in your name.');
	withholding
		.command('record')
		.description(
			'Count a certificate towards the invoices it is for, 2 % of what is taxed at most; what they do not ask for any more is credit.'
		)
		.requiredOption('--business <name>', 'who withheld it, by name or id')
		.requiredOption('--number <number>', 'the certificate’s number', notEmpty)
		.requiredOption('--amount <amount>', 'what it comes to in KES, such as 370.00')
		.requiredOption('--certified-on <day>', 'its day, such as 2026-11-30')
		.requiredOption(
			'--invoice <number[:amount]>',
			'what it is for; give it again for more',
			several
		)
		.action((options: CertificateOptions) => onPortal(() => record(options)));
	withholding
		.command('reverse')
		.description(
			'Take a certificate back that should not have been counted: what it settled is owed again. It can be recorded anew.'
		)
		.argument('<number>', 'the certificate’s number')
		.requiredOption('--business <name>', 'who withheld it, by name or id')
		.requiredOption('--reason <text>', 'why', notEmpty)
		.option('--on <day>', 'the day on which it is taken back; today unless it is given')
		.action((number: string, options: { business: string; reason: string; on?: string }) =>
			onPortal(async () => {
				await withSystem('evolve payment withholding reverse', async (scope) => {
					const { id: businessId } = await findBusiness(scope, options.business);
					await reverseCertificate(scope, {
						businessId,
						number,
						reason: options.reason,
						...(options.on === undefined ? {} : { reversedOn: options.on })
					});
				});
			})
		);
	withholding
		.command('claims')
		.description(
			'What customers say to have withheld and nobody has looked at: id, business, certificate, day, invoice, amount.'
		)
		.action(() =>
			onPortal(async () => {
				const [claims, businesses] = await withSystem(
					'evolve payment withholding claims',
					(scope) => Promise.all([listOpenClaims(scope, {}), listBusinesses(scope, {})])
				);
				const names = new Map(businesses.map(({ id, name }) => [id, name]));
				tellTable(
					claims.map((claim) => [
						claim.id,
						names.get(claim.businessId) ?? '',
						claim.number,
						claim.certifiedOn,
						claim.invoiceNumber,
						amountWords(claim.amountMinor, claim.currency)
					])
				);
			})
		);
	withholding
		.command('confirm')
		.description('You hold the certificate: what was claimed counts.')
		.argument('<claim>', 'its id')
		.action((id: string) =>
			onPortal(async () => {
				const { allocations } = await withSystem(
					'evolve payment withholding confirm',
					async (scope) => confirmClaim(scope, { businessId: await ownerOf(scope, id), id })
				);
				for (const { number, amountMinor } of allocations)
					tell(`${number}  ${amountWords(amountMinor, 'KES')}`);
			})
		);
	withholding
		.command('refuse')
		.description('There is no such certificate.')
		.argument('<claim>', 'its id')
		.requiredOption('--reason <text>', 'why; the customer reads it', notEmpty)
		.action((id: string, { reason }: { reason: string }) =>
			onPortal(async () => {
				await withSystem('evolve payment withholding refuse', async (scope) =>
					refuseClaim(scope, { businessId: await ownerOf(scope, id), id, reason })
				);
			})
		);
}

async function record({ business, number, amount, certifiedOn, invoice }: CertificateOptions) {
	const currency = 'KES';
	const { allocations, creditMinor } = await withSystem(
		'evolve payment withholding record',
		async (scope) => {
			const { id: businessId } = await findBusiness(scope, business);
			return recordCertificate(scope, {
				businessId,
				number,
				certifiedOn,
				amountMinor: minorOf(amount, currency),
				currency,
				invoices: invoice.map((words) => toNamed(words, currency))
			});
		}
	);
	for (const part of allocations)
		tell(
			`${part.number}  ${amountWords(part.amountMinor, currency)}  ${part.settled ? 'paid' : 'paid in part'}`
		);
	if (creditMinor > 0n) tell(`credit  ${amountWords(creditMinor, currency)}`);
}

/** @throws NotFound */
async function ownerOf(scope: Scope, id: string): Promise<string> {
	const claim = (await listOpenClaims(scope, {})).find((one) => one.id === id);
	if (!claim) throw new NotFound('This claim');
	return claim.businessId;
}
