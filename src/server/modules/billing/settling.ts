import { sql } from 'kysely';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emitAll } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { insertAll } from '../../platform/insert-all.ts';
import { announce } from '../../platform/live.ts';
import { authorize, type Scope } from '../../platform/scope.ts';
import { postAll } from '../ledger/index.ts';
import { writeOffPostings } from './books.ts';
import type { InvoiceStatus } from './archive.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** Nothing of an invoice is left to pay, whatever settled the last of it. */
		'invoice.settled': { invoiceId: string; number: string; by: SettlementSource['kind'] };
	}
}

/** What makes less to pay of an invoice. */
export type SettlementSource =
	| { kind: 'payment'; id: string; method: string; reference: string }
	| { kind: 'withholding'; id: string; reference: string }
	| { kind: 'credit_note'; id: string }
	| { kind: 'credit' };

export interface NewSettlement {
	businessId: string;
	invoiceId: string;
	source: SettlementSource;
	/** Minor units in the invoice's currency; less than nothing takes back what the source settled before. */
	amountMinor: bigint;
	onDay: string;
}

export interface Settled {
	id: string;
	invoiceId: string;
	number: string;
	status: InvoiceStatus;
	/** What is left to pay after it. */
	leftMinor: bigint;
}

/**
 * Counts what came towards invoices, in the order given. The ledger is posted by whoever has it: the payment, the
 * credit note. An invoice that was given up takes as much of its write-off back, and posts that.
 *
 * @throws NotFound; Conflict `invoice_not_open` for one that is paid or void, `settled_too_much` for more than is
 * left, `not_settled` where more is taken back than the source settled
 */
export async function settleInvoices(
	scope: Scope,
	settlements: readonly NewSettlement[]
): Promise<Settled[]> {
	authorize(scope, 'billing.manage');
	if (settlements.length === 0) return [];
	const { now } = scope;
	const invoices = await lockInvoices(scope, settlements);
	const before = new Map([...invoices].map(([key, { status }]) => [key, status]));
	const bySource = await readSettled(scope, settlements);
	const rows: SettlementRow[] = [];
	const settled = settlements.map((settlement): Settled => {
		const { businessId, invoiceId, source, amountMinor, onDay } = settlement;
		const invoice = invoices.get(`${businessId} ${invoiceId}`);
		if (!invoice) throw new NotFound('This invoice');
		const sourceKey = keyOfSource(settlement);
		const ofSource = (bySource.get(sourceKey) ?? 0n) + amountMinor;
		if (ofSource < 0n)
			throw new Conflict(
				'not_settled',
				`Of invoice ${invoice.number} this settled less than is taken back.`
			);
		bySource.set(sourceKey, ofSource);
		if (amountMinor > 0n) rows.push(...takeWriteOffBack(settlement, invoice, now));
		const paidMinor = invoice.paidMinor + amountMinor;
		if (paidMinor > invoice.totalMinor)
			throw new Conflict(
				'settled_too_much',
				`This is more than invoice ${invoice.number} still asks for.`
			);
		invoice.paidMinor = paidMinor;
		if (invoice.writtenOffMinor === 0n) {
			invoice.status = paidMinor === invoice.totalMinor ? 'paid' : 'open';
			invoice.paidOn = invoice.status === 'paid' ? onDay : null;
			invoice.givenUpOn = null;
		}
		const id = newId('set', now);
		rows.push({
			...settlement,
			id,
			kind: source.kind,
			sourceId: 'id' in source ? source.id : null,
			method: 'method' in source ? source.method : null,
			reference: 'reference' in source ? source.reference : null
		});
		return {
			id,
			invoiceId,
			number: invoice.number,
			status: invoice.status,
			leftMinor: invoice.totalMinor - paidMinor
		};
	});
	await insertSettlements(scope, rows);
	await postWriteOffs(scope, rows, invoices);
	await updateInvoices(scope, [...invoices.values()]);
	const last = new Map(settlements.map((one) => [`${one.businessId} ${one.invoiceId}`, one]));
	await emitAll(
		scope,
		'invoice.settled',
		[...invoices].flatMap(([key, { businessId, id, number, status }]) => {
			const by = last.get(key)?.source.kind;
			if (status !== 'paid' || before.get(key) === 'paid' || !by) return [];
			return { businessId, data: { invoiceId: id, number, by } };
		})
	);
	await announce(scope, [...new Set(settlements.map(({ businessId }) => businessId))], 'billing');
	return settled;
}

