import { civilDate, formatDate, formatDateTime, formatTime } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { ProductHealth } from './view.ts';

/** What is the matter with a product, in words. */
export interface Condition {
	tone: Tone;
	icon: IconName;
	/** `Outage` */
	words: string;
	/** `since 13:40`, `29 Nov 2026, 02:00 – 02:30` */
	when: string;
	/** The vendor's own words; may be empty. */
	message: string;
}

type State = NonNullable<ProductHealth['now']>['state'];

const looks: Record<State, Pick<Condition, 'tone' | 'icon'>> = {
	outage: { tone: 'bad', icon: 'error' },
	maintenance: { tone: 'info', icon: 'wrench' },
	degraded: { tone: 'warn', icon: 'warning' }
};

export function stateWords(state: State): string {
	switch (state) {
		case 'outage':
			return m.health_outage();
		case 'maintenance':
			return m.health_maintenance();
		case 'degraded':
			return m.health_degraded();
	}
}

/** A product that works as it should says nothing. */
export function conditionOf({ now }: ProductHealth, at: Date, zone: string): Condition | null {
	if (!now) return null;
	const since = momentOf(now.since, at, zone);
	return {
		...looks[now.state],
		words: stateWords(now.state),
		when: now.until
			? now.state === 'maintenance'
				? m.health_until({ until: momentOf(now.until, at, zone) })
				: m.health_since_until({ since, until: momentOf(now.until, at, zone) })
			: m.health_since({ since }),
		message: now.message
	};
}

/** Maintenance ahead. */
export function planOf(
	planned: Pick<ProductHealth['planned'][number], 'from' | 'until' | 'message'>,
	at: Date,
	zone: string
): Condition {
	return {
		tone: 'still',
		icon: 'wrench',
		words: m.health_planned(),
		when: spanOf(planned.from, planned.until, at, zone),
		message: planned.message
	};
}

/** `14:30` today, `29 Nov 2026, 02:00` on another day. */
export function momentOf(moment: Date, now: Date, zone: string): string {
	return civilDate(moment, zone) === civilDate(now, zone)
		? formatTime(moment, zone)
		: formatDateTime(moment, zone);
}

/** `29 Nov 2026, 02:00 – 02:30`, `Today, 14:00 – 14:30`; across midnight both days are told. */
export function spanOf(from: Date, until: Date, now: Date, zone: string): string {
	const day = civilDate(from, zone);
	if (day !== civilDate(until, zone))
		return `${formatDateTime(from, zone)} – ${formatDateTime(until, zone)}`;
	const times = `${formatTime(from, zone)} – ${formatTime(until, zone)}`;
	return day === civilDate(now, zone) ? m.health_today({ times }) : `${formatDate(day)}, ${times}`;
}
