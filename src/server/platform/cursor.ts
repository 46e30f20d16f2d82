import * as v from 'valibot';
import { idPattern, type Prefix } from './ids.ts';
import { CivilDate } from './schemas.ts';

/** Where a page of a list ordered by time, newest first, left off. */
export interface Cursor {
	at: Date;
	id: string;
}

/** As it stands in an address: `1795597200000.act_06ebk3w5…`. */
export function cursorText({ at, id }: Cursor): string {
	return `${at.getTime()}.${id}`;
}

/** Takes a cursor of rows of this kind from an address. */
export function CursorOf(prefix: Prefix) {
	return v.pipe(
		v.string(),
		v.rawTransform<string, Cursor>(({ dataset, addIssue, NEVER }) => {
			const [, time = '', id = ''] = /^(\d{1,15})\.(.+)$/.exec(dataset.value) ?? [];
			if (!idPattern(prefix).test(id)) {
				addIssue({ message: 'This is not where a page left off.' });
				return NEVER;
			}
			return { at: new Date(Number(time)), id };
		})
	);
}

/** Whether a text is where a list by days left off: `2026-11-30.12`, the day and what tells its rows apart. */
export function isDayPlace(text: string, row: RegExp): boolean {
	const dot = text.indexOf('.');
	return v.is(CivilDate, text.slice(0, dot)) && row.test(text.slice(dot + 1));
}

/**
 * Cuts rows that were asked for with one more than the page holds.
 * @returns the page, and the cursor behind its last row; null at the end of the list
 */
export function cutPage<T extends { id: string }>(
	rows: T[],
	limit: number,
	at: (row: T) => Date
): { page: T[]; next: string | null } {
	const page = rows.slice(0, limit);
	const last = page.at(-1);
	return {
		page,
		next: rows.length > limit && last ? cursorText({ at: at(last), id: last.id }) : null
	};
}

export const PageSize = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));
