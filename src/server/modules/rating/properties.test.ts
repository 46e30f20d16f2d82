import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { allocate, discount } from './allocation.ts';
import { lineMinor } from './currencies.ts';
import { decimal, decimalText, exact, plus, shifted, sumOf, fromWhole } from './decimal.ts';
import { boundaryAfter, daysAfter, daysBetween, intervals, periodOf } from './periods.ts';
import { Price } from './price.ts';
import { prorate, type Change } from './proration.ts';
import { rate } from './rate.ts';
import { addUp, netOf } from './taxes.ts';

/** Numbers that look like chance and are the same each time (mulberry32). */
function chance(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** What can come by chance. */
function draw(random: () => number) {
	const whole = (below: number): number => Math.floor(random() * below);
	const text = (below: number, digits: number): string =>
		decimalText(shifted(fromWhole(whole(below * 10 ** digits)), -digits));
	const tiers = () => {
		const count = 1 + whole(4);
		let end = 0;
		return Array.from({ length: count }, (_, index) => ({
			up_to: index === count - 1 ? null : String((end += 1 + whole(50))),
			unit_amount: text(20, 4),
			flat_amount: random() < 0.5 ? '0' : text(100, 2)
		}));
	};
	const day = (): string => daysAfter('2023-06-01', whole(1500));
	return { whole, text, tiers, day };
}

type Draw = ReturnType<typeof draw>;

/** Holds a property against three hundred drawings, and tells the seed of one that it does not hold for. */
function holds(property: (draw: Draw) => void): void {
	for (let seed = 1; seed <= 300; seed++) {
		try {
			property(draw(chance(seed)));
		} catch (error) {
			throw new Error(`It does not hold for seed ${seed}.`, { cause: error });
		}
	}
}

const costOf = (price: Price, quantity: string) => exact(rate(price, { quantity }).amount);

function rising({ text, tiers, whole }: Draw): Price {
	const models: v.InferInput<typeof Price>[] = [
		{ model: 'flat', amount: text(100, 2) },
		{ model: 'per_unit', unit_amount: text(100, 4), included: text(20, 1) },
		{ model: 'graduated', tiers: tiers() },
		{ model: 'package', package_size: String(1 + whole(30)), package_amount: text(100, 2) },
		{
			model: 'graduated',
			tiers: tiers(),
			transform: { divide_by: String(1 + whole(9)), round: 'up' },
			minimum_spend: text(50, 2),
			maximum_spend: String(50 + whole(500))
		}
	];
	return v.parse(Price, models[whole(models.length)]);
}

describe('a rating', () => {
	it('never falls when more is used, but for volumes', () => {
		holds((draw) => {
			const price = rising(draw);
			const less = draw.text(200, 2);
			const more = decimalText(plus(decimal(less), decimal(draw.text(100, 2))));
			expect(costOf(price, more).gte(costOf(price, less))).toBe(true);
		});
	});

	it('of a volume may fall where a tier begins', () => {
		const tiers = [
			{ up_to: '10', unit_amount: '2' },
			{ up_to: null, unit_amount: '1' }
		];
		const price = v.parse(Price, { model: 'volume', tiers });
		expect(costOf(price, '11').lt(costOf(price, '10'))).toBe(true);
	});

	it('is the sum of its steps', () => {
		holds((draw) => {
			const { amount, steps } = rate(rising(draw), { quantity: draw.text(300, 3) });
			expect(decimalText(sumOf(steps.map((step) => exact(step.amount))))).toBe(amount);
		});
	});

	it('per unit is the same in one piece and in two', () => {
		holds(({ text }) => {
			const price = v.parse(Price, { model: 'per_unit', unit_amount: text(100, 6) });
			const [one, other] = [text(1000, 3), text(1000, 3)];
			const both = decimalText(plus(decimal(one), decimal(other)));
			expect(costOf(price, both).eq(plus(costOf(price, one), costOf(price, other)))).toBe(true);
		});
	});

	it('of graduated tiers is the sum of what each next piece adds', () => {
		holds(({ text, tiers, whole }) => {
			const price = v.parse(Price, { model: 'graduated', tiers: tiers() });
			let used = decimal('0');
			let paid = costOf(price, '0');
			for (let piece = 0; piece < 1 + whole(5); piece++) {
				const before = costOf(price, decimalText(used));
				used = plus(used, decimal(text(60, 2)));
				paid = plus(paid, costOf(price, decimalText(used)).minus(before));
			}
			expect(paid.eq(costOf(price, decimalText(used)))).toBe(true);
			// Each piece in the tier that it lies in, by the steps: nothing is counted twice or left out.
			const { steps } = rate(price, { quantity: decimalText(used) });
			expect(sumOf(steps.map((step) => exact(step.quantity ?? '0'))).eq(used)).toBe(true);
		});
	});

	it('is rounded by at most half a minor unit, and a credit like its charge', () => {
		holds(({ text }) => {
			const amount = text(100_000, 5);
			const minor = lineMinor(amount, 'KES');
			const off = fromWhole(minor)
				.minus(shifted(exact(amount), 2))
				.abs();
			expect(off.lte(decimal('0.5'))).toBe(true);
			if (minor !== 0n) expect(lineMinor(`-${amount}`, 'KES')).toBe(-minor);
		});
	});
});

describe('an allocation', () => {
	it('sums to what was spread, each part within one unit of its share', () => {
		holds(({ whole }) => {
			const weights = Array.from({ length: 1 + whole(8) }, () => BigInt(1 + whole(10_000)));
			const total = BigInt(whole(1_000_000));
			const all = weights.reduce((sum, weight) => sum + weight, 0n);
			const parts = allocate(total, weights);
			expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
			for (const [index, part] of parts.entries()) {
				const off = part * all - total * (weights[index] ?? 0n);
				expect(off > -all && off < all).toBe(true);
			}
		});
	});

	it('of a discount never takes more from a line than it comes to', () => {
		holds(({ whole }) => {
			const amounts = Array.from({ length: 1 + whole(6) }, () => BigInt(whole(500) - 50));
			const { sharesMinor } = discount(amounts, { amountMinor: BigInt(whole(3000)) });
			for (const [index, share] of sharesMinor.entries()) {
				const amount = amounts[index] ?? 0n;
				expect(share >= 0n && share <= (amount > 0n ? amount : 0n)).toBe(true);
			}
		});
	});

	it('of a period over its parts never changes its sum', () => {
		holds(({ whole, day }) => {
			const { start, end } = periodOf('2023-01-31', day());
			const cut = 1 + whole(daysBetween(start, end) - 1);
			const parts = [cut, daysBetween(start, end) - cut].map(BigInt);
			const total = BigInt(whole(10_000_000));
			expect(allocate(total, parts).reduce((sum, part) => sum + part, 0n)).toBe(total);
		});
	});
});

describe('a proration', () => {
	const zone = 'Africa/Nairobi';
	const onDay = (day: string): Date => new Date(`${day}T09:00:00Z`);

	it('gives every day to the old or to the new, whatever the day of the change', () => {
		holds(({ whole, day }) => {
			const interval = intervals[whole(intervals.length)] ?? 'month';
			const period = periodOf('2023-01-31', day(), interval);
			for (let days = 0; days < Math.min(40, daysBetween(period.start, period.end)); days++) {
				const changed = daysAfter(period.start, days);
				const { changedOn, lines } = prorate({
					period,
					at: onDay(changed),
					zone,
					mode: 'day',
					currency: 'KES',
					from: null,
					to: { amount: '1' }
				});
				const old = daysBetween(period.start, changedOn);
				expect(old + (lines[0]?.units ?? 0)).toBe(daysBetween(period.start, period.end));
			}
		});
	});

	const drawn = ({ day, text, whole }: Draw): Change => {
		const period = periodOf('2023-01-31', day());
		const days = whole(daysBetween(period.start, period.end));
		const amount = text(100_000, 2);
		return {
			period,
			at: new Date(onDay(daysAfter(period.start, days)).getTime() + whole(40_000_000)),
			zone,
			mode: whole(2) === 0 ? 'day' : 'second',
			currency: 'KES',
			from: { amount },
			to: { amount }
		};
	};

	it('to the same amount comes to nothing, so that kept and charged make the period', () => {
		holds((draw) => {
			const change = drawn(draw);
			const { lines, netMinor } = prorate(change);
			expect(netMinor).toBe(0n);
			const [credit, charge] = lines;
			if (!credit || !charge) return;
			const billed = lineMinor(change.from?.amount ?? '0', 'KES');
			const kept = billed + credit.amountMinor;
			expect(kept >= 0n && kept <= billed).toBe(true);
			expect(kept + charge.amountMinor).toBe(billed);
		});
	});

	it('never credits more than was billed and not yet credited', () => {
		holds((draw) => {
			const change = drawn(draw);
			const amount = change.from?.amount ?? '0';
			const billed = lineMinor(amount, 'KES');
			const credited = (billed * BigInt(draw.whole(101))) / 100n;
			const from = { amount, credited: decimalText(shifted(fromWhole(credited), -2)) };
			const [credit] = prorate({ ...change, from, to: null }).lines;
			const left = -(credit?.amountMinor ?? 0n);
			expect(left >= 0n && left <= billed - credited).toBe(true);
		});
	});
});

describe('periods', () => {
	it('follow each other without a gap, each holding its days', () => {
		holds(({ whole, day }) => {
			const interval = intervals[whole(intervals.length)] ?? 'month';
			const anchor = daysAfter('2022-01-01', whole(500));
			const at = day();
			const { start, end } = periodOf(anchor, at, interval);
			expect(start <= at && at < end).toBe(true);
			expect(boundaryAfter(anchor, at, interval)).toBe(end);
			expect(periodOf(anchor, end, interval).start).toBe(end);
			if (start > anchor) expect(periodOf(anchor, daysAfter(start, -1), interval).end).toBe(start);
		});
	});
});

describe('tax', () => {
	it('adds up: what is printed comes to the total, inside and on top', () => {
		holds(({ whole }) => {
			const rates = ['16', '8', '0', '23.33'];
			const lines = Array.from({ length: 1 + whole(6) }, () => ({
				amountMinor: BigInt(whole(100_000) - 20_000),
				taxRate: rates[whole(rates.length)] ?? '16'
			}));
			const asked = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
			expect(addUp(lines, 'inclusive').totalMinor).toBe(asked);
			expect(addUp(lines).subtotalMinor).toBe(asked);
			for (const { amountMinor, taxRate } of lines)
				expect(netOf(-amountMinor, taxRate)).toBe(-netOf(amountMinor, taxRate));
		});
	});
});
