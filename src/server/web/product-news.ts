import { formatDateTime } from '#lib/format/dates.ts';
import { formatReading } from '#lib/format/readings.ts';
import { m } from '#lib/paraglide/messages.js';
import type { NotificationKind, NotificationView } from '#server/modules/notifications/index.ts';
import type { NotificationWords } from './notifications.ts';

type Words = Pick<NotificationWords, 'what' | 'detail' | 'icon' | 'href'>;
type Params = NotificationView['params'];

export type SubscriptionNews = Extract<NotificationKind, `subscription_${string}`>;
export type StateNews = Extract<NotificationKind, `state_${string}`>;

/** How a subscription stands now, and what of the product is left. */
export function wordSubscription(
	kind: SubscriptionNews,
	params: Params,
	href: string,
	zone: string
): Words {
	const product = params['product'] ?? '';
	switch (kind) {
		case 'subscription_past_due':
			return {
				what: m.notifications_past_due({ product }),
				detail: m.notifications_past_due_text(),
				icon: 'warning',
				href: '/billing'
			};
		case 'subscription_paused':
			return {
				what: m.notifications_paused({ product }),
				detail: leftOf(params, zone),
				icon: 'pause',
				href
			};
		case 'subscription_suspended':
			return {
				what: m.notifications_suspended({ product }),
				detail: leftOf(params, zone),
				icon: 'pause',
				href
			};
		case 'subscription_closing':
			return {
				what: m.notifications_closing({ product, when: momentOf(params['closesAt'], zone) }),
				detail: m.notifications_closing_text(),
				icon: 'lock',
				href
			};
		case 'subscription_active':
			return {
				what:
					params['from'] === 'suspended' || params['from'] === 'paused'
						? m.notifications_open_again({ product })
						: m.notifications_active({ product }),
				detail: null,
				icon: 'check-circle',
				href
			};
		case 'subscription_ended':
			return {
				what: m.notifications_ended({ product }),
				detail: m.notifications_ended_text(),
				icon: 'lock',
				href
			};
	}
}

function leftOf(params: Params, zone: string): string {
	if (params['closesAt'])
		return m.notifications_suspended_until({ when: momentOf(params['closesAt'], zone) });
	switch (params['mode']) {
		case 'full':
			return m.notifications_suspended_full();
		case 'read_only':
			return m.notifications_suspended_read();
		case 'export_only':
			return m.notifications_suspended_export();
		default:
			return m.notifications_suspended_closed();
	}
}

/** That a product does not work as it should, will not, or does again; the vendor's own words come second. */
export function wordState(kind: StateNews, params: Params, href: string, zone: string): Words {
	const product = params['product'] ?? '';
	const [from, until] = [momentOf(params['from'], zone), momentOf(params['until'], zone)];
	const maintenance = params['state'] === 'maintenance';
	const withMessage = (times: string): string | null =>
		[times, params['message']].filter(Boolean).join(' · ') || null;
	switch (kind) {
		case 'state_planned':
			return {
				what: m.notifications_state_planned({ product }),
				detail: withMessage(m.notifications_state_times({ from, until })),
				icon: 'calendar',
				href
			};
		case 'state_started': {
			const expected = maintenance ? m.notifications_state_until : m.notifications_state_expected;
			return {
				what: startedOf(params['state'], product),
				detail: withMessage(until === '' ? '' : expected({ until })),
				icon: maintenance ? 'clock' : 'warning',
				href
			};
		}
		case 'state_ended':
			return {
				what: maintenance
					? m.notifications_state_maintenance_ended({ product })
					: m.notifications_state_ended({ product }),
				detail: null,
				icon: 'check-circle',
				href
			};
		case 'state_called_off':
			return {
				what: m.notifications_state_called_off({ product }),
				detail: m.notifications_state_times({ from, until }),
				icon: 'calendar',
				href
			};
	}
}

function startedOf(state: string | undefined, product: string): string {
	switch (state) {
		case 'maintenance':
			return m.notifications_state_maintenance({ product });
		case 'outage':
			return m.notifications_state_outage({ product });
		default:
			return m.notifications_state_degraded({ product });
	}
}

/** That use has reached a mark of a limit. */
export function wordAlert(params: Params): Words {
	const { product = '', meter = '', mark = '', currency = 'KES' } = params;
	const reading = (amount: string | undefined): string =>
		formatReading(
			Number(amount ?? 0),
			(params['unit'] ?? 'count') as Parameters<typeof formatReading>[1],
			currency
		);
	return {
		what:
			mark === '100'
				? m.notifications_alert_full({ meter, product })
				: m.notifications_alert({ meter, product, mark }),
		detail: textOf(params['every'])({
			value: reading(params['value']),
			limit: reading(params['limit'])
		}),
		icon: 'chart',
		href: params['spend']
			? '/billing/settings#spend'
			: params['asks']
				? '/usage/alerts#questions'
				: '/usage/alerts'
	};
}

/** That a limit of the business's own has suspended a product, or does so no longer. */
export function wordSuspension(
	kind: 'usage_suspended' | 'usage_open',
	params: Params,
	href: string,
	zone: string
): Words {
	const { product = '', meter = '', by = '', ask } = params;
	if (kind === 'usage_open')
		return {
			what: m.notifications_open_again({ product }),
			detail: openedBy(params['why'], meter, by),
			icon: 'check-circle',
			href
		};
	const until = momentOf(params['until'], zone);
	return {
		what: m.notifications_limited({ product, meter }),
		detail:
			ask === undefined
				? m.notifications_limited_own({ left: leftOf({ mode: params['mode'] ?? '' }, zone), until })
				: m.notifications_limited_ask({
						left: leftOf({ mode: params['mode'] ?? '' }, zone),
						until,
						people: ask
					}),
		icon: 'pause',
		href
	};
}

function openedBy(why: string | undefined, meter: string, by: string): string {
	switch (why) {
		case 'lifted':
			return m.notifications_reopened_lifted({ by, meter });
		case 'raised':
			return m.notifications_reopened_raised({ meter });
		case 'changed':
			return m.notifications_reopened_changed({ meter });
		case 'vendor':
			return m.notifications_reopened_vendor();
		default:
			return m.notifications_reopened_period({ meter });
	}
}

/** Notifications of before there were periods are of a month. */
function textOf(every: string | undefined): typeof m.notifications_alert_text {
	switch (every) {
		case 'day':
			return m.notifications_alert_text_day;
		case 'subscription':
			return m.notifications_alert_text_subscription;
		default:
			return m.notifications_alert_text;
	}
}

function momentOf(at: string | undefined, zone: string): string {
	return at ? formatDateTime(new Date(at), zone) : '';
}
