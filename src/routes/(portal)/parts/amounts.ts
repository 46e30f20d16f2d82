import { formatReading } from '#lib/format/readings.ts';
import type { MeterView } from './view.ts';

/** A reading in the unit of its meter. */
export function writeAmount(
	value: number,
	{ unit, currency }: Pick<MeterView, 'unit' | 'currency'>
): string {
	return formatReading(value, unit, currency);
}
