import type { Calendar } from './calendar.ts';
import type { Slug } from './people.ts';

/** Where somebody was in a product, as the product reported it: a page that the sample product has. */
export interface StoryPlace {
	product: Slug;
	email: string;
	label: string;
	path: string;
	at: Date;
}

/** A click on Launch. */
export interface StoryVisit {
	product: Slug;
	email: string;
	at: Date;
	/** What it was opened with; unknown browsers count as a computer. */
	userAgent?: string;
}

export function placesOfMavuno(calendar: Calendar): StoryPlace[] {
	const wanjiku = 'wanjiku@mavuno.example';
	const otieno = 'otieno@mavuno.example';
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	const place = (product: Slug, email: string, label: string, path: string, at: Date) => ({
		product,
		email,
		label,
		path,
		at
	});
	return [
		place('erp', wanjiku, 'Overview', '/', on(5, '16:20')),
		place('erp', wanjiku, 'Stock', '/stock', on(2, '11:05')),
		place('erp', wanjiku, 'Sales › Invoices', '/sales/invoices', on(1, '15:40')),
		place('sacco', wanjiku, 'Members', '/members', on(3, '10:10')),
		place('payroll', wanjiku, `${calendar.monthName(0)} run › Review`, '/pay-runs', on(1, '14:30')),
		place('erp', otieno, 'Sales › Invoices', '/sales/invoices', on(1, '09:20')),
		place('sacco', 'peter@mavuno.example', 'Loans › LN-0312', '/loans', on(1, '17:32')),
		place('payroll', 'achieng@mavuno.example', 'Employees', '/employees', calendar.ago(256)),
		place('sacco', wanjiku, 'Loans › Applications', '/loans', calendar.ago(300)),
		place('erp', wanjiku, 'Stock › Receipts', '/stock/receipts', calendar.ago(118))
	];
}

/**
 * The last visits. Of Payroll it is Achieng who was there last: the card tells of anybody where the
 * reader has never been.
 */
export function visitsOfMavuno(calendar: Calendar): StoryVisit[] {
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	const visit = (product: Slug, name: string, at: Date) => ({
		product,
		email: `${name}@mavuno.example`,
		at
	});
	return [
		visit('sacco', 'fatuma', on(6, '09:20')),
		visit('erp', 'chebet', on(4, '08:50')),
		visit('erp', 'halima', on(3, '11:15')),
		visit('sacco', 'grace', on(3, '08:05')),
		visit('payroll', 'kibet', on(2, '15:25')),
		visit('erp', 'kipchoge', on(2, '13:40')),
		visit('erp', 'naliaka', on(2, '08:30')),
		visit('sacco', 'peter', on(2, '10:45')),
		visit('erp', 'otieno', on(1, '09:02')),
		visit('sacco', 'wanjiku', calendar.ago(302)),
		visit('payroll', 'achieng', calendar.ago(182)),
		visit('erp', 'wanjiku', calendar.ago(122))
	];
}
