import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { StateKind } from '#server/modules/catalogue/index.ts';

interface Look {
	tone: Tone;
	icon: IconName;
	words: string;
}

/** How a product stands, as its badge says it. */
export function stateLook(state: StateKind | undefined): Look {
	switch (state) {
		case 'outage':
			return { tone: 'bad', icon: 'error', words: m.health_outage() };
		case 'maintenance':
			return { tone: 'info', icon: 'wrench', words: m.health_maintenance() };
		case 'degraded':
			return { tone: 'warn', icon: 'warning', words: m.health_degraded() };
		case undefined:
			return { tone: 'ok', icon: 'check-circle', words: m.console_product_operational() };
	}
}
