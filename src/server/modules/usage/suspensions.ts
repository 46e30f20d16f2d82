import { sql } from 'kysely';
import * as v from 'valibot';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts, modeOfUsageSuspension, type SuspendedMode } from '../catalogue/index.ts';
import type { AlertPeriod, LimitOf } from './alerts.ts';
import { figureUnitOf, type FigureUnit } from './meters.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A business's own limit is reached, and it wanted the product suspended then. */
		'usage.suspended': SuspensionFacts & {
			mode: SuspendedMode;
			/** Exact decimal text, in the meter's unit, like the value. */
			limit: string;
			limitOf: LimitOf | 'spend';
			value: string;
			unit: FigureUnit;
			every: AlertPeriod;
			/** ISO 8601: the period's end, from which the product is open again. */
			until: string;
			/** Who was chosen to be told of the alert; null for the owners and admins of the moment. */
			people: string[] | null;
		};
		'usage.suspension-ended': SuspensionFacts & { why: SuspensionEnd };
	}
}

export interface SuspensionFacts {
	alertId: string;
	productId: string;
	product: string;
	meterName: string;
}

/**
 * Its period is over; somebody lifted it; the limit was raised above the use; the alert was changed or
 * removed; or the vendor does not allow it any more.
 */
export type SuspensionEnd = 'period' | 'lifted' | 'raised' | 'changed' | 'vendor';

/** A product is suspended for a business by a limit of its own. */
export interface Suspension {
	alertId: string;
	productId: string;
	/** What is left of the product. */
	mode: SuspendedMode;
	meter: { slug: string; name: string; unit: FigureUnit };
	/** Exact decimal text, in the meter's unit. */
	limit: string;
	/** The use that reached it. */
	value: string;
	since: Date;
	/** The end of the alert's period. */
	until: Date;
}

interface Row {
	alert_id: string;
	product_id: string;
	slug: string;
	name: string;
	unit: FigureUnit;
	amount: string;
	value: string;
	since: Date;
	until: Date;
}

/**
 * The suspensions in force in a business, of one product or all, one an alert; oldest first. One whose
 * period is over or that the vendor allows no longer is in force no more, whenever a job notes its end.
 */
export const listSuspensions = usecase(
	'usage.read',
	v.object({ productId: v.optional(v.string()), businessId: v.optional(v.string()) }),
	async (scope, { productId, businessId }): Promise<Suspension[]> => {
		const business =
			scope.actor.kind === 'system' && businessId !== undefined ? businessId : businessOf(scope);
		const { rows } = await sql<Row>`
			select s.alert_id, s.product_id, coalesce(m.slug, 'spending') as slug,
				coalesce(m.name, 'Spending') as name, coalesce(${sql.raw(figureUnitOf)}, 'money') as unit,
				s.amount::text, s.value::text, s.since, s.until
			from usage.suspensions s
			join usage.alerts a on a.business_id = s.business_id and a.id = s.alert_id
			left join usage.meters m on m.id = a.meter_id
			where s.business_id = ${business} and s.ended_at is null and s.until > ${scope.now}
				and ${productId === undefined ? sql`true` : sql`s.product_id = ${productId}`}
				and not exists (
					select from usage.suspensions higher
					where higher.business_id = s.business_id and higher.alert_id = s.alert_id
						and higher.product_id = s.product_id and higher.ended_at is null and higher.until > ${scope.now} and higher.amount > s.amount
				)
			order by s.since, s.alert_id`.execute(scope.db);
		if (rows.length === 0) return [];
		const products = new Map((await listProducts(scope, {})).map((each) => [each.id, each]));
		return rows.flatMap((row) => {
			const product = products.get(row.product_id);
			const mode = product ? modeOfUsageSuspension(product) : null;
			if (mode === null) return [];
			return {
				alertId: row.alert_id,
				productId: row.product_id,
				mode,
				meter: { slug: row.slug, name: row.name, unit: row.unit },
				limit: row.amount,
				value: row.value,
				since: row.since,
				until: row.until
			};
		});
	}
);

/** Which products limits have suspended, in whichever businesses the scope reaches; for jobs. */
export const listSuspendedByUse = usecase('alert.read', v.object({}), async ({ db, now }) => {
	return db
		.selectFrom('usage.suspensions')
		.select(['business_id as businessId', 'product_id as productId'])
		.distinct()
		.where('ended_at', 'is', null)
		.where('until', '>', now)
		.execute();
});

/**
 * Opens a product again that limits have suspended. They do not suspend it again in their running periods,
 * unless they are raised first. Lifted twice, it is lifted once.

 */
export const liftSuspension = usecase(
	'alert.manage',
	v.object({ productId: v.string() }),
	async (scope, { productId }) => {
		if (scope.actor.kind !== 'member') throw new Error('Only a person lifts a suspension.');
		const { businessId, personId } = scope.actor;
		const { rows } = await sql<{ alert_id: string; product_id: string; name: string }>`
			update usage.suspensions s
			set ended_at = greatest(s.since, ${scope.now}), ended_for = 'lifted', ended_by = ${personId}
			from usage.alerts a left join usage.meters m on m.id = a.meter_id
			where s.business_id = ${businessId} and s.product_id = ${productId}
				and s.ended_at is null and s.until > ${scope.now}
				and a.business_id = s.business_id and a.id = s.alert_id
			returning s.alert_id, s.product_id, coalesce(m.name, 'Spending') as name`.execute(scope.db);
		await tellEnded(
			scope,
			rows.map((row) => ({ ...row, business_id: businessId, why: 'lifted' as const }))
		);
	}
);

export interface Ended {
	business_id: string;
	alert_id: string;
	product_id: string;
	/** The meter's. */
	name: string;
	why: SuspensionEnd;
}

/** Tells of what has ended, an alert once for each product, and has open pages look again. */
export async function tellEnded(scope: Scope, ended: readonly Ended[]): Promise<void> {
	if (ended.length === 0) return;
	const alerts = new Map(ended.map((each) => [`${each.alert_id} ${each.product_id}`, each]));
	const products = new Map((await listProducts(scope, {})).map(({ id, name }) => [id, name]));
	for (const { business_id, alert_id, product_id, name, why } of alerts.values())
		await emit(
			scope,
			'usage.suspension-ended',
			{
				alertId: alert_id,
				productId: product_id,
				product: products.get(product_id) ?? '',
				meterName: name,
				why
			},
			business_id
		);
	await announce(scope, [...new Set(ended.map(({ business_id }) => business_id))], 'launch');
}
