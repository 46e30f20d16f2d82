import * as v from 'valibot';
import { Conflict, Invalid, NotFound, type Issue } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { usecase } from '../../platform/usecase.ts';
import { minorDigits } from '../rating/index.ts';
import { SavePlanVersion } from './plan-fields.ts';
import { plansChanged, lockPlan, makePlan } from './plan-rows.ts';
import { readProduct } from './products.ts';
import { compareTerms, type PlanTerms, type TermChange } from './version-changes.ts';
import { selectVersions, writeVersion, type PlanVersion } from './version-rows.ts';

/** What a plan's first version says where nothing is given. */
const usual: PlanTerms = {
	interval: 'month',
	inAdvance: true,
	currency: 'KES',
	seats: null,
	includedBytes: null,
	trialDays: null,
	upgrade: 'at_once',
	downgrade: 'period_end',
	cancellation: 'period_end',
	proration: 'day',
	prices: []
};

/**
 * Says what a plan asks from now on, or from a day to come. What is left out stays as the version before says it;
 * prices are given all together. Versions on offer never change: each change is a new one, and a draft is
 * replaced by what follows it.
 * @returns the version, and what it says otherwise than the one before, which is null for the first
 * @throws NotFound for a plan that is not there, without a name for it; Conflict `plan_retired`; Invalid for a meter
 * that the product does not have, amounts finer than the currency, a version like the last, one that would come
 * before the last
 */
export const savePlanVersion = usecase(
	'catalogue.manage',
	SavePlanVersion,
	async (scope, input): Promise<{ version: number; changes: TermChange[] | null }> => {
		const product = await readProduct(scope, { slug: input.product });
		const plan = await lockPlan(scope, product.id, input.plan);
		if (!plan && input.name === undefined) throw new NotFound(`The plan ${input.plan}`);
		if (plan?.retiredAt)
			throw new Conflict('plan_retired', 'A plan that is retired has no further versions.');
		const versions = plan ? await selectVersions(scope, { planIds: [plan.id] }) : [];
		const draft = versions.find(({ onOfferFrom }) => onOfferFrom === null);
		const last = versions.find(({ onOfferFrom }) => onOfferFrom !== null);
		const base = draft ?? last ?? usual;
		const terms = given(base, input);
		const onOfferFrom = momentOf(input.onOfferFrom, scope.now);
		check(terms, input.meters);
		checkMoment(onOfferFrom, last, scope.now);
		const changes = last ? compareTerms(last, terms) : null;
		if (last && changes?.length === 0)
			throw new Invalid([
				{ path: '', message: `This says the same as version ${last.version}, the last one.` }
			]);
		const planId =
			plan?.id ??
			(await makePlan(scope, {
				id: newId('pla', scope.now),
				productId: product.id,
				slug: input.plan,
				name: input.name ?? ''
			}));
		const version = draft?.version ?? (last?.version ?? 0) + 1;
		await writeVersion(scope, { planId, version, isDraft: draft !== undefined }, terms, {
			onOfferFrom,
			note: input.note
		});
		await plansChanged(scope);
		return { version, changes };
	}
);

type Input = v.InferOutput<typeof SavePlanVersion>;

function given(base: PlanTerms, input: Input): PlanTerms {
	return {
		interval: input.interval ?? base.interval,
		inAdvance: input.inAdvance ?? base.inAdvance,
		currency: input.currency ?? base.currency,
		seats: input.seats === undefined ? base.seats : input.seats,
		includedBytes: input.includedBytes === undefined ? base.includedBytes : input.includedBytes,
		trialDays: input.trialDays === undefined ? base.trialDays : input.trialDays,
		upgrade: input.upgrade ?? base.upgrade,
		downgrade: input.downgrade ?? base.downgrade,
		cancellation: input.cancellation ?? base.cancellation,
		proration: input.proration ?? base.proration,
		prices: input.prices ?? base.prices
	};
}

function momentOf(asked: Input['onOfferFrom'], now: Date): Date | null {
	if (asked === 'draft') return null;
	return asked === 'now' ? now : asked;
}

function checkMoment(from: Date | null, last: PlanVersion | undefined, now: Date): void {
	if (!from) return;
	if (from < now)
		throw new Invalid([{ path: 'onOfferFrom', message: 'Give a time that is to come.' }]);
	if (last?.onOfferFrom && from < last.onOfferFrom)
		throw new Invalid([
			{
				path: 'onOfferFrom',
				message: `Version ${last.version} comes later, at ${last.onOfferFrom.toISOString()}: this one cannot come before it.`
			}
		]);
}

