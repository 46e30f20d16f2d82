import { m } from '#lib/paraglide/messages.js';
import { formatBytes } from './bytes.ts';
import { formatMoney } from './money.ts';
import { formatNumber } from './numbers.ts';

type Unit = 'count' | 'bytes' | 'hours' | 'money' | 'people';

/** What a reading is in: a level that counts by the hour for which it holds is in units times hours. */
export type ReadingUnit = Unit | `${Unit}-hours`;

/**
 * What a meter reads, in its unit: `412 MB`, `1,204`, `3.5 hours`, `KES 90.00`, `412 MB h`. Money comes in
 * minor units of the currency.
 */
export function formatReading(value: number, unit: ReadingUnit, currency: string): string {
	switch (unit) {
		case 'bytes':
			return formatBytes(value);
		case 'money':
			return formatMoney(BigInt(Math.round(value)), currency);
		case 'hours':
			return m.usage_hours({ hours: formatNumber(value) });
		case 'count':
		case 'people':
			return formatNumber(value);
		case 'bytes-hours':
		case 'money-hours':
			return m.usage_over_time({ amount: formatReading(value, levelUnit(unit), currency) });
		case 'people-hours':
			return m.usage_over_time_people({ amount: formatNumber(value) });
		case 'count-hours':
		case 'hours-hours':
			return m.usage_over_time_count({ amount: formatNumber(value) });
	}
}

/** What the level itself is in. */
export function levelUnit(unit: ReadingUnit): Unit {
	return unit.replace(/-hours$/, '') as Unit;
}
