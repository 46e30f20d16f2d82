import type { Application, Business, Deed, Person } from './application.ts';
import type { Portal } from './portal.ts';
import { branchOf } from '../branches.ts';

/** What the product tells the portal of the work in it. */
export interface Reports {
	/** A page or form was served: data went over the wire. */
	served(who: Actor, business: Business, bytes: number): void;
	/** Somebody is at work; told once an hour for each person. */
	active(who: Actor, business: Business): void;
	/** Where somebody is. */
	at(person: Person, label: string, path: string): void;
	/** Somebody did something, and what there is now: for the feed and the meters. */
	did(who: Actor, business: Business, deed: Deed, now: Holding): void;
}

/** What a book holds. */
export interface Holding {
	/** Of what the product counts. */
	count: number;
	bytes: number;
}

/** Whoever did it, as the portal knows them. */
export interface Actor {
	name: string;
	email: string;
}

export function createReports(
	{ slug, counted }: Pick<Application<unknown>, 'slug' | 'counted'>,
	portal: Pick<Portal, 'event' | 'activity' | 'place'>
): Reports {
	const lastActive = new Map<string, number>();
	const event = (business: Business, type: string, data: Record<string, unknown>): void =>
		portal.event({ type: `com.lixnet.${slug}.${type}`, business: business.id, data });
	/** What was done, with the branch where. */
	const there = (
		who: Actor,
		business: Business,
		data: Record<string, unknown>
	): Record<string, unknown> => {
		const branch = branchOf(business.name, who.email);
		return branch === null ? data : { ...data, branch };
	};

	return {
		served: (who, business, bytes) =>
			event(business, 'data.transferred', there(who, business, { bytes, user: who.email })),
		active(who, business) {
			const key = `${business.id} ${who.email}`;
			const hour = Math.floor(Date.now() / 3_600_000);
			if (lastActive.get(key) === hour) return;
			lastActive.set(key, hour);
			event(business, 'user.active', { user: who.email });
		},
		at: (person, label, path) =>
			portal.place({ business: person.business.id, person: person.sub, label, path }),
		did(who, business, deed, { count, bytes }) {
			event(business, counted, { count });
			event(business, 'storage.measured', { bytes });
			for (const { type, data } of deed.usage ?? [])
				event(business, type, there(who, business, data));
			portal.activity({
				business: business.id,
				person: { email: who.email, name: who.name },
				what: deed.what,
				where: deed.where,
				path: deed.path
			});
		}
	};
}
