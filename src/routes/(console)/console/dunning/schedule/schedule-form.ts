import type { Action, Schedule, Step } from '#server/modules/dunning/index.ts';

/** A row of the form; one without an action is empty, and one that is emptied is gone. */
export interface ScheduleRow {
	slug: string;
	action: string;
	day: string;
}

/** Rows for further steps. */
const further = 3;
const most = 20;

export function rowsOf({ steps }: Pick<Schedule, 'steps'>): ScheduleRow[] {
	const rows = steps.map(({ slug, action, day }) => ({ slug, action, day: String(day) }));
	const empty = Math.min(further, most - rows.length);
	return [...rows, ...Array.from({ length: empty }, () => ({ slug: '', action: '', day: '' }))];
}

/** The rows that were sent. */
export function sentRows(value: (name: string) => string): ScheduleRow[] {
	return Array.from({ length: most }, (_, index) => ({
		slug: value(`slug-${index}`),
		action: value(`action-${index}`),
		day: value(`day-${index}`).trim()
	}));
}

/** The steps that they say, and which row each is from. A new step is named after what it does and when. */
export function stepsOf(rows: readonly ScheduleRow[]): { steps: Step[]; places: number[] } {
	const steps: Step[] = [];
	const places: number[] = [];
	const names = new Set(rows.map(({ slug }) => slug));
	rows.forEach(({ slug, action, day }, place) => {
		if (action === '') return;
		steps.push({
			slug: slug || nameFor(action, day, names),
			// What is none of these, the schema refuses.
			action: action as Action,
			day: /^[+-]?\d{1,4}$/.test(day) ? Number(day) : NaN
		});
		places.push(place);
	});
	return { steps, places };
}

function nameFor(action: string, day: string, names: Set<string>): string {
	const base = `${action}_${day.replace('-', 'before_').replace(/\W/g, '')}`.slice(0, 25);
	for (let count = 1; ; count++) {
		const name = count === 1 ? base : `${base}_${count}`;
		if (names.has(name)) continue;
		names.add(name);
		return name;
	}
}

/** `steps.1.day` is the field `day-4`, where the second step is from the fifth row. */
export function toField<T extends { path: string }>(issue: T, places: readonly number[]): T {
	const [, index, what] = /^steps\.(\d+)\.(\w+)/.exec(issue.path) ?? [];
	const place = places[Number(index)];
	if (index === undefined || place === undefined) return issue;
	return { ...issue, path: `${what === 'slug' ? 'action' : (what ?? '')}-${place}` };
}
