import * as v from 'valibot';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

export interface ClosingSettings {
	/** Hours after the end of a period in which its last events may still come before it is billed. */
	graceHours: number;
	/** Since when closing waits to be let go again; null when it does not. */
	heldAt: Date | null;
	/** When something was closed last. */
	closedAt: Date | null;
}

export const readClosingSettings = usecase(
	'closing.read',
	v.object({}),
	async ({ db }): Promise<ClosingSettings> =>
		db
			.selectFrom('closing.settings')
			.select(['grace_hours as graceHours', 'held_at as heldAt', 'closed_at as closedAt'])
			.executeTakeFirstOrThrow()
);

/** How long events are waited for. */
export const saveGraceHours = usecase(
	'closing.run',
	v.object({
		hours: v.pipe(
			v.number('Write a number of hours.'),
			v.integer('Write whole hours.'),
			v.minValue(0, 'Give no hours or more.'),
			v.maxValue(72, 'Give at most 72 hours.')
		)
	}),
	async ({ db }, { hours }): Promise<void> => {
		await db.updateTable('closing.settings').set({ grace_hours: hours }).execute();
	}
);

/**
 * Lets closing wait until it is let go again: while a past is being told whose periods are billed by whoever tells
 * it, or while an operator wants no invoices to go out. Nothing is lost: what fell due meanwhile is closed then.
 */
export const holdClosing = usecase('closing.run', v.object({}), async ({ db, now }) => {
	await db
		.updateTable('closing.settings')
		.set({ held_at: now })
		.where('held_at', 'is', null)
		.execute();
});

export const releaseClosing = usecase('closing.run', v.object({}), async ({ db }) => {
	await db.updateTable('closing.settings').set({ held_at: null }).execute();
});

export async function noteClosed({ db, now }: Scope): Promise<void> {
	await db.updateTable('closing.settings').set({ closed_at: now }).execute();
}
