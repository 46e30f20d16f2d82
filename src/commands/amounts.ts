import { minorDigits, toMinor } from '#server/modules/catalogue/index.ts';
import { Invalid } from '#server/platform/errors.ts';

/**
 * An amount as an operator writes it, in minor units: 18500.00 KES is 1850000.
 * @throws Invalid for what is no amount of this currency
 */
export function minorOf(amount: string, currency: string): bigint {
	const digits = minorDigits(currency);
	if (digits === undefined)
		throw new Invalid([
			{ path: 'currency', message: 'Write a currency by its three letters, such as KES.' }
		]);
	const written = /^\d{1,12}(?:\.(\d+))?$/.exec(amount);
	if (!written || (written[1] ?? '').length > digits)
		throw new Invalid([
			{ path: 'amount', message: `Write an amount such as 18500${digits > 0 ? '.00' : ''}.` }
		]);
	return toMinor(amount, currency);
}
