import type { DraftLine, Simulated } from '#server/modules/billing/index.ts';
import { netOf, taxRates } from '#server/modules/rating/index.ts';

/** One thing that is paid for, by both plans; null where one asks nothing for it. Minor units before tax. */
export interface ComparedLine {
	/** The meter's slug, or the kind of line. */
	key: string;
	label: string;
	now: { quantity: string | null; amountMinor: bigint } | null;
	then: { quantity: string | null; amountMinor: bigint } | null;
}

export interface ComparedMonth {
	/** Its first day. */
	month: string;
	nowMinor: bigint;
	thenMinor: bigint;
	lines: ComparedLine[];
}

/** What months cost by one plan beside what they cost by another, line by line. */
export function compareMonths(
	now: readonly Simulated[],
	then: readonly Simulated[]
): ComparedMonth[] {
	return now.map(({ period, lines }, place) => {
		const others = then[place]?.lines ?? [];
		const keys = [...new Set([...lines, ...others].map(keyOf))];
		const compared = keys.map((key): ComparedLine => {
			const [mine, theirs] = [side(lines, key), side(others, key)];
			return {
				key,
				label: mine?.label ?? theirs?.label ?? '',
				now: mine && { quantity: mine.quantity, amountMinor: mine.amountMinor },
				then: theirs && { quantity: theirs.quantity, amountMinor: theirs.amountMinor }
			};
		});
		return {
			month: period.start,
			nowMinor: sum(compared.map((line) => line.now?.amountMinor ?? 0n)),
			thenMinor: sum(compared.map((line) => line.then?.amountMinor ?? 0n)),
			lines: compared
		};
	});
}

function side(lines: readonly DraftLine[], key: string) {
	const own = lines.filter((line) => keyOf(line) === key);
	const [first] = own;
	if (!first) return null;
	return {
		label: first.description,
		quantity: own.length === 1 ? first.quantity : null,
		amountMinor: sum(own.map(beforeTax))
	};
}

function keyOf({ meter, kind }: DraftLine): string {
	return meter ?? kind;
}

/** Plans may say their amounts with tax or without: they are compared without. */
function beforeTax({ amountMinor, taxIncluded, taxClass }: DraftLine): bigint {
	return taxIncluded ? netOf(amountMinor, taxRates[taxClass]) : amountMinor;
}

export function sum(amounts: readonly bigint[]): bigint {
	return amounts.reduce((total, amount) => total + amount, 0n);
}
