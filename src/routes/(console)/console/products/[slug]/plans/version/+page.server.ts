import { fail, redirect } from '@sveltejs/kit';
import {
	listPlanVersions,
	readProductSetup,
	savePlanVersion,
	tryPrices,
	type Tried
} from '#server/modules/catalogue/index.ts';
import type { Interval } from '#server/modules/rating/index.ts';
import { listMeters } from '#server/modules/usage/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { staffPage } from '#server/web/page.ts';
import { consolePage } from '../../../../../frame.server.ts';
import { shown } from '../../../act.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { bytesOf, draftOf, readDraft, type VersionDraft } from './draft.ts';
import { kinder, pricesOf, toField, usedOf } from './prices.ts';
import type { VersionReturned } from './returned.ts';
import { changeRows, priceOf } from './rows.ts';

type StaffScope = Parameters<Parameters<typeof staffPage>[1]>[0];

/** The product with its meters, and the plan of which a version is written, if there is one. */
async function readPlan(scope: StaffScope, slug: string, asked: string) {
	const [product, plans, all] = await Promise.all([
		readProductSetup(scope, { slug }),
		listPlanVersions(scope, { product: slug }),
		listMeters(scope, {})
	]);
	const meters = all.filter(({ productId }) => productId === product.id);
	const plan = plans.find((each) => each.slug === asked && each.retiredAt === null);
	return { product, plan, meters };
}

export const load: PageServerLoad = (event) =>
	consolePage(`writing a plan of the product ${shown(event.params.slug)}`, async (scope) => {
		const asked = event.url.searchParams.get('plan') ?? '';
		const { product, plan, meters } = await readPlan(scope, event.params.slug, asked);
		return {
			product: { slug: product.slug, name: product.name },
			plan: plan && { slug: plan.slug, name: plan.name, retiredAt: plan.retiredAt },
			meters: meters.map(({ slug, name }) => ({ slug, name })),
			draft: draftOf(plan, plan?.versions[0])
		};
	})(event);

/** Runs a button of the form; whatever it was, what was typed comes back with its outcome. */
async function written(
	event: RequestEvent,
	reason: string,
	work: (
		scope: StaffScope,
		typed: { draft: VersionDraft; act: string }
	) => Promise<Partial<VersionReturned> & { to?: string }>
) {
	const data = await event.request.formData();
	const sent = keptValues(data);
	const draft = readDraft(sent);
	const before: VersionReturned = { draft, issues: [], open: null, tried: null };
	const outcome = await staffPage(
		`${reason} of the product ${shown(event.params.slug)}`,
		async (scope) => {
			try {
				const { to, ...returned } = await work(scope, { draft, act: sent['act'] ?? '' });
				return { to, returned: { ...before, ...returned }, status: 200 };
			} catch (failure) {
				const refusal = toRefusal(failure, {});
				const issues = refusal.data.issues.map((issue) => kinder(toField(issue), sent));
				return { returned: { ...before, issues }, status: refusal.status };
			}
		}
	)(event);
	if (outcome.to) redirect(303, outcome.to);
	return outcome.status === 200 ? outcome.returned : fail(outcome.status, outcome.returned);
}

export const actions: Actions = {
	rows: (event) =>
		written(event, 'writing a plan', async (scope, { draft, act }) => {
			const { meters } = await readPlan(scope, event.params.slug, draft.slug);
			const changed = changeRows(draft, act, meters);
			return { draft: changed, open: priceOf(act, changed) };
		}),
	try: (event) =>
		written(event, 'trying a plan', async (scope, { draft }): Promise<{ tried: Tried }> => {
			const { plan, meters } = await readPlan(scope, event.params.slug, draft.slug);
			const tried = await tryPrices(scope, {
				currency: draft.currency.toUpperCase(),
				prices: pricesOf(draft.prices, { plan: plan?.name ?? draft.name, meters }),
				used: draft.prices.map(usedOf)
			});
			return { tried };
		}),
	save: (event) =>
		written(event, 'changing a plan', async (scope, { draft }) => {
			const { slug } = event.params;
			const asked = event.url.searchParams.get('plan') ?? '';
			const { plan, meters } = await readPlan(scope, slug, asked);
			const planSlug = plan?.slug ?? draft.slug;
			await savePlanVersion(scope, {
				product: slug,
				plan: planSlug,
				...(plan ? {} : { name: draft.name }),
				meters: meters.map((meter) => meter.slug),
				// What is none of these, the schema refuses.
				interval: draft.interval as Interval,
				upgrade: draft.upgrade as 'at_once',
				downgrade: draft.downgrade as 'at_once',
				cancellation: draft.cancellation as 'at_once',
				proration: draft.proration as 'day',
				inAdvance: draft.paid === 'advance',
				currency: draft.currency.toUpperCase(),
				trialDays: countOf(draft.trialDays),
				seats: countOf(draft.seats),
				includedBytes: draft.data === '' ? null : (bytesOf(draft.data) ?? 0n),
				note: draft.note,
				onOfferFrom: draft.when === 'draft' ? 'draft' : draft.from || 'now',
				prices: pricesOf(draft.prices, { plan: plan?.name ?? draft.name, meters })
			});
			return { to: `/console/products/${slug}/plans?done=version#plan-${planSlug}` };
		})
};

/** Nothing typed is none; what is no number the schema refuses. */
function countOf(typed: string): number | null {
	return typed === '' ? null : Number(typed);
}
