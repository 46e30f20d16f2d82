const minuteMs = 60_000;

/**
 * An instant of RFC 3339 in milliseconds since 1970, or null. Finer than a millisecond is cut off; a leap
 * second is the last moment of its minute, since clocks here have none.
 *
 * By hand, since every event has one, and since `Date.parse` makes 2 March of 30 February.
 */
export function readTime(text: string): number | null {
	const year = digits(text, 0, 4);
	const month = digits(text, 5, 2);
	const day = digits(text, 8, 2);
	const hour = digits(text, 11, 2);
	const minute = digits(text, 14, 2);
	const second = digits(text, 17, 2);
	const separators = text[4] === '-' && text[7] === '-' && text[13] === ':' && text[16] === ':';
	const t = text[10];
	if (!separators || (t !== 'T' && t !== 't')) return null;
	if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return null;

	let at = 19;
	let ms = 0;
	if (text[at] === '.') {
		at += 1;
		const begin = at;
		while (digits(text, at, 1) >= 0) {
			if (at - begin < 3) ms += digits(text, at, 1) * 10 ** (2 - at + begin);
			at += 1;
		}
		if (at === begin) return null;
	}
	const offset = readOffset(text, at);
	if (offset === null) return null;

	// Date.UTC takes the years 0 to 99 for those of the last century.
	const midnight =
		year > 99 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day);
	const ofDay =
		hour * 3_600_000 + minute * minuteMs + (second === 60 ? 59_999 : second * 1_000 + ms);
	return midnight + ofDay - offset;
}

/** What stands after the seconds, in milliseconds: `Z`, `+03:00`. */
function readOffset(text: string, at: number): number | null {
	const sign = text[at];
	if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : null;
	if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return null;
	const hours = digits(text, at + 1, 2);
	const minutes = digits(text, at + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
	const offset = (hours * 60 + minutes) * minuteMs;
	return sign === '-' ? -offset : offset;
}

/** The number that `count` digits at a position write; negative where one of them is none. */
function digits(text: string, at: number, count: number): number {
	let number = 0;
	for (let index = at; index < at + count; index++) {
		const digit = text.charCodeAt(index) - 48;
		if (!(digit >= 0 && digit <= 9)) return -1;
		number = number * 10 + digit;
	}
	return number;
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
	const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	return month === 2 && leap ? 29 : (lengths[month - 1] ?? 0);
}
