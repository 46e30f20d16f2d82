import { listClients, listProducts, type Product } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';

/** The origins at which products sign people in: where a form of ours may lead by way of a launch. */
export async function productOrigins(): Promise<string[]> {
	const clients = await withSystem('web.product-origins', (scope) => listClients(scope));
	return originsOf(clients.flatMap(({ loginUrl, redirectUrls }) => [loginUrl, ...redirectUrls]));
}

export function originsOf(urls: (string | null)[]): string[] {
	return [...new Set(urls.flatMap((url) => (url ? [new URL(url).origin] : [])))];
}

/** The vendor's first products, for the sign-in page: anybody may see them. */
export async function productsForSale(): Promise<
	Pick<Product, 'slug' | 'name' | 'mark' | 'summary'>[]
> {
	const products = await withSystem('web.products-for-sale', (scope) => listProducts(scope, {}));
	return products
		.slice(0, 3)
		.map(({ slug, name, mark, summary }) => ({ slug, name, mark, summary }));
}
