import type { Application, Business } from './application.ts';
import type { Books } from './books.ts';
import { trueChance as chance } from './chance.ts';
import type { Actor, Reports } from './reports.ts';
import { modeAt, type Standing } from './standings.ts';

/** A business that has the product: who works there, and how many of what the product counts it begins with. */
export interface Customer extends Business {
	count: number;
	/** What it held with the product when that last said so. */
	bytes?: number;
	people: Worker[];
}

export interface Worker extends Actor {
	role: string;
}

interface Workplace<Book> {
	books: Books<Book>;
	reports: Reports;
	/** How a business stands with the product, as the product knows it now. */
	standingOf(businessId: string): Standing;
}

/** Of a hundred times that somebody uses the product, so many leave something new behind. */
const deedsInAHundred = 6;

/**
 * Goes on as people would: every 20 to 60 seconds somebody looks something up, and now and then saves
 * something that their role lets them. By night and on Sundays six times slower, so that a month's figures
 * stay those of a small company. Where the subscription is suspended nobody works.
 */
export function startWork<Book>(
	application: Application<Book>,
	{ books, reports, standingOf }: Workplace<Book>,
	customers: Customer[]
): { stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	const busy = customers.filter(({ people }) => people.length > 0);

	const once = (): void => {
		const business = chance.pick(busy);
		const standing = standingOf(business.id);
		const now = new Date();
		if (modeAt(standing, now) !== 'full') return;
		const there = stillThere(business.people, standing);
		if (there.length === 0) return;
		const who = chance.pick(there);
		reports.active(who, business);
		reports.served(who, business, chance.between(10_000, 60_000));
		if (chance.between(1, 100) <= deedsInAHundred) {
			const book = books.of(business, business.count);
			const deed = application.work(book, who.role, chance, now);
			if (deed) {
				books.save();
				reports.did(who, business, deed, {
					count: application.count(book),
					bytes: books.bytes(business)
				});
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

/** The workers who may still be in the product, each in their role of now. */
function stillThere(workers: Worker[], { people }: Standing): Worker[] {
	if (people.length === 0) return workers;
	const roles = new Map(people.map(({ email, role }) => [email, role]));
	return workers.flatMap((worker) => {
		const role = roles.get(worker.email);
		return role === undefined ? [] : [{ ...worker, role }];
	});
}

function atWork(now: Date): boolean {
	// Nairobi is three hours ahead of UTC the whole year.
	const there = new Date(now.getTime() + 3 * 3_600_000);
	return there.getUTCDay() !== 0 && there.getUTCHours() >= 8 && there.getUTCHours() < 18;
}
