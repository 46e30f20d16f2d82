import Big from 'big.js';
import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { businessOf, type Member, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import { readFacts } from './alert-changes.ts';
import { readLimit } from './alert-limits.ts';
import { answers } from './alert-lists.ts';
import { AlertId } from './alerts.ts';
import type { Unit } from './meters.ts';
import { settleSuspensions } from './suspension-ends.ts';

/** The last mark of an alert is reached, and those who lead are asked what shall be done. */
export interface AlertQuestion {
	alertId: string;
	product: Pick<Product, 'id' | 'slug' | 'name' | 'mark'>;
	meter: { slug: string; name: string; unit: Unit };
	/** The limit that was reached: exact decimal text, in the meter's unit. */
	limit: string;
	period: { start: string; end: string };
	askedAt: Date;
}

/** The open questions of the scope's business, oldest first. What was asked of a period ends with it. */
export const listAlertQuestions = usecase(
	'alert.manage',
	v.object({}),
	async (scope): Promise<AlertQuestion[]> => {
		const { rows } = await sql<{
			alert_id: string;
			product_id: string;
			slug: string;
			name: string;
			unit: Unit;
			amount: string;
			period: string;
			period_end: string;
			asked_at: Date;
		}>`
			select q.alert_id, m.product_id, m.slug, m.name, m.unit, q.amount::text, q.period::text,
				q.period_end::text, q.asked_at
			from usage.alert_questions q
			join usage.alerts a on a.business_id = q.business_id and a.id = q.alert_id
			join usage.meters m on m.id = a.meter_id
			left join usage.zones z on z.business_id = q.business_id
			where q.business_id = ${businessOf(scope)} and q.answer is null and a.removed_at is null
				and q.period_end > ${scope.now}::timestamptz at time zone coalesce(z.time_zone, 'UTC')
				and not exists (
					select from usage.alert_questions later
					where later.business_id = q.business_id and later.alert_id = q.alert_id
						and later.asked_at > q.asked_at
				)
			order by q.asked_at, q.alert_id`.execute(scope.db);
		if (rows.length === 0) return [];
		const products = await listProducts(scope, {});
		return rows.flatMap((row) => {
			const product = products.find(({ id }) => id === row.product_id);
			if (!product) return [];
			return {
				alertId: row.alert_id,
				product,
				meter: { slug: row.slug, name: row.name, unit: row.unit },
				limit: row.amount,
				period: { start: row.period, end: row.period_end },
				askedAt: row.asked_at
			};
		});
	}
);

/**
 * Answers the open question of an alert, once for the whole business: raises the limit, which makes it a number
 * of the business's own; notes that the plan shall change; or leaves things as they are.
 * @throws NotFound for an alert that asks nothing; Conflict `answered_already`, `alert_exists`; Invalid for a
 * limit that is not higher
 */
export const answerAlertQuestion = usecase(
	'alert.manage',
	v.object({
		id: AlertId,
		answer: v.picklist(answers, 'Choose what shall be done.'),
		/** With `raised`: as people write it. */
		limit: v.optional(v.union([v.number(), v.string()]), '')
	}),
	async (scope, { id, answer, limit }) => {
		const { db, now } = scope;
		const { businessId, personId } = answererOf(scope);
		const { rows } = await sql<{ amount: string; answer: string | null; unit: Unit }>`
			select q.amount::text, q.answer, m.unit
			from usage.alert_questions q
			join usage.alerts a on a.business_id = q.business_id and a.id = q.alert_id
			join usage.meters m on m.id = a.meter_id
			where q.business_id = ${businessId} and q.alert_id = ${id} and a.removed_at is null
			order by q.asked_at desc limit 1`.execute(db);
		const [open] = rows;
		if (!open) throw new NotFound('This question');
		const { currency } = await readBusiness(scope, {});
		const raisedTo = answer === 'raised' ? readLimit(limit, open, currency) : null;
		if (raisedTo !== null && new Big(raisedTo).lte(open.amount))
			throw new Invalid([{ path: 'limit', message: 'Write a limit that is higher.' }]);
		const { numUpdatedRows } = await db
			.updateTable('usage.alert_questions')
			.set({
				answer,
				raised_to: raisedTo,
				answered_at: sql`greatest(asked_at, ${now})`,
				answered_by: personId
			})
			.where('business_id', '=', businessId)
			.where('alert_id', '=', id)
			.where('amount', '=', open.amount)
			.where('answer', 'is', null)
			.executeTakeFirst();
		if (open.answer !== null || numUpdatedRows === 0n)
			throw new Conflict('answered_already', 'Somebody has answered this already.');
		if (raisedTo !== null) await raise(scope, id, raisedTo);
		const known = await readFacts(scope, id);
		if (known) await emit(scope, 'usage.alert-answered', { ...known.facts, answer });
		if (raisedTo === null) return;
		await settleSuspensions(scope, [businessId]);
		await announce(scope, businessId, 'usage');
	}
);

async function raise(scope: Scope, id: string, amount: string): Promise<void> {
	try {
		await scope.db
			.updateTable('usage.alerts')
			.set({ amount, limit_of: 'number', changed_at: sql`greatest(changed_at, ${scope.now})` })
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'alerts_once')
			throw new Conflict('alert_exists', 'There is an alert with this limit already.');
		throw error;
	}
}

function answererOf({ actor }: Scope): Member {
	if (actor.kind !== 'member') throw new Error('Only a person answers for a business.');
	return actor;
}
