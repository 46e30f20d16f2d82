import { sql } from 'kysely';
import { authorize, type Scope } from '../../platform/scope.ts';
import { listSomeBusinesses } from '../businesses/index.ts';
import { holdCredit, postAll, readBalances } from '../ledger/index.ts';
import { civilDate } from '../rating/index.ts';
import { creditUsePostings } from './books.ts';
import { settleInvoices, type NewSettlement, type Settled } from './settling.ts';

/**
 * Uses what customers have to their credit for their open invoices, those due first at first, and posts it.
 * @returns what was settled by it; nothing where there is no credit or nothing to pay
 */
export async function applyCredit(
	scope: Scope,
	{
		businessId,
		invoiceId
	}: {
		/** One business or many. */
		businessId: string | readonly string[];
		/** This invoice alone. */
		invoiceId?: string;
	}
): Promise<Settled[]> {
	authorize(scope, 'billing.manage');
	const { db } = scope;
	const businessIds = typeof businessId === 'string' ? [businessId] : businessId;
	const credits = await holdCredit(scope, { businessIds: [...businessIds] });
	if (credits.length === 0) return [];
	const open = await db
		.selectFrom('billing.invoices')
		.select(['business_id', 'id', 'currency', 'issued_on', 'total_minor', 'paid_minor'])
		.where('business_id', '=', sql<string>`any(${credits.map((credit) => credit.businessId)})`)
		.where('status', '=', 'open')
		.$if(invoiceId !== undefined, (query) => query.where('id', '=', invoiceId ?? ''))
		.orderBy('business_id')
		.orderBy('due_on')
		.orderBy('id')
		.forUpdate()
		.execute();
	const businesses = await listSomeBusinesses(scope, { businessIds: [...businessIds] });
	const uses = credits.flatMap(({ businessId: business, currency, amountMinor }) => {
		let left = amountMinor;
		const today = civilDate(scope.now, businesses.get(business)?.timeZone ?? 'UTC');
		return open.flatMap((invoice): NewSettlement[] => {
			if (invoice.business_id !== business || invoice.currency !== currency || left === 0n)
				return [];
			const asked = invoice.total_minor - invoice.paid_minor;
			const used = asked < left ? asked : left;
			left -= used;
			return [
				{
					businessId: business,
					invoiceId: invoice.id,
					source: { kind: 'credit' },
					amountMinor: used,
					// An invoice that is dated ahead is not settled before its day.
					onDay: invoice.issued_on > today ? invoice.issued_on : today
				}
			];
		});
	});
	const settled = await settleInvoices(scope, uses);
	await postAll(
		scope,
		uses.flatMap(({ businessId: business, invoiceId: of, amountMinor, onDay }, index) => {
			const use = settled[index];
			const invoice = open.find(({ id, business_id }) => id === of && business_id === business);
			if (!use || !invoice) return [];
			return {
				businessId: business,
				onDay,
				kind: 'used' as const,
				document: { kind: 'credit_use' as const, id: use.id, reference: use.number },
				currency: invoice.currency,
				postings: creditUsePostings(of, amountMinor)
			};
		})
	);
	return settled;
}

/**
 * Takes uses of credit back while a business has used more than it has: what was settled last is owed again
 * first. What is missing beyond all uses stays owed on account.
 */
export async function takeCreditBack(
	scope: Scope,
	{ businessId, currency, onDay }: { businessId: string; currency: string; onDay: string }
): Promise<Settled[]> {
	authorize(scope, 'billing.manage');
	// Whoever uses credit waits here, also where there seems to be none.
	await holdCredit(scope, { businessIds: [businessId] });
	const balance = (await readBalances(scope, { businessId })).find(
		(one) => one.account === 'credit' && one.currency === currency
	);
	let missing = balance?.amountMinor ?? 0n;
	if (missing <= 0n) return [];
	const used = await scope.db
		.selectFrom('billing.settlements as settlement')
		.innerJoin('billing.invoices as invoice', (join) =>
			join
				.onRef('invoice.business_id', '=', 'settlement.business_id')
				.onRef('invoice.id', '=', 'settlement.invoice_id')
		)
		.select(['invoice.id', 'invoice.issued_on'])
		.select(sql<bigint>`sum(settlement.amount_minor)::bigint`.as('amount'))
		.where('settlement.business_id', '=', businessId)
		.where('settlement.source_kind', '=', 'credit')
		.where('invoice.currency', '=', currency)
		.groupBy(['invoice.id', 'invoice.issued_on'])
		.having(sql<boolean>`sum(settlement.amount_minor) > 0`)
		.orderBy(sql`max(settlement.id)`, 'desc')
		.execute();
	const back = used.flatMap(({ id, issued_on, amount }): NewSettlement[] => {
		const part = amount < missing ? amount : missing;
		if (part <= 0n) return [];
		missing -= part;
		return [
			{
				businessId,
				invoiceId: id,
				source: { kind: 'credit' },
				amountMinor: -part,
				onDay: issued_on > onDay ? issued_on : onDay
			}
		];
	});
	const settled = await settleInvoices(scope, back);
	await postAll(
		scope,
		back.flatMap(({ invoiceId, amountMinor, onDay: day }, index) => {
			const use = settled[index];
			if (!use) return [];
			return {
				businessId,
				onDay: day,
				kind: 'reversed' as const,
				document: { kind: 'credit_use' as const, id: use.id, reference: use.number },
				currency,
				postings: creditUsePostings(invoiceId, amountMinor)
			};
		})
	);
	return settled;
}
