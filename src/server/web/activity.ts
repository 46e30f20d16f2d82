import { formatDate } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { roleName } from '#lib/i18n/roles.ts';
import { m } from '#lib/paraglide/messages.js';
import {
	addressDays,
	type ActivityField,
	type ActivityView
} from '#server/modules/activity/index.ts';
import { roles, type Role } from '#server/platform/permissions.ts';
import { wordLimit } from './limit-words.ts';

type Area = 'billing' | 'support' | 'people' | 'portal';
type Status = 'trial' | 'active' | 'past_due' | 'suspended' | 'paused' | 'ended';

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
	/** What is known besides, for whoever opens the entry. */
	details: { name: string; value: string }[];
}

/** What a field of activity is called. */
export function fieldName(field: ActivityField): string {
	const names: Record<ActivityField, () => string> = {
		'sign-ins': m.activity_field_sign_ins,
		launches: m.activity_field_launches,
		work: m.activity_field_work,
		access: m.activity_field_access,
		team: m.activity_field_team,
		settings: m.activity_field_settings,
		exports: m.activity_field_exports,
		limits: m.activity_field_limits,
		billing: m.activity_field_billing,
		support: m.activity_field_support
	};
	return names[field]();
}

function detailsOf({ field, product, device, address, vendor, path }: ActivityView) {
	const devices = {
		phone: m.activity_device_phone,
		tablet: m.activity_device_tablet,
		computer: m.activity_device_computer
	};
	return [
		{ name: m.activity_detail_kind(), value: fieldName(field) },
		product && { name: m.activity_filter_product(), value: product.name },
		path ? { name: m.activity_detail_path(), value: path } : null,
		device && { name: m.activity_detail_device(), value: devices[device]() },
		address !== null
			? { name: m.activity_detail_address(), value: address }
			: field === 'sign-ins' && device
				? {
						name: m.activity_detail_address(),
						value: m.activity_address_gone({ days: addressDays })
					}
				: null,
		vendor && {
			name: m.activity_detail_vendor(),
			value: vendor.reason ?? m.activity_no_reason()
		}
	].filter((detail) => detail !== null);
}

/** Puts an entry into words; what a product reported is told in its own. */
export function wordActivity(entry: ActivityView): ActivityWords {
	const { id, at, params, product } = entry;
	const inName =
		entry.field === 'billing' ? m.activity_vendor() : (product?.name ?? m.activity_vendor());
	const who = entry.vendor
		? m.activity_vendor_person({ person: entry.person?.name ?? '', vendor: m.activity_vendor() })
		: (entry.person?.name ?? inName);
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
	): ActivityWords => ({ id, who, what, where, place, at, href, details: detailsOf(entry) });
	const name = product?.name ?? '';
	const whom = params['person'] ?? m.activity_somebody();
	const page = product ? `/products/${product.slug}` : null;
	const ofProduct = (what: string) => told(what, inProduct, product?.name ?? null, page);
	const ofExport = (what: string) =>
		told(what, inProduct, m.activity_where_exports({ product: name }), page && `${page}/settings`);
	const ofSignIn = (what: string) => told(what, { area: 'portal' }, null, null);
	const ofTeam = (what: string) => told(what, { area: 'people' }, m.activity_where_team(), null);
	const ticket = (what: string) =>
		told(what, { area: 'support' }, m.activity_where_support({ number }), `/support/${number}`);
	const invoice = (what: string) =>
		told(
			what,
			{ area: 'billing' },
			m.activity_where_billing({ number }),
			`/billing/invoices/${number}`
		);
	// Payments that were told before there were receipts lead to their invoice.
	const receipt = (what: string) => {
		const of = params['receipt'];
		if (!of) return invoice(what);
		return told(
			what,
			{ area: 'billing' },
			m.activity_where_billing({ number: of }),
			`/billing/payments/${of}`
		);
	};

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
			return ofSignIn(params['device'] === 'new' ? newDevice(entry) : m.activity_signed_in());
		case 'sign_in_failed':
			return ofSignIn(m.activity_sign_in_failed());
		case 'password_changed':
			return ofSignIn(m.activity_password_changed());
		case 'second_factor_changed':
			switch (params['to']) {
				case 'on':
					return ofSignIn(m.activity_second_factor_on());
				case 'off':
					return ofSignIn(m.activity_second_factor_off());
				default:
					return ofSignIn(m.activity_second_factor_reset({ person: whom }));
			}
		case 'recovery_codes_made':
			return ofSignIn(m.activity_recovery_codes_made());
		case 'member_invited':
			return ofTeam(m.activity_member_invited({ person: whom }));
		case 'member_changed':
			return ofTeam(m.activity_member_changed({ person: whom, role: roleOf(params) }));
		case 'member_removed':
			return ofTeam(m.activity_member_removed({ person: whom }));
		case 'business_changed':
			return told(
				m.activity_business_changed(),
				{ area: 'portal' },
				m.activity_where_settings(),
				'/settings/business'
			);
		case 'keeping_changed':
			return told(
				params['months']
					? m.activity_kept_months({ months: params['months'] })
					: m.activity_kept_for_ever(),
				{ area: 'portal' },
				null,
				null
			);
		case 'alert_set':
		case 'alert_changed':
		case 'alert_removed':
		case 'alert_answered':
		case 'limit_reached':
		case 'usage_suspended':
		case 'suspension_ended':
			return ofProduct(wordLimit(entry.kind, entry));
		case 'member_added':
			return ofTeam(m.activity_member_added({ role: roleOf(params) }));
		case 'access_requested':
			return ofProduct(m.activity_access_requested({ product: name }));
		case 'access_granted':
			return ofProduct(m.activity_access_granted({ product: name, person: whom }));
		case 'access_removed':
			return ofProduct(m.activity_access_removed({ product: name, person: whom }));
		case 'access_declined':
			return ofProduct(m.activity_access_declined({ product: name, person: whom }));
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
		case 'subscription_started':
			return ofProduct(m.activity_subscription_started({ product: name }));
		case 'subscription_changed':
			return ofProduct(subscriptionWords(params['to'] as Status, name));
		case 'vendor_acted':
			return told(
				actWords(params),
				{ area: 'billing' },
				number === '' ? null : m.activity_where_billing({ number }),
				number === '' ? '/billing' : `/billing/invoices/${number}`
			);
		case 'subscription_updated':
			return ofProduct(updateWords(params, name));
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
		case 'invoice_voided':
			return invoice(m.activity_invoice_voided({ number, amount: amountOf(params) }));
		case 'invoice_written_off':
			return invoice(m.activity_invoice_written_off({ number, amount: amountOf(params) }));
		case 'credit_note_issued':
			return told(
				m.activity_credit_note_issued({
					invoice: params['invoice'] ?? '',
					amount: amountOf(params)
				}),
				{ area: 'billing' },
				m.activity_where_billing({ number }),
				`/billing/credit-notes/${number}`
			);
		case 'payment_reversed':
			return receipt(m.activity_payment_reversed({ amount: amountOf(params) }));
		case 'payment_received':
			return receipt(
				number === ''
					? m.activity_money_received({ amount: amountOf(params) })
					: m.activity_payment_received({ number, amount: amountOf(params) })
			);
	}
}

