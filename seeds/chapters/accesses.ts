import { grantAccess, listAccesses } from '#server/modules/launch/index.ts';
import type { Slug } from '../people.ts';
import { asSystem, type Cast, type Telling } from '../telling.ts';
import { startsOf } from './subscriptions.ts';

/** Everybody may open what they work with, from the day that they and the product are there. */
export async function tellAccesses(telling: Telling): Promise<void> {
	const starts = startsOf(telling.calendar);
	await give(telling, telling.mavuno, starts.mavuno);
	await give(telling, telling.pwani, starts.pwani);
	await give(telling, telling.tana, starts.tana);
}

async function give(
	{ calendar, products }: Telling,
	{ businessId, people, member }: Cast,
	starts: Partial<Record<Slug, string>>
): Promise<void> {
	const given = await asSystem((scope) => listAccesses(scope, { businessId }), calendar.now);
	for (const person of people) {
		const { personId } = member(person.email);
		for (const [product, role] of Object.entries(person.accesses) as [Slug, string][]) {
			if (given.some((one) => one.personId === personId && one.productId === products[product]))
				continue;
			const began = calendar.startOf(starts[product] ?? calendar.today);
			await asSystem(
				(scope) => grantAccess(scope, { businessId, personId, product, role }),
				began > person.joinedAt ? began : person.joinedAt
			);
		}
	}
}
