import { formatReading, type ReadingUnit } from '#lib/format/readings.ts';
import { formatQuantity } from '../amounts.ts';

/** What was counted, an exact decimal, in its unit; numbers with every digit of them. */
export function writeCounted(
	value: string,
	{ unit, currency }: { unit: ReadingUnit; currency: string }
): string {
	return unit === 'count' || unit === 'people'
		? formatQuantity(value)
		: formatReading(Number(value), unit, currency);
}
