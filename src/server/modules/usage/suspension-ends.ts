import { sql, type RawBuilder } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import { listProducts, modeOfUsageSuspension } from '../catalogue/index.ts';
import { standings, termsOf } from './alert-standing.ts';
import { tellEnded, type Ended } from './suspensions.ts';

/** The products that limits of customers may suspend. */
export async function productsThatAllow(scope: Scope): Promise<string[]> {
	const products = await listProducts(scope, {});
	return products.filter((each) => modeOfUsageSuspension(each) !== null).map(({ id }) => id);
}

/**
 * Ends the suspensions whose reason is gone: the period is over, the limit was raised above the use, the
 * alert limits something else by now or suspends nothing, or the vendor does not allow it any more. Where
 * several look at once, one ends it and tells.
 *
 * @param businessIds null looks at every business that the scope reaches
 * @returns how many ended
 */
export async function settleSuspensions(
	scope: Scope,
	businessIds: readonly string[] | null
): Promise<number> {
	const { db, now } = scope;
	const among = (column: RawBuilder<unknown>): RawBuilder<unknown> =>
		businessIds === null ? sql`true` : sql`${column} = any(${[...businessIds]}::text[])`;
	const { rows: open } = await sql<{ alert_id: string }>`
		select s.alert_id from usage.suspensions s
		where s.ended_at is null and ${among(sql`s.business_id`)}`.execute(db);
	if (open.length === 0) return 0;
	const which = sql`a.id = any(${open.map(({ alert_id }) => alert_id)}::text[])`;
	const terms = await termsOf(scope, which);
	const allowing = await productsThatAllow(scope);
	const { rows } = await sql<Ended>`
		with standing as materialized (${standings(now, terms, which)}),
		reasons as (
			select s.business_id, s.alert_id, s.period, s.period_end, s.amount, m.name, case
				when s.until <= ${now} then 'period'
				when s.product_id <> all(${allowing}::text[]) then 'vendor'
				when standing.id is null or standing.action <> 'suspend' or standing.amount is null
					or standing.period is distinct from s.period
					or standing.period_end is distinct from s.period_end then 'changed'
				when standing.amount > s.amount and coalesce(standing.value, 0) < standing.amount then 'raised'
			end as why
			from usage.suspensions s
			join usage.alerts a on a.business_id = s.business_id and a.id = s.alert_id
			join usage.meters m on m.id = a.meter_id
			left join standing on standing.business_id = s.business_id and standing.id = s.alert_id
			where s.ended_at is null and ${among(sql`s.business_id`)}
		)
		update usage.suspensions s
		set ended_at = case reasons.why when 'period' then s.until else greatest(s.since, ${now}) end,
			ended_for = reasons.why, ended_by = ${scope.actor.kind === 'member' ? scope.actor.personId : null}
		from reasons
		where reasons.why is not null and s.ended_at is null
			and s.business_id = reasons.business_id and s.alert_id = reasons.alert_id
			and s.period = reasons.period and s.period_end = reasons.period_end and s.amount = reasons.amount
		returning s.business_id, s.alert_id, s.product_id, reasons.name, reasons.why
	`.execute(db);
	await tellEnded(scope, rows);
	return rows.length;
}
