import { sql } from 'kysely';
import { announceToAll } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import type { Plan } from './plans.ts';

/** Two that save versions of one plan do so one after the other. */
export async function lockPlan(
	{ db }: Scope,
	productId: string,
	slug: string
): Promise<{ id: string; name: string; retiredAt: Date | null } | undefined> {
	return db
		.selectFrom('catalogue.plans')
		.select(['id', 'name', 'retired_at as retiredAt'])
		.where('product_id', '=', productId)
		.where('slug', '=', slug)
		.forUpdate()
		.executeTakeFirst();
}

export async function makePlan(
	{ db }: Scope,
	plan: { id: string; productId: string; slug: string; name: string; position?: number | undefined }
): Promise<string> {
	await db
		.insertInto('catalogue.plans')
		.values({
			id: plan.id,
			product_id: plan.productId,
			slug: plan.slug,
			name: plan.name,
			position:
				plan.position ??
				sql`(select coalesce(max(position), 0) + 1 from catalogue.plans where product_id = ${plan.productId})`
		})
		.execute();
	return plan.id;
}

// As with products: within one transaction once is enough.
const listed = new WeakMap<Scope, Promise<Plan[]>>();

export const plansOf = (scope: Scope): Promise<Plan[]> | undefined => listed.get(scope);

export function keepPlans(scope: Scope, plans: Promise<Plan[]>): Promise<Plan[]> {
	listed.set(scope, plans);
	return plans;
}

/** What was read before is not so any more; open pages of every business look again, whichever process it was. */
export async function plansChanged(scope: Scope): Promise<void> {
	listed.delete(scope);
	await announceToAll(scope, 'launch');
}
