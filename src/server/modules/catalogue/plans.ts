import { sql } from 'kysely';
import * as v from 'valibot';
import { newId } from '../../platform/ids.ts';
import { announceToAll } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { whatIsGiven } from './given.ts';
import { readProduct } from './products.ts';

const SavePlan = v.object({
	product: v.string(),
	slug: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,40}$/)),
	name: v.pipe(v.string(), v.nonEmpty()),
	/** What the plan costs a month before tax, in minor units of the currency. */
	amountMinor: v.pipe(v.bigint(), v.minValue(0n)),
	currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
	seats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	includedBytes: v.optional(v.pipe(v.bigint(), v.minValue(1n))),
	trialDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	/** Its place among the plans; a new one comes last. */
	position: v.optional(v.pipe(v.number(), v.integer()))
});

/** Makes the plan of this product and slug, or changes the one there is, which keeps what is left out. */
export const savePlan = usecase('catalogue.manage', SavePlan, async (scope, input) => {
	listed.delete(scope);
	await announceToAll(scope, 'launch');
	const product = await readProduct(scope, { slug: input.product });
	const columns = { name: input.name, amount_minor: input.amountMinor, currency: input.currency };
	const given = whatIsGiven({
		seats: input.seats,
		included_bytes: input.includedBytes,
		trial_days: input.trialDays,
		position: input.position
	});
	return scope.db
		.insertInto('catalogue.plans')
		.values({
			id: newId('pla', scope.now),
			product_id: product.id,
			slug: input.slug,
			position: sql`(select coalesce(max(position), 0) + 1 from catalogue.plans where product_id = ${product.id})`,
			...columns,
			...given
		})
		.onConflict((conflict) =>
			conflict.columns(['product_id', 'slug']).doUpdateSet({ ...columns, ...given })
		)
		.returning('id')
		.executeTakeFirstOrThrow();
});

export interface Plan {
	id: string;
	productId: string;
	slug: string;
	name: string;
	/** A month before tax, in minor units. */
	amountMinor: bigint;
	currency: string;
	seats: number | null;
	includedBytes: bigint | null;
	trialDays: number | null;
}

// As with products: within one transaction once is enough.
const listed = new WeakMap<Scope, Promise<Plan[]>>();

/** All plans, those of one product in the vendor's order. */
export const listPlans = usecase('catalogue.read', v.object({}), async (scope): Promise<Plan[]> => {
	const known = listed.get(scope);
	if (known) return known;
	const rows = scope.db
		.selectFrom('catalogue.plans')
		.select([
			'id',
			'product_id as productId',
			'slug',
			'name',
			'amount_minor as amountMinor',
			'currency',
			'seats',
			'included_bytes as includedBytes',
			'trial_days as trialDays'
		])
		.orderBy('product_id')
		.orderBy('position')
		.execute();
	listed.set(scope, rows);
	return rows;
});
