const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A civil date as letters write it: 1 Dec 2026. */
export function writeDay(day: string): string {
	return days.format(new Date(`${day}T00:00:00Z`));
}

/** An instant in the zone of the business: 1 Dec 2026, 14:30. */
export function writeMoment(at: Date, timeZone: string): string {
	return new Intl.DateTimeFormat('en-GB', {
		dateStyle: 'medium',
		timeStyle: 'short',
		timeZone
	}).format(at);
}
