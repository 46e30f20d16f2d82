import { describe, expect, it } from 'vitest';
import { allocateMoney, type Named, type OpenInvoice } from './allocation.ts';

const invoice = (
	id: string,
	leftMinor: bigint,
	dueOn = '2026-11-30',
	sequence = 1
): OpenInvoice => ({
	id,
	dueOn,
	sequence,
	leftMinor
});
const november = invoice('november', 1_000n, '2026-11-30', 2);
const october = invoice('october', 500n, '2026-10-31', 1);
const alsoNovember = invoice('also-november', 300n, '2026-11-30', 3);
const open = [november, alsoNovember, october];

const told = (amount: bigint, named: Named[] = [], others = true, of = open) => {
	const { allocations, restMinor } = allocateMoney(amount, of, named, others);
	return [
		...allocations.map(({ invoiceId, amountMinor }) => [invoiceId, amountMinor]),
		['rest', restMinor]
	];
};

describe('money counts', () => {
	it.each<[string, bigint, Named[], boolean, (string | bigint)[][]]>([
		[
			'towards what is due first',
			400n,
			[],
			true,
			[
				['october', 400n],
				['rest', 0n]
			]
		],
		[
			'towards the earlier of those due on a day',
			1_600n,
			[],
			true,
			[
				['october', 500n],
				['november', 1_000n],
				['also-november', 100n],
				['rest', 0n]
			]
		],
		[
			'as credit beyond all that is owed',
			2_000n,
			[],
			true,
			[
				['october', 500n],
				['november', 1_000n],
				['also-november', 300n],
				['rest', 200n]
			]
		],
		[
			'towards what is named first',
			1_100n,
			[{ invoiceId: 'november' }],
			true,
			[
				['november', 1_000n],
				['october', 100n],
				['rest', 0n]
			]
		],
		[
			'towards several that are named, in their order',
			400n,
			[{ invoiceId: 'also-november' }, { invoiceId: 'november' }],
			true,
			[
				['also-november', 300n],
				['november', 100n],
				['rest', 0n]
			]
		],
		[
			'no further than an amount that is named, before the others',
			600n,
			[{ invoiceId: 'november', amountMinor: 50n }],
			true,
			[
				['november', 100n],
				['october', 500n],
				['rest', 0n]
			]
		],
		[
			'towards nothing else where nothing else is meant',
			1_100n,
			[{ invoiceId: 'november' }],
			false,
			[
				['november', 1_000n],
				['rest', 100n]
			]
		],
		['towards nothing where it stays on account', 700n, [], false, [['rest', 700n]]],
		['towards nothing that is not open', 700n, [{ invoiceId: 'paid' }], false, [['rest', 700n]]]
	])('%s', (_, amount, named, others, expected) => {
		expect(told(amount, named, others)).toEqual(expected);
	});

	it('as credit where nothing is owed', () => {
		expect(told(5n, [], true, [])).toEqual([['rest', 5n]]);
	});

	it('to the last of fifteen digits', () => {
		const great = invoice('great', 999_999_999_999_998n);
		expect(told(999_999_999_999_999n, [], true, [great])).toEqual([
			['great', 999_999_999_999_998n],
			['rest', 1n]
		]);
	});
});

/** Numbers that look random and are the same in every run (mulberry32). */
function dice(seed: number): (sides: number) => number {
	let state = seed;
	return (sides) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
	};
}

describe('any money', () => {
	it('is neither lost nor made, pays nothing twice, and leaves credit only when all is paid', () => {
		const roll = dice(55);
		let withCredit = 0;
		let parted = 0;
		for (let round = 0; round < 2_000; round++) {
			const some = Array.from({ length: roll(6) }, (_, place) =>
				invoice(`inv-${place}`, BigInt(1 + roll(900)), `2026-11-${10 + roll(4)}`, place)
			);
			const named = some
				.filter(() => roll(3) === 0)
				.map(({ id }) => ({
					invoiceId: id,
					...(roll(2) === 0 ? { amountMinor: BigInt(1 + roll(900)) } : {})
				}));
			const amount = BigInt(1 + roll(3_000));
			const { allocations, restMinor } = allocateMoney(amount, some, named);
			const sum = allocations.reduce((all, { amountMinor }) => all + amountMinor, restMinor);
			expect(sum).toBe(amount);
			expect(restMinor).toBeGreaterThanOrEqual(0n);
			expect(new Set(allocations.map(({ invoiceId }) => invoiceId)).size).toBe(allocations.length);
			const left = new Map(some.map(({ id, leftMinor }) => [id, leftMinor]));
			for (const { invoiceId, amountMinor } of allocations) {
				expect(amountMinor).toBeGreaterThan(0n);
				left.set(invoiceId, (left.get(invoiceId) ?? 0n) - amountMinor);
			}
			for (const rest of left.values()) expect(rest).toBeGreaterThanOrEqual(0n);
			if (restMinor > 0n) {
				withCredit++;
				expect([...left.values()].every((rest) => rest === 0n)).toBe(true);
			}
			// Of those that nobody named, none is begun before an earlier one is paid.
			const names = new Set(named.map(({ invoiceId }) => invoiceId));
			const order = some
				.filter(({ id }) => !names.has(id))
				.sort((one, other) => one.dueOn.localeCompare(other.dueOn) || one.sequence - other.sequence)
				.map(({ id, leftMinor }) => ({ id, paid: leftMinor - (left.get(id) ?? 0n), leftMinor }));
			order.forEach(({ paid, leftMinor }, place) => {
				if (paid > 0n && paid < leftMinor) parted++;
				if (paid < leftMinor)
					for (const later of order.slice(place + 1)) expect(later.paid).toBe(0n);
			});
		}
		expect(withCredit).toBeGreaterThan(100);
		expect(parted).toBeGreaterThan(100);
	});
});
