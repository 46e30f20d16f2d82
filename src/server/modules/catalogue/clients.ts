import * as v from 'valibot';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

const purpose = 'openid client secret';

export const setClientSecret = usecase(
	'catalogue.manage',
	v.object({ product: v.string(), secret: v.pipe(v.string(), v.minLength(32)) }),
	async ({ db }, { product, secret }) => {
		await db
			.updateTable('catalogue.products')
			.set({ client_secret_sealed: runtime().secrets.seal(purpose, secret) })
			.where('slug', '=', product)
			.execute();
	}
);

/** A product as the OpenID provider knows it; the client id is the product's id. */
export interface Client {
	productId: string;
	slug: string;
	name: string;
	secret: string;
	loginUrl: string | null;
	redirectUrls: string[];
	logoutUrl: string | null;
}

/** The products that can sign people in: those with a secret. Part of authentication: it asks no permission. */
export async function listClients({ db }: Scope<System>): Promise<Client[]> {
	const rows = await db
		.selectFrom('catalogue.products')
		.select([
			'id',
			'slug',
			'name',
			'client_secret_sealed',
			'login_url',
			'redirect_urls',
			'logout_url'
		])
		.where('client_secret_sealed', 'is not', null)
		.orderBy('position')
		.execute();
	return rows.flatMap((row) =>
		row.client_secret_sealed
			? [
					{
						productId: row.id,
						slug: row.slug,
						name: row.name,
						secret: runtime().secrets.open(purpose, row.client_secret_sealed),
						loginUrl: row.login_url,
						redirectUrls: row.redirect_urls,
						logoutUrl: row.logout_url
					}
				]
			: []
	);
}
