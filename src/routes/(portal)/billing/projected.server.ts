import { civilDate } from '#lib/format/dates.ts';
import type { MeteredQuantity, MeterToBill } from '#server/modules/billing/index.ts';
import { startOfDay } from '#server/modules/rating/index.ts';
import { exploreUsage } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';

/**
 * What meters are expected to have counted at the end of their running periods. Where nothing can be expected, and
 * never below it, what they have counted so far.
 */
export async function readProjected(
	scope: MemberScope,
	meters: readonly MeterToBill[],
	counted: readonly MeteredQuantity[]
): Promise<MeteredQuantity[]> {
	if (meters.length === 0) return [];
	const zone = scope.actor.timeZone;
	const month = `${civilDate(scope.now, zone).slice(0, 7)}-01`;
	// Forecasts are told with the running month so far, for its end and for those of other periods.
	const { meters: explored } = await exploreUsage(scope, {
		from: startOfDay(month, zone),
		to: scope.now,
		granularity: 'month',
		meters: [...new Set(meters.map(({ meter }) => meter))]
	});
	return counted.map((one) => {
		const asked = meters.find(
			({ productId, meter }) => productId === one.productId && meter === one.meter
		);
		const found = explored.find(
			({ meter }) => meter.productId === one.productId && meter.slug === one.meter
		);
		const forecast =
			found?.periodForecast?.from === asked?.period.start
				? found?.periodForecast
				: asked?.period.start === month
					? found?.forecast
					: null;
		if (!forecast || forecast.value <= Number(one.quantity)) return one;
		const whole = found?.meter.unit !== 'hours' && found?.meter.aggregation !== 'weighted';
		const growth = Number(one.quantity) > 0 ? forecast.value / Number(one.quantity) : 1;
		return {
			...one,
			quantity: forecast.value.toFixed(whole ? 0 : 2),
			...(one.events === undefined ? {} : { events: (Number(one.events) * growth).toFixed(0) })
		};
	});
}
