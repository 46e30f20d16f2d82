import * as v from 'valibot';
import { Conflict } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

const tickets = 'tickets';

/**
 * Lets the tickets go on from a number, for a vendor whose earlier ones were answered elsewhere.
 * @throws Conflict `number_used`
 */
export const setNextTicketNumber = usecase(
	'ticket.manage',
	v.object({ next: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999_999)) }),
	async ({ db }, { next }) => {
		const { numUpdatedRows } = await db
			.updateTable('support.series')
			.set({ next })
			.where('slug', '=', tickets)
			.where('next', '<=', next)
			.executeTakeFirst();
		if (numUpdatedRows === 0n)
			throw new Conflict('number_used', `The series of tickets has passed ${next} already.`);
	}
);

export async function takeTicketNumber({ db }: Scope): Promise<string> {
	const taken = await db
		.updateTable('support.series')
		.set((eb) => ({ next: eb('next', '+', 1) }))
		.where('slug', '=', tickets)
		.returning(['prefix', 'next'])
		.executeTakeFirstOrThrow();
	return `${taken.prefix}-${taken.next - 1}`;
}
