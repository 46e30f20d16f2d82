/** Roles that a person can have in a business. */
export const roles = ['owner', 'admin', 'billing', 'member'] as const;
export type Role = (typeof roles)[number];

type Holder = Role | 'product' | 'integrator' | 'staff' | 'system';

const everyone: Holder[] = ['owner', 'admin', 'billing', 'member'];
const leaders: Holder[] = ['owner', 'admin'];
const accounts: Holder[] = ['owner', 'admin', 'billing'];

/**
 * Who may do what, in one table. A permission is named `noun.verb`; a use case names its permission
 * and cannot run without it. `product` is a product's API key, `integrator` one of a system that
 * works for the vendor, as far as it reads of a business; `system` a job, the operator's command line, or what an
 * integrator's key was made to do.
 */
export const permissions = {
	'access.ask': everyone,
	'activity.keep': ['owner'],
	'activity.read': [...everyone, 'staff', 'system'],
	'activity.read-all': leaders,
	'activity.record': ['product', 'system'],
	'alert.manage': leaders,
	'alert.read': [...everyone, 'system'],
	'api-key.create': ['staff', 'system'],
	'api-key.read': ['staff', 'system'],
	'api-key.revoke': ['staff', 'system'],
	/** Who gets papers, and to whom invoices are made out. */
	'billing.change': accounts,
	'billing.manage': ['system'],
	'billing.read': [...accounts, 'integrator', 'staff', 'system'],
	'business.create': ['system'],
	'business.list': ['staff', 'system'],
	'business.read': [...everyone, 'product', 'integrator', 'staff', 'system'],
	'business.change': leaders,
	'catalogue.manage': ['staff', 'system'],
	'catalogue.read': [...everyone, 'product', 'integrator', 'staff', 'system'],
	'certificate.claim': accounts,
	/** What moves a customer's money is done by a job; staff ask for it. */
	'desk.ask': ['staff'],
	'desk.read': ['staff', 'system'],
	'dunning.manage': ['staff', 'system'],
	'dunning.read': [...accounts, 'staff', 'system'],
	'closing.read': ['staff', 'system'],
	'closing.retry': ['staff', 'system'],
	'closing.run': ['system'],
	'entitlement.read': ['product'],
	'export.ask': leaders,
	'export.read': [...everyone, 'product', 'system'],
	'export.report': ['product', 'system'],
	'fiscal.manage': ['system'],
	'fiscal.read': [...accounts, 'integrator', 'staff', 'system'],
	'fiscal.retry': ['staff', 'system'],
	'fiscal.sign': ['system'],
	'fiscal.watch': ['staff', 'system'],
	'integrator-key.manage': ['system'],
	'invoice.draft': ['staff', 'system'],
	'launch.access-manage': [...leaders, 'system'],
	'launch.open': everyone,
	'launch.place-report': ['product', 'system'],
	'launch.read': [...everyone, 'staff', 'system'],
	'ledger.post': ['system'],
	'ledger.read': [...accounts, 'integrator', 'staff', 'system'],
	'ledger.verify': ['system'],
	'member.add': [...leaders, 'system'],
	'member.change': leaders,
	'member.read': [...everyone, 'product', 'staff', 'system'],
	'member.remove': leaders,
	'notification.choose': everyone,
	'notification.read': everyone,
	'notification.send': ['system'],
	'payment.read': [...accounts, 'integrator', 'staff', 'system'],
	'payment.record': ['system'],
	'person.create': ['system'],
	'product.declare': ['system'],
	'product.operate': ['staff', 'system'],
	'product.settings-change': leaders,
	'product.settings-read': [...everyone, 'product', 'staff', 'system'],
	'referral.read': [...everyone, 'staff', 'system'],
	'referral.record': ['system'],
	'subscription.change': [...accounts, 'staff', 'system'],
	'subscription.read': [...everyone, 'product', 'integrator', 'staff', 'system'],
	'trial.start': leaders,
	'ticket.manage': ['system'],
	'ticket.open': [...everyone, 'system'],
	'ticket.read': [...everyone, 'staff', 'system'],
	'ticket.answer': [...everyone, 'staff', 'system'],
	'ticket.close': [...everyone, 'staff', 'system'],
	'ticket.serve': ['staff'],
	'usage.close': ['system'],
	'usage.define': ['system'],
	'usage.read': [...everyone, 'product', 'integrator', 'staff', 'system'],
	'usage.record': ['product', 'system'],
	'usage.trace': ['system'],
	'webhook.read': ['staff', 'system'],
	'webhook.resend': ['staff', 'system']
} as const satisfies Record<string, readonly Holder[]>;

export type Permission = keyof typeof permissions;

export function allowed(holder: Holder, permission: Permission): boolean {
	return (permissions[permission] as readonly Holder[]).includes(holder);
}
