import { Temporal } from 'temporal-polyfill';
import { Invalid } from '../../platform/errors.ts';
import { bounded, minorDigits } from './currencies.ts';
import {
	exact,
	fromWhole,
	greatest,
	minus,
	nothing,
	roundedQuotient,
	shifted,
	shownQuotient,
	times,
	type Decimal
} from './decimal.ts';
import { civilDate, daysBetween, startOfDay, type Period } from './periods.ts';

/** By days, of which the day of the change belongs to the new; or by seconds from its moment on. */
export const prorationModes = ['day', 'second'] as const;
export type ProrationMode = (typeof prorationModes)[number];

export interface Change {
	/** The period that was paid, half-open. */
	period: Period;
	/** By seconds: when it was begun within its first day; otherwise that day began it. */
	begunAt?: Date | undefined;
	at: Date;
	zone: string;
	mode: ProrationMode;
	currency: string;
	/**
	 * What ends: what was really billed for the whole period, and what of it was credited already.
	 * Exact decimals in major units; null where nothing ends.
	 */
	from: { amount: string; credited?: string | null | undefined } | null;
	/** What begins: what the whole period costs; null where nothing begins. */
	to: { amount: string } | null;
}

export interface ProrationLine {
	kind: 'credit' | 'charge';
	/** What of the period it is for: civil dates by days, moments by seconds. */
	period: Period;
	/** Days or seconds that are left, and those of the whole period. */
	units: number;
	of: number;
	/** In major units, negative of a credit: exact where it ends within twelve decimals. */
	exactAmount: string;
	/** Rounded once, from the exact fraction. */
	amountMinor: bigint;
}

export interface Proration {
	/** The first day of the new, in the zone. */
	changedOn: string;
	/** The credit first; a credit of nothing has no line. */
	lines: ProrationLine[];
	netMinor: bigint;
}

/**
 * What a change within a period credits of the old and charges of the new: each for what is left of the
 * period, so that the old's part and the new's make the whole. A credit is never more than was billed
 * and not yet credited.
 *
 * @throws Invalid for a period that does not end after it began, a moment outside it, and more credited
 * than was billed
 */
export function prorate(change: Change): Proration {
	const { currency, from, to } = change;
	if (from && exact(from.credited ?? '0').gt(exact(from.amount)))
		throw new Invalid([{ path: 'from.credited', message: 'This is more than was billed.' }]);
	const rest = restOf(change);
	const line = (kind: ProrationLine['kind'], numerator: Decimal): ProrationLine => ({
		kind,
		period: rest.period,
		units: rest.units,
		of: rest.of,
		exactAmount: shownQuotient(numerator, fromWhole(rest.of)),
		amountMinor: bounded(
			roundedQuotient(shifted(numerator, minorDigits(currency)), fromWhole(rest.of))
		)
	});
	const lines: ProrationLine[] = [];
	if (from) {
		// Over the whole period's units, so that nothing is divided before the end.
		const left = times(exact(from.amount), fromWhole(rest.units));
		const credited = times(exact(from.credited ?? '0'), fromWhole(rest.of));
		const credit = greatest(minus(left, credited), nothing);
		if (credit.gt(0)) lines.push(line('credit', minus(nothing, credit)));
	}
	if (to) lines.push(line('charge', times(exact(to.amount), fromWhole(rest.units))));
	return {
		changedOn: civilDate(change.at, change.zone),
		lines,
		netMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
	};
}

/**
 * What a part of a period costs of what the whole does: multiplied before it is divided, rounded once.
 *
 * @param amount exact decimal in major units, of the whole
 * @param units of the part: days, months
 * @param of those of the whole, above zero
 */
export function portion(
	amount: string,
	units: number,
	of: number,
	currency: string
): Pick<ProrationLine, 'exactAmount' | 'amountMinor'> {
	const numerator = times(exact(amount), fromWhole(units));
	return {
		exactAmount: shownQuotient(numerator, fromWhole(of)),
		amountMinor: bounded(roundedQuotient(shifted(numerator, minorDigits(currency)), fromWhole(of)))
	};
}

/** What is left of the period from the change on. */
function restOf({ period, begunAt, at, zone, mode }: Change): {
	period: Period;
	units: number;
	of: number;
} {
	const whole = daysBetween(period.start, period.end);
	if (whole <= 0)
		throw new Invalid([{ path: 'period.end', message: 'The period has to end after it begins.' }]);
	const day = civilDate(at, zone);
	if (day < period.start || day >= period.end)
		throw new Invalid([
			{
				path: 'moment',
				message: `${day} is not in the period: it is from ${period.start} until before ${period.end}.`
			}
		]);
	if (mode === 'day')
		return {
			period: { start: day, end: period.end },
			units: daysBetween(day, period.end),
			of: whole
		};
	const start = begunAt ?? startOfDay(period.start, zone);
	const end = startOfDay(period.end, zone);
	const moment = Math.floor(at.getTime() / 1000);
	return {
		period: { start: momentText(moment * 1000), end: momentText(end.getTime()) },
		units: Math.round(end.getTime() / 1000) - moment,
		of: Math.round(end.getTime() / 1000) - Math.floor(start.getTime() / 1000)
	};
}

function momentText(epochMilliseconds: number): string {
	return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toString();
}
