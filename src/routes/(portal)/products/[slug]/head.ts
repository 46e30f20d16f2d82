import { m } from '#lib/paraglide/messages.js';
import type { Tab } from '#lib/ui/Tabs.svelte';

/** The pages of a product; its analytics are the usage page, narrowed to it. */
export function tabsOf(slug: string, current: 'overview' | 'settings'): Tab[] {
	return [
		{
			href: `/products/${slug}`,
			label: m.products_tab_overview(),
			current: current === 'overview'
		},
		{ href: `/usage?product=${slug}`, label: m.products_tab_analytics() },
		{
			href: `/products/${slug}/settings`,
			label: m.products_tab_settings(),
			current: current === 'settings'
		}
	];
}
