import { sql } from 'kysely';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';

/** That some of a billed line is given back. */
export interface CreditedLine {
	businessId: string;
	currency: string;
	invoiceId: string;
	position: number;
	/** Before or with tax, as the line; less than nothing when a credit is taken back. */
	amountMinor: bigint;
}

/**
 * Notes at the billed lines that some of them is given back. Their invoices are locked until the transaction ends,
 * so that neither two who give back at once nor one who makes them void goes unnoticed, and the table refuses
 * what is more than was billed.
 *
 * @throws NotFound; Conflict `credited_too_much`, `invoice_void`; Invalid for another currency
 */
export async function addCredited(scope: Scope, lines: readonly CreditedLine[]): Promise<void> {
	if (lines.length === 0) return;
	const { db } = scope;
	const sums = new Map<string, CreditedLine>();
	for (const line of lines) {
		const key = `${line.businessId} ${line.invoiceId} ${line.position}`;
		const before = sums.get(key)?.amountMinor ?? 0n;
		sums.set(key, { ...line, amountMinor: before + line.amountMinor });
	}
	const credited = [...sums.values()];
	const invoices = await db
		.selectFrom('billing.invoices')
		.select(['business_id', 'id', 'number', 'status', 'currency'])
		.where('business_id', '=', sql<string>`any(${credited.map(({ businessId }) => businessId)})`)
		.where('id', '=', sql<string>`any(${credited.map(({ invoiceId }) => invoiceId)})`)
		.orderBy('business_id')
		.orderBy('id')
		.forUpdate()
		.execute();
	const found = new Map(invoices.map((row) => [`${row.business_id} ${row.id}`, row]));
	for (const { businessId, invoiceId, currency } of credited) {
		const invoice = found.get(`${businessId} ${invoiceId}`);
		if (!invoice) throw new NotFound('The invoice that is credited');
		if (invoice.status === 'void')
			throw new Conflict('invoice_void', `Invoice ${invoice.number} is void: it asks for nothing.`);
		if (invoice.currency !== currency)
			throw new Invalid([
				{ path: 'currency', message: `The invoice is in ${invoice.currency}, not in ${currency}.` }
			]);
	}
	try {
		const { rows } = await sql`
			update billing.invoice_lines line set credited_minor = line.credited_minor + credit.amount_minor
			from unnest(
				${credited.map(({ businessId }) => businessId)}::text[],
				${credited.map(({ invoiceId }) => invoiceId)}::text[],
				${credited.map(({ position }) => position)}::integer[],
				${credited.map(({ amountMinor }) => amountMinor)}::bigint[]
			) as credit (business_id, invoice_id, position, amount_minor)
			where line.business_id = credit.business_id and line.invoice_id = credit.invoice_id
				and line.position = credit.position
			returning line.position`.execute(db);
		if (rows.length < credited.length) throw new NotFound('The line that is credited');
	} catch (error) {
		if (violatedConstraint(error) !== 'invoice_lines_credited') throw error;
		throw new Conflict(
			'credited_too_much',
			'This gives back more than was billed and not given back yet.'
		);
	}
}
