import type { Application, Business } from './application.ts';
import type { Books } from './books.ts';
import { trueChance as chance } from './chance.ts';
import type { Actor, Reports } from './reports.ts';

/** A business that has the product: who works there, and how many of what the product counts it begins with. */
export interface Customer extends Business {
	count: number;
	people: Actor[];
}

/** Of a hundred times that somebody uses the product, so many leave something new behind. */
const deedsInAHundred = 6;

/**
 * Goes on as people would: every 20 to 60 seconds somebody looks something up, and now and then saves
 * something. By night and on Sundays six times slower, so that a month's figures stay those of a small
 * company.
 */
export function startWork<Book>(
	application: Application<Book>,
	{ books, reports }: { books: Books<Book>; reports: Reports },
	customers: Customer[]
): { stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	const busy = customers.filter(({ people }) => people.length > 0);

	const once = (): void => {
		const business = chance.pick(busy);
		const who = chance.pick(business.people);
		reports.active(who, business);
		reports.served(who, business, chance.between(10_000, 60_000));
		if (chance.between(1, 100) <= deedsInAHundred) {
			const book = books.of(business, business.count);
			const deed = application.work(book, chance, new Date());
			if (deed) {
				books.save();
				reports.did(who, business, deed, application.count(book));
			}
		}
	};
	const next = (): void => {
		timer = setTimeout(
			() => {
				once();
				next();
			},
			chance.between(20_000, 60_000) * (atWork(new Date()) ? 1 : 6)
		);
	};
	if (busy.length > 0) next();
	return { stop: () => clearTimeout(timer) };
}

function atWork(now: Date): boolean {
	// Nairobi is three hours ahead of UTC the whole year.
	const there = new Date(now.getTime() + 3 * 3_600_000);
	return there.getUTCDay() !== 0 && there.getUTCHours() >= 8 && there.getUTCHours() < 18;
}
