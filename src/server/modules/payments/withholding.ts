/**
 * Per cent of the taxable value that an appointed agent keeps back when paying, and pays to the tax authority
 * in the supplier's name. Kenya: Tax Procedures Act, 2015, section 42A(1); two instead of six since the
 * Finance Act, 2019. Zero-rated and exempt supplies are left out.
 */
const percent = 2n;

/**
 * The most that certificates for an invoice can come to together, in minor units: two per cent of what was
 * taxed, each certificate rounded up to a whole unit of the currency, since some are written so.
 *
 * @param taxableMinor what tax was asked on, tax left out
 * @param digits of the currency behind the point
 * @param certificates how many there are
 */
export function greatestWithheld(taxableMinor: bigint, digits: number, certificates = 1): bigint {
	const unit = 10n ** BigInt(digits);
	const hundredths = taxableMinor * percent;
	const units = (hundredths + 100n * unit - 1n) / (100n * unit);
	return units * unit + BigInt(certificates - 1) * unit;
}

/** What is usually kept back of an invoice: two per cent of what was taxed, rounded half up. */
export function usuallyWithheld(taxableMinor: bigint): bigint {
	return (taxableMinor * percent + 50n) / 100n;
}
