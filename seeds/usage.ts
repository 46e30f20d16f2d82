import type { UsageEvent } from '#server/modules/usage/index.ts';
import { branchesOf, branchOf } from '../examples/products/branches.ts';
import { sampleProducts } from '../examples/products/catalogue.ts';
import type { Calendar } from './calendar.ts';
import type { MonthlyUse } from './ledger.ts';
import type { Slug, StoryPerson } from './people.ts';
import { createRandom, split, type Random } from './random.ts';

/** A course over the thirteen months of the story, the oldest first. */
type Course = number[];

export interface StoryUse {
	/** A name for the stream of random numbers and for the ids of events. */
	business: string;
	businessId: string;
	/** As the products know it. */
	name: string;
	people: StoryPerson[];
	products: Partial<
		Record<
			Slug,
			{
				/** The first day on which the business had it. */
				since: string;
				/** Bytes by month; of the last month before the running one up to today's date alone. */
				bytes: Course;
				/** Bytes in the rest of that month, after today's date. */
				bytesAfter: number;
				/** Bytes held at the end of each month, the last as it is now. */
				held: Course;
				/** The headline's value at the end of each month, the last as it is now. */
				headline: Course;
				/** The headline's value at today's date in the month before. */
				headlineBefore: number;
				/** The headline until yesterday, where it jumps today. */
				headlineYesterday?: number;
			}
		>
	>;
	use: MonthlyUse;
}

/** How much of a week's work falls on each of its days, Monday first. */
const week = [1, 1.06, 1.1, 1.04, 0.96, 0.5, 0.14];

/** How likely somebody works in their product on each of the days. */
const presence = [0.62, 0.64, 0.66, 0.62, 0.58, 0.26, 0.06];

/** What the products measured at a business, in order of time. */
export function tellUse(story: StoryUse, calendar: Calendar): Map<Slug, UsageEvent[]> {
	const told = new Map<Slug, UsageEvent[]>();
	for (const { slug } of sampleProducts) {
		const events = story.products[slug] ? tellProduct(story, slug, calendar) : [];
		told.set(
			slug,
			events.sort((one, other) => one.time - other.time)
		);
	}
	return told;
}

function tellProduct(story: StoryUse, slug: Slug, calendar: Calendar): UsageEvent[] {
	const random = createRandom(`use ${story.business} ${slug}`);
	const product = story.products[slug];
	if (!product) return [];
	const users = story.people.filter(({ works }) => works === slug);
	const gap = gapOf(calendar);
	const months = Array.from({ length: 13 }, (_, index) => ({
		index,
		days: calendar.month(12 - index).days.filter((day) => day >= product.since && day !== gap)
	})).filter(({ days }) => days.length > 0);
	const tell = teller(story, slug);

	return months.flatMap(({ index, days }) => {
		const present = presenceOf(users, days, calendar, random);
		return [
			...[...present].flatMap(([day, those]) =>
				those.map(({ person, at }) => tell('users', day, at, { user: person.email }, person.email))
			),
			...spreadBytes(product, index, days, calendar).flatMap(({ day, bytes }) => {
				const those = present.get(day) ?? [];
				const shares = split(
					bytes,
					those.map(() => 0.4 + random.next())
				);
				return those.flatMap(({ person, at }, position) =>
					trips(shares[position] ?? 0, person, at, day, calendar).map(({ bytes, at }, number) =>
						tell(
							'data',
							day,
							at,
							{ bytes, user: person.email, ...there(branchOf(story.name, person.email)) },
							number === 0 ? person.email : `${person.email} ${number}`
						)
					)
				);
			}),
			...days.map((day, position) =>
				tell('storage', day, calendar.during(day, 0.97), {
					bytes: heldOn(product.held, index, (position + 1) / days.length)
				})
			),
			...days.map((day) =>
				tell(headlineOf(slug), day, calendar.during(day, 0.98), {
					count: headlineOn(product, index, day, days, calendar)
				})
			),
			...Object.entries(story.use[slug] ?? {}).flatMap(([meter, course]) =>
				spread(course[index] ?? 0, days, calendar, random).flatMap(({ day, part }) => {
					const at = calendar.during(day, 0.3 + 0.6 * random.next());
					return amongBranches(part, story.name, day).map(({ branch, count }) =>
						tell(meter, day, at, { count, ...there(branch) }, branch ?? '')
					);
				})
			)
		];
	});
}

const there = (branch: string | null): { branch?: string } => (branch === null ? {} : { branch });

/** What somebody moved on a day; today some of it within the last hour, for it to be seen minute by minute. */
function trips(
	bytes: number,
	person: StoryPerson,
	at: Date,
	day: string,
	calendar: Calendar
): { bytes: number; at: Date }[] {
	if (day !== calendar.today) return [{ bytes, at }];
	const random = createRandom(`last hour ${person.email}`);
	const lately = Array.from({ length: 4 }, () => calendar.ago(random.between(1, 56))).filter(
		(moment) => moment > person.joinedAt
	);
	const parts = split(bytes, [8, ...lately.map(() => 0.2 + random.next())]);
	return [at, ...lately].map((moment, index) => ({ bytes: parts[index] ?? 0, at: moment }));
}

