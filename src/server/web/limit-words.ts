import { formatReading } from '#lib/format/readings.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ActivityView } from '#server/modules/activity/index.ts';

type Params = ActivityView['params'];

export type LimitKind =
	| 'alert_set'
	| 'alert_changed'
	| 'alert_removed'
	| 'alert_answered'
	| 'limit_reached'
	| 'usage_suspended'
	| 'suspension_ended';

/** What became of a limit: what follows who it was, a person or the product itself. */
export function wordLimit(kind: LimitKind, { params, person, product }: ActivityView): string {
	const name = product?.name ?? '';
	const suspends = params['action'] === 'suspend';
	switch (kind) {
		case 'alert_set':
			return suspends
				? m.activity_alert_set_suspends({ product: name, ...limitOf(params) })
				: m.activity_alert_set(limitOf(params));
		case 'alert_changed':
			return suspends
				? m.activity_alert_changed_suspends({ product: name, ...limitOf(params) })
				: m.activity_alert_changed(limitOf(params));
		case 'alert_removed':
			return m.activity_alert_removed(limitOf(params));
		case 'alert_answered':
			return answerWords(params);
		case 'limit_reached':
			return m.activity_limit_reached({ mark: params['mark'] ?? '', meter: params['meter'] ?? '' });
		case 'usage_suspended':
			return suspensionWords(params);
		case 'suspension_ended':
			return openedWords(params, person === null ? null : name);
	}
}

function limitOf(params: Params): { meter: string; limit: string } {
	const { meter, unit, currency, limit, every } = params;
	if (limit === null || limit === undefined)
		return { meter: meter ?? '', limit: m.activity_limit_plan() };
	const amount = formatReading(
		Number(limit),
		unit as Parameters<typeof formatReading>[1],
		currency ?? 'KES'
	);
	const words = {
		day: m.activity_limit_day,
		month: m.activity_limit_month,
		subscription: m.activity_limit_period
	}[every ?? 'month'];
	return { meter: meter ?? '', limit: words ? words({ amount }) : amount };
}

function answerWords(params: Params): string {
	const { meter, limit } = limitOf(params);
	switch (params['answer']) {
		case 'raised':
			return m.activity_alert_raised({ meter, limit });
		case 'plan':
			return m.activity_alert_plan({ meter });
		default:
			return m.activity_alert_left({ meter });
	}
}

function suspensionWords({ meter, mode }: Params): string {
	const words = { meter: meter ?? '' };
	switch (mode) {
		case 'read_only':
			return m.activity_limited_read_only(words);
		case 'export_only':
			return m.activity_limited_export_only(words);
		default:
			return m.activity_limited_closed(words);
	}
}

/** @param product null where a job saw to it, and the product itself is who */
function openedWords(params: Params, product: string | null): string {
	const meter = params['meter'] ?? '';
	switch (params['why']) {
		case 'lifted':
			return m.activity_opened_lifted({ product: product ?? '', meter });
		case 'raised':
			return product !== null
				? m.activity_opened_raising({ product, meter })
				: m.activity_opened_raised({ meter });
		case 'changed':
			return product !== null
				? m.activity_opened_changing({ product, meter })
				: m.activity_opened_changed({ meter });
		case 'vendor':
			return m.activity_opened_vendor();
		default:
			return m.activity_opened_period({ meter });
	}
}
