// ISO 4217, the currencies in use: those that an Intl of any year knows are more, and hold old ones too.
const byDigits = [
	'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
	'',
	'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
	'BHD IQD JOD KWD LYD OMR TND'
].map((codes) => codes.split(' ').filter(Boolean));

const digits = new Map(
	byDigits.flatMap((codes, count) => codes.map((code) => [code, count] as const))
);

/** How many digits of a currency stand behind the point; undefined for what is no currency of ISO 4217. */
export function minorDigits(currency: string): number | undefined {
	return digits.get(currency);
}

/**
 * An exact decimal of major units as minor units: `18500.5` KES is 1850050.
 * @throws RangeError when it is finer than a minor unit
 */
export function toMinor(amount: string, currency: string): bigint {
	const places = digitsOf(currency);
	const [whole = '0', fraction = ''] = amount.split('.');
	const cut = fraction.replace(/0+$/, '');
	if (cut.length > places) throw new RangeError(`${amount} ${currency} has no minor units.`);
	return BigInt(whole + cut.padEnd(places, '0'));
}

/** Minor units, which may be an exact decimal themselves, as a decimal of major units: 90 of KES is `0.9`. */
export function toMajor(minor: string, currency: string): string {
	const places = digitsOf(currency);
	const [whole = '0', fraction = ''] = minor.split('.');
	const padded = whole.padStart(places + 1, '0');
	const cut = padded.length - places;
	const behind = (padded.slice(cut) + fraction).replace(/0+$/, '');
	return padded.slice(0, cut).replace(/^0+(?=\d)/, '') + (behind && `.${behind}`);
}

/** The other way of `toMajor`: `0.0055` of KES is `0.55`. */
export function toMinorDecimal(amount: string, currency: string): string {
	const places = digitsOf(currency);
	const [whole = '0', fraction = ''] = amount.split('.');
	const long = fraction.padEnd(places, '0');
	const behind = long.slice(places).replace(/0+$/, '');
	return (whole + long.slice(0, places)).replace(/^0+(?=\d)/, '') + (behind && `.${behind}`);
}

function digitsOf(currency: string): number {
	const places = digits.get(currency);
	if (places === undefined) throw new RangeError(`${currency} is no currency of ISO 4217.`);
	return places;
}
