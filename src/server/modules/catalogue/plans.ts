import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { Currency, lineMinor, type Interval } from '../rating/index.ts';
import { whatIsGiven } from './given.ts';
import { toMajor } from './minor-units.ts';
import { Slug, type PlanPrice } from './plan-fields.ts';
import { plansChanged, keepPlans, lockPlan, makePlan, plansOf } from './plan-rows.ts';
import { savePlanVersion } from './plan-versions.ts';
import { readProduct } from './products.ts';
import { compareTerms } from './version-changes.ts';
import { selectVersions } from './version-rows.ts';

const SavePlan = v.object({
	product: v.string(),
	slug: Slug,
	name: v.pipe(v.string(), v.nonEmpty()),
	/** What the plan costs a period before tax, in minor units of the currency. */
	amountMinor: v.pipe(v.bigint(), v.minValue(0n)),
	currency: Currency,
	seats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	includedBytes: v.optional(v.pipe(v.bigint(), v.minValue(1n))),
	trialDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	/** Its place among the plans; a new one comes last. */
	position: v.optional(v.pipe(v.number(), v.integer()))
});

/**
 * Makes the plan of this product and slug, or changes the one there is, which keeps what is left out. What it asks
 * becomes a new version, on offer at once, unless the last one says the same.
 */
export const savePlan = usecase('catalogue.manage', SavePlan, async (scope, input) => {
	const product = await readProduct(scope, { slug: input.product });
	const before = await lockPlan(scope, product.id, input.slug);
	const { name, position } = input;
	const id = before
		? before.id
		: await makePlan(scope, {
				id: newId('pla', scope.now),
				productId: product.id,
				slug: input.slug,
				name,
				position
			});
	if (before)
		await scope.db
			.updateTable('catalogue.plans')
			.set({ name, ...whatIsGiven({ position }) })
			.where('id', '=', id)
			.execute();
	await plansChanged(scope);
	const { currency, seats, includedBytes, trialDays } = input;
	const [last] = await selectVersions(scope, { planIds: [id] });
	const others = last?.prices.filter(({ kind }) => kind !== 'flat') ?? [];
	const terms = {
		currency,
		...whatIsGiven({ seats, includedBytes, trialDays }),
		prices: [...flatPrice(input), ...others]
	};
	if (last?.onOfferFrom && compareTerms(last, { ...last, ...terms }).length === 0) return { id };
	await savePlanVersion(scope, {
		product: input.product,
		plan: input.slug,
		// The usage that it asked for already.
		meters: others.flatMap(({ meter }) => (meter === null ? [] : [meter])),
		...terms
	});
	return { id };
});

function flatPrice({ amountMinor, currency, name }: v.InferOutput<typeof SavePlan>): PlanPrice[] {
	if (amountMinor === 0n) return [];
	const amount = toMajor(amountMinor.toString(), currency);
	return [
		{
			slug: 'base',
			kind: 'flat',
			label: name,
			meter: null,
			price: { model: 'flat', amount },
			taxClass: 'standard',
			taxIncluded: false
		}
	];
}

/** A plan as its newest version on offer says it. */
export interface Plan {
	id: string;
	productId: string;
	slug: string;
	name: string;
	version: number;
	interval: Interval;
	/** What is asked for a period as such, before tax, in minor units. */
	amountMinor: bigint;
	currency: string;
	seats: number | null;
	includedBytes: bigint | null;
	trialDays: number | null;
	/** From when on nobody new begins with it. */
	retiredAt: Date | null;
}

/** All plans that are or were on offer, those of one product in the vendor's order. */
export const listPlans = usecase('catalogue.read', v.object({}), (scope): Promise<Plan[]> => {
	return plansOf(scope) ?? keepPlans(scope, selectPlans(scope));
});

async function selectPlans({ db, now }: Scope): Promise<Plan[]> {
	const rows = await db
		.selectFrom('catalogue.plans as p')
		.innerJoin('catalogue.plan_versions as n', (join) =>
			join.onRef('n.plan_id', '=', 'p.id').on(
				'n.version',
				'=',
				sql<number>`(select max(o.version) from catalogue.plan_versions o
					where o.plan_id = p.id and o.on_offer_from <= ${now})`
			)
		)
		.select([
			'p.id',
			'p.product_id as productId',
			'p.slug',
			'p.name',
			'n.version',
			'n.interval',
			'n.currency',
			'n.seats',
			'n.included_bytes as includedBytes',
			'n.trial_days as trialDays',
			'p.retired_at as retiredAt'
		])
		.select(
			sql<string>`(select coalesce(sum((a.price ->> 'amount')::numeric), 0)::text from catalogue.plan_prices a
				where a.plan_id = n.plan_id and a.version = n.version and a.kind = 'flat')`.as('amount')
		)
		.orderBy('p.product_id')
		.orderBy('p.position')
		.execute();
	return rows.map(({ amount, interval, ...plan }) => ({
		...plan,
		interval: interval as Interval,
		amountMinor: lineMinor(amount, plan.currency)
	}));
}

/**
 * Takes a plan off the offer: who has it keeps it, nobody new begins with it. A draft of it is left as it is.
 * @throws NotFound, for one that is retired already too
 */
export const retirePlan = usecase(
	'catalogue.manage',
	v.object({ product: v.string(), plan: v.string() }),
	async (scope, input): Promise<void> => {
		const product = await readProduct(scope, { slug: input.product });
		await plansChanged(scope);
		const { numUpdatedRows } = await scope.db
			.updateTable('catalogue.plans')
			.set({ retired_at: scope.now })
			.where('product_id', '=', product.id)
			.where('slug', '=', input.plan)
			.where('retired_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound(`The plan ${input.plan.slice(0, 41)}`);
	}
);
