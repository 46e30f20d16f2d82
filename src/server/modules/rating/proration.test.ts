import { describe, expect, it } from 'vitest';
import { major } from './currencies.ts';
import { boundaryAfter, civilDate, daysBetween, periodOf, type Interval } from './periods.ts';
import { portion, prorate, type Change } from './proration.ts';

/*
 * Cases from elsewhere, under their names: Kill Bill (`kb-`), Lago (`lago-`, `credit-note-`), OpenMeter
 * (`anchor-om-`), Stripe's manual and others (`stripe-`, `pages-`).
 *
 * Left out, since the rules here are others: months of a fixed length (`kb-fixed-…`, `kb-fixed28-…`);
 * the denominator of a clamped anchor taken from the month before (`kb-cycles-06`); the day on which
 * something ends belonging to the old (`credit-note-termination-13`, `-14`); time added instead of money
 * credited (`pages-08`).
 */

function change(what: Partial<Change>): Change {
	return {
		period: { start: '2026-11-01', end: '2026-12-01' },
		at: new Date('2026-11-16T00:00:00Z'),
		zone: 'UTC',
		mode: 'day',
		currency: 'USD',
		from: null,
		to: null,
		...what
	};
}

const at = (day: string) => new Date(day.includes('T') ? day : `${day}T00:00:00Z`);

describe('the part of a period that is left', () => {
	it.each([
		// id, period, first day of the service, days, days of the period
		['kb-ratio-02', '2023-06-15', '2023-07-15', '2023-06-23', 22, 30],
		['kb-ratio-03', '2023-02-15', '2023-03-15', '2023-02-23', 20, 28],
		['kb-ratio-04', '2024-02-15', '2024-03-15', '2024-02-23', 21, 29],
		['lago-start-03', '2022-03-14', '2022-03-21', '2022-03-16', 5, 7],
		['lago-start-05', '2022-03-01', '2022-04-01', '2022-03-15', 17, 31],
		['lago-start-07', '2022-01-01', '2023-01-01', '2022-03-15', 292, 365],
		['lago-trial-01', '2024-03-01', '2024-04-01', '2024-03-15', 17, 31],
		['lago-trial-02', '2024-03-01', '2024-04-01', '2024-03-18', 14, 31],
		['lago-trial-03', '2024-04-01', '2024-05-01', '2024-04-19', 12, 30],
		['credit-note-termination-12', '2022-10-01', '2022-11-01', '2022-10-15', 17, 31]
	])('%s: of %s to %s, from %s on, is %d of %d days', (_id, start, end, day, units, of) => {
		const { lines } = prorate(change({ period: { start, end }, at: at(day), to: { amount: '1' } }));
		expect(lines).toMatchObject([{ units, of }]);
	});
});

describe('what a part costs', () => {
	it.each([
		// id, amount of the period, days, days of the period, amount
		['kb-bcd-02', '249.95', 14, 31, '112.88'],
		['kb-bcd-05', '1999.95', 3, 30, '200.00'],
		['lago-month31-01', '10.00', 13, 31, '4.19'],
		['lago-month31-03', '1.00', 20, 31, '0.65'],
		['lago-month31-04', '100.00', 11, 31, '35.48'],
		['lago-month31-05', '15.00', 11, 31, '5.32'],
		['lago-month31-06', '20.00', 11, 31, '7.10'],
		['lago-month31-08', '15.00', 10, 31, '4.84'],
		['lago-month31-09', '20.00', 10, 31, '6.45'],
		['lago-trial-01', '50000.00', 17, 31, '27419.35'],
		['lago-trial-02', '100000.00', 14, 31, '45161.29'],
		['lago-trial-03', '50000.00', 12, 30, '20000.00'],
		['lago-start-03', '1.00', 5, 7, '0.71'],
		['lago-start-05', '1.00', 17, 31, '0.55'],
		['lago-start-07', '1.00', 292, 365, '0.80'],
		['kb-quantity-01', '209.65', 30, 30, '209.65'],
		['credit-note-01', '200.00', 29, 30, '193.33'],
		['credit-note-02', '160.00', 29, 30, '154.67'],
		['credit-note-03', '29.99', 6, 7, '25.71'],
		['credit-note-termination-01', '31.00', 16, 31, '16.00'],
		['credit-note-termination-12', '31.00', 17, 31, '17.00']
	])('%s: of %s, %d of %d days cost %s, and are credited alike', (_id, amount, days, of, part) => {
		const end = new Date(Date.UTC(2026, 0, 1 + of)).toISOString().slice(0, 10);
		const day = new Date(Date.UTC(2026, 0, 1 + of - days));
		const { lines, netMinor } = prorate(
			change({ period: { start: '2026-01-01', end }, at: day, from: { amount }, to: { amount } })
		);
		expect(lines.map(({ amountMinor }) => major(amountMinor, 'USD'))).toEqual([`-${part}`, part]);
		expect(netMinor).toBe(0n);
	});

	it.each([
		// id, billed, credited already, days, days of the period, credit
		['credit-note-termination-10', '31.00', '10.00', 16, 31, '-6.00'],
		['credit-note-termination-07', '31.00', '2.00', 16, 31, '-14.00'],
		['credit-note-termination-15', '31.00', '1.00', 16, 31, '-15.00']
	])(
		'%s: of %s, %s of it credited already, %d of %d days are %s',
		(_id, amount, credited, days, of, credit) => {
			const period = { start: '2026-01-01', end: '2026-02-01' };
			expect(of).toBe(31);
			const day = new Date(Date.UTC(2026, 0, 1 + of - days));
			const { lines } = prorate(change({ period, at: day, from: { amount, credited } }));
			expect(lines.map(({ amountMinor }) => major(amountMinor, 'USD'))).toEqual([credit]);
		}
	);

	it('credits nothing when what is left was credited already, and never charges for it', () => {
		const from = { amount: '31.00', credited: '30.00' };
		expect(prorate(change({ from })).lines).toEqual([]);
	});
});

