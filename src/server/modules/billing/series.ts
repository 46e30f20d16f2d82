import * as v from 'valibot';
import { Conflict } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

const invoices = 'invoices';

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
			.where('slug', '=', invoices)
			.where('next', '<=', next)
			.executeTakeFirst();
		if (numUpdatedRows === 0n)
			throw new Conflict('number_used', `The series of invoices has passed ${next} already.`);
	}
);

/**
 * Takes the next number, such as `INV-2026-0387`: the year is the date's, the count goes on over the
 * years. Others wait for it until the scope's transaction ends, and get it when that is rolled back.
 */
export async function takeInvoiceNumber(
	{ db }: Scope,
	issuedOn: string
): Promise<{ series: string; sequence: number; number: string }> {
	const taken = await db
		.updateTable('billing.series')
		.set((eb) => ({ next: eb('next', '+', 1) }))
		.where('slug', '=', invoices)
		.returning(['prefix', 'next'])
		.executeTakeFirstOrThrow();
	const sequence = taken.next - 1;
	const count = String(sequence).padStart(4, '0');
	return {
		series: invoices,
		sequence,
		number: `${taken.prefix}-${issuedOn.slice(0, 4)}-${count}`
	};
}
