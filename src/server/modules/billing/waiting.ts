import { sql } from 'kysely';
import * as v from 'valibot';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listVersionsOf, type PlanVersion } from '../catalogue/index.ts';
import type { Period, TaxClass } from '../rating/index.ts';
import type { LineKind } from './draft-lines.ts';
import type { NewPendingLine } from './pending.ts';

export interface PendingLine extends NewPendingLine {
	id: string;
}

const Waiting = v.object({ businessIds: v.array(v.string()) });

/** What waits to be billed of these businesses, in the order in which it was written: for closing. */
export const listPendingLines = usecase(
	'billing.manage',
	Waiting,
	(scope, { businessIds }): Promise<PendingLine[]> => selectPending(scope, businessIds)
);

/** Without a check: for the use cases of this module, which have made theirs. */
export async function selectPending(
	{ db }: Scope,
	businessIds: readonly string[]
): Promise<PendingLine[]> {
	const rows = await db
		.selectFrom('billing.pending_lines')
		.select(['business_id', 'id', 'subscription_id', 'product_id', 'kind', 'price_slug'])
		.select(['description', 'period_start', 'period_end', 'begins_at', 'quantity', 'unit_minor'])
		.select(['exact_amount', 'amount_minor', 'currency', 'tax_class', 'tax_included', 'at_once'])
		.select(['credits_invoice_id', 'credits_position'])
		.where('business_id', '=', sql<string>`any(${[...businessIds]})`)
		.where('billed_at', 'is', null)
		.orderBy('business_id')
		.orderBy('id')
		.execute();
	return rows.map((row) => ({
		businessId: row.business_id,
		id: row.id,
		subscriptionId: row.subscription_id,
		productId: row.product_id,
		kind: row.kind as LineKind,
		...(row.price_slug === null ? {} : { priceSlug: row.price_slug }),
		description: row.description,
		...(row.period_start !== null && row.period_end !== null
			? { period: { start: row.period_start, end: row.period_end } }
			: {}),
		...(row.begins_at === null ? {} : { beginsAt: row.begins_at }),
		quantity: row.quantity,
		unitMinor: row.unit_minor,
		exactAmount: row.exact_amount,
		amountMinor: row.amount_minor,
		currency: row.currency,
		taxClass: row.tax_class as TaxClass,
		taxIncluded: row.tax_included,
		atOnce: row.at_once,
		...(row.credits_invoice_id !== null && row.credits_position !== null
			? { credits: { invoiceId: row.credits_invoice_id, position: row.credits_position } }
			: {})
	}));
}

/** A part of a period that ended early, as it was agreed then. */
export interface EndedPeriod {
	businessId: string;
	id: string;
	subscriptionId: string;
	terms: PlanVersion;
	seats: number | null;
	anchorOn: string;
	period: Period;
}

/** The parts of periods of these businesses whose usage, and what is asked afterwards, is still to be billed. */
export const listEndedPeriods = usecase(
	'billing.manage',
	Waiting,
	async (scope, { businessIds }): Promise<EndedPeriod[]> => {
		const rows = await scope.db
			.selectFrom('billing.ended_periods')
			.select(['business_id', 'id', 'subscription_id', 'plan_id', 'plan_version', 'seats'])
			.select(['anchor_on', 'period_start', 'period_end'])
			.where('business_id', '=', sql<string>`any(${businessIds})`)
			.where('billed_at', 'is', null)
			.orderBy('business_id')
			.orderBy('id')
			.execute();
		if (rows.length === 0) return [];
		const versions = await listVersionsOf(scope, {
			planIds: [...new Set(rows.map(({ plan_id }) => plan_id))]
		});
		return rows.map((row) => {
			const terms = versions.find(
				({ planId, version }) => planId === row.plan_id && version === row.plan_version
			);
			if (!terms) throw new Error(`The version of the period ${row.id} is not there.`);
			return {
				businessId: row.business_id,
				id: row.id,
				subscriptionId: row.subscription_id,
				terms,
				seats: row.seats,
				anchorOn: row.anchor_on,
				period: { start: row.period_start, end: row.period_end }
			};
		});
	}
);

/** Notes which document took what waited; null where there was nothing to bill. */
export const markBilled = usecase(
	'billing.manage',
	v.object({
		of: v.picklist(['pending_lines', 'ended_periods']),
		taken: v.array(
			v.object({ businessId: v.string(), id: v.string(), documentId: v.nullable(v.string()) })
		)
	}),
	async ({ db, now }, { of, taken }): Promise<void> => {
		if (taken.length === 0) return;
		await sql`update ${sql.table(`billing.${of}`)} as waiting
			set billed_at = ${now}, document_id = taken.document
			from unnest(${taken.map(({ businessId }) => businessId)}::text[],
				${taken.map(({ id }) => id)}::text[],
				${taken.map(({ documentId }) => documentId)}::text[]) as taken (business, id, document)
			where waiting.business_id = taken.business and waiting.id = taken.id
				and waiting.billed_at is null`.execute(db);
	}
);
