import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readAgreements, reckonUsage } from '#server/modules/billing/index.ts';
import { periodOf } from '#server/modules/rating/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { formatAmount, formatMajor, formatQuantity } from '../amounts.ts';
import { writeCounted } from './amounts.ts';
import type { MakeUp } from './billed.ts';
import { wordSteps } from './make-up.ts';
import { isDay } from './question.ts';
import { priceOf, type LineOf, type LineView } from './read.server.ts';

/** A meter of a subscription in one of its periods, by what is agreed today. */
export interface Running {
	of: LineOf;
	label: string;
	/** What it comes to by what was counted. */
	view(counted: LineView): RunningView;
}

export interface RunningView {
	amountMinor: bigint;
	currency: string;
	made: MakeUp;
	/** The period that is shown and those before and after it, by their first days. */
	period: { start: string; end: string };
	earlier: string | null;
	later: string | null;
}

/** @returns null where the business has no such subscription, or it asks nothing for the meter */
export async function readRunning(
	scope: MemberScope,
	asked: { product: string; meter: string; period: string | null }
): Promise<Running | null> {
	const agreement = (await readAgreements(scope, {})).find(
		({ product }) => product.slug === asked.product
	);
	const price = priceOf(agreement, asked.meter);
	if (!agreement || !price) return null;
	const { anchorOn, terms, product } = agreement;
	const today = civilDate(scope.now, scope.actor.timeZone);
	const day =
		asked.period !== null &&
		isDay(asked.period) &&
		asked.period >= anchorOn &&
		asked.period <= today
			? asked.period
			: null;
	const running = agreement.period;
	const period =
		day === null || (day >= running.start && day < running.end)
			? running
			: periodOf(anchorOn, day, terms.interval);
	const { currency } = terms;
	return {
		of: { productId: product.id, meter: asked.meter, period },
		label: m.line_running_title({ label: price.label, product: product.name }),
		view(counted) {
			const line = reckonUsage(agreement, price, period, [
				{ meter: asked.meter, quantity: counted.counted }
			]);
			const exact = formatMajor(line.exactAmount, currency);
			const rounded = formatAmount(line.amountMinor, currency);
			const free = 'included' in price.price ? price.price.included : null;
			const more = 'free_units' in price.price ? price.price.free_units : null;
			const converted = 'transform' in price.price ? price.price.transform : null;
			return {
				amountMinor: line.amountMinor,
				currency,
				period,
				earlier: period.start > anchorOn ? before(anchorOn, period.start, terms.interval) : null,
				later: period.end <= today ? period.end : null,
				made: {
					quantities: [
						{
							words: counted.running ? m.line_counted_so_far() : m.line_counted(),
							value: writeCounted(counted.counted, counted)
						},
						...(converted
							? [
									{
										words: m.line_converted({ by: formatQuantity(converted.divide_by) }),
										value: ''
									}
								]
							: []),
						...[free, more].flatMap((quantity, place) =>
							quantity && /[1-9]/.test(quantity)
								? [
										{
											words: place === 0 ? m.line_included() : m.line_free_besides(),
											value: formatQuantity(quantity)
										}
									]
								: []
						),
						...(line.quantity === null || !isSomething(free, more, converted?.divide_by)
							? []
							: [{ words: m.line_charged(), value: formatQuantity(line.quantity) }])
					],
					steps: line.steps
						? wordSteps(line.steps, currency)
						: line.quantity === null
							? []
							: [
									{
										words: m.line_step_units({
											quantity: formatQuantity(line.quantity),
											price:
												'unit_amount' in price.price
													? formatMajor(price.price.unit_amount, currency)
													: ''
										}),
										amount: exact
									}
								],
					total: {
						words: counted.running
							? m.line_amount_so_far({ currency })
							: m.line_amount({ currency }),
						amount: rounded
					},
					exact: exact === rounded ? null : exact,
					currency,
					notes: [line.taxIncluded ? m.line_with_tax() : m.line_before_tax()]
				}
			};
		}
	};
}

/** Whether something stands between what was counted and what is charged. */
function isSomething(...texts: (string | null | undefined)[]): boolean {
	return texts.some((text) => /[1-9]/.test(text ?? ''));
}

/** The first day of the period before one, which began on that day. */
function before(anchorOn: string, start: string, interval: Parameters<typeof periodOf>[2]): string {
	const last = new Date(Date.parse(start) - 86_400_000).toISOString().slice(0, 10);
	return periodOf(anchorOn, last, interval).start;
}
