import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid, NotFound, type Issue } from '../../platform/errors.ts';
import { announceToAll } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from './products.ts';

const most = { roles: 30, places: 100, exports: 20 };

const Slug = v.pipe(
	v.string('Write a slug.'),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is at most 41 small letters, digits and hyphens, beginning with a letter.'
	)
);
const Name = v.pipe(
	v.string('Write a name.'),
	v.trim(),
	v.nonEmpty('Write a name.'),
	v.maxLength(60, 'A name has at most 60 characters.')
);
const Description = v.optional(
	v.pipe(
		v.string('Write a description.'),
		v.trim(),
		v.maxLength(200, 'A description has at most 200 characters.')
	),
	''
);

export const DeclaredRole = v.strictObject({
	slug: Slug,
	name: Name,
	description: Description,
	/** What somebody gets who is let in without a word about the role; at most one role is it. */
	default: v.optional(v.boolean('Write true or false.'), false)
});

export const DeclaredPlace = v.strictObject({
	path: v.pipe(
		v.string('Write the path of the place.'),
		v.maxLength(500, 'A path has at most 500 characters.'),
		v.regex(
			// Without control characters, since browsers drop them: "/\t/host" becomes "//host".
			/^\/([^/\\\u0000-\u001f\u007f][^\\\u0000-\u001f\u007f]*)?$/,
			'A path begins with one slash and names no host, such as /stock/receipts.'
		)
	),
	label: v.pipe(
		v.string('Write what the place is called.'),
		v.trim(),
		v.nonEmpty('Write what the place is called, such as Stock › Receipts.'),
		v.maxLength(120, 'The name of a place has at most 120 characters.')
	)
});

export const DeclaredExport = v.strictObject({ slug: Slug, name: Name, description: Description });

const listOf = <S extends v.GenericSchema>(schema: S, name: keyof typeof most) =>
	v.optional(
		v.pipe(
			v.array(schema, 'Give a list.'),
			v.maxLength(most[name], `Declare at most ${most[name]} ${name}.`)
		),
		[]
	);

/** What a product says of itself. A list that is left out is empty. */
export const declarationEntries = {
	roles: listOf(DeclaredRole, 'roles'),
	places: listOf(DeclaredPlace, 'places'),
	exports: listOf(DeclaredExport, 'exports')
};

const Declare = v.object({ product: v.string(), ...declarationEntries });

/**
 * Replaces what the product declared before. A role that it names no longer is retired: whoever holds it keeps it,
 * and nobody is given it.
 * @throws Invalid for what is named twice, and for two default roles.
 */
export const declareProduct = usecase('product.declare', Declare, async (scope, input) => {
	const issues = [
		...repeated('roles', 'slug', input.roles),
		...repeated('places', 'path', input.places),
		...repeated('exports', 'slug', input.exports),
		...secondDefault(input.roles)
	];
	if (issues.length > 0) throw new Invalid(issues);
	await announceToAll(scope, 'launch');

	const { db, now } = scope;
	// Two processes of a product may declare at once: one after the other.
	const product = await db
		.updateTable('catalogue.products')
		.set({ declared_at: now })
		.where('slug', '=', input.product)
		.returning('id')
		.executeTakeFirst();
	if (!product) throw new NotFound(`The product ${input.product.slice(0, 41)}`);
	await replaceRoles(scope, product.id, input.roles);

	await db.deleteFrom('catalogue.product_places').where('product_id', '=', product.id).execute();
	if (input.places.length > 0)
		await db
			.insertInto('catalogue.product_places')
			.values(input.places.map((row, position) => ({ product_id: product.id, position, ...row })))
			.execute();
	await db.deleteFrom('catalogue.product_exports').where('product_id', '=', product.id).execute();
	if (input.exports.length > 0)
		await db
			.insertInto('catalogue.product_exports')
			.values(input.exports.map((row, position) => ({ product_id: product.id, position, ...row })))
			.execute();
});

async function replaceRoles(
	{ db, now }: Scope,
	productId: string,
	roles: v.InferOutput<typeof DeclaredRole>[]
): Promise<void> {
	// All first, so that at no moment two are the default.
	await db
		.updateTable('catalogue.product_roles')
		.set({ is_default: false, retired_at: sql`coalesce(retired_at, ${now})` })
		.where('product_id', '=', productId)
		.execute();
	if (roles.length === 0) return;
	await db
		.insertInto('catalogue.product_roles')
		.values(
			roles.map(({ default: isDefault, ...row }, position) => ({
				product_id: productId,
				position,
				is_default: isDefault,
				...row
			}))
		)
		.onConflict((conflict) =>
			conflict.columns(['product_id', 'slug']).doUpdateSet((row) => ({
				name: row.ref('excluded.name'),
				description: row.ref('excluded.description'),
				is_default: row.ref('excluded.is_default'),
				position: row.ref('excluded.position'),
				retired_at: null
			}))
		)
		.execute();
}

function repeated<K extends string>(list: string, key: K, rows: Record<K, string>[]): Issue[] {
	const seen = new Set<string>();
	return rows.flatMap((row, index) => {
		if (!seen.has(row[key])) {
			seen.add(row[key]);
			return [];
		}
		return [{ path: `${list}.${index}.${key}`, message: `${row[key]} stands here twice.` }];
	});
}

function secondDefault(roles: { default: boolean }[]): Issue[] {
	return roles
		.flatMap((role, index) => (role.default ? [index] : []))
		.slice(1)
		.map((index) => ({
			path: `roles.${index}.default`,
			message: 'Only one role can be the default.'
		}));
}

export interface ProductRole {
	productId: string;
	slug: string;
	name: string;
	description: string;
	isDefault: boolean;
	/** The product knows it no longer: it stays with whoever holds it, and nobody is given it. */
	retired: boolean;
}

/** The roles of one product, or of all, in the products' own order; retired ones last. */
export const listProductRoles = usecase(
	'catalogue.read',
	v.object({ product: v.optional(v.string()) }),
	async (scope, input): Promise<ProductRole[]> => {
		const product = input.product ? await readProduct(scope, { slug: input.product }) : null;
		return scope.db
			.selectFrom('catalogue.product_roles')
			.select(['product_id as productId', 'slug', 'name', 'description', 'is_default as isDefault'])
			.select((query) => query('retired_at', 'is not', null).$castTo<boolean>().as('retired'))
			.$if(product !== null, (query) => query.where('product_id', '=', product?.id ?? ''))
			.orderBy('product_id')
			.orderBy((query) => query('retired_at', 'is not', null))
			.orderBy('position')
			.orderBy('slug')
			.execute();
	}
);

/** Places that a business can choose as the landing of a launch, in the product's own order. */
export const listProductPlaces = usecase(
	'catalogue.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<{ path: string; label: string }[]> => {
		const { id } = await readProduct(scope, { slug: product });
		return scope.db
			.selectFrom('catalogue.product_places')
			.select(['path', 'label'])
			.where('product_id', '=', id)
			.orderBy('position')
			.execute();
	}
);

/** What a business can ask the product to export, in the product's own order. */
export const listProductExports = usecase(
	'catalogue.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<{ slug: string; name: string; description: string }[]> => {
		const { id } = await readProduct(scope, { slug: product });
		return scope.db
			.selectFrom('catalogue.product_exports')
			.select(['slug', 'name', 'description'])
			.where('product_id', '=', id)
			.orderBy('position')
			.execute();
	}
);
