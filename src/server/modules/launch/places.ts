import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { findPerson } from '../identity/index.ts';
import { businessIn, InBusiness } from './business.ts';

/** How many places a person keeps in a product. */
const kept = 5;

/** A path of the product's own: no scheme, no host, nothing a browser would take for one. */
export const PlacePath = v.pipe(
	v.string('Write the path of the place.'),
	v.maxLength(500, 'A path has at most 500 characters.'),
	v.regex(
		// Without control characters, since browsers drop them: "/\t/host" becomes "//host".
		/^\/([^/\\\u0000-\u001f\u007f][^\\\u0000-\u001f\u007f]*)?$/,
		'A path begins with one slash and names no host, such as /stock/receipts.'
	)
);

export const PlaceLabel = v.pipe(
	v.string('Write what the place is called.'),
	v.trim(),
	v.nonEmpty('Write what the place is called, such as Stock › Receipts.'),
	v.maxLength(120, 'The name of a place has at most 120 characters.')
);

/** The person's id (`sub` in the ID token) or e-mail address. */
export const PlacePerson = v.pipe(
	v.string('Write the person’s id or e-mail address.'),
	v.trim(),
	v.nonEmpty('Write the person’s id or e-mail address.'),
	v.maxLength(254, 'An e-mail address has at most 254 characters.')
);

const ReportPlace = v.object({
	businessId: InBusiness,
	/** Needed where the door is not the product's own. */
	productId: v.optional(v.string()),
	person: PlacePerson,
	path: PlacePath,
	label: PlaceLabel
});

/**
 * Keeps where a person is in the product, so that the next launch lands there.
 * @throws Invalid `unknown_person` for somebody who may not open the product in this business.
 */
export const reportPlace = usecase('launch.place-report', ReportPlace, async (scope, input) => {
	const { actor, db, now } = scope;
	const businessId = businessIn(scope, input.businessId);
	const productId = actor.kind === 'product' ? actor.productId : input.productId;
	if (!productId) throw new Error('A system door must name the product.');
	const personId = await findWhoMayOpen(scope, businessId, productId, input.person);

	const before = await db
		.selectFrom('launch.places')
		.select(['path', 'label'])
		.where('business_id', '=', businessId)
		.where('person_id', '=', personId)
		.where('product_id', '=', productId)
		.orderBy('reported_at', 'desc')
		.limit(1)
		.executeTakeFirst();
	await db
		.insertInto('launch.places')
		.values({
			business_id: businessId,
			person_id: personId,
			product_id: productId,
			path: input.path,
			label: input.label,
			reported_at: now
		})
		.onConflict((conflict) =>
			conflict
				.columns(['business_id', 'person_id', 'product_id', 'path'])
				// Reports can overtake each other on the way: the later place stays the later one.
				.doUpdateSet({ label: input.label, reported_at: sql`greatest(places.reported_at, ${now})` })
		)
		.execute();
	await sql`delete from launch.places p using (
			select path from launch.places
			where business_id = ${businessId} and person_id = ${personId} and product_id = ${productId}
			order by reported_at desc, path offset ${kept}
		) old
		where p.business_id = ${businessId} and p.person_id = ${personId}
			and p.product_id = ${productId} and p.path = old.path`.execute(db);
	if (before?.path !== input.path || before.label !== input.label)
		await announce(scope, businessId, 'launch');
});

async function findWhoMayOpen(
	scope: Scope,
	businessId: string,
	productId: string,
	person: string
): Promise<string> {
	const unknown = () =>
		new Invalid(
			[
				{
					path: 'person',
					message: 'Nobody in this business who may open the product has this id or address.',
					code: 'unknown_person'
				}
			],
			'unknown_person',
			422
		);
	const id = isId('per', person) ? person : await findByEmail(scope, person);
	if (!id) throw unknown();
	const access = await scope.db
		.selectFrom('launch.accesses')
		.select('person_id')
		.where('business_id', '=', businessId)
		.where('product_id', '=', productId)
		.where('person_id', '=', id)
		.executeTakeFirst();
	if (!access) throw unknown();
	return id;
}

async function findByEmail(scope: Scope, email: string): Promise<string | null> {
	try {
		return (await findPerson(scope, { email }))?.id ?? null;
	} catch (error) {
		// Neither an id nor an address: nobody has it.
		if (error instanceof Invalid) return null;
		throw error;
	}
}

/** The person's last places in a product, newest first. */
export async function listPlaces(
	{ db }: Scope,
	where: { businessId: string; personId: string; productId: string }
): Promise<{ path: string; label: string; reportedAt: Date }[]> {
	return db
		.selectFrom('launch.places')
		.select(['path', 'label', 'reported_at as reportedAt'])
		.where('business_id', '=', where.businessId)
		.where('person_id', '=', where.personId)
		.where('product_id', '=', where.productId)
		.orderBy('reported_at', 'desc')
		.limit(kept)
		.execute();
}
