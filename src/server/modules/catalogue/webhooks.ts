import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { Address } from './addresses.ts';

const purpose = 'webhook secret';
const prefix = 'whsec_';

/** How long the secret before the present one signs along. */
const changeOverMs = 24 * 3_600_000;

/** As Standard Webhooks writes it: 24 to 64 bytes in base64; what we make has 32. */
const WebhookSecret = v.pipe(
	v.string(),
	v.trim(),
	v.check((text) => {
		if (!text.startsWith(prefix)) return false;
		const code = text.slice(prefix.length);
		const bytes = Buffer.from(code, 'base64');
		return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === code;
	}, 'A secret is whsec_ and 24 to 64 bytes in base64.')
);

const SetWebhook = v.object({
	product: v.string(),
	/** Null: the product hears nothing any more. */
	url: v.nullable(Address),
	secret: v.optional(WebhookSecret),
	/** Make a secret in place of the one there is. */
	renew: v.optional(v.boolean(), false)
});

/**
 * Where a product hears of changes, and what their signatures are made with. A secret is made where there is none
 * and none is given; it is told this once, and null where the one known before stays.
 * @throws NotFound
 */
export const setWebhook = usecase(
	'catalogue.manage',
	SetWebhook,
	async (
		{ db, now },
		{ product, url, secret: given, renew }
	): Promise<{ secret: string | null }> => {
		const { secrets } = runtime();
		const row = await db
			.selectFrom('catalogue.products')
			.select(['id', 'webhook_secret_sealed'])
			.where('slug', '=', product)
			.forUpdate()
			.executeTakeFirst();
		if (!row) throw new NotFound(`The product ${product.slice(0, 41)}`);
		const made =
			url !== null && given === undefined && (renew || row.webhook_secret_sealed === null)
				? prefix + randomBytes(32).toString('base64')
				: null;
		const known = row.webhook_secret_sealed && secrets.open(purpose, row.webhook_secret_sealed);
		// Given again, as at each start of a sample product, it is no change that anything need change over to.
		const secret = given === known ? null : (given ?? made);
		await db
			.updateTable('catalogue.products')
			.set({
				webhook_url: url,
				...(url === null
					? { webhook_secret_sealed: null, webhook_former_secret_sealed: null }
					: {}),
				...(url !== null && secret !== null
					? {
							webhook_secret_sealed: secrets.seal(purpose, secret),
							webhook_former_secret_sealed: row.webhook_secret_sealed,
							webhook_secret_changed_at: now
						}
					: {})
			})
			.where('id', '=', row.id)
			.execute();
		return { secret: made };
	}
);

/**
 * Where a product is told of changes and the secrets to sign with, the present one first: for a day after a change
 * the former one signs too. Part of telling it: it asks no permission.
 */
export async function readWebhookTarget(
	{ db, now }: Scope<System>,
	{ productId }: { productId: string }
): Promise<{ url: string; secrets: string[] } | null> {
	const row = await db
		.selectFrom('catalogue.products')
		.select([
			'webhook_url',
			'webhook_secret_sealed',
			'webhook_former_secret_sealed',
			'webhook_secret_changed_at'
		])
		.where('id', '=', productId)
		.executeTakeFirst();
	if (!row?.webhook_url || !row.webhook_secret_sealed) return null;
	const changed = row.webhook_secret_changed_at?.getTime() ?? 0;
	const former = now.getTime() - changed < changeOverMs ? row.webhook_former_secret_sealed : null;
	return {
		url: row.webhook_url,
		secrets: [row.webhook_secret_sealed, former].flatMap((sealed) =>
			sealed ? [runtime().secrets.open(purpose, sealed)] : []
		)
	};
}
