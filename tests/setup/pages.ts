import type { Page } from 'playwright-core';

/** Every kind of page and who looks at it: what screenshots photograph and axe reads. */
export interface PageToSee {
	name: string;
	path: string;
	/** Links from there to the page, where its address is not known beforehand: a selector for each. */
	follow?: readonly string[];
	/** null: nobody is signed in. */
	as:
		| 'wanjiku@mavuno.example'
		| 'otieno@mavuno.example'
		| 'amina@pwani.example'
		| 'juma@new.example'
		| 'agent@lixnet.example'
		| null;
	/** Of the businesses that they belong to; otherwise their first. */
	business?: string;
}

/** Who looks at a page, in words: whoever looks at several signs in once. */
export function visitorOf({ as, business }: PageToSee): string | null {
	return as !== null && business !== undefined ? `${as} for ${business}` : as;
}

/** The address of a page, with the links to it followed. */
export async function addressOf(page: Page, { path, follow = [] }: PageToSee): Promise<string> {
	let address = path;
	for (const link of follow) {
		await page.goto(address);
		const next = await page.locator(link).first().getAttribute('href');
		if (next === null) throw new Error(`${link} on ${address} leads nowhere.`);
		address = next;
	}
	return address;
}

const owner = 'wanjiku@mavuno.example';
const newcomer = 'juma@new.example';

