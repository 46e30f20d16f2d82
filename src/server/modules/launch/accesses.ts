import * as v from 'valibot';
import { NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { usecase } from '../../platform/usecase.ts';
import { listMembers } from '../businesses/index.ts';
import { readProduct } from '../catalogue/index.ts';
import { businessIn, InBusiness } from './business.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'access.granted': { personId: string; productId: string; product: string; role: string };
		'access.removed': { personId: string; productId: string; product: string };
	}
}

const GrantAccess = v.object({
	businessId: InBusiness,
	personId: v.string(),
	/** The product's slug. */
	product: v.string(),
	/** One of the roles that the product knows; it reaches the product as the claim `product_role`. */
	role: v.optional(
		v.pipe(
			v.string(),
			v.regex(
				/^[a-z][a-z0-9-]{0,40}$/,
				'A role is small letters, digits and hyphens, beginning with a letter.'
			)
		),
		'user'
	)
});

/**
 * Lets a member open a product; given again, changes the role.
 * @throws NotFound for a product that does not exist or a person who is no member.
 */
export const grantAccess = usecase('launch.access-manage', GrantAccess, async (scope, input) => {
	const { db, now } = scope;
	const businessId = businessIn(scope, input.businessId);
	const product = await readProduct(scope, { slug: input.product });
	try {
		await db
			.insertInto('launch.accesses')
			.values({
				business_id: businessId,
				person_id: input.personId,
				product_id: product.id,
				role: input.role,
				granted_at: now
			})
			.onConflict((conflict) =>
				conflict
					.columns(['business_id', 'product_id', 'person_id'])
					.doUpdateSet({ role: input.role, granted_at: now })
			)
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'accesses_business_id_person_id_fkey')
			throw new NotFound('This person');
		throw error;
	}
	await emit(
		scope,
		'access.granted',
		{ personId: input.personId, productId: product.id, product: product.name, role: input.role },
		businessId
	);
});

/**
 * Takes the access away, and what was remembered of the person's places. The sign-ins of that product
 * end by the event.
 * @throws NotFound
 */
export const removeAccess = usecase(
	'launch.access-manage',
	v.object({ businessId: InBusiness, personId: v.string(), product: v.string() }),
	async (scope, input) => {
		const { db } = scope;
		const businessId = businessIn(scope, input.businessId);
		const product = await readProduct(scope, { slug: input.product });
		const { numDeletedRows } = await db
			.deleteFrom('launch.accesses')
			.where('business_id', '=', businessId)
			.where('product_id', '=', product.id)
			.where('person_id', '=', input.personId)
			.executeTakeFirst();
		if (numDeletedRows === 0n) throw new NotFound('This access');
		await db
			.deleteFrom('launch.places')
			.where('business_id', '=', businessId)
			.where('product_id', '=', product.id)
			.where('person_id', '=', input.personId)
			.execute();
		await emit(
			scope,
			'access.removed',
			{ personId: input.personId, productId: product.id, product: product.name },
			businessId
		);
	}
);

/** Who of the business may open what, those given first at the top. */
export const listAccesses = usecase(
	'launch.read',
	v.object({
		businessId: InBusiness,
		/** A product's slug, for that product alone. */
		product: v.optional(v.string())
	}),
	async (scope, input) => {
		const product = input.product ? await readProduct(scope, { slug: input.product }) : null;
		return scope.db
			.selectFrom('launch.accesses')
			.select([
				'person_id as personId',
				'product_id as productId',
				'role',
				'granted_at as grantedAt'
			])
			.where('business_id', '=', businessIn(scope, input.businessId))
			.$if(product !== null, (query) => query.where('product_id', '=', product?.id ?? ''))
			.orderBy('granted_at')
			.orderBy('person_id')
			.execute();
	}
);

/** The names of those who can give access, owners first: whom to ask. */
export const listGranters = usecase('member.read', v.object({}), async (scope) => {
	const members = await listMembers(scope, {});
	const holding = (role: string) =>
		members.filter((member) => member.role === role).map(({ name }) => name);
	return [...holding('owner'), ...holding('admin')];
});
