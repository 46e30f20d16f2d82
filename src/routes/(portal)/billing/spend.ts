import { minorDigits } from '#lib/format/money.ts';

export interface MonthSpend {
	currency: string;
	/** Up to twelve months in order, as their first days, then the month of the next bill if it is ahead. */
	months: { month: string; amountMinor: bigint; expected: boolean }[];
	/** Billed in the months shown, without what is expected. */
	billedMinor: bigint;
}

/** How many months are shown besides that of the next bill. */
const longest = 12;

/**
 * What was billed by month of issue, tax included, in the currency of the newest invoice; void ones do
 * not count. Months without an invoice since the first one are there with nothing.
 *
 * @returns null before the first invoice
 */
export function spendByMonth(
	invoices: readonly {
		issuedOn: string;
		status: string;
		currency: string;
		totalMinor: bigint;
	}[],
	next: { on: string; currency: string; amountMinor: bigint } | null,
	today: string
): MonthSpend | null {
	const counted = invoices.filter(({ status }) => status !== 'void');
	const currency = counted[0]?.currency;
	if (currency === undefined) return null;
	const sums = new Map<string, bigint>();
	for (const invoice of counted) {
		if (invoice.currency !== currency) continue;
		const month = firstOfMonth(invoice.issuedOn);
		sums.set(month, (sums.get(month) ?? 0n) + invoice.totalMinor);
	}
	const first = [...sums.keys()].sort()[0] ?? firstOfMonth(today);
	const months = monthsBetween(first, firstOfMonth(today))
		.slice(-longest)
		.map((month) => ({ month, amountMinor: sums.get(month) ?? 0n, expected: false }));
	const billedMinor = months.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
	const ahead = next && next.currency === currency ? firstOfMonth(next.on) : null;
	if (next && ahead && ahead > firstOfMonth(today))
		months.push({ month: ahead, amountMinor: next.amountMinor, expected: true });
	return { currency, months, billedMinor };
}

/** Major units, for drawing alone: what is written is written from minor units. */
export function drawable(amountMinor: bigint, currency: string): number {
	return Number(amountMinor) / 10 ** minorDigits(currency);
}

function firstOfMonth(day: string): string {
	return `${day.slice(0, 7)}-01`;
}

function monthsBetween(first: string, last: string): string[] {
	const months: string[] = [];
	let [year = 0, month = 0] = first.split('-').map(Number);
	for (;;) {
		const day = `${year}-${String(month).padStart(2, '0')}-01`;
		if (day > last) return months;
		months.push(day);
		month += 1;
		if (month > 12) [year, month] = [year + 1, 1];
	}
}
