import type { Calendar } from './calendar.ts';
import type { Slug, StoryPerson } from './people.ts';
import type { StoryVisit } from './places.ts';
import { createRandom } from './random.ts';

/** What people of the story browse with: most at a desk, some with nothing but a phone. */
const browsers = {
	computer:
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
	phone:
		'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
	tablet:
		'Mozilla/5.0 (Linux; Android 15; SM-X210) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
} as const;

/** The days of the running weeks are told one by one elsewhere, up to a week ago. */
const toldApart = 7;
const longestAgo = 38;

/** The visits of five weeks up to a week ago: on a working day about one in six opens what they work with. */
export function usualVisits(
	business: string,
	people: readonly StoryPerson[],
	since: Partial<Record<Slug, string>>,
	calendar: Calendar
): StoryVisit[] {
	const random = createRandom(`visits ${business}`);
	const days = Array.from({ length: longestAgo - toldApart }, (_, index) =>
		calendar.day(index - longestAgo)
	).filter((day) => calendar.weekday(day) < 6);
	return days.flatMap((day) =>
		people.flatMap(({ email, works, accesses, joinedAt }, position): StoryVisit[] => {
			const at = calendar.during(day, random.next());
			if (!random.chance(1 / 6) || !works || !accesses[works] || joinedAt >= at) return [];
			if ((since[works] ?? '9999') > day) return [];
			const device = position % 4 === 3 ? 'phone' : position % 9 === 5 ? 'tablet' : 'computer';
			return [{ product: works, email, at, userAgent: browsers[device] }];
		})
	);
}
