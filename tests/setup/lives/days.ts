// Days reckoned plainly, apart from how the portal does it.

const ms = 86_400_000;

export function addDays(day: string, count: number): string {
	return new Date(Date.parse(day) + count * ms).toISOString().slice(0, 10);
}

export function daysBetween(start: string, end: string): number {
	return Math.round((Date.parse(end) - Date.parse(start)) / ms);
}

export function* daysOf(start: string, end: string): Generator<string> {
	for (let day = start; day < end; day = addDays(day, 1)) yield day;
}

export function dayIn(zone: string, at: Date): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);
}

/** How many days the period has that a day lies in, its boundaries so many months or days after the anchor. */
export function lengthOfPeriod(anchor: string, day: string, interval: string): number {
	const boundary = (place: number): string => {
		if (interval === 'day') return addDays(anchor, place);
		if (interval === 'week') return addDays(anchor, 7 * place);
		const step = { month: 1, quarter: 3, year: 12 }[interval];
		if (step === undefined) throw new Error(`No interval is called ${interval}.`);
		const [year = 0, month = 0, dayOfMonth = 0] = anchor.split('-').map(Number);
		const last = new Date(Date.UTC(year, month - 1 + step * place + 1, 0)).getUTCDate();
		const then = new Date(Date.UTC(year, month - 1 + step * place, Math.min(dayOfMonth, last)));
		return then.toISOString().slice(0, 10);
	};
	let place = 0;
	while (boundary(place + 1) <= day) place += 1;
	return daysBetween(boundary(place), boundary(place + 1));
}
