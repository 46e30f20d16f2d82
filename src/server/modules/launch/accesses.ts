import type { DeleteQueryBuilder, DeleteResult } from 'kysely';
import * as v from 'valibot';
import { NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import type { DB } from '../../platform/tables.ts';
import { usecase } from '../../platform/usecase.ts';
import { listMembers } from '../businesses/index.ts';
import { readProduct, type Product } from '../catalogue/index.ts';
import { businessIn, InBusiness } from './business.ts';
import { closeRequest } from './requests.ts';
import { roleIn } from './roles.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'access.granted': {
			personId: string;
			productId: string;
			product: string;
			role: string;
			/** The request that this answers. */
			requestId: string | null;
		};
		'access.removed': { personId: string; productId: string; product: string };
	}
}

export const ProductRole = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A role is small letters, digits and hyphens, beginning with a letter.'
	)
);

type Deletion = DeleteQueryBuilder<DB, 'launch.accesses', DeleteResult>;

const GrantAccess = v.object({
	businessId: InBusiness,
	personId: v.string(),
	/** The product's slug. */
	product: v.string(),
	/** One of the roles that the product declared, or its default; it reaches the product as the claim `product_role`. */
	role: v.optional(ProductRole)
});

/**
 * Lets a member open a product; given again, changes the role. A request of theirs that is open is
 * approved by it.
 * @throws NotFound for a product that does not exist or a person who is no member; Invalid on `role` for
 * one that the product did not declare
 */
export const grantAccess = usecase('launch.access-manage', GrantAccess, async (scope, input) => {
	const { personId, role } = input;
	const product = await readProduct(scope, { slug: input.product });
	await give(scope, { businessId: businessIn(scope, input.businessId), personId, product, role });
});

/** What giving access comes to, whoever decided it. `reply` is what the person is told who had asked for it. */
export async function give(
	scope: Scope,
	to: {
		businessId: string;
		personId: string;
		product: Product;
		role: string | undefined;
		reply?: string;
	}
): Promise<void> {
	const { db, now } = scope;
	const { businessId, personId, product } = to;
	const held = await db
		.selectFrom('launch.accesses')
		.select('role')
		.where('business_id', '=', businessId)
		.where('product_id', '=', product.id)
		.where('person_id', '=', personId)
		.forUpdate()
		.executeTakeFirst();
	const role = await roleIn(scope, { product: product.slug, role: to.role, held: held?.role });
	const requestId = await closeRequest(scope, {
		businessId,
		personId,
		product,
		role,
		reply: to.reply ?? ''
	});
	if (held?.role === role) return;
	try {
		await db
			.insertInto('launch.accesses')
			.values({
				business_id: businessId,
				person_id: personId,
				product_id: product.id,
				role,
				granted_at: now
			})
			.onConflict((conflict) =>
				conflict
					.columns(['business_id', 'product_id', 'person_id'])
					.doUpdateSet({ role, granted_at: now })
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
		{ personId, productId: product.id, product: product.name, role, requestId },
		businessId
	);
	await announce(scope, businessId, 'launch');
}

/**
 * Takes the access away, and what was remembered of the person's places. The sign-ins of that product
 * end by the event.
 * @throws NotFound
 */
export const removeAccess = usecase(
	'launch.access-manage',
	v.object({ businessId: InBusiness, personId: v.string(), product: v.string() }),
	async (scope, input) => {
		const product = await readProduct(scope, { slug: input.product });
		const businessId = businessIn(scope, input.businessId);
		const taken = await take(scope, businessId, product, (access) =>
			access.where('person_id', '=', input.personId)
		);
		if (taken.length === 0) throw new NotFound('This access');
	}
);

/**
 * Takes the access of everybody but those named.
 * @returns how many lost it
 */
export const removeAllAccesses = usecase(
	'launch.access-manage',
	v.object({
		businessId: InBusiness,
		product: v.string(),
		/** Ids of persons. */
		except: v.optional(v.array(v.string()), [])
	}),
	async (scope, input) => {
		const product = await readProduct(scope, { slug: input.product });
		const businessId = businessIn(scope, input.businessId);
		const taken = await take(scope, businessId, product, (access) =>
			input.except.length === 0 ? access : access.where('person_id', 'not in', input.except)
		);
		return { removed: taken.length };
	}
);

async function take(
	scope: Scope,
	businessId: string,
	product: Product,
	which: (access: Deletion) => Deletion
): Promise<string[]> {
	const rows = await which(
		scope.db
			.deleteFrom('launch.accesses')
			.where('business_id', '=', businessId)
			.where('product_id', '=', product.id)
	)
		.returning('person_id')
		.execute();
	const taken = rows.map((row) => row.person_id);
	if (taken.length === 0) return taken;
	await scope.db
		.deleteFrom('launch.places')
		.where('business_id', '=', businessId)
		.where('product_id', '=', product.id)
		.where('person_id', 'in', taken)
		.execute();
	for (const personId of taken)
		await emit(
			scope,
			'access.removed',
			{ personId, productId: product.id, product: product.name },
			businessId
		);
	await announce(scope, businessId, 'launch');
	return taken;
}

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
