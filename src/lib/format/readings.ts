import { m } from '#lib/paraglide/messages.js';
import { formatBytes } from './bytes.ts';
import { formatMoney } from './money.ts';
import { formatNumber } from './numbers.ts';

/**
 * What a meter reads, in its unit: `412 MB`, `1,204`, `3.5 hours`, `KES 90.00`. Money comes in minor units of
 * the currency.
 */
export function formatReading(
	value: number,
	unit: 'count' | 'bytes' | 'hours' | 'money' | 'people',
	currency: string
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
