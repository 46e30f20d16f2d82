import type { Application, Business, Deed, Person } from './application.ts';
import type { Portal } from './portal.ts';

/** What the product tells the portal of the work in it. */
export interface Reports {
	/** A page or form was served: data went over the wire. */
	served(who: Actor, business: Business, bytes: number): void;
	/** Somebody is at work; told once an hour for each person. */
	active(who: Actor, business: Business): void;
	/** Where somebody is. */
	at(person: Person, label: string, path: string): void;
	/** Somebody did something: for the feed and the meters. */
	did(who: Actor, business: Business, deed: Deed, count: number): void;
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

	return {
		served: (who, business, bytes) =>
			event(business, 'data.transferred', { bytes, user: who.email }),
		active(who, business) {
			const key = `${business.id} ${who.email}`;
			const hour = Math.floor(Date.now() / 3_600_000);
			if (lastActive.get(key) === hour) return;
			lastActive.set(key, hour);
			event(business, 'user.active', { user: who.email });
		},
		at: (person, label, path) =>
			portal.place({ business: person.business.id, person: person.sub, label, path }),
		did(who, business, deed, count) {
			event(business, counted, { count });
			for (const { type, data } of deed.usage ?? []) event(business, type, data);
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
