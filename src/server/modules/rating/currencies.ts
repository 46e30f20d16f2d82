import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { exact, fromWhole, mostDigits, rounded, shifted } from './decimal.ts';

/**
 * The currencies in use, by how many digits stand behind the point (ISO 4217, list one). Not from Intl,
 * whose digits are those that people still write: none for PKR or IDR, where ISO has two.
 */
const byDigits: Record<number, string> = {
	0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
	2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
		CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
		GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
		MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
		PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
		TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
	3: 'BHD IQD JOD KWD LYD OMR TND',
	4: 'CLF UYW'
};

const digits = new Map(
	Object.entries(byDigits).flatMap(([count, codes]) =>
		codes.split(/\s+/).map((code) => [code, Number(count)] as const)
	)
);

export const Currency = v.pipe(
	v.string(),
	v.check((code) => digits.has(code), 'Write a currency by its three letters, such as KES.')
);

/**
 * How many digits of a currency stand behind the point: KES 2, UGX and JPY 0, KWD 3.
 * @throws RangeError for what is no currency of ISO 4217
 */
export function minorDigits(currency: string): number {
	const count = digits.get(currency);
	if (count === undefined) throw new RangeError(`${currency} is no currency of ISO 4217.`);
	return count;
}

/**
 * The one rounding of a line: to minor units, half away from zero.
 *
 * @param amount exact decimal in major units
 * @throws Invalid above fifteen digits; RangeError for an unknown currency
 */
export function lineMinor(amount: string, currency: string): bigint {
	return bounded(rounded(shifted(exact(amount), minorDigits(currency))));
}

/**
 * What is handed on as a line's amount is never more than can be written exactly anywhere.
 * @throws Invalid
 */
export function bounded(minor: bigint): bigint {
	if ((minor < 0n ? -minor : minor) < 10n ** BigInt(mostDigits)) return minor;
	throw new Invalid([
		{ path: '', message: `This comes to an amount of more than ${mostDigits} digits.` }
	]);
}

/** Minor units as a decimal of major units, with all digits of the currency: 1250000n KES → `12500.00`. */
export function major(minor: bigint, currency: string): string {
	const count = minorDigits(currency);
	return shifted(fromWhole(minor), -count).toFixed(count);
}
