import { kept, pageLocale } from './locale.ts';

const formatters = kept((locale, digits) => {
	const fraction = Number(digits);
	return new Intl.NumberFormat(locale, {
		minimumFractionDigits: fraction,
		maximumFractionDigits: fraction
	});
});

/** Where Intl has the digits that people still write, and ISO 4217 has those that are reckoned with. */
const otherwise: Record<string, number> = {
	...Object.fromEntries(
		'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP TWD YER'
			.split(' ')
			.map((currency) => [currency, 2])
	),
	IQD: 3
};

/**
 * How many digits of a currency stand behind the point: 2 for KES, 0 for UGX and JPY, 3 for BHD
 * (ISO 4217). The server reckons with the same (`rating`), which a test there holds.
 *
 * @throws RangeError when `currency` is not a three-letter code
 */
export const minorDigits = kept((currency) => {
	const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
	return otherwise[currency] ?? options.maximumFractionDigits ?? 2;
});

/** The exact decimal of an amount of minor units: 1250000n KES → `12500.00`. */
function decimal(amountMinor: bigint, digits: number): `${number}` {
	const size = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, '0');
	const sign = amountMinor < 0n ? '-' : '';
	const whole = size.slice(0, size.length - digits);
	const fraction = size.slice(size.length - digits);
	return `${sign}${whole}${digits > 0 ? '.' : ''}${fraction}` as `${number}`;
}

/** An amount for programs to read, exact, without its currency and with nothing between thousands: `-12500.00`. */
export function moneyDecimal(amountMinor: bigint, currency: string): string {
	return decimal(amountMinor, minorDigits(currency));
}

/**
 * An amount in two pieces, for figures that set the currency smaller than the number. A minus sign
 * stands before the number. Nothing passes through floating point, so any bigint is written exactly.
 *
 * @param amountMinor minor units, such as cents
 * @param currency ISO 4217 code
 */
export function moneyParts(
	amountMinor: bigint,
	currency: string,
	locale = pageLocale()
): { currency: string; number: string } {
	const digits = minorDigits(currency);
	return {
		currency,
		number: formatters(locale, String(digits)).format(decimal(amountMinor, digits))
	};
}

/**
 * An amount as it is written everywhere: `KES 12,500.00`, with a plain space, so that a search for
 * the words finds it; what must not wrap is kept together by CSS.
 */
export function formatMoney(amountMinor: bigint, currency: string, locale = pageLocale()): string {
	const parts = moneyParts(amountMinor, currency, locale);
	return `${parts.currency} ${parts.number}`;
}