describe('a change within a period', () => {
	it.each([
		[
			'kb-upgrade-02',
			'day',
			'249.95',
			'599.95',
			'2016-05-01',
			'2016-06-01',
			'2016-05-05',
			'-217.70',
			'522.54',
			'304.84'
		],
		[
			'stripe-01',
			'second',
			'10.00',
			'20.00',
			'2026-11-01',
			'2026-12-01',
			'2026-11-16',
			'-5.00',
			'10.00',
			'5.00'
		],
		[
			'second-vs-day-01',
			'second',
			'10.00',
			'20.00',
			'2024-01-01',
			'2024-02-01',
			'2024-01-16T12:00:00Z',
			'-5.00',
			'10.00',
			'5.00'
		],
		[
			'second-vs-day-01',
			'day',
			'10.00',
			'20.00',
			'2024-01-01',
			'2024-02-01',
			'2024-01-16T12:00:00Z',
			'-5.16',
			'10.32',
			'5.16'
		],
		[
			'second-vs-day-03',
			'second',
			'1500.00',
			'4500.00',
			'2024-02-01',
			'2024-03-01',
			'2024-02-29T23:59:59Z',
			'0.00',
			'0.00',
			'0.00'
		],
		[
			'second-vs-day-03',
			'day',
			'1500.00',
			'4500.00',
			'2024-02-01',
			'2024-03-01',
			'2024-02-29T23:59:59Z',
			'-51.72',
			'155.17',
			'103.45'
		],
		[
			'pages-01',
			'day',
			'99.00',
			'249.00',
			'2026-11-01',
			'2026-12-01',
			'2026-11-13',
			'-59.40',
			'149.40',
			'90.00'
		]
	] as const)(
		'%s by %s: from %s to %s, in %s to %s, on %s',
		(_id, mode, old, now, start, end, day, credit, charge, net) => {
			const { lines, netMinor } = prorate(
				change({
					mode,
					from: { amount: old },
					to: { amount: now },
					period: { start, end },
					at: at(day)
				})
			);
			expect(lines.map(({ amountMinor }) => major(amountMinor, 'USD'))).toEqual([credit, charge]);
			expect(major(netMinor, 'USD')).toBe(net);
		}
	);

	it('takes the day of the change in the zone', () => {
		const evening = { at: new Date('2026-11-15T21:00:00Z'), to: { amount: '30' } };
		const inNairobi = prorate(change({ ...evening, zone: 'Africa/Nairobi' }));
		expect(inNairobi).toMatchObject({ changedOn: '2026-11-16', lines: [{ units: 15 }] });
		const inUtc = prorate(change({ ...evening, zone: 'UTC' }));
		expect(inUtc).toMatchObject({ changedOn: '2026-11-15', lines: [{ units: 16 }] });
	});

	it('counts the seconds of days on which the clocks change', () => {
		const { lines } = prorate(
			change({
				mode: 'second',
				zone: 'Europe/Paris',
				period: { start: '2026-03-01', end: '2026-04-01' },
				at: new Date('2026-02-28T23:00:00Z'),
				to: { amount: '1' }
			})
		);
		expect(lines).toMatchObject([{ units: 31 * 86_400 - 3_600, of: 31 * 86_400 - 3_600 }]);
	});

	it('kb-invalid-02: is refused before its period', () => {
		expect(() => prorate(change({ at: at('2026-10-31') }))).toThrow('not in the period');
	});
});

