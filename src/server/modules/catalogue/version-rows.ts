import { sql } from 'kysely';
import type { Actor, Scope } from '../../platform/scope.ts';
import type { PlanPrice } from './plan-fields.ts';
import type { PlanTerms } from './version-changes.ts';

export interface PlanVersion extends PlanTerms {
	planId: string;
	/** What the plan is called, whether or not it is on offer by now. */
	plan: { slug: string; name: string };
	version: number;
	/** Null for a draft. */
	onOfferFrom: Date | null;
	/** The vendor's own words on why. */
	note: string;
	/** The name of the member of staff, or which command or job. */
	madeBy: string;
	madeAt: Date;
}

/** Of these plans, the newest first, with their prices in the vendor's order. */
export async function selectVersions(
	{ db }: Scope,
	{ planIds }: { planIds: string[] }
): Promise<PlanVersion[]> {
	if (planIds.length === 0) return [];
	const of = sql<string>`any(${planIds})`;
	const [versions, prices] = await Promise.all([
		db
			.selectFrom('catalogue.plan_versions')
			.innerJoin('catalogue.plans as p', 'p.id', 'plan_id')
			.select([
				'plan_id as planId',
				'p.slug as planSlug',
				'p.name as planName',
				'version',
				'on_offer_from as onOfferFrom',
				'interval',
				'in_advance as inAdvance',
				'currency',
				'seats',
				'included_bytes as includedBytes',
				'trial_days as trialDays',
				'upgrade',
				'downgrade',
				'cancellation',
				'proration',
				'note',
				'made_by as madeBy',
				'made_at as madeAt'
			])
			.where('plan_id', '=', of)
			.orderBy('plan_id')
			.orderBy('version', 'desc')
			.execute(),
		db
			.selectFrom('catalogue.plan_prices')
			.select([
				'plan_id',
				'version',
				'slug',
				'kind',
				'label',
				'meter',
				'price',
				'tax_class as taxClass',
				'tax_included as taxIncluded'
			])
			.where('plan_id', '=', of)
			.orderBy('position')
			.execute()
	]);
	// What the columns may hold, their checks say.
	return versions.map(({ planSlug, planName, ...row }) => ({
		...row,
		plan: { slug: planSlug, name: planName },
		prices: prices
			.filter(({ plan_id, version }) => plan_id === row.planId && version === row.version)
			.map(({ slug, kind, label, meter, price, taxClass, taxIncluded }) => ({
				slug,
				kind,
				label,
				meter,
				price,
				taxClass,
				taxIncluded
			}))
	})) as unknown as PlanVersion[];
}

/** Its prices are written while it is a draft, since they cannot be afterwards. */
export async function writeVersion(
	{ db, actor, now }: Scope,
	{ planId, version, isDraft }: { planId: string; version: number; isDraft: boolean },
	terms: PlanTerms,
	{ onOfferFrom, note }: { onOfferFrom: Date | null; note: string }
): Promise<void> {
	const row = {
		interval: terms.interval,
		in_advance: terms.inAdvance,
		currency: terms.currency,
		seats: terms.seats,
		included_bytes: terms.includedBytes,
		trial_days: terms.trialDays,
		upgrade: terms.upgrade,
		downgrade: terms.downgrade,
		cancellation: terms.cancellation,
		proration: terms.proration,
		note,
		made_by: nameOf(actor),
		made_at: now
	};
	const its = { plan_id: planId, version };
	if (isDraft) {
		await db
			.deleteFrom('catalogue.plan_prices')
			.where('plan_id', '=', planId)
			.where('version', '=', version)
			.execute();
		await db
			.updateTable('catalogue.plan_versions')
			.set(row)
			.where('plan_id', '=', planId)
			.where('version', '=', version)
			.execute();
	} else
		await db
			.insertInto('catalogue.plan_versions')
			.values({ ...its, ...row })
			.execute();
	if (terms.prices.length > 0)
		await db
			.insertInto('catalogue.plan_prices')
			.values(terms.prices.map((price, index) => ({ ...its, ...priceRow(price, index) })))
			.execute();
	if (onOfferFrom)
		await db
			.updateTable('catalogue.plan_versions')
			.set({ on_offer_from: onOfferFrom })
			.where('plan_id', '=', planId)
			.where('version', '=', version)
			.execute();
}

function priceRow(price: PlanPrice, index: number) {
	return {
		slug: price.slug,
		position: index + 1,
		kind: price.kind,
		label: price.label,
		meter: price.meter,
		price: JSON.stringify(price.price),
		tax_class: price.taxClass,
		tax_included: price.taxIncluded
	};
}

/** Who does it, as the vendor's own record says it. */
export function nameOf(actor: Actor): string {
	return actor.kind === 'system' ? actor.job : actor.kind === 'product' ? actor.slug : actor.name;
}
