/** What a page of a line is asked for in its address. */
export interface LineQuestion {
	/** The dimension by which it is told apart; the first of the meter where it is not said. */
	by: string | null;
	/** Where the page of that goes on. */
	after: string | null;
	/** The day whose events are shown. */
	day: string | null;
	/** Where the page of events goes on. */
	before: { time: Date; key: string } | null;
}

export function readQuestion(params: URLSearchParams): LineQuestion {
	const day = params.get('day');
	return {
		by: params.get('by'),
		after: params.get('after'),
		day: day !== null && isDay(day) ? day : null,
		before: readPlace(params.get('before'))
	};
}

export function isDay(text: string): boolean {
	return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Where a page of events goes on, in an address. */
export function placeText({ time, key }: { time: Date; key: string }): string {
	return `${time.toISOString()}_${key}`;
}

function readPlace(text: string | null): LineQuestion['before'] {
	const [, time = '', key = ''] = /^(\S{20,30})_([0-9a-f]{32})$/.exec(text ?? '') ?? [];
	const at = new Date(time);
	return key === '' || Number.isNaN(at.getTime()) ? null : { time: at, key };
}

/** The page with other questions; what is null is left out. */
export function lineAddress(
	here: string,
	asked: Record<string, string | null | undefined>,
	anchor = ''
): string {
	const params = new URLSearchParams(
		Object.entries(asked).flatMap(([name, value]): [string, string][] =>
			value == null || value === '' ? [] : [[name, value]]
		)
	).toString();
	return `${here}${params === '' ? '' : `?${params}`}${anchor}`;
}
