import { m } from '#lib/paraglide/messages.js';
import type { Tab } from '#lib/ui/Tabs.svelte';

/** The pages of a product. `requests` wait for the reader's answer, which is given under Settings. */
export function tabsOf(
	{ slug, requests }: { slug: string; requests: number },
	current: 'overview' | 'analytics' | 'settings'
): Tab[] {
	return [
		{
			href: `/products/${slug}`,
			label: m.products_tab_overview(),
			current: current === 'overview'
		},
		{
			href: `/products/${slug}/analytics`,
			label: m.products_tab_analytics(),
			current: current === 'analytics'
		},
		{
			href: `/products/${slug}/settings`,
			label: m.products_tab_settings(),
			current: current === 'settings',
			...(requests > 0 ? { count: requests } : {})
		}
	];
}
