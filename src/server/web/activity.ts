import { formatMoney } from '#lib/format/money.ts';
import { roleName } from '#lib/i18n/roles.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ActivityView } from '#server/modules/activity/index.ts';
import { roles, type Role } from '#server/platform/permissions.ts';

type Area = 'billing' | 'support' | 'people' | 'portal';

/** An entry of the feed in words. */
export interface ActivityWords {
	id: string;
	who: string;
	/** What follows the name. */
	what: string;
	where: string | null;
	place: { product: string; mark: NonNullable<ActivityView['product']>['mark'] } | { area: Area };
	at: Date;
	href: string | null;
}

/** Puts an entry into words; what a product reported is told in its own. */
export function wordActivity(entry: ActivityView): ActivityWords {
	const { id, at, params, product } = entry;
	const who = entry.person?.name ?? product?.name ?? m.activity_vendor();
	const number = params['number'] ?? '';
	const subject = params['subject'] ?? '';
	const inProduct = product
		? { product: product.slug, mark: product.mark }
		: ({ area: 'portal' } as const);
	const told = (
		what: string,
		place: ActivityWords['place'],
		where: string | null,
		href: string | null
	): ActivityWords => ({ id, who, what, where, place, at, href });
	const name = product?.name ?? '';
	const whom = params['person'] ?? m.activity_somebody();
	const page = product ? `/products/${product.slug}` : null;
	const ofProduct = (what: string) => told(what, inProduct, product?.name ?? null, page);
	const ofExport = (what: string) =>
		told(what, inProduct, m.activity_where_exports({ product: name }), page && `${page}/settings`);
	const ticket = (what: string) =>
		told(what, { area: 'support' }, m.activity_where_support({ number }), `/support/${number}`);
	const invoice = (what: string) =>
		told(
			what,
			{ area: 'billing' },
			m.activity_where_billing({ number }),
			`/billing/invoices/${number}`
		);

	switch (entry.kind) {
		case 'reported':
			return told(
				entry.what ?? '',
				inProduct,
				[product?.name, entry.where].filter(Boolean).join(' › ') || null,
				null
			);
		case 'launched': {
			const place = params['place'];
			return ofProduct(
				place
					? m.activity_launched_at({ product: name, place })
					: m.activity_launched({ product: name })
			);
		}
		case 'signed_in':
			return told(m.activity_signed_in(), { area: 'portal' }, null, null);
		case 'member_added': {
			const role = params['role'];
			return told(
				m.activity_member_added({ role: isRole(role) ? roleName(role).toLowerCase() : '' }),
				{ area: 'people' },
				m.activity_where_team(),
				null
			);
		}
		case 'access_requested':
			return ofProduct(m.activity_access_requested({ product: name }));
		case 'access_granted':
			return ofProduct(m.activity_access_granted({ product: name, person: whom }));
		case 'access_removed':
			return ofProduct(m.activity_access_removed({ product: name, person: whom }));
		case 'export_asked':
			return ofExport(m.activity_export_asked({ product: name, name: params['name'] ?? '' }));
		case 'export_reported':
			return ofExport(
				params['status'] === 'ready'
					? m.activity_export_ready({ name: params['name'] ?? '' })
					: m.activity_export_failed({ name: params['name'] ?? '' })
			);
		case 'settings_changed':
			return ofProduct(
				params['what'] === 'landing'
					? m.activity_landing_changed({ product: name })
					: m.activity_contact_changed({ product: name })
			);
		case 'signed_out':
			return ofProduct(m.activity_signed_out({ product: name }));
		case 'trial_started':
			return ofProduct(m.activity_trial_started({ product: name }));
		case 'ticket_opened':
			return ticket(m.activity_ticket_opened({ subject }));
		case 'ticket_answered':
			return ticket(
				params['side'] === 'staff'
					? m.activity_ticket_answered_you({ subject })
					: m.activity_ticket_answered({ subject })
			);
		case 'ticket_closed':
			return ticket(m.activity_ticket_closed({ subject }));
		case 'invoice_issued':
			return invoice(m.activity_invoice_issued({ number, amount: amountOf(params) }));
		case 'payment_received':
			return invoice(m.activity_payment_received({ number, amount: amountOf(params) }));
	}
}

function amountOf(params: ActivityView['params']): string {
	return formatMoney(BigInt(params['amountMinor'] ?? '0'), params['currency'] ?? 'KES');
}

function isRole(value: string | null | undefined): value is Role {
	return roles.some((role) => role === value);
}
