import { redirect, type RequestEvent } from '@sveltejs/kit';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { readProduct } from '#server/modules/catalogue/index.ts';
import { listGranters } from '#server/modules/launch/index.ts';
import {
	alertMarks,
	listAlerts,
	listMeters,
	removeAlert,
	saveAlert,
	type Alert
} from '#server/modules/usage/index.ts';
import { form, inBusiness, mayDo, type MemberScope } from '#server/web/page.ts';
import { textOf } from '../../../parts/fields.ts';
import { typedLimit } from './limit-text.ts';

type ProductEvent = RequestEvent<{ slug: string }>;

/** What AlertsPanel.svelte draws. */
export async function readAlerts(scope: MemberScope, slug: string) {
	const [product, alerts, meters, { currency }, leaders] = await Promise.all([
		readProduct(scope, { slug }),
		listAlerts(scope, { product: slug }),
		listMeters(scope, {}),
		readBusiness(scope, {}),
		listGranters(scope, {})
	]);
	return {
		productName: product.name,
		alerts: alerts.map((alert) => viewOf(alert, currency)),
		/** Those without a limit. */
		meters: meters
			.filter(
				(meter) =>
					meter.productId === product.id && !alerts.some((alert) => alert.meter.slug === meter.slug)
			)
			.map(({ slug, name }) => ({ value: slug, label: name })),
		marks: alertMarks,
		maySet: mayDo(scope.actor, 'alert.manage'),
		/** Who is told, and may change it. */
		leaders,
		zone: scope.actor.timeZone
	};
}

function viewOf({ id, meter, limit, marks, value, fired }: Alert, currency: string) {
	return {
		id,
		meter: meter.slug,
		name: meter.name,
		unit: meter.unit,
		currency,
		limit: Number(limit),
		typed: typedLimit(limit, meter.unit, currency),
		/** Null before the first reading of the month. */
		value: value === null ? null : Number(value),
		marks,
		/** The highest mark that fired this month. */
		fired: fired.at(-1) ?? null
	};
}

export type AlertsData = Awaited<ReturnType<typeof readAlerts>>;

export const alertActions = {
	alert: form(saveAlert, {
		input: ({ meter, limit, ...fields }, { params }: ProductEvent) => ({
			product: params.slug,
			meter,
			limit,
			marks: alertMarks.filter((mark) => `mark-${mark}` in fields)
		}),
		done: (_, { params }) => ({ to: `/products/${params.slug}/settings?done=alert#alerts` })
	}),
	unalert: async (event: ProductEvent): Promise<never> => {
		const { slug } = event.params;
		const id = textOf(await event.request.formData(), 'id');
		await inBusiness(event, async (scope) => {
			// Sent twice, the second finds nothing left to do.
			const alerts = await listAlerts(scope, { product: slug });
			if (alerts.some((alert) => alert.id === id)) await removeAlert(scope, { id });
		});
		redirect(303, `/products/${slug}/settings?done=unalert#alerts`);
	}
};
