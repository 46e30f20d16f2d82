const second = 1_000;
const minute = 60 * second;

/** How long after each try that came to nothing the next one is. */
const pauses = [10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute];
const longestPause = 15 * minute;

/** A document that has had so many holds up those behind it no longer: it has failed. */
export const mostTries = 12;

/** What has failed because the unit did not answer is tried once in a while all the same. */
const failedPause = 60 * minute;

/** When to try again after so many tries that the unit did not answer. */
export function nextTry(tries: number, now: Date): Date {
	const pause = tries >= mostTries ? failedPause : (pauses[tries - 1] ?? longestPause);
	return new Date(now.getTime() + pause);
}
