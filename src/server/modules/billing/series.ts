import * as v from 'valibot';
import { Conflict } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/** Papers are numbered in series of the vendor's. */
export type Series = 'invoices' | 'debit-notes' | 'credit-notes' | 'receipts';

export interface TakenNumber {
	series: Series;
	sequence: number;
	/** As printed: `INV-2026-0387`. */
	number: string;
}

/**
 * Lets the invoices go on from a number, for a vendor whose earlier ones were issued elsewhere.
 * @throws Conflict `number_used` for a number that the series has passed
 */
export const setNextInvoiceNumber = usecase(
	'billing.manage',
	v.object({ next: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999_999)) }),
	async ({ db }, { next }) => {
		const { numUpdatedRows } = await db
			.updateTable('billing.series')
			.set({ next })
			.where('slug', '=', 'invoices')
			.where('next', '<=', next)
			.executeTakeFirst();
		if (numUpdatedRows === 0n)
			throw new Conflict('number_used', `The series of invoices has passed ${next} already.`);
	}
);

/**
 * Takes the next numbers of a series, one for each day given, in their order: `INV-2026-0387`. The year is the
 * day's, the count goes on over the years. Others wait for them until the scope's transaction ends, and get
 * them when that is rolled back: numbers have no gaps, and whoever takes them does so late.
 */
export async function takeNumbers(
	{ db }: Scope,
	series: Series,
	issuedOn: readonly string[]
): Promise<TakenNumber[]> {
	if (issuedOn.length === 0) return [];
	const taken = await db
		.updateTable('billing.series')
		.set((eb) => ({ next: eb('next', '+', issuedOn.length) }))
		.where('slug', '=', series)
		.returning(['prefix', 'next'])
		.executeTakeFirstOrThrow();
	const first = taken.next - issuedOn.length;
	return issuedOn.map((day, index) => {
		const sequence = first + index;
		const count = String(sequence).padStart(4, '0');
		return { series, sequence, number: `${taken.prefix}-${day.slice(0, 4)}-${count}` };
	});
}
