import { formatDate } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { IconName } from '#lib/ui/icons.ts';
import type { NotificationView } from '#server/modules/notifications/index.ts';
import { wordAlert, wordState, wordSubscription, wordSuspension } from './product-news.ts';

/** A notification in words. */
export interface NotificationWords {
	id: string;
	what: string;
	/** A second line, where there is more to say. */
	detail: string | null;
	icon: IconName;
	/** Where what it tells of is to be seen. */
	href: string;
	at: Date;
	unread: boolean;
}

/** Puts a notification into words. It names a product as it was called then; `products` says where that leads. */
export function wordNotification(
	{ id, kind, params, at, readAt }: NotificationView,
	products: readonly { slug: string; name: string }[],
	/** In which moments are written. */
	zone: string
): NotificationWords {
	const number = params['number'] ?? '';
	const product = params['product'] ?? '';
	const slug = products.find(({ name }) => name === product)?.slug;
	const productHref = slug ? `/products/${slug}` : '/products';
	const told = (
		words: Pick<NotificationWords, 'what' | 'detail' | 'icon' | 'href'>
	): NotificationWords => ({ id, at, unread: readAt === null, ...words });

	switch (kind) {
		case 'invoice_issued':
			return told({
				what: m.notifications_invoice_issued({ amount: amountOf(params) }),
				detail: m.notifications_due({ number, date: dateOf(params['dueOn']) }),
				icon: 'receipt',
				href: `/billing/invoices/${number}`
			});
		case 'invoice_due':
			return told({
				what: m.notifications_invoice_due({
					amount: amountOf(params),
					date: dateOf(params['dueOn'])
				}),
				detail: number,
				icon: 'warning',
				href: `/billing/invoices/${number}`
			});
		case 'invoice_overdue':
			return told({
				what: m.notifications_invoice_overdue({
					amount: amountOf(params),
					date: dateOf(params['dueOn'])
				}),
				detail: number,
				icon: 'warning',
				href: `/billing/invoices/${number}`
			});
		case 'invoice_voided':
			return told({
				what: m.notifications_invoice_voided({ number }),
				detail: m.notifications_invoice_voided_of({ amount: amountOf(params) }),
				icon: 'ban',
				href: `/billing/invoices/${number}`
			});
		case 'credit_note_issued':
			return told({
				what: m.notifications_credit_note_issued({ amount: amountOf(params) }),
				detail: m.notifications_credit_note_of({ number, invoice: params['invoice'] ?? '' }),
				icon: 'receipt',
				href: `/billing/credit-notes/${number}`
			});
		case 'ticket_answered':
			return told({
				what: m.notifications_ticket_answered({ by: params['by'] ?? m.activity_vendor() }),
				detail: `${number} · ${params['subject'] ?? ''}`,
				icon: 'message',
				href: `/support/${number}`
			});
		case 'access_granted':
			return told({
				what: params['by']
					? m.notifications_access_by({ by: params['by'], product })
					: m.notifications_access({ product }),
				detail: null,
				icon: 'key',
				href: productHref
			});
		case 'access_requested':
			return told({
				what: m.notifications_access_requested({ by: params['by'] ?? '', product }),
				detail: params['note'] || null,
				icon: 'user-plus',
				href: `${productHref}#requests`
			});
		case 'access_answered': {
			const by = params['by'] ?? m.activity_vendor();
			return told({
				what:
					params['answer'] === 'approved'
						? m.notifications_access_by({ by, product })
						: m.notifications_access_declined({ by, product }),
				detail: params['reply'] || null,
				icon: 'key',
				href: productHref
			});
		}
		case 'export_reported': {
			const name = params['name'] ?? '';
			return told({
				what:
					params['status'] === 'ready'
						? m.notifications_export_ready({ name, product })
						: m.notifications_export_failed({ name, product }),
				detail: null,
				icon: params['status'] === 'ready' ? 'download' : 'warning',
				href: `${productHref}/settings#exports`
			});
		}
		case 'trial_ending':
			return told({
				what: m.notifications_trial({ product, date: dateOf(params['endsOn']) }),
				detail: m.notifications_trial_text(),
				icon: 'clock',
				href: productHref
			});
		case 'subscription_past_due':
		case 'subscription_suspended':
		case 'subscription_paused':
		case 'subscription_closing':
		case 'subscription_active':
		case 'subscription_ended':
			return told(wordSubscription(kind, params, productHref, zone));
		case 'state_planned':
		case 'state_started':
		case 'state_ended':
		case 'state_called_off':
			return told(wordState(kind, params, productHref, zone));
		case 'usage_alert':
			return told(wordAlert(params));
		case 'usage_suspended':
		case 'usage_open':
			return told(wordSuspension(kind, params, productHref, zone));
	}
}

function amountOf(params: NotificationView['params']): string {
	return formatMoney(BigInt(params['amountMinor'] ?? '0'), params['currency'] ?? 'KES');
}

function dateOf(day: string | undefined): string {
	return day ? formatDate(day) : '';
}
