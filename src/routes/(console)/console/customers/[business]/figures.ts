import { moneyParts } from '#lib/format/money.ts';

/** What amounts come to, a figure for each currency; of nothing, nothing in the usual one. */
export function sumsOf(
	amounts: readonly { currency: string; amountMinor: bigint }[],
	usual: string
): ReturnType<typeof moneyParts>[] {
	const sums = new Map<string, bigint>();
	for (const { currency, amountMinor } of amounts)
		sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
	if (sums.size === 0) sums.set(usual, 0n);
	return [...sums].map(([currency, amountMinor]) => moneyParts(amountMinor, currency));
}
