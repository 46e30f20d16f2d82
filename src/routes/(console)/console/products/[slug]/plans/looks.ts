import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { ListedVersion } from '#server/modules/catalogue/index.ts';

/** How a version stands, as its badge says it. */
export function standingLook(standing: ListedVersion['standing']): {
	tone: Tone;
	icon: IconName;
	words: string;
} {
	switch (standing) {
		case 'current':
			return { tone: 'ok', icon: 'check-circle', words: m.console_plans_current() };
		case 'planned':
			return { tone: 'info', icon: 'clock', words: m.console_plans_planned() };
		case 'draft':
			return { tone: 'warn', icon: 'wrench', words: m.console_plans_draft() };
		case 'past':
			return { tone: 'still', icon: 'clock', words: m.console_plans_past() };
	}
}
