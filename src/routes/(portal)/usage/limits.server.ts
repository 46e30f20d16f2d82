import { m } from '#lib/paraglide/messages.js';
import { readRange } from '#lib/format/ranges.ts';
import { exploreUsage, figureUnit, type Explored } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';
import { number } from './figures.server.ts';
import type { Look } from './look.server.ts';
import { meterAddress } from './measures.server.ts';
import type { LimitView } from './view.ts';

/** Those that are nearest to their end first: of the running month, whatever range is shown. */
export async function readLimits(scope: MemberScope, look: Look): Promise<LimitView[]> {
	const { products, currency } = look;
	if (products.length === 0) return [];
	const month = readRange(new URLSearchParams(), scope.now, scope.actor.timeZone);
	const { meters } = await exploreUsage(scope, {
		from: month.start,
		to: month.end,
		granularity: 'month',
		products: products.map(({ slug }) => slug)
	});
	const view = ({ meter, product, total, forecast, ...limits }: Explored): LimitView[] => {
		const value = number(total) ?? 0;
		const same = {
			label:
				products.length > 1
					? m.usage_figure_of({ product: product.name, figure: meter.name })
					: meter.name,
			unit: figureUnit(meter),
			currency,
			value,
			expected:
				forecast && forecast.method !== 'stays'
					? { value: forecast.value, day: forecast.day }
					: null,
			href: meterAddress(meter, product.slug, look, month)
		};
		return (['included', 'own'] as const).flatMap((kind) => {
			const of = number(kind === 'included' ? limits.included : limits.limit);
			return of === null || of <= 0 ? [] : [{ id: `${meter.id}-${kind}`, kind, of, ...same }];
		});
	};
	return meters.flatMap(view).sort((one, other) => other.value / other.of - one.value / one.of);
}
