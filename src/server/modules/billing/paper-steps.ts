import type { Step } from '../rating/index.ts';
import type { paperFigures } from './paper-figures.ts';
import type { PaperWords } from './paper-words.ts';

/**
 * How an amount came about, a line a step: `Tier 1: 1,000 × 2.00 = 2,000.00`. Of one step that the columns
 * of quantity and price say already, nothing.
 */
export function stepsInWords(
	steps: readonly Step[],
	words: PaperWords['steps'],
	write: ReturnType<typeof paperFigures>
): string[] {
	const [only] = steps;
	if (!only || (steps.length === 1 && ['flat', 'units'].includes(only.kind) && !only.flatAmount))
		return [];
	return steps.map((step) => {
		const sum = write.exactly(step.amount);
		const said = part(step);
		if (said === null) return step.tier === null ? sum : words.tier(String(step.tier), sum);
		const whole = `${said} = ${sum}`;
		return step.tier === null ? whole : words.tier(String(step.tier), whole);
	});

	function part({ kind, quantity, unitAmount, flatAmount, ratePercent }: Step): string | null {
		const count = quantity === null ? null : write.quantity(quantity);
		const each = unitAmount === null ? null : write.exactly(unitAmount);
		const flat = flatAmount === null || Number(flatAmount) === 0 ? null : write.exactly(flatAmount);
		if (kind === 'minimum' && flat !== null) return words.minimum(flat);
		if (kind === 'maximum' && flat !== null) return words.maximum(flat);
		const said =
			kind === 'percentage' && count !== null && ratePercent !== null
				? words.percentage(write.percent(ratePercent), count)
				: count === null || each === null
					? null
					: kind === 'packages'
						? words.packages(count, each)
						: words.units(count, each);
		return said !== null && flat !== null ? words.withFlat(said, flat) : said;
	}
}
