import { redirect, type RequestEvent } from '@sveltejs/kit';
import { listMembers, readBusiness } from '#server/modules/businesses/index.ts';
import { listSubscriptions } from '#server/modules/billing/index.ts';
import {
	listProducts,
	modeOfUsageSuspension,
	type SuspendedMode
} from '#server/modules/catalogue/index.ts';
import { listGranters } from '#server/modules/launch/index.ts';
import {
	alertChannels,
	alertMarks,
	listAlerts,
	listMeters,
	listSuspensions,
	removeAlert,
	saveAlert,
	type Alert
} from '#server/modules/usage/index.ts';
import { form, inBusiness, mayDo, type MemberScope } from '#server/web/page.ts';
import { textOf } from '../../parts/fields.ts';
import { typedLimit } from './limit-text.ts';

/** The alerts of one product or of all, and what a form for them chooses among. */
export async function readAlerts(scope: MemberScope, slug?: string) {
	const [alerts, meters, subscriptions, members, { currency }, leaders, sold, suspensions] =
		await Promise.all([
			listAlerts(scope, slug === undefined ? {} : { product: slug }),
			listMeters(scope, {}),
			listSubscriptions(scope, {}),
			listMembers(scope, {}),
			readBusiness(scope, {}),
			listGranters(scope, {}),
			listProducts(scope, {}),
			listSuspensions(scope, {})
		]);
	const products = subscriptions
		.map(({ product }) => product)
		.filter((product) => slug === undefined || product.slug === slug);
	return {
		alerts: alerts.map((alert) => ({
			...viewOf(alert, currency),
			/** Until when it suspends its product now; null while it does not. */
			suspendedUntil: suspensions.find(({ alertId }) => alertId === alert.id)?.until ?? null
		})),
		/** What can be limited, by the product's slug and the meter's. */
		meters: products.flatMap((product) =>
			meters
				.filter(({ productId }) => productId === product.id)
				.map(({ slug: meter, name }) => ({
					value: `${product.slug}/${meter}`,
					label: slug === undefined ? `${product.name}: ${name}` : name
				}))
		),
		suspends: products.flatMap((product): Suspends[] => {
			const found = sold.find(({ id }) => id === product.id);
			const mode = found ? modeOfUsageSuspension(found) : null;
			return mode === null ? [] : [{ product: product.name, slug: product.slug, mode }];
		}),
		people: members.map(({ personId, name }) => ({ id: personId, name })),
		marks: alertMarks,
		maySet: mayDo(scope.actor, 'alert.manage'),
		/** Who is told unless others are chosen, and may change it. */
		leaders,
		zone: scope.actor.timeZone
	};
}

/** A product that a limit may suspend, and what it leaves of it. */
export interface Suspends {
	product: string;
	slug: string;
	mode: SuspendedMode;
}

export type AlertsData = Awaited<ReturnType<typeof readAlerts>>;
export type AlertView = AlertsData['alerts'][number];

function viewOf(alert: Alert, currency: string) {
	const { meter, limit, value, fired, product } = alert;
	return {
		...alert,
		target: `${product.slug}/${meter.slug}`,
		name: meter.name,
		unit: meter.unit,
		currency,
		/** Null where the plan includes nothing of it. */
		limit: limit === null ? null : Number(limit),
		typed: limit === null ? '' : typedLimit(limit, meter.unit, currency),
		/** Null before the first reading of the period. */
		value: value === null ? null : Number(value),
		/** The highest mark that fired in this period. */
		fired: fired.at(-1) ?? null
	};
}

const chosen = (fields: Record<string, FormDataEntryValue>, prefix: string): string[] =>
	Object.keys(fields).flatMap((name) =>
		name.startsWith(prefix) ? [name.slice(prefix.length)] : []
	);

/** The actions of a page that shows alerts; `back` is where it stands. */
export function alertActionsOf<E extends RequestEvent>(back: (event: E, done: string) => string) {
	return {
		alert: form(saveAlert, {
			input: (fields) => {
				const [product = '', meter = ''] = textIn(fields, 'target').split('/');
				const row = textIn(fields, 'row');
				return {
					...(row === 'new' || row === '' ? {} : { id: row }),
					product,
					meter,
					limitOf: textIn(fields, 'limitOf') || 'number',
					limit: textIn(fields, 'limit'),
					period: textIn(fields, 'period') || 'month',
					marks: alertMarks.filter((mark) => `mark-${mark}` in fields),
					people: chosen(fields, 'person-'),
					channels: alertChannels.filter((channel) => `channel-${channel}` in fields),
					action: textIn(fields, 'then') || 'notify'
				};
			},
			done: (_, event: E) => ({ to: back(event, 'alert') })
		}),
		unalert: async (event: E): Promise<never> => {
			const id = textOf(await event.request.formData(), 'id');
			await inBusiness(event, async (scope) => {
				// Sent twice, the second finds nothing left to do.
				const alerts = await listAlerts(scope, {});
				if (alerts.some((alert) => alert.id === id)) await removeAlert(scope, { id });
			});
			redirect(303, back(event, 'unalert'));
		}
	};
}

function textIn(fields: Record<string, FormDataEntryValue>, name: string): string {
	const value = fields[name];
	return typeof value === 'string' ? value : '';
}
