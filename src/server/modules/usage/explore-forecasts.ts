import Big from 'big.js';
import { Temporal } from 'temporal-polyfill';
import type { Scope } from '../../platform/scope.ts';
import { listSubscriptions } from '../billing/index.ts';
import { addsUp } from './explore-figures.ts';
import { readCourses, type Look } from './explore-rows.ts';
import { dayOf } from './explore-steps.ts';
import { forecastPeriod, type Forecast } from './forecast.ts';
import type { Meter } from './meters.ts';

/** For the end of a period that began on `from`. */
export interface PeriodForecast extends Forecast {
	/** The first civil date of the period. */
	from: string;
	/** What was counted in it so far. */
	total: number;
}

export interface Expected {
	forecast: Forecast | null;
	periodForecast: PeriodForecast | null;
}

type Expect = (meter: Meter, total: string | null) => Expected;

const historyDays = 28;
const hourMs = 3_600_000;
const nothing: Expected = { forecast: null, periodForecast: null };

/** What each figure is expected to come to, where the span is the running month so far. */
export async function readExpectations(scope: Scope, look: Look): Promise<Expect> {
	const { now } = scope;
	const { span, zone, meters } = look;
	const today = dayOf(now, zone);
	const startOf = (day: Temporal.PlainDate): Date =>
		new Date(day.toZonedDateTime(zone).epochMilliseconds);
	const month = { first: today.with({ day: 1 }), last: today.with({ day: today.daysInMonth }) };
	if (span.from.getTime() !== startOf(month.first).getTime() || span.to < now) return () => nothing;
	const periods = await readPeriods(scope, meters, today);
	const since = [
		today.subtract({ days: historyDays }),
		...[...periods.values()].map(({ first }) => first)
	].sort((one, other) => Temporal.PlainDate.compare(one, other))[0];
	const rows = await readCourses(
		scope,
		{
			...look,
			meters: meters.filter(
				(meter) => addsUp(meter) || ['max', 'weighted'].includes(meter.aggregation)
			),
			granularity: 'day',
			span: { from: startOf(since ?? month.first), to: now }
		},
		'all'
	);
	const begun = startOf(today);
	const gone =
		(now.getTime() - begun.getTime()) /
		(startOf(today.add({ days: 1 })).getTime() - begun.getTime());
	return (meter, total) => {
		if (total === null) return nothing;
		const read = rows.flatMap(({ meterId, start, value }) =>
			meterId === meter.id && start !== null && value !== null
				? [{ day: String(dayOf(start, zone)), value }]
				: []
		);
		// In the order of days: what holds now is what held at the end of the newest.
		const held = rows
			.filter(({ meterId, level }) => meterId === meter.id && level)
			.sort((one, other) => Number(one.start) - Number(other.start))
			.at(-1)?.level?.held;
		const ahead = (last: Temporal.PlainDate): number =>
			(Number(held ?? 0) * (startOf(last.add({ days: 1 })).getTime() - now.getTime())) / hourMs;
		const oldest = String(today.subtract({ days: historyDays }));
		const course = {
			aggregation: meter.aggregation,
			today: String(today),
			gone,
			days: new Map(
				read
					.filter(({ day }) => day >= oldest && day < String(today))
					.map(({ day, value }) => [day, Number(value)])
			)
		};
		const period = periods.get(meter.productId);
		const inPeriod = period && totalSince(meter, read, String(period.first), total);
		const expected =
			period && inPeriod != null
				? forecastPeriod({
						...course,
						total: inPeriod,
						first: String(period.first),
						last: String(period.last),
						ahead: ahead(period.last)
					})
				: null;
		return {
			forecast: forecastPeriod({
				...course,
				total: Number(total),
				first: String(month.first),
				last: String(month.last),
				ahead: ahead(month.last)
			}),
			periodForecast:
				expected && period && inPeriod != null
					? { ...expected, from: String(period.first), total: inPeriod }
					: null
		};
	};
}

interface Period {
	first: Temporal.PlainDate;
	last: Temporal.PlainDate;
}

/** The running periods of these meters' products, as far as they are not the month. */
async function readPeriods(
	scope: Scope,
	meters: readonly Meter[],
	today: Temporal.PlainDate
): Promise<Map<string, Period>> {
	const periods = new Map<string, Period>();
	for (const { product, status, period } of await listSubscriptions(scope, {})) {
		if (status === 'ended' || !meters.some(({ productId }) => productId === product.id)) continue;
		const first = Temporal.PlainDate.from(period.start);
		const last = Temporal.PlainDate.from(period.end).subtract({ days: 1 });
		const isMonth = first.day === 1 && last.equals(first.with({ day: first.daysInMonth }));
		const runs =
			Temporal.PlainDate.compare(first, today) <= 0 && Temporal.PlainDate.compare(today, last) <= 0;
		if (runs && !isMonth) periods.set(product.id, { first, last });
	}
	return periods;
}

/** A level is what it is, whenever the period began. */
function totalSince(
	{ aggregation }: Meter,
	read: readonly { day: string; value: string }[],
	first: string,
	level: string
): number | null {
	const values = read.filter(({ day }) => day >= first).map(({ value }) => new Big(value));
	if (aggregation === 'latest') return Number(level);
	if (values.length === 0) return null;
	const [start = new Big(0), ...more] = values;
	return Number(
		more.reduce(
			(sum, value) => (aggregation === 'max' ? (value.gt(sum) ? value : sum) : sum.plus(value)),
			start
		)
	);
}