/** An invoice that is locked, and how it stands. */
export interface HeldInvoice {
	businessId: string;
	id: string;
	number: string;
	currency: string;
	status: InvoiceStatus;
	totalMinor: bigint;
	/** What settlements come to, write-offs among them. */
	paidMinor: bigint;
	/** What of it was written off. */
	writtenOffMinor: bigint;
	paidOn: string | null;
	givenUpOn: string | null;
	reason: string | null;
}

export interface SettlementRow {
	id: string;
	businessId: string;
	invoiceId: string;
	kind: SettlementSource['kind'] | 'write_off';
	sourceId: string | null;
	/** Of a payment: how it came. */
	method?: string | null;
	/** What is printed on the payment or the certificate. */
	reference?: string | null;
	amountMinor: bigint;
	onDay: string;
}

/** Locks invoices until the transaction ends. @throws Conflict `invoice_not_open` */
async function lockInvoices(scope: Scope, settlements: readonly NewSettlement[]) {
	const { db } = scope;
	const ids = settlements.map(({ invoiceId }) => invoiceId);
	const businessIds = [...new Set(settlements.map(({ businessId }) => businessId))];
	const held = await holdInvoices(scope, businessIds, ids);
	const added = new Set(
		settlements.flatMap(({ businessId, invoiceId, amountMinor }) =>
			amountMinor > 0n ? `${businessId} ${invoiceId}` : []
		)
	);
	for (const [key, { number, status }] of held)
		if (status === 'void' || (status === 'paid' && added.has(key)))
			throw new Conflict('invoice_not_open', `Invoice ${number} is ${status}.`);
	const givenUp = [...held.values()].filter(({ status }) => status === 'uncollectible');
	if (givenUp.length > 0) {
		const sums = await db
			.selectFrom('billing.settlements')
			.select(['business_id', 'invoice_id'])
			.select(sql<bigint>`sum(amount_minor)::bigint`.as('amount'))
			.where('business_id', '=', sql<string>`any(${businessIds})`)
			.where('invoice_id', '=', sql<string>`any(${givenUp.map(({ id }) => id)})`)
			.where('source_kind', '=', 'write_off')
			.groupBy(['business_id', 'invoice_id'])
			.execute();
		for (const { business_id, invoice_id, amount } of sums) {
			const invoice = held.get(`${business_id} ${invoice_id}`);
			if (invoice) invoice.writtenOffMinor = amount;
		}
	}
	return held;
}

/** Locks invoices in one order for all who lock several. */
export async function holdInvoices(
	{ db }: Scope,
	businessIds: readonly string[],
	ids: readonly string[]
): Promise<Map<string, HeldInvoice>> {
	const rows = await db
		.selectFrom('billing.invoices')
		.select(['business_id', 'id', 'number', 'currency', 'status', 'total_minor', 'paid_minor'])
		.select(['paid_on', 'given_up_on', 'reason'])
		.where('business_id', '=', sql<string>`any(${businessIds})`)
		.where('id', '=', sql<string>`any(${ids})`)
		.orderBy('business_id')
		.orderBy('id')
		.forUpdate()
		.execute();
	return new Map(
		rows.map((row) => [
			`${row.business_id} ${row.id}`,
			{
				businessId: row.business_id,
				id: row.id,
				number: row.number,
				currency: row.currency,
				status: row.status as InvoiceStatus,
				totalMinor: row.total_minor,
				paidMinor: row.paid_minor,
				writtenOffMinor: 0n,
				paidOn: row.paid_on,
				givenUpOn: row.given_up_on,
				reason: row.reason
			}
		])
	);
}

function keyOfSource({ businessId, invoiceId, source }: NewSettlement): string {
	return [businessId, invoiceId, source.kind, 'id' in source ? source.id : ''].join(' ');
}

