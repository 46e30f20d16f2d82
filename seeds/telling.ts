import { listBusinesses, listMembers } from '#server/modules/businesses/index.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, ProductKey, Scope, System } from '#server/platform/scope.ts';
import type { Calendar } from './calendar.ts';
import type { Slug, StoryPerson } from './people.ts';

export const timeZone = 'Africa/Nairobi';

export const names = {
	mavuno: 'Mavuno Traders Ltd',
	pwani: 'Pwani Farmers Co-operative',
	tana: 'Tana Growers Co-operative',
	juma: 'Juma Hardware'
} as const;

/** A business of the story with its people, once they are told. */
export interface Cast {
	businessId: string;
	people: StoryPerson[];
	/** Somebody by their address. */
	member(email: string): Member;
}

/** What every chapter gets. A chapter can be told again: what is there already it leaves as it is. */
export interface Telling {
	calendar: Calendar;
	mavuno: Cast;
	pwani: Cast;
	/** Pays late. */
	tana: Cast;
	/** Ids of the products. */
	products: Record<Slug, string>;
}

export function asSystem<R>(work: (scope: Scope<System>) => Promise<R>, at: Date): Promise<R> {
	return withSystem('the demo story', work, { at });
}

export function asMember<R>(
	member: Member,
	work: (scope: Scope<Member>) => Promise<R>,
	at: Date
): Promise<R> {
	return withBusiness(member, work, { at });
}

export function asProduct<R>(
	{ products }: Telling,
	slug: Slug,
	businessId: string,
	work: (scope: Scope<ProductKey>) => Promise<R>,
	at: Date
): Promise<R> {
	const actor: ProductKey = { kind: 'product', businessId, productId: products[slug], slug };
	return withBusiness(actor, work, { at });
}

export async function findBusiness(
	name: string,
	at: Date
): Promise<{ id: string; createdAt: Date } | null> {
	const businesses = await asSystem((scope) => listBusinesses(scope, {}), at);
	return businesses.find((business) => business.name === name) ?? null;
}

export async function readCast(businessId: string, people: StoryPerson[], at: Date): Promise<Cast> {
	const members = await asSystem((scope) => listMembers(scope, { businessId }), at);
	return {
		businessId,
		people,
		member(email) {
			const found = members.find((member) => member.email === email);
			if (!found) throw new Error(`${email} is not in the story.`);
			const { personId, name, role } = found;
			return { kind: 'member', businessId, personId, name, role, timeZone };
		}
	};
}

/** Who came first, and may see everything. */
export function ownerOf({ people, member }: Cast): Member {
	return member(people[0]?.email ?? '');
}

export async function readProductIds(at: Date): Promise<Record<Slug, string>> {
	const products = await asSystem((scope) => listProducts(scope, {}), at);
	const id = (slug: Slug): string => {
		const product = products.find((candidate) => candidate.slug === slug);
		if (!product) throw new Error(`The product ${slug} is not in the catalogue.`);
		return product.id;
	};
	return { erp: id('erp'), sacco: id('sacco'), payroll: id('payroll') };
}
