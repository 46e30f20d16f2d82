import { Currency, lineMinor, major, minorDigits } from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';
import { parse } from '#server/platform/usecase.ts';
import * as v from 'valibot';

/**
 * An amount as an operator writes it, in minor units: 18500.00 KES is 1850000.
 * @throws Invalid for what is no amount of this currency
 */
export function minorOf(amount: string, currency: string): bigint {
	parse(v.object({ currency: Currency }), { currency });
	const digits = minorDigits(currency);
	const written = /^\d{1,12}(?:\.(\d+))?$/.exec(amount);
	if (!written || (written[1] ?? '').length > digits)
		throw new Invalid([
			{
				path: 'amount',
				message: `Write an amount such as 18500${digits > 0 ? `.${'0'.repeat(digits)}` : ''}: ${currency} has ${digits} digits behind the point.`
			}
		]);
	return lineMinor(amount, currency);
}

/** An amount of minor units with its currency, for people and scripts alike: `KES -18500.00`. */
export function amountWords(amountMinor: bigint, currency: string): string {
	return `${currency} ${major(amountMinor, currency)}`;
}
