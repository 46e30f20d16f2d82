import { minorDigits } from '#lib/format/money.ts';

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/**
 * An exact limit as it is typed: data in the largest unit that needs at most three digits behind the point
 * (`50 GB`), money in the currency's major unit. What it writes is read back as the same limit.
 *
 * @param limit exact decimal text, in the meter's unit
 */
export function typedLimit(limit: string, unit: string, currency: string): string {
	// Of a level over time the same is typed: 50 GB are 50 GB for an hour.
	const typed = unit.replace(/-hours$/, '');
	if (typed === 'money') return shifted(limit, minorDigits(currency));
	if (typed !== 'bytes') return limit;
	for (let power = byteUnits.length - 1; power > 0; power -= 1) {
		const amount = shifted(limit, 3 * power);
		const [whole = '', fraction = ''] = amount.split('.');
		if (whole !== '0' && fraction.length <= 3) return `${amount} ${byteUnits[power] ?? ''}`;
	}
	return `${limit} bytes`;
}

/** Moves the point of a plain decimal to the left, exactly: 12550 by 2 is 125.5. */
function shifted(decimal: string, places: number): string {
	const [whole = '', fraction = ''] = decimal.split('.');
	const figures = whole.padStart(places + 1, '0');
	const cut = figures.length - places;
	const behind = (figures.slice(cut) + fraction).replace(/0+$/, '');
	return `${figures.slice(0, cut)}${behind === '' ? '' : `.${behind}`}`;
}
