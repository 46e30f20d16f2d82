import { sql, type Kysely } from 'kysely';
import { expect } from 'vitest';
import { readBalances, readStatements, verifyLedger } from '#server/modules/ledger/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { DB } from '#server/platform/tables.ts';
import { readBooks } from '../payments.ts';
import { addDays, daysOf, lengthOfPeriod } from './days.ts';
import type { Life } from './life.ts';
import { unitMinor } from './plans.ts';

type Database = Kysely<DB>;

/** The ledger agrees with every document, and no series has a gap. */
export async function proveBooks(db: Database): Promise<void> {
	const { disagreements } = await withSystem('test', (scope) => verifyLedger(scope, readBooks));
	expect(disagreements).toEqual([]);
	const { rows } = await sql`
		select series, count(*)::int as count, min(sequence) as first, max(sequence) as last
		from (select series, sequence from billing.invoices union all
			select series, sequence from billing.credit_notes union all
			select series, sequence from payments.payments) numbered
		group by series having min(sequence) <> 1 or max(sequence) <> count(*)
			or count(distinct sequence) <> count(*)`.execute(db);
	expect(rows).toEqual([]);
}

const percent: Record<string, bigint> = { standard: 16n, reduced: 8n, zero: 0n, exempt: 0n };
/** Half up, away from zero. */
const divide = (amount: bigint, by: bigint): bigint =>
	amount < 0n ? -divide(-amount, by) : (2n * amount + by) / (2n * by);
const sum = (amounts: bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);

/** Every invoice adds up from its own lines by plain arithmetic, and no line gave back more than it asked for. */
export async function proveInvoices(db: Database, businessId: string): Promise<void> {
	const [invoices, lines, settlements] = [
		await db
			.selectFrom('billing.invoices')
			.selectAll()
			.where('business_id', '=', businessId)
			.execute(),
		await db
			.selectFrom('billing.invoice_lines')
			.selectAll()
			.where('business_id', '=', businessId)
			.execute(),
		await db
			.selectFrom('billing.settlements')
			.selectAll()
			.where('business_id', '=', businessId)
			.execute()
	];
	for (const invoice of invoices) {
		const its = lines.filter((line) => line.invoice_id === invoice.id);
		const net = (line: (typeof its)[number]) => line.amount_minor - line.discount_minor;
		const inclusive = its.filter((line) => line.tax_included);
		const exclusive = Map.groupBy(
			its.filter((line) => !line.tax_included),
			(line) => line.tax_class
		);
		const within = sum(
			inclusive.map((line) => {
				const rate = percent[line.tax_class] ?? 0n;
				return net(line) - divide(net(line) * 100n, 100n + rate);
			})
		);
		const onTop = sum(
			[...exclusive].map(([name, some]) => divide(sum(some.map(net)) * (percent[name] ?? 0n), 100n))
		);
		const tax = within + onTop;
		const total = sum(its.map(net)) + onTop;
		expect(
			{
				of: invoice.number,
				total: invoice.total_minor,
				tax: invoice.tax_minor,
				discount: invoice.discount_minor,
				paid: invoice.paid_minor
			},
			'an invoice adds up'
		).toEqual({
			of: invoice.number,
			total,
			tax,
			discount: sum(its.map((line) => line.discount_minor)),
			paid: sum(
				settlements
					.filter((one) => one.invoice_id === invoice.id)
					.map(({ amount_minor }) => amount_minor)
			)
		});
		expect(invoice.paid_minor <= invoice.total_minor && invoice.paid_minor >= 0n).toBe(true);
		expect(invoice.status === 'open').toBe(
			invoice.paid_minor < invoice.total_minor && invoice.status !== 'void'
		);
		for (const line of its)
			expect(
				line.amount_minor < 0n || (line.credited_minor >= 0n && line.credited_minor <= net(line)),
				`line ${line.position} of ${invoice.number} gave back ${line.credited_minor} of ${net(line)}`
			).toBe(true);
	}
}