/** What each source settled of an invoice so far, where some of it is to be taken back. */
async function readSettled(
	{ db }: Scope,
	settlements: readonly NewSettlement[]
): Promise<Map<string, bigint>> {
	const back = settlements.filter(({ amountMinor }) => amountMinor < 0n);
	if (back.length === 0) return new Map();
	const rows = await db
		.selectFrom('billing.settlements')
		.select(['business_id', 'invoice_id', 'source_kind', 'source_id'])
		.select(sql<bigint>`sum(amount_minor)::bigint`.as('amount'))
		.where('business_id', '=', sql<string>`any(${back.map(({ businessId }) => businessId)})`)
		.where('invoice_id', '=', sql<string>`any(${back.map(({ invoiceId }) => invoiceId)})`)
		.groupBy(['business_id', 'invoice_id', 'source_kind', 'source_id'])
		.execute();
	return new Map(
		rows.map((row) => [
			[row.business_id, row.invoice_id, row.source_kind, row.source_id ?? ''].join(' '),
			row.amount
		])
	);
}

/** What comes for an invoice that was given up makes so much less of its write-off. */
function takeWriteOffBack(
	{ businessId, invoiceId, amountMinor, onDay }: NewSettlement,
	invoice: HeldInvoice,
	now: Date
): SettlementRow[] {
	if (invoice.writtenOffMinor === 0n) return [];
	const back = amountMinor < invoice.writtenOffMinor ? amountMinor : invoice.writtenOffMinor;
	invoice.writtenOffMinor -= back;
	invoice.paidMinor -= back;
	return [
		{
			id: newId('set', now),
			businessId,
			invoiceId,
			kind: 'write_off',
			sourceId: null,
			amountMinor: -back,
			onDay
		}
	];
}

export async function insertSettlements(
	{ db, now }: Scope,
	rows: readonly SettlementRow[]
): Promise<void> {
	await insertAll(
		db,
		'billing.settlements',
		{
			business_id: 'text',
			id: 'text',
			invoice_id: 'text',
			source_kind: 'text',
			source_id: 'text',
			method: 'text',
			reference: 'text',
			amount_minor: 'bigint',
			on_day: 'date',
			recorded_at: 'timestamptz'
		},
		rows.map((row) => ({
			business_id: row.businessId,
			id: row.id,
			invoice_id: row.invoiceId,
			source_kind: row.kind,
			source_id: row.sourceId,
			method: row.method,
			reference: row.reference,
			amount_minor: row.amountMinor,
			on_day: row.onDay,
			recorded_at: now
		}))
	);
}

/** A write-off is a document of its own, and so is taking some of it back. */
export async function postWriteOffs(
	scope: Scope,
	rows: readonly SettlementRow[],
	invoices: ReadonlyMap<string, HeldInvoice>
): Promise<void> {
	await postAll(
		scope,
		rows.flatMap(({ id, businessId, invoiceId, kind, amountMinor, onDay }) => {
			const invoice = invoices.get(`${businessId} ${invoiceId}`);
			if (kind !== 'write_off' || !invoice) return [];
			return {
				businessId,
				onDay,
				kind: amountMinor > 0n ? ('written_off' as const) : ('reversed' as const),
				document: { kind: 'write_off' as const, id, reference: invoice.number },
				currency: invoice.currency,
				postings: writeOffPostings(invoiceId, amountMinor)
			};
		})
	);
}

export async function updateInvoices(
	{ db }: Scope,
	invoices: readonly HeldInvoice[]
): Promise<void> {
	await sql`
		update billing.invoices invoice set status = held.status, paid_minor = held.paid_minor,
			paid_on = held.paid_on, given_up_on = held.given_up_on,
			reason = case when held.given_up_on is not null then held.reason end
		from unnest(
			${invoices.map(({ businessId }) => businessId)}::text[],
			${invoices.map(({ id }) => id)}::text[],
			${invoices.map(({ status }) => status)}::text[],
			${invoices.map(({ paidMinor }) => paidMinor)}::bigint[],
			${invoices.map(({ paidOn }) => paidOn)}::date[],
			${invoices.map(({ givenUpOn }) => givenUpOn)}::date[],
			${invoices.map(({ reason }) => reason)}::text[]
		) as held (business_id, id, status, paid_minor, paid_on, given_up_on, reason)
		where invoice.business_id = held.business_id and invoice.id = held.id`.execute(db);
}
