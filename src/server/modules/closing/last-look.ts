import type { Scope } from '../../platform/scope.ts';
import type { Agreement } from '../billing/index.ts';
import { readOpenUntil } from './billed-usage.ts';
import type { Course } from './course.ts';
import { finalOn } from './late-usage.ts';

/** Whether no period runs whose end would bring its late use on an invoice: it ended, is paused, or waits for its money. */
export function restsNow({ status }: Agreement): boolean {
	return status === 'ended' || status === 'paused' || status === 'suspended';
}

/**
 * Where nothing follows that late use could come on, it is looked for once more on the day from which nothing can
 * come any more: so it has a last invoice of its own.
 */
export async function planLastLooks<W extends { course: Course }>(
	scope: Scope,
	works: readonly W[]
): Promise<W[]> {
	const resting = works.map(({ course }) => course.after).filter(restsNow);
	const openUntil = await readOpenUntil(scope, resting);
	return works.map((work) => {
		const { after } = work.course;
		const until = openUntil.get(after.id);
		if (until === undefined) return work;
		const look = finalOn(until);
		// Another thing is to be done before: then it is looked at with that.
		if (after.closesOn !== null && after.closesOn <= look) return work;
		return { ...work, course: { ...work.course, after: { ...after, closesOn: look } } };
	});
}