/** What the schema of one price cannot see. */
function check({ prices, currency }: PlanTerms, meters: readonly string[]): void {
	const issues: Issue[] = [];
	const slugs = new Set<string>();
	const metered = new Set<string>();
	const places = minorDigits(currency);
	for (const [index, { slug, meter, price }] of prices.entries()) {
		const refuse = (field: string, message: string) =>
			issues.push({ path: `prices.${index}.${field}`, message });
		if (slugs.has(slug)) refuse('slug', 'Another price of this version has this slug.');
		slugs.add(slug);
		if (meter !== null) {
			if (!meters.includes(meter)) refuse('meter', `The product has no meter called ${meter}.`);
			else if (metered.has(meter)) refuse('meter', 'Another price asks for this meter already.');
			metered.add(meter);
		}
		if (price.model === 'flat' && (price.amount.split('.')[1] ?? '').length > places)
			refuse('price.amount', `${currency} has ${places} digits behind the point.`);
	}
	if (prices.filter(({ kind }) => kind === 'minimum').length > 1)
		issues.push({ path: 'prices', message: 'Give at most one minimum.' });
	if (issues.length > 0) throw new Invalid(issues);
}

/** A version with what it says otherwise than the one before it. */
export interface ListedVersion extends PlanVersion {
	/** Null for the first. */
	changes: TermChange[] | null;
	/** How it stands: a draft, to come, on offer, or replaced by a later one. */
	standing: 'draft' | 'planned' | 'current' | 'past';
}

export interface PlanWithVersions {
	id: string;
	slug: string;
	name: string;
	retiredAt: Date | null;
	/** The newest first. */
	versions: ListedVersion[];
}

/** The plans of a product with all that they ever asked, drafts too, in the vendor's order. */
export const listPlanVersions = usecase(
	'catalogue.manage',
	v.object({ product: v.string() }),
	async (scope, { product: slug }): Promise<PlanWithVersions[]> => {
		const product = await readProduct(scope, { slug });
		const plans = await scope.db
			.selectFrom('catalogue.plans')
			.select(['id', 'slug', 'name', 'retired_at as retiredAt'])
			.where('product_id', '=', product.id)
			.orderBy('position')
			.execute();
		const versions = await selectVersions(scope, { planIds: plans.map(({ id }) => id) });
		return plans.map((plan) => ({
			...plan,
			versions: withStanding(
				versions.filter(({ planId }) => planId === plan.id),
				scope.now
			)
		}));
	}
);

function withStanding(versions: PlanVersion[], now: Date): ListedVersion[] {
	const current = versions.find(({ onOfferFrom }) => onOfferFrom && onOfferFrom <= now);
	return versions.map((version, index) => {
		const before = versions[index + 1];
		return {
			...version,
			changes: before ? compareTerms(before, version) : null,
			standing:
				version.onOfferFrom === null
					? 'draft'
					: version.onOfferFrom > now
						? 'planned'
						: version === current
							? 'current'
							: 'past'
		};
	});
}

/**
 * What a plan asks, by its id: in this version, or in the newest that is on offer. A draft is nobody's to read here.
 * @throws NotFound
 */
export const readPlanVersion = usecase(
	'catalogue.read',
	v.object({ planId: v.string(), version: v.optional(v.pipe(v.number(), v.integer())) }),
	async (scope, { planId, version }): Promise<PlanVersion> => {
		const versions = await selectVersions(scope, { planIds: [planId] });
		const found = versions.find((each) =>
			version === undefined
				? each.onOfferFrom && each.onOfferFrom <= scope.now
				: each.version === version && each.onOfferFrom
		);
		if (!found) throw new NotFound('This version of a plan');
		return found;
	}
);

/** All that these plans, by their ids, ask or asked, the newest first; drafts are nobody's to read here. */
export const listVersionsOf = usecase(
	'catalogue.read',
	v.object({ planIds: v.array(v.string()) }),
	async (scope, { planIds }): Promise<PlanVersion[]> =>
		(await selectVersions(scope, { planIds })).filter(({ onOfferFrom }) => onOfferFrom !== null)
);

export type { PlanVersion };
