const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** How long after each failed try the next one follows: more than three days in all. */
export const pauses: readonly number[] = [
	5 * seconds,
	5 * minutes,
	30 * minutes,
	2 * hours,
	5 * hours,
	10 * hours,
	14 * hours,
	20 * hours,
	24 * hours
];

/** At most this share of a pause is added to it, so that many messages do not come back together. */
const jitter = 0.1;

/**
 * When a message is tried again.
 * @param failures the tries of the schedule that have failed, the last one included; 1 or more
 * @param retryAfter what the product asked for: it can put a try off until the pause after it, and not hurry it
 * @returns null when there is no further try
 */
export function nextTry(
	failures: number,
	now: Date,
	{
		retryAfter = null,
		chance = Math.random()
	}: { retryAfter?: string | null; chance?: number } = {}
): Date | null {
	const pause = pauses[failures - 1];
	if (pause === undefined) return null;
	const most = pauses[failures] ?? pause;
	const asked = Math.min(waitAsked(retryAfter, now), most);
	return new Date(now.getTime() + Math.max(pause * (1 + jitter * chance), asked));
}

/** Retry-After in ms (RFC 9110, 10.2.3): seconds or a date; 0 for anything else. */
function waitAsked(text: string | null, now: Date): number {
	if (text === null) return 0;
	if (/^\d{1,9}$/.test(text.trim())) return Number(text) * seconds;
	const until = Date.parse(text);
	return Number.isNaN(until) ? 0 : Math.max(0, until - now.getTime());
}
