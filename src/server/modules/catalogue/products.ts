import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

const Slug = v.pipe(
	v.string(),
	v.regex(
		/^[a-z][a-z0-9-]{0,40}$/,
		'A slug is small letters, digits and hyphens, beginning with a letter.'
	)
);
// Addresses of products come from the vendor's operator, never from a customer.
const Address = v.pipe(
	v.string(),
	v.url('This is not an address: write it with https:// at its start.')
);

const SaveProduct = v.object({
	slug: Slug,
	name: v.pipe(v.string(), v.nonEmpty()),
	summary: v.string(),
	mark: v.picklist(['erp', 'sacco', 'payroll', 'initials']),
	headlineMeter: v.optional(v.string()),
	headlineLabel: v.optional(v.string()),
	position: v.pipe(v.number(), v.integer()),
	loginUrl: v.optional(Address),
	redirectUrls: v.optional(v.array(Address), []),
	logoutUrl: v.optional(Address)
});

/** Makes the product of this slug, or changes the one there is. */
export const saveProduct = usecase('catalogue.manage', SaveProduct, async (scope, input) => {
	const { db, now } = scope;
	listed.delete(scope);
	const columns = {
		name: input.name,
		summary: input.summary,
		mark: input.mark,
		headline_meter: input.headlineMeter ?? null,
		headline_label: input.headlineLabel ?? null,
		position: input.position,
		login_url: input.loginUrl ?? null,
		redirect_urls: input.redirectUrls,
		logout_url: input.logoutUrl ?? null
	};
	return db
		.insertInto('catalogue.products')
		.values({ id: newId('prd', now), slug: input.slug, created_at: now, ...columns })
		.onConflict((conflict) => conflict.column('slug').doUpdateSet(columns))
		.returning('id')
		.executeTakeFirstOrThrow();
});

export interface Product {
	id: string;
	slug: string;
	name: string;
	summary: string;
	mark: 'erp' | 'sacco' | 'payroll' | 'initials';
	headlineMeter: string | null;
	headlineLabel: string | null;
	loginUrl: string | null;
}

const productColumns = [
	'id',
	'slug',
	'name',
	'summary',
	'mark',
	'headline_meter as headlineMeter',
	'headline_label as headlineLabel',
	'login_url as loginUrl'
] as const;

// A page asks for the catalogue from several modules at once; within one transaction once is enough.
const listed = new WeakMap<Scope, Promise<Product[]>>();

/** All products in the vendor's order. */
export const listProducts = usecase(
	'catalogue.read',
	v.object({}),
	async (scope): Promise<Product[]> => {
		const known = listed.get(scope);
		if (known) return known;
		const rows = scope.db
			.selectFrom('catalogue.products')
			.select(productColumns)
			.orderBy('position')
			.orderBy('slug')
			.execute() as Promise<Product[]>;
		listed.set(scope, rows);
		return rows;
	}
);

/** @throws NotFound */
export const readProduct = usecase(
	'catalogue.read',
	v.object({ slug: v.string() }),
	async ({ db }, { slug }): Promise<Product> => {
		const row = await db
			.selectFrom('catalogue.products')
			.select(productColumns)
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!row) throw new NotFound(`The product ${slug.slice(0, 41)}`);
		return row as Product;
	}
);
