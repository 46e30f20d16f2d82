import { m } from '#lib/paraglide/messages.js';
import type { IconName } from '../icons.ts';
import type { ShellView } from './view.ts';

/** Somewhere that the shell leads. */
export interface Place {
	href: string;
	label: string;
	/** Drawn beside the label: one of our icons, or a product's mark. */
	icon?: IconName;
	mark?: string;
	/** Opens a product, by a form and not by the link: the link leads to the page that asks once more. */
	launch?: { newTab: boolean };
	/** A word or a count that asks for attention, and whether it is pressing. */
	note?: string;
	pressing?: boolean;
}

export interface Section {
	label: string;
	places: Place[];
}

/** The sections of the sidebar, without what stands at its foot. */
export function sections(view: ShellView): Section[] {
	const { billingNote, supportNote } = view;
	const account: Place[] = [
		{ href: '/usage', label: m.shell_usage(), icon: 'chart' },
		{
			href: '/billing',
			label: m.shell_billing(),
			icon: 'card',
			...(billingNote ? { note: billingNote, pressing: true } : {})
		},
		{
			href: '/support',
			label: m.shell_support(),
			icon: 'support',
			...(supportNote ? { note: supportNote } : {})
		}
	];
	return filled([
		{
			label: m.shell_section_main(),
			places: [{ href: '/', label: m.shell_home(), icon: 'home' }]
		},
		{ label: m.shell_section_products(), places: view.products.map(productPlace) },
		{ label: m.shell_section_account(), places: account }
	]);
}

/** What search and the command palette find: pages, products, and things to do. */
export function findable(view: ShellView): Section[] {
	return filled([
		{
			label: m.shell_find_launch(),
			places: view.products.flatMap(({ slug, name, mark, launch }) =>
				launch
					? [{ href: `/launch/${slug}`, label: m.home_launch({ product: name }), mark, launch }]
					: []
			)
		},
		{
			label: m.shell_find_pages(),
			places: [
				{ href: '/', label: m.shell_home(), icon: 'home' },
				{ href: '/usage', label: m.shell_usage(), icon: 'chart' },
				{ href: '/billing', label: m.shell_billing(), icon: 'card' },
				{ href: '/support', label: m.shell_support(), icon: 'support' },
				{ href: '/activity', label: m.shell_activity(), icon: 'activity' },
				{ href: '/referrals', label: m.shell_referrals(), icon: 'share' },
				{ href: '/notifications', label: m.shell_notifications(), icon: 'bell' },
				{ href: '/settings', label: m.shell_settings(), icon: 'settings' }
			]
		},
		{
			label: m.shell_section_products(),
			places: view.products.map(productPlace)
		},
		{
			label: m.shell_find_actions(),
			places: [
				{ href: '/support/new', label: m.shell_action_ticket(), icon: 'plus-circle' },
				{ href: '/billing', label: m.shell_action_pay(), icon: 'receipt' },
				{ href: '/settings/team', label: m.shell_action_invite(), icon: 'user-plus' }
			]
		}
	]);
}

function filled(sections: Section[]): Section[] {
	return sections.filter(({ places }) => places.length > 0);
}

function productPlace(product: ShellView['products'][number]): Place {
	const place = { href: `/products/${product.slug}`, label: product.name, mark: product.mark };
	return product.note === undefined ? place : { ...place, note: product.note };
}
