import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { holdOwedInvoices, settleInvoices, type InvoiceToSettle } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { post } from '../ledger/index.ts';
import { allocate, major, minorDigits } from '../rating/index.ts';
import { certificatePostings } from './books.ts';
import { refuseFuture } from './days.ts';
import {
	CertificateNumber,
	CivilDate,
	Currency,
	InvoiceNumber,
	Minor,
	referenceKey
} from './schemas.ts';
import { nameOf } from './who.ts';
import { greatestWithheld } from './withholding.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** Withheld VAT settled invoices. */
		'certificate.recorded': {
			certificateId: string;
			number: string;
			amountMinor: string;
			currency: string;
			allocations: { invoiceId: string; number: string; amountMinor: string; settled: boolean }[];
		};
	}
}

export const RecordCertificate = v.object({
	businessId: BusinessId,
	number: CertificateNumber,
	certifiedOn: CivilDate,
	amountMinor: Minor,
	currency: v.optional(Currency, 'KES'),
	/** What it is for. Without amounts it is spread by what was taxed. */
	invoices: v.pipe(
		v.array(v.object({ number: InvoiceNumber, amountMinor: v.optional(Minor) })),
		v.minLength(1, 'A certificate is for an invoice at least.')
	)
});
type Input = v.InferOutput<typeof RecordCertificate>;

/**
 * Counts what a customer withheld and paid to the tax authority towards its invoices, as far as they ask for
 * it; the rest becomes credit. A claim of the same certificate is confirmed by it.
 *
 * @throws Conflict `certificate_known`, `invoice_not_open`; NotFound; Invalid for another currency, more than can
 * be withheld, parts that do not come to the amount, a day to come
 */
