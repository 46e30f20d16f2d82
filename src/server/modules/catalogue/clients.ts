import * as v from 'valibot';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken } from '../../platform/secrets.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from './products.ts';

const purpose = 'openid client secret';

/** @throws NotFound */
export const setClientSecret = usecase(
	'catalogue.manage',
	v.object({ product: v.string(), secret: v.pipe(v.string(), v.minLength(32)) }),
	async (scope, { product, secret }) => {
		const { id } = await readProduct(scope, { slug: product });
		await scope.db
			.updateTable('catalogue.products')
			.set({ client_secret_sealed: runtime().secrets.seal(purpose, secret) })
			.where('id', '=', id)
			.execute();
	}
);

/** Makes a secret in place of the one there was, which is refused from now on. It is told this once. */
export const renewClientSecret = usecase(
	'catalogue.manage',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<{ secret: string }> => {
		const secret = newToken();
		await setClientSecret(scope, { product, secret });
		return { secret };
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
	/** Where the browser may be sent after signing out there. */
	postLogoutUrls: string[];
	/** Where it takes logout tokens. */
	logoutUrl: string | null;
	/** What the browser loads in a frame when the person signs out here. */
	frontchannelLogoutUrl: string | null;
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
			'post_logout_urls',
			'logout_url',
			'frontchannel_logout_url'
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
						postLogoutUrls: row.post_logout_urls,
						logoutUrl: row.logout_url,
						frontchannelLogoutUrl: row.frontchannel_logout_url
					}
				]
			: []
	);
}
