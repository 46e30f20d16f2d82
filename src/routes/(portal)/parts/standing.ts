import { daysBetween, civilDate, formatDate } from '#lib/format/dates.ts';
import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { ProductStatus, ProductView } from './view.ts';

/** How the business has a product: its badge, and the line under its name. */
export interface Standing {
	tone: Tone;
	icon: IconName;
	words: string;
	line: string;
}

export function standingOf(
	{ planName, status }: Pick<ProductView, 'planName' | 'status'>,
	now: Date,
	zone: string
): Standing {
	const plan = m.home_product_plan({ plan: planName });
	switch (status.kind) {
		case 'active':
			return { tone: 'ok', icon: 'check-circle', words: m.home_status_active(), line: plan };
		case 'trial': {
			const days = daysBetween(civilDate(now, zone), status.endsOn);
			return {
				tone: 'info',
				icon: 'clock',
				words: daysLeft(days),
				line: m.home_line_ends({ date: formatDate(status.endsOn) })
			};
		}
		case 'past_due':
			return { tone: 'warn', icon: 'warning', words: m.home_status_past_due(), line: plan };
		case 'suspended':
			return {
				tone: 'bad',
				icon: 'pause',
				words: m.home_status_suspended(),
				line: whatIsLeft(status, zone)
			};
		case 'paused':
			return {
				tone: 'warn',
				icon: 'pause',
				words: m.home_status_paused(),
				line: status.until
					? m.home_line_paused_until({ date: formatDate(status.until) })
					: m.home_line_paused()
			};
		case 'limited':
			return {
				tone: 'warn',
				icon: 'pause',
				words: m.home_status_suspended(),
				line: whatALimitLeaves(status)
			};
		case 'ended':
			return {
				tone: 'still',
				icon: 'minus-circle',
				words: m.home_status_ended(),
				line: m.home_line_ended({ date: formatDate(status.endedOn) })
			};
	}
}

/** What a limit of the business's own leaves; the button says until when. */
function whatALimitLeaves({ mode }: ProductStatus & { kind: 'limited' }): string {
	switch (mode) {
		case 'read_only':
			return m.home_line_limited_read_only();
		case 'export_only':
			return m.home_line_limited_export_only();
		case 'closed':
			return m.home_line_limited_closed();
	}
}

function daysLeft(days: number): string {
	if (days <= 0) return m.home_status_trial_last_day();
	return byCount(days, { one: m.home_status_trial_day, other: m.home_status_trial })({ days });
}

/** What a suspended product still does: `Read-only, closes 29 Nov 2026`. */
export function whatIsLeft(
	{ mode, closesAt }: Pick<ProductStatus & { kind: 'suspended' }, 'mode' | 'closesAt'>,
	zone: string
): string {
	if (mode === 'closed') return m.home_line_closed();
	if (mode === 'export_only') return m.home_line_export_only();
	return closesAt
		? m.home_line_closes({ date: formatDate(civilDate(closesAt, zone)) })
		: m.home_line_read_only();
}
