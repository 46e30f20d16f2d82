import { formatBytes } from '#lib/format/bytes.ts';
import { formatMoney } from '#lib/format/money.ts';
import { formatNumber } from '#lib/format/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MeterView } from './view.ts';

/** A reading in the unit of its meter: `412 MB`, `1,204`, `3.5 hours`, `KES 90.00`. Money comes in minor units. */
export function writeAmount(
	value: number,
	{ unit, currency }: Pick<MeterView, 'unit' | 'currency'>
): string {
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
	}
}
