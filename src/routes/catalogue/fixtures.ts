import type { ShellView } from '#lib/ui/shell/view.ts';

/** Made-up figures for the catalogue. No page of the product reads them. */
export const shell: ShellView = {
	business: 'Mavuno Traders Ltd',
	person: {
		name: 'Wanjiku Kamau',
		initials: 'WK',
		role: 'Owner',
		email: 'wanjiku@mavuno.example'
	},
	businesses: [
		{ id: 'biz_1', name: 'Mavuno Traders Ltd', current: true },
		{ id: 'biz_2', name: 'Pwani Farmers Co-operative', current: false }
	],
	products: [
		{ slug: 'erp', name: 'ERP System', mark: 'erp', launch: { newTab: false } },
		{ slug: 'sacco', name: 'SACCO', mark: 'sacco', launch: { newTab: true } },
		{ slug: 'payroll', name: 'Payroll', mark: 'payroll', note: 'Trial', launch: null }
	],
	unread: 3,
	billingNote: '1 due',
	supportNote: '1 open',
	theme: 'system',
	sidebar: 'expanded',
	path: '/catalogue',
	isStaff: false
};

export interface Invoice {
	number: string;
	issued: string;
	month: string;
	paid: boolean;
	amount: string;
}

export const invoices: Invoice[] = [
	{
		number: 'INV-2026-0387',
		month: 'November 2026',
		issued: '1 Nov 2026',
		paid: false,
		amount: '47,589.00'
	},
	{
		number: 'INV-2026-0341',
		month: 'October 2026',
		issued: '1 Oct 2026',
		paid: true,
		amount: '45,820.00'
	},
	{
		number: 'INV-2026-0298',
		month: 'September 2026',
		issued: '1 Sep 2026',
		paid: true,
		amount: '44,370.00'
	},
	{
		number: 'INV-2026-0254',
		month: 'August 2026',
		issued: '1 Aug 2026',
		paid: true,
		amount: '45,124.00'
	}
];

/** The states that a part is drawn in without a pointer or a keyboard. */
export const drawnStates = ['hover', 'active', 'focus'] as const;
