import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, NotFound } from '#server/platform/errors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	declareProduct,
	listProductExports,
	listProductPlaces,
	listProductRoles,
	readProductSetup
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
let erp: string;
beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
	({ erp } = await createProducts());
});
afterAll(() => test.stop());

type Declaration = Omit<Parameters<typeof declareProduct>[1], 'product'>;
const declare = (declaration: Declaration, product = 'erp') =>
	withSystem('test', (scope) => declareProduct(scope, { product, ...declaration }));
const asMember = <R>(work: Parameters<typeof withBusiness<TwoBusinesses['mavuno'], R>>[1]) =>
	withBusiness(businesses.mavuno, work);
const roles = () => asMember((scope) => listProductRoles(scope, { product: 'erp' }));

const clerk = { slug: 'clerk', name: 'Store clerk', description: 'Receives and counts.' };
const buyer = { slug: 'buyer', name: 'Buyer' };

describe('what a product declares', () => {
	it('is shown to every business, in the product’s own order', async () => {
		await declare({
			roles: [{ ...clerk, default: true }, buyer],
			places: [
				{ path: '/stock', label: 'Stock' },
				{ path: '/', label: 'Start' }
			],
			exports: [{ slug: 'everything', name: 'Everything', description: 'One file a table.' }]
		});
		expect(await roles()).toEqual([
			{ productId: erp, ...clerk, isDefault: true, retired: false },
			{ productId: erp, ...buyer, description: '', isDefault: false, retired: false }
		]);
		expect(await asMember((scope) => listProductPlaces(scope, { product: 'erp' }))).toEqual([
			{ path: '/stock', label: 'Stock' },
			{ path: '/', label: 'Start' }
		]);
		expect(await asMember((scope) => listProductExports(scope, { product: 'erp' }))).toEqual([
			{ slug: 'everything', name: 'Everything', description: 'One file a table.' }
		]);
		const setup = await withSystem('test', (scope) => readProductSetup(scope, { slug: 'erp' }));
		expect(setup.declaredAt).toEqual(test.clock.now());
	});

	it('is that product’s alone', async () => {
		await declare({ roles: [{ slug: 'teller', name: 'Teller', default: true }] }, 'sacco');
		expect((await roles()).map(({ slug }) => slug)).toEqual(['clerk', 'buyer']);
		const all = await asMember((scope) => listProductRoles(scope, {}));
		expect(all.map(({ slug }) => slug).sort()).toEqual(['buyer', 'clerk', 'teller']);
	});

	it('replaces what it declared before: a role that is gone is retired, and comes back when named', async () => {
		await declare({ roles: [{ ...buyer, name: 'Purchaser', default: true }] });
		expect(await roles()).toEqual([
			expect.objectContaining({ slug: 'buyer', name: 'Purchaser', isDefault: true }),
			expect.objectContaining({ slug: 'clerk', isDefault: false, retired: true })
		]);
		expect(await asMember((scope) => listProductPlaces(scope, { product: 'erp' }))).toEqual([]);
		expect(await asMember((scope) => listProductExports(scope, { product: 'erp' }))).toEqual([]);

		await declare({ roles: [buyer, { ...clerk, default: true }] });
		expect(await roles()).toEqual([
			expect.objectContaining({ slug: 'buyer', name: 'Buyer', isDefault: false, retired: false }),
			expect.objectContaining({ slug: 'clerk', isDefault: true, retired: false })
		]);
	});

	it.each<[string, Declaration, string]>([
		[
			'two default roles',
			{
				roles: [
					{ ...clerk, default: true },
					{ ...buyer, default: true }
				]
			},
			'roles.1.default'
		],
		['a role twice', { roles: [clerk, buyer, clerk] }, 'roles.2.slug'],
		['a role in capitals', { roles: [{ slug: 'Clerk', name: 'Clerk' }] }, 'roles.0.slug'],
		['a role without a name', { roles: [clerk, { slug: 'buyer', name: ' ' }] }, 'roles.1.name'],
		[
			'a place at a host',
			{ places: [{ path: '//evil.example', label: 'Stock' }] },
			'places.0.path'
		],
		[
			'a place at an address',
			{ places: [{ path: 'https://erp.example/', label: 'Stock' }] },
			'places.0.path'
		],
		[
			'a place twice',
			{
				places: [
					{ path: '/a', label: 'A' },
					{ path: '/a', label: 'B' }
				]
			},
			'places.1.path'
		],
		['an export twice', { exports: [buyer, buyer] }, 'exports.1.slug'],
		[
			'a long description',
			{ exports: [{ ...buyer, description: 'x'.repeat(201) }] },
			'exports.0.description'
		],
		[
			'too many roles',
			{ roles: Array.from({ length: 31 }, (_, n) => ({ slug: `r${n}`, name: 'R' })) },
			'roles'
		]
	])('cannot have %s in it, and then changes nothing', async (_, declaration, path) => {
		const before = await roles();
		await expect(declare(declaration)).rejects.toMatchObject({ issues: [{ path }] });
		expect(await roles()).toEqual(before);
	});
});

it('a product that is not there declares nothing', async () => {
	await expect(declare({}, 'nothing')).rejects.toBeInstanceOf(NotFound);
});

it('two processes of a product can declare at once', async () => {
	const one = { roles: [{ ...clerk, default: true }, buyer] };
	const other = { roles: [clerk, { ...buyer, default: true }] };
	await Promise.all([declare(one), declare(other), declare(one), declare(other)]);
	expect((await roles()).filter(({ isDefault }) => isDefault)).toHaveLength(1);
});

it('nobody declares for a product through a member’s door', async () => {
	await expect(
		asMember((scope) => declareProduct(scope, { product: 'erp' }))
	).rejects.toBeInstanceOf(Forbidden);
	for (const table of ['product_roles', 'product_places', 'product_exports'] as const)
		await expect(
			asMember(({ db }) => db.deleteFrom(`catalogue.${table}`).execute())
		).rejects.toThrow('permission denied');
});