export const pagesToSee: readonly PageToSee[] = [
	{ name: 'login', path: '/login', as: null },
	{ name: 'home', path: '/', as: owner },
	{ name: 'home-list', path: '/?view=list&range=30d', as: owner },
	{ name: 'home-today', path: '/?range=today', as: owner },
	{ name: 'home-member', path: '/', as: 'otieno@mavuno.example' },
	{ name: 'home-one-product', path: '/', as: 'amina@pwani.example' },
	{ name: 'home-empty', path: '/', as: newcomer },
	{ name: 'products', path: '/products', as: owner },
	{ name: 'products-empty', path: '/products', as: newcomer },
	{ name: 'product', path: '/products/erp', as: owner },
	{ name: 'product-trial', path: '/products/payroll', as: owner },
	{ name: 'product-no-access', path: '/products/payroll', as: 'otieno@mavuno.example' },
	{ name: 'product-offer', path: '/products/payroll', as: newcomer },
	{ name: 'product-try', path: '/products/payroll/trial?plan=standard', as: newcomer },
	{ name: 'product-analytics', path: '/products/erp/analytics', as: owner },
	{ name: 'product-analytics-today', path: '/products/sacco/analytics?range=today', as: owner },
	{ name: 'product-settings', path: '/products/erp/settings', as: owner },
	{ name: 'product-settings-member', path: '/products/erp/settings', as: 'otieno@mavuno.example' },
	{ name: 'launch', path: '/launch/erp', as: owner },
	{ name: 'launch-no-access', path: '/launch/payroll', as: 'otieno@mavuno.example' },
	{ name: 'launch-not-bought', path: '/launch/erp', as: newcomer },
	...[
		{ name: 'late-home', path: '/' },
		{ name: 'late-home-list', path: '/?view=list' },
		{ name: 'late-past-due', path: '/products/erp' },
		{ name: 'late-suspended', path: '/products/sacco' },
		{ name: 'late-suspended-launch', path: '/launch/sacco' },
		{ name: 'late-ended', path: '/products/payroll' },
		{ name: 'late-billing', path: '/billing' }
	].map((page) => ({ ...page, as: 'amina@pwani.example', business: 'Tana Growers' }) as const),
	{ name: 'usage', path: '/usage', as: owner },
	{ name: 'usage-by-person', path: '/usage?by=user&range=90d&step=week', as: owner },
	{ name: 'usage-records', path: '/usage?measure=erp%2Frecords', as: owner },
	{ name: 'usage-product', path: '/usage?product=sacco&range=90d', as: owner },
	{
		name: 'usage-narrowed',
		path: '/usage?range=last-month&measure=data&by=branch&in-branch=Nakuru&compare=none',
		as: owner
	},
	{ name: 'usage-minutes', path: '/usage?range=today&step=minute', as: owner },
	{ name: 'usage-problems', path: '/usage?range=90d&step=hour&by=colour&product=none', as: owner },
	{ name: 'usage-nothing', path: '/usage?range=custom&from=2020-01-01&to=2020-01-31', as: owner },
	{ name: 'usage-live', path: '/usage/live', as: owner },
	{ name: 'usage-live-empty', path: '/usage/live', as: newcomer },
	{ name: 'usage-empty', path: '/usage', as: newcomer },
	{ name: 'alerts', path: '/usage/alerts', as: owner },
	{ name: 'alerts-member', path: '/usage/alerts', as: 'otieno@mavuno.example' },
	{ name: 'alerts-empty', path: '/usage/alerts', as: newcomer },
	{ name: 'billing', path: '/billing', as: owner },
	{ name: 'billing-invoices', path: '/billing/invoices', as: owner },
	{ name: 'billing-line', path: '/billing/invoices/INV-2026-0387/lines/3', as: owner },
	{ name: 'billing-line-plan', path: '/billing/invoices/INV-2026-0387/lines/1', as: owner },
	{
		name: 'billing-line-so-far',
		path: '/billing/usage/sacco/sms?by=branch',
		as: owner
	},
	{ name: 'billing-simulator', path: '/billing/simulator?product=erp', as: owner },
	{ name: 'billing-simulator-wrong', path: '/billing/simulator?seats=none', as: owner },
	{ name: 'billing-simulator-empty', path: '/billing/simulator', as: newcomer },
	{ name: 'billing-subscription', path: '/billing/subscriptions/erp', as: owner },
	{ name: 'billing-subscription-trial', path: '/billing/subscriptions/payroll', as: owner },
	{
		name: 'billing-subscription-change',
		path: '/billing/subscriptions/erp/change?plan=starter',
		as: owner
	},
	{
		name: 'billing-subscription-refused',
		path: '/billing/subscriptions/erp/change?plan=business',
		as: owner
	},
	{
		name: 'billing-subscription-pause',
		path: '/billing/subscriptions/sacco/pause?from=2026-01-01',
		as: owner
	},
	{ name: 'billing-subscription-cancel', path: '/billing/subscriptions/sacco/cancel', as: owner },
	{ name: 'billing-settings', path: '/billing/settings', as: owner },
	{ name: 'billing-settings-empty', path: '/billing/settings', as: newcomer },
	{ name: 'paper-mail-over', path: '/paper-mail/over', as: null },
	{ name: 'billing-payments', path: '/billing/payments', as: owner },
	{ name: 'billing-payments-none', path: '/billing/payments?q=none&from=2026-02-30', as: owner },
	{
		name: 'billing-payment',
		path: '/billing/payments',
		follow: ['main table a[href^="/billing/payments/"]'],
		as: owner
	},
	{ name: 'billing-invoice', path: '/billing/invoices/INV-2026-0387', as: owner },
	{ name: 'billing-invoice-settled', path: '/billing/invoices/INV-2026-0384', as: owner },
	{
		name: 'billing-withholding',
		path: '/billing/invoices/INV-2026-0387/withholding',
		as: owner
	},
	{
		name: 'billing-credit-note',
		path: '/billing/invoices/INV-2026-0384',
		follow: ['main a[href^="/billing/credit-notes/"]:not([href$="/pdf"])'],
		as: owner
	},
	{ name: 'billing-coupon', path: '/billing', as: 'amina@pwani.example' },
	{ name: 'billing-debit-note', path: '/billing/invoices', as: 'amina@pwani.example' },
	{
		name: 'billing-subscription-planned',
		path: '/billing/subscriptions/sacco',
		as: 'amina@pwani.example'
	},
	{ name: 'invoice-link', path: '/outbox', follow: ['a[href*="/i/"]'], as: null },
	{ name: 'billing-statement', path: '/billing/statement', as: owner },
	{
		name: 'billing-statement-unknown',
		path: '/billing/statement?from=2026-13-01',
		as: owner
	},
	{ name: 'billing-statement-empty', path: '/billing/statement', as: newcomer },
	{
		name: 'billing-invoices-filtered',
		path: '/billing/invoices?status=paid&product=erp&least=1000&sort=amount',
		as: owner
	},
	{
		name: 'billing-invoices-problems',
		path: '/billing/invoices?status=lost&from=2026-13-01&least=many&most=-1',
		as: owner
	},
	{ name: 'billing-invoices-nothing', path: '/billing/invoices?q=none', as: owner },
	{ name: 'billing-forbidden', path: '/billing', as: 'otieno@mavuno.example' },
	{ name: 'billing-empty', path: '/billing', as: newcomer },
	{ name: 'support', path: '/support', as: owner },
	{ name: 'ticket', path: '/support/TKT-2041', as: owner },
	{ name: 'support-new', path: '/support/new', as: owner },
	{ name: 'support-empty', path: '/support', as: newcomer },
	{ name: 'referrals', path: '/referrals', as: owner },
	{ name: 'referrals-empty', path: '/referrals', as: newcomer },
	{ name: 'activity', path: '/activity', as: owner },
	{
		name: 'activity-filtered',
		path: '/activity?product=erp&kind=work&from=2020-01-01&q=invoices',
		as: owner
	},
	{ name: 'activity-own', path: '/activity?kind=launches', as: 'otieno@mavuno.example' },
	{ name: 'activity-empty', path: '/activity', as: newcomer },
	{ name: 'notifications', path: '/notifications', as: owner },
	{ name: 'settings', path: '/settings', as: owner },
	{ name: 'second-factor', path: '/security/set-up', as: owner },
	{ name: 'settings-business', path: '/settings/business', as: owner },
	{ name: 'settings-team', path: '/settings/team', as: owner },
	{ name: 'search', path: '/search?q=bill', as: owner },
	{ name: 'not-found', path: '/products/nothing-of-the-kind', as: owner },
	{ name: 'console-customers', path: '/console/customers', as: 'agent@lixnet.example' },
	{
		name: 'console-customers-overdue',
		path: '/console/customers?that=overdue',
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-customers-nothing',
		path: '/console/customers?q=nobody-of-the-kind',
		as: 'agent@lixnet.example'
	},
	...[
		{ name: 'console-customer', follow: [] },
		{ name: 'console-customer-invoices', follow: ['main a[href$="/invoices"]'] },
		{ name: 'console-customer-invoice', follow: ['main a[href*="/invoices/INV"]'] },
		{ name: 'console-customer-statement', follow: ['main a[href*="/statement"]'] },
		{ name: 'console-customer-acts', follow: ['main a[href$="/acts"]'] },
		{ name: 'console-customer-subscription', follow: ['main a[href*="/subscriptions/"]'] }
	].map(
		({ name, follow }) =>
			({
				name,
				path: '/console/customers?q=mavuno',
				follow: ['main a[href*="/console/customers/biz_"]', ...follow],
				as: 'agent@lixnet.example'
			}) as const
	),
	{
		name: 'console-dunning-case',
		path: '/console/dunning',
		follow: ['main a[href*="/console/dunning/"]:not([href$="/schedule"])'],
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-coupon',
		path: '/console/coupons',
		follow: ['main table a'],
		as: 'agent@lixnet.example'
	},
	{ name: 'console-tickets', path: '/console/tickets', as: 'agent@lixnet.example' },
	{ name: 'console-products', path: '/console/products', as: 'agent@lixnet.example' },
	{ name: 'console-product', path: '/console/products/erp', as: 'agent@lixnet.example' },
	{
		name: 'console-product-plans',
		path: '/console/products/sacco/plans',
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-version',
		path: '/console/products/sacco/plans/version?plan=growth',
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-version-new',
		path: '/console/products/sacco/plans/version',
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-product-webhooks',
		path: '/console/products/erp/webhooks',
		as: 'agent@lixnet.example'
	},
	{ name: 'console-product-new', path: '/console/products/new', as: 'agent@lixnet.example' },
	{ name: 'console-dunning', path: '/console/dunning', as: 'agent@lixnet.example' },
	{
		name: 'console-dunning-schedule',
		path: '/console/dunning/schedule',
		as: 'agent@lixnet.example'
	},
	{
		name: 'console-dunning-nothing',
		path: '/console/dunning?q=none-of-the-kind',
		as: 'agent@lixnet.example'
	},
	{ name: 'console-closing', path: '/console/closing', as: 'agent@lixnet.example' },
	{ name: 'console-signatures', path: '/console/signatures', as: 'agent@lixnet.example' },
	{ name: 'console-coupons', path: '/console/coupons', as: 'agent@lixnet.example' },
	{ name: 'console-coupon-new', path: '/console/coupons/new', as: 'agent@lixnet.example' },
	{
		name: 'console-coupons-nothing',
		path: '/console/coupons?q=none-of-the-kind&state=over',
		as: 'agent@lixnet.example'
	},
	{ name: 'console-account', path: '/console/account', as: 'agent@lixnet.example' },
	{ name: 'password', path: '/password', as: null },
	{ name: 'catalogue', path: '/catalogue', as: null },
	{ name: 'outbox', path: '/outbox', as: null },
	{ name: 'api-reference', path: '/api/v1/docs', as: null }
];

export const widths = [360, 768, 1280] as const;
export const themes = ['light', 'dark'] as const;
