import type { DateRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import { listMeters, type Meter } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { movesBytes } from '../parts/meters.server.ts';
import type { Look } from './look.server.ts';
import { questionAddress, type Question } from './question.ts';
import type { ProductName } from './view.ts';

/** What the usage page can show: a meter, or those of several products that add up. */
export interface Measure {
	value: string;
	label: string;
	/** Several of one slug where they add up. */
	meters: [Meter, ...Meter[]];
}

/** What adds up is offered once for all products; anything else for each. */
export async function listMeasures(
	scope: MemberScope,
	products: readonly ProductName[]
): Promise<Measure[]> {
	const measures = new Map<string, Measure>();
	const all = await listMeters(scope, {});
	for (const { id, slug, name } of products)
		for (const meter of all.filter(({ productId }) => productId === id)) {
			const together = addsUp(meter);
			const value = nameOf(meter, slug);
			const known = measures.get(value);
			if (known && known.meters[0].unit === meter.unit) known.meters.push(meter);
			else {
				const own = known ? `${slug}/${meter.slug}` : value;
				measures.set(own, {
					value: own,
					label:
						together || products.length === 1
							? meter.name
							: m.usage_figure_of({ product: name, figure: meter.name }),
					meters: [meter]
				});
			}
		}
	return [...measures.values()];
}

/** The one that is asked for, or the data that was moved, or whatever there is. */
export function chooseMeasure(measures: readonly Measure[], asked: string): Measure | null {
	return (
		measures.find(({ value }) => value === asked) ??
		measures.find(({ meters }) => meters.some(movesBytes)) ??
		measures[0] ??
		null
	);
}

/** Where one meter is shown step by step. */
export function meterAddress(
	meter: Meter,
	product: string,
	{ question, products }: Pick<Look, 'question' | 'products'>,
	range: DateRange
): string {
	const asked: Question = {
		...question,
		product: products.length > 1 ? product : question.product,
		measure: nameOf(meter, product),
		by: '',
		person: '',
		where: []
	};
	return `${questionAddress(asked, range)}#explore`;
}

function nameOf(meter: Meter, product: string): string {
	return addsUp(meter) ? meter.slug : `${product}/${meter.slug}`;
}

export function addsUp({ aggregation }: Meter): boolean {
	return aggregation === 'count' || aggregation === 'sum';
}