/** Most of what is counted is counted in the head office; a business without branches counts as a whole. */
function amongBranches(
	total: number,
	business: string,
	day: string
): { branch: string | null; count: number }[] {
	const branches = branchesOf(business);
	if (branches.length === 0) return [{ branch: null, count: total }];
	const random = createRandom(`branches ${business} ${day}`);
	const parts = split(
		total,
		branches.map((_, index) => (0.7 + 0.6 * random.next()) / (index + 1))
	);
	return parts.flatMap((count, index) => {
		const branch = branches[index];
		return branch && count > 0 ? [{ branch, count }] : [];
	});
}

function heldOn(held: Course, index: number, part: number): number {
	const end = held[index] ?? 0;
	return between(held[index - 1] || Math.round(end * 0.8), end, part);
}

/** The day of the running month on which the meters had no connection, once the month is old enough. */
export function gapOf({ month }: Calendar): string | null {
	const { days } = month(0);
	if (days.length >= 16) return days[13] ?? null;
	return days.length >= 8 ? (days[3] ?? null) : null;
}

/**
 * Who works on which day: nobody before they joined, everybody who belongs to the business at least once
 * a month, on each day at least one.
 */
function presenceOf(
	users: StoryPerson[],
	days: string[],
	calendar: Calendar,
	random: Random
): Map<string, { person: StoryPerson; at: Date }[]> {
	const present = new Map(days.map((day) => [day, [] as { person: StoryPerson; at: Date }[]]));
	const come = (person: StoryPerson, day: string): void => {
		const at = calendar.during(day, 0.55 + 0.4 * random.next());
		if (at > person.joinedAt) present.get(day)?.push({ person, at });
	};
	const isThere = (person: StoryPerson, day: string): boolean =>
		person.joinedAt < calendar.during(day, 0.54);
	for (const person of users) {
		const possible = days.filter((day) => isThere(person, day));
		const workdays = possible.filter((day) =>
			random.chance(presence[calendar.weekday(day) - 1] ?? 0)
		);
		if (workdays.length === 0 && possible.length > 0) workdays.push(random.pick(possible));
		for (const day of workdays) come(person, day);
	}
	for (const [day, those] of present) {
		const [someone] = users.filter((person) => isThere(person, day));
		if (those.length === 0 && someone) come(someone, day);
	}
	return present;
}

/** The bytes of a month over its days; the month before the running one in two stretches, divided by today's date. */
function spreadBytes(
	product: NonNullable<StoryUse['products'][Slug]>,
	index: number,
	days: string[],
	calendar: Calendar
): { day: string; bytes: number }[] {
	const random = createRandom(`bytes ${product.since} ${index}`);
	const over = (total: number, some: string[]) =>
		spread(total, some, calendar, random).map(({ day, part }) => ({ day, bytes: part }));
	const total = product.bytes[index] ?? 0;
	if (index !== 11) return over(total, days);
	const date = calendar.today.slice(8);
	const until = days.filter((day) => day.slice(8) <= date);
	const after = days.filter((day) => day.slice(8) > date);
	return [...over(total, until), ...(after.length > 0 ? over(product.bytesAfter, after) : [])];
}

/** A whole number over days, by the days of the week; of today by how much of it has passed. Days that get nothing are left out. */
function spread(
	total: number,
	days: string[],
	calendar: Calendar,
	random: Random
): { day: string; part: number }[] {
	if (total === 0) return [];
	const weights = days.map((day) => {
		const whole = (week[calendar.weekday(day) - 1] ?? 1) * (0.86 + 0.28 * random.next());
		if (day !== calendar.today) return whole;
		const passed = calendar.now.getTime() - calendar.startOf(day).getTime();
		return whole * Math.min(1, Math.max(0.02, passed / 64_800_000));
	});
	return split(total, weights).flatMap((part, position) => {
		const day = days[position];
		return day && part > 0 ? [{ day, part }] : [];
	});
}

function headlineOf(slug: Slug): string {
	return sampleProducts.find((product) => product.slug === slug)?.headlineMeter ?? '';
}

/** The headline rises evenly from the end of one month to the end of the next. */
function headlineOn(
	product: NonNullable<StoryUse['products'][Slug]>,
	index: number,
	day: string,
	days: string[],
	calendar: Calendar
): number {
	const end = product.headline[index] ?? 0;
	if (day === calendar.today) return end;
	const from = product.headline[index - 1] ?? Math.round(end * 0.9);
	const to = index === 12 ? (product.headlineYesterday ?? end) : end;
	const part = (days.indexOf(day) + 1) / days.length;
	if (index === 11) {
		// By today's date it has come as far as is told of that date.
		const date = calendar.today.slice(8);
		return day.slice(8) <= date
			? between(from, product.headlineBefore, Number(day.slice(8)) / Number(date))
			: between(product.headlineBefore, end, part);
	}
	return between(from, to, part);
}

function between(from: number, to: number, part: number): number {
	return Math.round(from + (to - from) * Math.min(1, part));
}

function teller(story: StoryUse, slug: Slug) {
	const product = sampleProducts.find((candidate) => candidate.slug === slug);
	return (
		meter: string,
		day: string,
		at: Date,
		data: Record<string, string | number>,
		detail = ''
	): UsageEvent => {
		const type = product?.meters.find((candidate) => candidate.slug === meter)?.eventType;
		if (!type) throw new Error(`${slug} has no meter ${meter}.`);
		return {
			businessId: story.businessId,
			source: `urn:evolve:story:${slug}`,
			id: `${day} ${meter}${detail ? ` ${detail}` : ''}`,
			type,
			time: at.getTime(),
			data
		};
	};
}