export const recordCertificate = usecase(
	'payment.record',
	RecordCertificate,
	async (scope, input) => {
		const { db, now } = scope;
		const { businessId, number, amountMinor, currency, certifiedOn } = input;
		refuseFuture(scope, 'certifiedOn', certifiedOn);
		const held = await holdOwedInvoices(scope, {
			businessId,
			currency,
			numbers: input.invoices.map((invoice) => invoice.number)
		});
		// Behind the invoices: whoever records the same at once has waited for them.
		await refuseKnown(scope, input);
		const parts = partsOf(input, held);
		await refuseTooMuch(scope, input, parts);
		const id = newId('whc', now);
		const counted = parts.map((part) => ({
			...part,
			amountMinor:
				part.certifiedMinor < part.invoice.leftMinor ? part.certifiedMinor : part.invoice.leftMinor
		}));
		const creditMinor = counted.reduce((rest, part) => rest - part.amountMinor, amountMinor);
		const claim = await takeClaims(scope, input);
		try {
			await db
				.insertInto('payments.certificates')
				.values({
					business_id: businessId,
					id,
					number,
					certified_on: certifiedOn,
					amount_minor: amountMinor,
					currency,
					credit_minor: creditMinor,
					claim_id: claim,
					recorded_at: now,
					recorded_by: nameOf(scope)
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'certificates_known') throw known(number);
			throw error;
		}
		await db
			.insertInto('payments.certificate_allocations')
			.values(
				counted.map((part, index) => ({
					business_id: businessId,
					certificate_id: id,
					position: index + 1,
					invoice_id: part.invoice.id,
					invoice_number: part.invoice.number,
					certified_minor: part.certifiedMinor,
					amount_minor: part.amountMinor
				}))
			)
			.execute();
		const settling = counted.filter((part) => part.amountMinor > 0n);
		await settleInvoices(
			scope,
			settling.map((part) => ({
				businessId,
				invoiceId: part.invoice.id,
				source: { kind: 'withholding' as const, id, reference: number },
				amountMinor: part.amountMinor,
				onDay: certifiedOn
			}))
		);
		await post(scope, {
			businessId,
			onDay: certifiedOn,
			kind: 'certified',
			document: { kind: 'withholding', id, reference: number },
			currency,
			postings: certificatePostings(
				amountMinor,
				settling.map((part) => ({ invoiceId: part.invoice.id, amountMinor: part.amountMinor }))
			)
		});
		const allocations = settling.map((part) => ({
			invoiceId: part.invoice.id,
			number: part.invoice.number,
			amountMinor: part.amountMinor,
			settled: part.amountMinor === part.invoice.leftMinor
		}));
		await emit(
			scope,
			'certificate.recorded',
			{
				certificateId: id,
				number,
				amountMinor: String(amountMinor),
				currency,
				allocations: allocations.map((part) => ({
					...part,
					amountMinor: String(part.amountMinor)
				}))
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
		return { id, allocations, creditMinor };
	}
);

interface Part {
	invoice: InvoiceToSettle;
	certifiedMinor: bigint;
}

function partsOf(
	{ invoices: asked, amountMinor, currency }: Input,
	held: InvoiceToSettle[]
): Part[] {
	const byNumber = new Map(held.map((invoice) => [invoice.number, invoice]));
	const fault = (path: string, message: string) => new Invalid([{ path, message }]);
	const invoices = asked.map(({ number }, index) => {
		const invoice = byNumber.get(number);
		if (!invoice) throw new NotFound(`The invoice ${number}`);
		if (asked.findIndex((other) => other.number === number) < index)
			throw fault(`invoices.${index}.number`, `${number} is named twice.`);
		if (invoice.currency !== currency)
			throw fault(
				`invoices.${index}.number`,
				`${number} is in ${invoice.currency}, not in ${currency}.`
			);
		if (invoice.status === 'void')
			throw new Conflict('invoice_not_open', `Invoice ${number} is void.`);
		if (invoice.taxableMinor <= 0n)
			throw fault(`invoices.${index}.number`, `Nothing on ${number} is taxed.`);
		return invoice;
	});
	const given = asked.map((each) => each.amountMinor);
	if (given.every((amount) => amount === undefined)) {
		const spread = allocate(
			amountMinor,
			invoices.map(({ taxableMinor }) => taxableMinor)
		);
		return invoices.flatMap((invoice, index) => {
			const certifiedMinor = spread[index] ?? 0n;
			return certifiedMinor > 0n ? [{ invoice, certifiedMinor }] : [];
		});
	}
	const sum = given.reduce<bigint>((all, amount) => all + (amount ?? 0n), 0n);
	if (given.includes(undefined) || sum !== amountMinor)
		throw fault(
			'invoices',
			`The parts come to ${currency} ${major(sum, currency)}, the certificate to ${currency} ${major(amountMinor, currency)}.`
		);
	return invoices.map((invoice, index) => ({ invoice, certifiedMinor: given[index] ?? 0n }));
}

async function refuseTooMuch(
	scope: Scope,
	{ businessId, currency, invoices: asked }: Input,
	parts: Part[]
): Promise<void> {
	const before = await certifiedOf(
		scope,
		businessId,
		parts.map(({ invoice }) => invoice.id)
	);
	const issues = parts.flatMap(({ invoice, certifiedMinor }) => {
		const earlier = before.get(invoice.id) ?? { sumMinor: 0n, count: 0 };
		const most = greatestWithheld(invoice.taxableMinor, minorDigits(currency), earlier.count + 1);
		if (earlier.sumMinor + certifiedMinor <= most) return [];
		const path =
			asked.length === 1
				? 'amountMinor'
				: `invoices.${asked.findIndex(({ number }) => number === invoice.number)}.amountMinor`;
		return [
			{
				path,
				message: `At most 2 % of what is taxed can be withheld: of ${invoice.number} ${currency} ${major(most - earlier.sumMinor, currency)} more.`
			}
		];
	});
	if (issues.length > 0) throw new Invalid(issues);
}

/** What was certified for invoices so far. */
export async function certifiedOf(
	{ db }: Scope,
	businessId: string,
	invoiceIds: string[]
): Promise<Map<string, { sumMinor: bigint; count: number }>> {
	const rows = await db
		.selectFrom('payments.certificate_allocations as a')
		.innerJoin('payments.certificates as c', (join) =>
			join.onRef('c.business_id', '=', 'a.business_id').onRef('c.id', '=', 'a.certificate_id')
		)
		.select('a.invoice_id')
		.select(sql<bigint>`sum(a.certified_minor)::bigint`.as('sumMinor'))
		.select(({ fn }) => fn.countAll<bigint>().as('count'))
		.where('a.business_id', '=', businessId)
		.where('a.invoice_id', '=', sql<string>`any(${invoiceIds})`)
		.where('c.reversed_on', 'is', null)
		.groupBy('a.invoice_id')
		.execute();
	return new Map(
		rows.map((row) => [row.invoice_id, { sumMinor: row.sumMinor, count: Number(row.count) }])
	);
}

async function refuseKnown({ db }: Scope, { businessId, number }: Input): Promise<void> {
	const row = await db
		.selectFrom('payments.certificates')
		.select('id')
		.where('business_id', '=', businessId)
		.where(sql<string>`upper(regexp_replace(number, '\\s', '', 'g'))`, '=', referenceKey(number))
		.where('reversed_on', 'is', null)
		.executeTakeFirst();
	if (row) throw known(number);
}

function known(number: string): Conflict {
	return new Conflict('certificate_known', `The certificate ${number} was counted already.`);
}

/** The claims of the same certificate, which need no further look. @returns the first */
async function takeClaims(
	{ db, now }: Scope,
	{ businessId, number }: Input
): Promise<string | null> {
	const claims = await db
		.updateTable('payments.certificate_claims')
		.set({ outcome: 'confirmed', outcome_at: now })
		.where('business_id', '=', businessId)
		.where(sql<string>`upper(regexp_replace(number, '\\s', '', 'g'))`, '=', referenceKey(number))
		.where('outcome', 'is', null)
		.returning('id')
		.execute();
	return claims[0]?.id ?? null;
}
