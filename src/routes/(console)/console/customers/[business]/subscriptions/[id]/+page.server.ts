import { civilDate } from '#lib/format/dates.ts';
import {
	cancelSubscription,
	changePlan,
	changeSeats,
	keepSubscription,
	listSubscriptionChanges,
	pauseSubscription,
	previewCancellation,
	previewChange,
	readAgreement,
	resumeSubscription,
	takeBackChange
} from '#server/modules/billing/index.ts';
import { listPlans, listProducts } from '#server/modules/catalogue/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { textOf } from '../../../../../../(portal)/parts/fields.ts';
import { customerPage } from '../../../../../frame.server.ts';
import { actAt } from '../../../act.server.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

type Scope = Parameters<Parameters<typeof actAt>[3]>[0];

export const load: PageServerLoad = customerPage(
	'looking at a subscription of the customer',
	async (scope, { params, url }: PageServerLoadEvent, customer) => {
		const agreement = await readAgreement(scope, { subscriptionId: params.id });
		const [plans, products, history] = await Promise.all([
			listPlans(scope, {}),
			listProducts(scope, {}),
			listSubscriptionChanges(scope, { subscriptionId: agreement.id })
		]);
		const asked = {
			plan: url.searchParams.get('plan') ?? '',
			seats: url.searchParams.get('seats')?.trim() ?? '',
			when: url.searchParams.get('when') ?? ''
		};
		const isRunning = agreement.status !== 'ended';
		return {
			title: agreement.product.name,
			today: civilDate(scope.now, customer.timeZone),
			agreement: {
				...agreement,
				mark: products.find(({ id }) => id === agreement.product.id)?.mark ?? '',
				renewsOn: agreement.status === 'active' ? agreement.period.end : null
			},
			plans: plans
				.filter(
					(plan) =>
						plan.productId === agreement.product.id &&
						(plan.retiredAt === null || plan.id === agreement.plan.id)
				)
				.map(({ slug, name }) => ({ value: slug, label: name })),
			history,
			asked,
			change: url.searchParams.has('plan')
				? await looked(() => previewChange(scope, { ...wishOf(agreement, asked) }))
				: null,
			ends:
				isRunning && agreement.cancelsOn === null
					? await looked(() => previewCancellation(scope, { subscriptionId: agreement.id }))
					: null,
			done: url.searchParams.get('done')
		};
	}
);

/** What was asked otherwise than it is. */
function wishOf(
	agreement: { id: string; plan: { slug: string }; seats: number | null },
	asked: { plan: string; seats: string; when: string }
) {
	const seats = asked.seats === '' ? null : Number(asked.seats);
	return {
		subscriptionId: agreement.id,
		...(asked.plan !== agreement.plan.slug || seats === null || seats === agreement.seats
			? { plan: asked.plan }
			: {}),
		...(seats === null || seats === agreement.seats ? {} : { seats }),
		...(asked.when === '' ? {} : { when: asked.when as 'at_once' })
	};
}

/** A preview, or the words for why there is none. */
async function looked<R>(
	preview: () => Promise<R>
): Promise<{ preview: R; refused: null } | { preview: null; refused: string }> {
	try {
		return { preview: await preview(), refused: null };
	} catch (failure) {
		const { issues } = toRefusal(failure, {}).data;
		return { preview: null, refused: issues.map(({ message }) => message).join(' ') };
	}
}

const act = (
	event: RequestEvent,
	form: string,
	reason: string,
	work: (scope: Scope, subscriptionId: string, data: FormData) => Promise<unknown>
) =>
	actAt(event, form, `${reason} of the customer`, async (scope, data) => {
		const { business, id } = event.params;
		await work(scope, id, data);
		return { to: `/console/customers/${business}/subscriptions/${id}?done=${form}` };
	});

const versionOf = (data: FormData) => Number(textOf(data, 'version'));

export const actions: Actions = {
	change: (event) =>
		act(event, 'change', 'changing a subscription', async (scope, subscriptionId, data) => {
			const agreement = await readAgreement(scope, { subscriptionId });
			const { plan, seats, when } = wishOf(agreement, {
				plan: textOf(data, 'plan'),
				seats: textOf(data, 'seats'),
				when: textOf(data, 'when')
			});
			const change = {
				subscriptionId,
				version: versionOf(data),
				at: new Date(textOf(data, 'at')),
				...(when ? { when } : {})
			};
			if (plan !== undefined)
				await changePlan(scope, { ...change, plan, ...(seats === undefined ? {} : { seats }) });
			else await changeSeats(scope, { ...change, seats: seats ?? 0 });
		}),
	cancel: (event) =>
		act(event, 'cancel', 'cancelling a subscription', (scope, subscriptionId, data) =>
			cancelSubscription(scope, {
				subscriptionId,
				version: versionOf(data),
				reason: textOf(data, 'reason')
			})
		),
	keep: (event) =>
		act(event, 'keep', 'taking back a cancellation', (scope, subscriptionId, data) =>
			keepSubscription(scope, { subscriptionId, version: versionOf(data) })
		),
	takeBack: (event) =>
		act(event, 'takeBack', 'taking back a change', (scope, subscriptionId, data) =>
			takeBackChange(scope, { subscriptionId, version: versionOf(data) })
		),
	pause: (event) =>
		act(event, 'pause', 'pausing a subscription', (scope, subscriptionId, data) => {
			const from = textOf(data, 'from');
			const until = textOf(data, 'until');
			return pauseSubscription(scope, {
				subscriptionId,
				version: versionOf(data),
				reason: textOf(data, 'reason'),
				...(from ? { from } : {}),
				...(until ? { until } : {})
			});
		}),
	resume: (event) =>
		act(event, 'resume', 'resuming a subscription', (scope, subscriptionId, data) =>
			resumeSubscription(scope, { subscriptionId, version: versionOf(data) })
		)
};
