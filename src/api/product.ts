import { Hono } from 'hono';
import * as v from 'valibot';
import {
	declarationEntries,
	declareProduct,
	listLiveKeys,
	listProductExports,
	listProductPlaces,
	listProductRoles,
	readProduct
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Unauthorized } from '#server/platform/errors.ts';
import type { Scope, System } from '#server/platform/scope.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import { readJson } from './body.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';

const { roles, places, exports } = declarationEntries;

const Declaration = v.pipe(
	v.strictObject({
		roles: v.pipe(
			roles,
			v.description(
				'What people can be in the product, at most 30: `slug`, `name`, `description`, and `default: true` for the one that somebody gets of whom nothing else is said. Sent as the claim `product_role`.'
			)
		),
		places: v.pipe(
			places,
			v.description(
				'Where a launch can land by the choice of a business, at most 100: `path` and `label`.'
			)
		),
		exports: v.pipe(
			exports,
			v.description(
				'What a business can ask the product to export, at most 20: `slug`, `name`, `description`.'
			)
		)
	}),
	v.metadata({ ref: 'Declaration' })
);

const Named = { slug: v.string(), name: v.string(), description: v.string() };

const Declared = v.pipe(
	v.object({
		product: v.pipe(
			v.object({ id: v.string(), slug: v.string(), name: v.string() }),
			v.description('The product that the key is of. Its `id` is the OpenID client id.')
		),
		roles: v.pipe(
			v.array(v.object({ ...Named, default: v.boolean() })),
			v.description('The roles that people can be given.')
		),
		retired: v.pipe(
			v.array(v.string()),
			v.description(
				'Roles that were declared once and are no longer: whoever holds one keeps it until somebody changes it.'
			)
		),
		places: v.pipe(
			v.array(v.object({ path: v.string(), label: v.string() })),
			v.description('Where launches can land.')
		),
		exports: v.pipe(v.array(v.object(Named)), v.description('What can be asked for.'))
	}),
	v.metadata({ ref: 'Declared' })
);
type Declared = v.InferOutput<typeof Declared>;

const example = {
	roles: [
		{ slug: 'clerk', name: 'Store clerk', description: 'Receives and counts.', default: true },
		{ slug: 'manager', name: 'Manager', description: 'May do everything.' }
	],
	places: [{ path: '/stock/receipts', label: 'Stock › Receipts' }],
	exports: [{ slug: 'everything', name: 'Everything', description: 'One CSV file a table.' }]
};

const routes = new Hono<Env>();

routes.put(
	'/product',
	describe({
		id: 'declareProduct',
		summary: 'Declare roles, places and exports',
		description:
			'Says what roles the product knows, where launches can land and what can be exported. It replaces what was declared before, and a list that is left out is empty: send everything, at every start of the product.',
		takes: { 'application/json': { schema: Declaration, example } },
		gives: {
			description: 'What is declared now.',
			schema: Declared,
			example: {
				product: { id: 'prd_06ebk3w5q8x1y2z3a4b5c6d7e8', slug: 'erp', name: 'ERP System' },
				roles: example.roles.map((role) => ({ default: false, ...role })),
				retired: ['storekeeper'],
				places: example.places,
				exports: example.exports
			}
		},
		failures: ['invalid']
	}),
	authenticate,
	async (c) => {
		const declaration = parse(Declaration, await readJson(c));
		const { id, slug } = c.get('key');
		const declared = await withSystem('api.product', async (scope) => {
			if ((await listLiveKeys(scope, { ids: [id] })).length === 0)
				throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
			await declareProduct(scope, { product: slug, ...declaration });
			return readDeclared(scope, slug);
		});
		return c.json(declared);
	}
);

async function readDeclared(scope: Scope<System>, slug: string): Promise<Declared> {
	const [product, all, declaredPlaces, declaredExports] = await Promise.all([
		readProduct(scope, { slug }),
		listProductRoles(scope, { product: slug }),
		listProductPlaces(scope, { product: slug }),
		listProductExports(scope, { product: slug })
	]);
	const { id, name } = product;
	return {
		product: { id, slug, name },
		roles: all
			.filter(({ retired }) => !retired)
			.map((role) => ({
				slug: role.slug,
				name: role.name,
				description: role.description,
				default: role.isDefault
			})),
		retired: all.filter(({ retired }) => retired).map((role) => role.slug),
		places: declaredPlaces,
		exports: declaredExports
	};
}

export const product: Noun = {
	name: 'Product',
	description: 'What a product says of itself.',
	routes
};