/** What staff of the vendor had done. */
function actWords({ act, outcome, number }: ActivityView['params']): string {
	const paper = { number: outcome ?? '', invoice: number ?? '' };
	switch (act) {
		case 'payment':
			return m.activity_vendor_payment(paper);
		case 'credit_note':
			return m.activity_vendor_credit_note(paper);
		case 'void':
			return m.activity_vendor_void(paper);
		case 'write_off':
			return m.activity_vendor_write_off(paper);
		default:
			return m.activity_vendor_start();
	}
}

/** What somebody agreed otherwise for a product. */
function updateWords(params: ActivityView['params'], product: string): string {
	const date = formatDate(params['on'] ?? '1970-01-01');
	switch (params['change']) {
		case 'plan':
			return m.activity_plan_changed({ product, plan: params['plan'] ?? '', date });
		case 'seats':
			return m.activity_seats_changed({ product, seats: params['seats'] ?? '', date });
		case 'cancelled':
			return m.activity_cancelled({ product, date });
		case 'kept':
			return m.activity_kept({ product });
		case 'paused':
			return m.activity_paused({ product, date });
		case 'resumed':
			return m.activity_resumed({ product, date });
		default:
			return m.activity_change_taken_back({ product });
	}
}

function amountOf(params: ActivityView['params']): string {
	return formatMoney(BigInt(params['amountMinor'] ?? '0'), params['currency'] ?? 'KES');
}

function roleOf({ role }: ActivityView['params']): string {
	return isRole(role) ? roleName(role).toLowerCase() : '';
}

function newDevice({ device }: ActivityView): string {
	switch (device) {
		case 'phone':
			return m.activity_signed_in_new_phone();
		case 'tablet':
			return m.activity_signed_in_new_tablet();
		default:
			return m.activity_signed_in_new_computer();
	}
}

function subscriptionWords(to: Status, product: string): string {
	switch (to) {
		case 'trial':
		case 'active':
			return m.activity_subscription_active({ product });
		case 'past_due':
			return m.activity_subscription_past_due({ product });
		case 'suspended':
			return m.activity_subscription_suspended({ product });
		case 'paused':
			return m.activity_subscription_paused({ product });
		case 'ended':
			return m.activity_subscription_ended({ product });
	}
}

function isRole(value: string | null | undefined): value is Role {
	return roles.some((role) => role === value);
}
