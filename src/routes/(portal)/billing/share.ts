/** How much of a limit is used, in per cent; a tenth is told, and nothing passes through floating point before. */
export function shareOf(spentMinor: bigint, limitMinor: bigint): number {
	if (limitMinor <= 0n) return 0;
	return Number((spentMinor * 1000n) / limitMinor) / 10;
}
