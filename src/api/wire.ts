import * as v from 'valibot';
import { readTime } from './cloudevents/time.ts';

/** A moment in an answer. */
export const Moment = (what: string) =>
	v.pipe(v.string(), v.metadata({ format: 'date-time' }), v.description(what));

/** A moment in an address, as RFC 3339 writes it. */
export const Instant = v.pipe(
	v.string(),
	v.rawTransform<string, Date>(({ dataset, addIssue, NEVER }) => {
		const at = readTime(dataset.value);
		if (at === null) {
			addIssue({ message: 'Write a moment as 2026-11-25T09:00:00Z.' });
			return NEVER;
		}
		return new Date(at);
	})
);

export const Count = v.pipe(v.number(), v.integer());
