/** A month's pay of one employee, in whole shillings. */
export interface Pay {
	gross: number;
	nssf: number;
	shif: number;
	housing: number;
	paye: number;
	net: number;
}

// Rates as they stood in 2025, for a sample: NSSF Act 2013 (third year: tiers to 8,000 and 72,000, 6 %),
// Social Health Insurance Regulations 2024 (2.75 %, at least 300), Affordable Housing Act 2024 (1.5 %),
// Income Tax Act, third schedule (monthly bands, personal relief 2,400). The three contributions are
// taken off before tax since the Tax Laws (Amendment) Act 2024.
const nssfCeiling = 72_000;
const bands: [upTo: number, rate: number][] = [
	[24_000, 0.1],
	[32_333, 0.25],
	[500_000, 0.3],
	[800_000, 0.325],
	[Infinity, 0.35]
];
const relief = 2_400;

export function payOf(gross: number): Pay {
	const nssf = Math.round(Math.min(gross, nssfCeiling) * 0.06);
	const shif = Math.max(300, Math.round(gross * 0.0275));
	const housing = Math.round(gross * 0.015);
	const paye = Math.max(0, Math.round(taxOn(gross - nssf - shif - housing)) - relief);
	return { gross, nssf, shif, housing, paye, net: gross - nssf - shif - housing - paye };
}

function taxOn(income: number): number {
	let tax = 0;
	let from = 0;
	for (const [upTo, rate] of bands) {
		tax += Math.max(0, Math.min(income, upTo) - from) * rate;
		from = upTo;
	}
	return tax;
}
