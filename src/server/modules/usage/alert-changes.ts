import { sql } from 'kysely';
import { emit } from '../../platform/events.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import type { Answer } from './alert-lists.ts';
import type { AlertAction, AlertPeriod, LimitOf } from './alerts.ts';
import { figureUnitOf, type FigureUnit } from './meters.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'usage.alert-set': AlertFacts;
		'usage.alert-changed': AlertFacts;
		'usage.alert-removed': AlertFacts;
		/** Somebody said what shall be done about a limit that is reached; where it was raised, the limit is the new one. */
		'usage.alert-answered': AlertFacts & { answer: Answer };
	}
}

/** An alert as it is by now, or was when it was removed. */
export interface AlertFacts {
	alertId: string;
	productId: string;
	product: string;
	meterName: string;
	unit: FigureUnit;
	/** In which limits of money are. */
	currency: string;
	limitOf: LimitOf;
	/** Exact decimal text, in the meter's unit; null for what the plan includes. */
	limit: string | null;
	every: AlertPeriod;
	action: AlertAction;
}

interface Row {
	product_id: string;
	name: string;
	unit: FigureUnit;
	limit_of: LimitOf;
	amount: string | null;
	period: AlertPeriod;
	action: AlertAction;
	/** All that people can change about it. */
	terms: string;
}

/** An alert of the scope's business as it stands, to be told of; undefined where there is none. */
export async function readFacts(
	scope: Scope,
	alertId: string
): Promise<{ facts: AlertFacts; terms: string } | undefined> {
	const { rows } = await sql<Row>`
		select m.product_id, m.name, ${sql.raw(figureUnitOf)} as unit, a.limit_of, a.amount::text, a.period, a.action,
			jsonb_build_array(trim_scale(a.amount), a.limit_of, a.period, a.marks, a.people, a.channels, a.action)::text
				as terms
		from usage.alerts a join usage.meters m on m.id = a.meter_id
		where a.business_id = ${businessOf(scope)} and a.id = ${alertId} and a.removed_at is null
	`.execute(scope.db);
	const [row] = rows;
	if (!row) return undefined;
	const [products, { currency }] = await Promise.all([
		listProducts(scope, {}),
		readBusiness(scope, {})
	]);
	return {
		terms: row.terms,
		facts: {
			alertId,
			productId: row.product_id,
			product: products.find(({ id }) => id === row.product_id)?.name ?? '',
			meterName: row.name,
			unit: row.unit,
			currency,
			limitOf: row.limit_of,
			limit: row.amount,
			every: row.period,
			action: row.action
		}
	};
}

/** Tells that an alert was set or changed; one that was saved as it was is no news. */
export async function tellSaved(
	scope: Scope,
	alertId: string,
	before: { terms: string } | undefined
): Promise<void> {
	const after = await readFacts(scope, alertId);
	if (!after || after.terms === before?.terms) return;
	await emit(scope, before ? 'usage.alert-changed' : 'usage.alert-set', after.facts);
}
