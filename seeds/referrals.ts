import type { Calendar } from './calendar.ts';
import { createRandom } from './random.ts';

/** The vendor's resellers. */
export const resellers = [
	{ name: 'Savanna Systems', region: 'Nairobi' },
	{ name: 'Ziwa Digital', region: 'Kisumu' },
	{ name: 'Bonde Technologies', region: 'Nakuru' },
	{ name: 'Pwani Soft', region: 'Mombasa' },
	{ name: 'Mlima Computing', region: 'Nyeri' },
	{ name: 'Highland Business Tools', region: 'Eldoret' }
];

/** How often a business was referred in each month of the story, the oldest first. */
export const mavunoReferrals = [5, 6, 7, 8, 9, 9, 11, 10, 12, 13, 14, 16, 18];
export const pwaniReferrals = [0, 0, 0, 1, 0, 1, 0, 2, 1, 0, 1, 3, 2];

const channels = ['event', 'link', 'phone', 'visit'] as const;
const notes = [
	'',
	'',
	'',
	'Met at a trade fair.',
	'Asked for stock and purchases.',
	'Wants payroll for the whole group.',
	'A neighbour in the industrial area.',
	'Compared three vendors.',
	'Came through a co-operative union.'
];

export interface StoryReferral {
	/** Position in `resellers`. */
	reseller: number;
	channel: (typeof channels)[number];
	note: string;
	at: Date;
}

export function tellReferrals(
	business: string,
	counts: number[],
	calendar: Calendar
): StoryReferral[] {
	const random = createRandom(`referrals ${business}`);
	return counts
		.flatMap((count, index) => {
			const { days } = calendar.month(counts.length - 1 - index);
			return Array.from({ length: count }, () => ({
				// The first of them refer most.
				reseller: Math.floor(random.next() * random.next() * resellers.length),
				channel: random.pick(channels),
				note: random.pick(notes),
				at: calendar.during(random.pick(days), 0.05 + 0.9 * random.next())
			}));
		})
		.sort((one, other) => one.at.getTime() - other.at.getTime());
}
