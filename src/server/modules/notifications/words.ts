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

const months = new Intl.DateTimeFormat('en-GB', {
	month: 'long',
	year: 'numeric',
	timeZone: 'UTC'
});

/** The month of a civil date: December 2026. */
export function writeMonth(day: string): string {
	return months.format(new Date(`${day}T00:00:00Z`));
}
