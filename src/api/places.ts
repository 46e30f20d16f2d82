import { Hono } from 'hono';
import * as v from 'valibot';
import { listProductHolders } from '#server/modules/billing/index.ts';
import { BusinessId } from '#server/modules/businesses/index.ts';
import { listLiveKeys, type ApiKey } from '#server/modules/catalogue/index.ts';
import { PlaceLabel, PlacePath, PlacePerson, reportPlace } from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Invalid, Unauthorized } from '#server/platform/errors.ts';
import { parse } from '#server/platform/usecase.ts';
import { authenticate } from './authentication.ts';
import { fault, isUtf8, parseJson, readBody, readContentType } from './body.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';

const Place = v.pipe(
	v.strictObject({
		business: v.pipe(
			BusinessId,
			v.metadata({ type: 'string' }),
			v.description('The id of the business.')
		),
		person: v.pipe(
			PlacePerson,
			v.description('Who is there: `sub` of the ID token, or the e-mail address.')
		),
		label: v.pipe(
			PlaceLabel,
			v.description('What the place is called, outermost first: `Stock › Receipts`.')
		),
		path: v.pipe(
			PlacePath,
			v.description('Its path in the product, beginning with one slash and naming no host.')
		)
	}),
	v.metadata({ ref: 'Place' })
);

const Kept = v.pipe(v.object({ kept: v.literal(true) }), v.metadata({ ref: 'Kept' }));

const routes = new Hono<Env>();

routes.post(
	'/places',
	describe({
		id: 'sendPlace',
		summary: 'Send where a person is',
		description:
			'Keeps where in the product a person is, so that the next launch lands there. The last five places of each person are kept; sending one again makes it the newest.',
		takes: {
			'application/json': {
				schema: Place,
				example: {
					business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
					person: 'wanjiku@mavuno.example',
					label: 'Stock › Receipts',
					path: '/stock/receipts'
				}
			}
		},
		gives: { description: 'Kept.', schema: Kept, example: { kept: true } },
		failures: ['invalid', 'unknown_business', 'unknown_person']
	}),
	authenticate,
	async (c) => {
		const contentType = readContentType(c.req.header('Content-Type'));
		if (contentType?.type !== 'application/json' || !isUtf8(contentType))
			throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
		const { business, ...place } = parse(Place, parseJson(await readBody(c)));
		const { id, productId, slug } = c.get('key');
		await check({ id, productId }, business);
		await withBusiness({ kind: 'product', businessId: business, productId, slug }, (scope) =>
			reportPlace(scope, place)
		);
		return c.json({ kept: true } as const);
	}
);

async function check(
	{ id, productId }: Pick<ApiKey, 'id' | 'productId'>,
	business: string
): Promise<void> {
	const [live, holders] = await withSystem('api.places', (scope) =>
		Promise.all([
			listLiveKeys(scope, { ids: [id] }),
			listProductHolders(scope, { productId, businessIds: [business] })
		])
	);
	if (live.length === 0)
		throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
	if (holders.length > 0) return;
	const message = 'No business of this id has this product.';
	throw new Invalid([{ path: 'business', message }], 'unknown_business', 422);
}

export const places: Noun = {
	name: 'Places',
	description: 'Where people are in a product, so that a launch lands there.',
	routes
};