/** The statement closes with what is owed less the credit, and with what all documents come to. */
export async function proveStatement(db: Database, life: Life): Promise<void> {
	const { businessId } = life;
	const [statement] = await withBusiness(life.member, (scope) =>
		readStatements(scope, { from: '2020-01-01', to: '2090-01-01' })
	);
	const { rows } = await sql<{ owed: string; documents: string }>`
		select (select coalesce(sum(total_minor - paid_minor), 0) from billing.invoices
				where business_id = ${businessId} and status <> 'void')::text as owed,
			((select coalesce(sum(total_minor), 0) from billing.invoices
				where business_id = ${businessId} and status <> 'void')
			- (select coalesce(sum(total_minor), 0) from billing.credit_notes where business_id = ${businessId})
			- (select coalesce(sum(amount_minor), 0) from payments.payments
				where business_id = ${businessId} and reversed_on is null)
			- (select coalesce(sum(amount_minor), 0) from payments.certificates where business_id = ${businessId})
			+ (select coalesce(sum(amount_minor), 0) from payments.refunds where business_id = ${businessId})
			- (select coalesce(sum(amount_minor), 0) from billing.settlements
				where business_id = ${businessId} and source_kind = 'write_off'))::text as documents`.execute(db);
	const balances = await withSystem('test', (scope) => readBalances(scope, { businessId }));
	const on = (account: string) =>
		sum(balances.filter((one) => one.account === account).map(({ amountMinor }) => amountMinor));
	const closing = statement?.closingMinor ?? 0n;
	expect(closing, 'what the statement closes with').toBe(on('receivable') + on('credit'));
	expect(closing, 'what all documents come to').toBe(BigInt(rows[0]?.documents ?? '0'));
	expect(on('receivable'), 'what invoices ask for').toBe(BigInt(rows[0]?.owed ?? '0'));
	expect(statement?.entries.at(-1)?.balanceMinor ?? 0n).toBe(closing);
}

/** Of a life in which changes alone gave back: each day that it had the product was asked for once, at its price. */
export async function proveDays(db: Database, life: Life): Promise<void> {
	const { businessId } = life;
	const { rows: parts } = await sql<{
		slug: string;
		start: string;
		end: string;
		amount: bigint;
		sign: number;
	}>`
		select l.price_slug as slug, l.period_start as start, l.period_end as "end",
			l.amount_minor - l.discount_minor as amount, 1 as sign
		from billing.invoice_lines l
		join billing.subscriptions s on s.business_id = l.business_id and s.id = l.subscription_id
		join catalogue.products p on p.id = s.product_id and p.slug = 'erp'
		where l.business_id = ${businessId} and l.kind in ('plan', 'seat', 'charge')
		union all
		select price_slug, period_start, period_end, amount_minor, -1
		from billing.pending_lines
		where business_id = ${businessId} and kind = 'credit' and billed_at is not null`.execute(db);
	const last = addDays(life.ended ?? '', 100);
	const wrong: Record<string, number> = {};
	for (const day of daysOf(addDays(life.started, -30), last)) {
		const times = parts
			.filter(({ slug, start, end }) => slug === 'base' && start <= day && day < end)
			.reduce((all, { sign }) => all + sign, 0);
		if (times !== (life.isPaid(day) ? 1 : 0)) wrong[day] = times;
	}
	expect(wrong, 'days that were not asked for once').toEqual({});
	if (life.unseen > 0) return;
	let expected = 0;
	let secondly = 0;
	for (const day of daysOf(life.paidFrom, life.ended ?? '')) {
		if (!life.isPaid(day)) continue;
		const evening = life.evenings.get(day) ?? (day > life.finished ? life.last : undefined);
		if (!evening) throw new Error(`Nobody looked at ${day}.`);
		const { plan, seats, anchorOn } = evening;
		const cost = Number(plan.flatMinor + BigInt(seats) * plan.seatMinor);
		const part = cost / lengthOfPeriod(anchorOn, day, plan.interval);
		expected += (part * (100 - life.percentOff)) / 100;
		if (plan.proration === 'second') secondly = Math.max(secondly, part);
	}
	const billed = Number(sum(parts.map(({ amount }) => amount)));
	// A cent for each rounding; by seconds the day of a change is shared.
	const changes = life.done.filter((one) => / (plan|seats)$/.test(one)).length;
	expect(Math.abs(billed - expected), `asked ${billed}, plainly ${expected}`).toBeLessThanOrEqual(
		2 * parts.length + 2 + changes * secondly
	);
}

/** All that was used was asked for once, late or not, whatever plan held. */
export async function proveUse(db: Database, life: Life): Promise<void> {
	const { rows } = await sql<{ amount: bigint }>`
		select coalesce(sum(amount_minor), 0)::bigint as amount from billing.invoice_lines
		where business_id = ${life.businessId} and price_slug = 'data'
			and kind in ('usage', 'late_usage', 'credit')`.execute(db);
	expect(rows[0]?.amount, 'what all use comes to').toBe(life.usedUnits * unitMinor);
}

/** All that is written down of a business, to be compared. */
export async function lookAt(db: Database, businessId: string): Promise<string> {
	const tables = await sql<{ schema: string; name: string }>`
		select table_schema as schema, table_name as name from information_schema.columns
		where column_name = 'business_id' and table_schema in ('billing', 'ledger', 'payments', 'closing')
		order by 1, 2`.execute(db);
	const looks: string[] = [];
	for (const { schema, name } of tables.rows) {
		const { rows } = await sql<{ look: string }>`
			select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as look
			from ${sql.table(`${schema}.${name}`)} t where business_id = ${businessId}`.execute(db);
		looks.push(`${schema}.${name} ${rows[0]?.look ?? ''}`);
	}
	return looks.join('\n');
}
