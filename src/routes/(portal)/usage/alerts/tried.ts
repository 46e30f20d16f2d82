import { issueOf, type Returned } from '../../parts/refusal.ts';

/** What the fields of an alert's form say. */
export interface Chosen {
	target?: string | undefined;
	limitOf: string;
	limit: string;
	period: string;
	marks: readonly number[];
	people: readonly string[];
	channels: readonly string[];
	action: string;
}

export interface Tried {
	chosen: Chosen;
	errors: Partial<Record<AlertPath, string | undefined>>;
}

/** The fields in which an alert can be refused. */
const paths = ['limit', 'period', 'marks', 'people', 'channels', 'action'] as const;
type AlertPath = (typeof paths)[number];

/** What a new alert's form says before anything is chosen. */
export const untouched: Chosen = {
	limitOf: 'number',
	limit: '',
	period: 'month',
	marks: [75, 100],
	people: [],
	channels: ['bell', 'mail'],
	action: 'notify'
};

/** Which form of the page a refused try was about: an alert's id, or `new`. */
export function refusedRow(refusal: Returned): string | null {
	return refusal && 'target' in refusal.values ? (refusal.values['row'] ?? 'new') : null;
}

/** What was typed in a refused try and why it was refused, where it was about this form. */
export function triedIn(refusal: Returned, row: string): Tried | null {
	if (!refusal || refusedRow(refusal) !== row) return null;
	const { values } = refusal;
	const named = (prefix: string): string[] =>
		Object.keys(values).flatMap((name) =>
			name.startsWith(prefix) ? [name.slice(prefix.length)] : []
		);
	return {
		chosen: {
			target: values['target'],
			limitOf: values['limitOf'] ?? 'number',
			limit: values['limit'] ?? '',
			period: values['period'] ?? 'month',
			marks: named('mark-').map(Number),
			people: named('person-'),
			channels: named('channel-'),
			action: values['then'] ?? 'notify'
		},
		errors: {
			limit: issueOf(refusal, 'limit'),
			period: issueOf(refusal, 'period'),
			marks: issueOf(refusal, 'marks'),
			people: issueOf(refusal, 'people'),
			channels: issueOf(refusal, 'channels'),
			action: issueOf(refusal, 'action')
		}
	};
}

/** Where in the page a refused field of an alert stands. */
export function alertField(refusal: Returned, path: string): { field?: string } {
	const row = refusedRow(refusal);
	return row !== null && paths.some((known) => known === path) ? { field: `${path}-${row}` } : {};
}