describe('periods from an anchor', () => {
	/** Periods and parts of periods of a service until a day, as `14/92`. */
	function cycles(anchorOn: string, interval: Interval, start: string, end: string): string[] {
		const parts: string[] = [];
		for (let day = start; day < end;) {
			const period = periodOf(anchorOn, day, interval);
			const until = period.end < end ? period.end : end;
			const days = daysBetween(day, until);
			const whole = daysBetween(period.start, period.end);
			parts.push(days === whole ? '1' : `${days}/${whole}`);
			day = until;
		}
		return parts;
	}

	it.each([
		['kb-cycles-09', '2012-02-15', 'month', '2012-02-15', '2012-04-15', ['1', '1']],
		['kb-cycles-11', '2010-12-15', 'month', '2010-12-15', '2011-02-15', ['1', '1']],
		['kb-cycles-12', '2011-02-07', 'month', '2011-02-07', '2011-02-15', ['8/28']],
		['kb-cycles-13', '2011-02-07', 'month', '2011-02-07', '2011-03-10', ['1', '3/31']],
		['kb-cycles-14', '2011-01-15', 'month', '2011-03-10', '2011-05-15', ['5/28', '1', '1']],
		['kb-cycles-17', '2010-10-15', 'quarter', '2011-01-01', '2011-01-15', ['14/92']],
		['kb-cycles-18', '2010-10-15', 'quarter', '2011-01-01', '2011-04-27', ['14/92', '1', '12/91']],
		['kb-cycles-19', '2010-11-13', 'quarter', '2011-02-01', '2011-02-13', ['12/92']],
		['kb-cycles-20', '2010-01-15', 'year', '2011-01-01', '2012-01-27', ['14/365', '1', '12/366']],
		['kb-cycles-22', '2010-01-15', 'year', '2011-01-31', '2012-01-15', ['349/365']]
	] as const)(
		'%s: anchored on %s, by the %s, %s to %s is %j',
		(_id, anchor, interval, start, end, parts) => {
			expect(cycles(anchor, interval, start, end)).toEqual(parts);
		}
	);

	it.each([
		['anchor-01', '2022-01-31', 'month', '2022-02-18', ['2022-02-28']],
		[
			'anchor-09',
			'2011-01-31',
			'month',
			'2011-01-31',
			[
				'2011-02-28',
				'2011-03-31',
				'2011-04-30',
				'2011-05-31',
				'2011-06-30',
				'2011-07-31',
				'2011-08-31',
				'2011-09-30',
				'2011-10-31',
				'2011-11-30',
				'2011-12-31',
				'2012-01-31'
			]
		],
		['anchor-12', '2024-01-31', 'month', '2024-01-31', ['2024-02-29', '2024-03-31', '2024-04-30']],
		['lago-dates-02', '2021-03-31', 'month', '2021-03-31', ['2021-04-30', '2021-05-31']],
		['every day', '2026-02-27', 'day', '2026-02-27', ['2026-02-28', '2026-03-01']],
		['every week', '2026-11-04', 'week', '2026-11-09', ['2026-11-11', '2026-11-18']],
		[
			'every quarter',
			'2025-11-30',
			'quarter',
			'2025-11-30',
			['2026-02-28', '2026-05-30', '2026-08-30']
		],
		[
			'every year',
			'2024-02-29',
			'year',
			'2024-02-29',
			['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']
		]
	] as const)(
		'%s: anchored on %s, by the %s, after %s come %j',
		(_id, anchor, interval, day, days) => {
			const found: string[] = [];
			for (let last: string = day; found.length < days.length; found.push(last))
				last = boundaryAfter(anchor, last, interval);
			expect(found).toEqual(days);
		}
	);

	it('anchor-om-03: a day is in the period that began before it', () => {
		expect(periodOf('2025-01-30', '2025-02-13')).toEqual({
			start: '2025-01-30',
			end: '2025-02-28'
		});
		expect(periodOf('2025-01-30', '2025-02-28')).toEqual({
			start: '2025-02-28',
			end: '2025-03-30'
		});
		expect(() => periodOf('2025-01-30', '2025-01-29')).toThrow(RangeError);
	});

	it.each([
		['anchor-tz-02', 'Pacific/Honolulu', '2012-07-16'],
		['anchor-tz-03', 'Europe/Paris', '2012-07-16'],
		['anchor-tz-04', 'Africa/Nairobi', '2012-07-17']
	])('%s: the anchor is the day in %s', (_id, zone, day) => {
		expect(civilDate(new Date('2012-07-16T21:17:03Z'), zone)).toBe(day);
	});
});

describe('a part of a whole', () => {
	it.each([
		['1000', 10, 30, 'KES', '333.333333333333', 33_333n],
		['1000', 20, 30, 'KES', '666.666666666667', 66_667n],
		['1000', 30, 30, 'KES', '1000', 100_000n],
		['0.05', 1, 10, 'KES', '0.005', 1n],
		['1000', 1, 3, 'UGX', '333.333333333333', 333n],
		['0', 1, 3, 'KES', '0', 0n]
	])('of %s, %d of %d in %s is %s', (amount, units, of, currency, exactAmount, amountMinor) => {
		expect(portion(amount, units, of, currency)).toEqual({ exactAmount, amountMinor });
	});
});
