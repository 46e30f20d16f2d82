import * as v from 'valibot';
import { Conflict, Forbidden, Invalid } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProductPlaces } from '../catalogue/index.ts';
import { listPersons } from '../identity/index.ts';
import { memberIn } from './business.ts';
import { deviceOf, type Device } from './devices.ts';
import { listExports } from './exports.ts';
import { startPath } from './landing.ts';
import { readLauncher, type LaunchRefusal, type LaunchView } from './launchers.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'product.launched': {
			personId: string;
			productId: string;
			slug: string;
			product: string;
			device: Device;
			/** Where the launch lands, as the product calls it. */
			place: string | null;
		};
	}
}

/** The issuer of the portal's OpenID provider. */
export function issuer(): string {
	return `${runtime().publicUrl}/oidc`;
}

const Launch = v.object({
	slug: v.string(),
	/**
	 * `last` lands where the page says that it lands, `start` at the product's beginning, `place` at
	 * `path`: one of the person's last places, of the places that the product declared, or of an export
	 * that is ready for them.
	 */
	from: v.optional(v.picklist(['last', 'start', 'place']), 'last'),
	path: v.optional(v.string()),
	/** Also while the product is in maintenance or out of order. */
	anyway: v.optional(v.boolean(), false),
	userAgent: v.optional(v.string(), '')
});

export interface Launched {
	/** The product's login address with what it needs to sign this person in (OpenID Connect Core 1.0, 4). */
	url: string;
	newTab: boolean;
}

/**
 * Records the visit and tells where the browser goes. A product in maintenance or out of order is not shut:
 * what is said of it may be late, so the person is warned and decides.
 * @throws NotFound; Forbidden without access; Conflict `not_subscribed`, `subscription_…`, `usage_suspended`, `no_address`,
 * `product_maintenance`, `product_outage`, `export_expired`; Invalid on `path` for a place that is none
 */
export const launch = usecase('launch.open', Launch, async (scope, input): Promise<Launched> => {
	const { businessId, personId } = memberIn(scope);
	const [view, [person]] = await Promise.all([
		readLauncher(scope, { slug: input.slug }),
		listPersons(scope, { ids: [personId] })
	]);
	const { product } = view;
	if (view.refusal) throw refused(view.refusal, product.name, view.granters);
	if (!product.loginUrl || !person) throw new Error('A launch without refusal lacks its address.');
	const state = view.state.now?.state;
	if ((state === 'maintenance' || state === 'outage') && !input.anyway)
		throw new Conflict(`product_${state}`, `${product.name} may not work at the moment.`);

	const device = deviceOf(input.userAgent);
	const place = await placeOf(scope, input, view);
	await scope.db
		.insertInto('launch.visits')
		.values({
			business_id: businessId,
			id: newId('vis', scope.now),
			person_id: personId,
			product_id: product.id,
			device,
			user_agent: input.userAgent.slice(0, 300),
			visited_at: scope.now
		})
		.execute();
	await emit(scope, 'product.launched', {
		personId,
		productId: product.id,
		slug: product.slug,
		product: product.name,
		device,
		place: place.label
	});
	await announce(scope, businessId, 'launch');

	const url = new URL(product.loginUrl);
	url.searchParams.set('iss', issuer());
	url.searchParams.set('login_hint', person.email);
	// A place is kept as a path alone: whatever was reported, the product's own host stays.
	url.searchParams.set('target_link_uri', new URL(place.path, product.loginUrl).href);
	return { url: url.href, newTab: view.newTab };
});

/** Where this launch lands; nobody can be sent to a path that neither the product nor the business named. */
async function placeOf(
	scope: Scope,
	{ from, path }: v.InferOutput<typeof Launch>,
	{ product, places, landing }: LaunchView
): Promise<{ path: string; label: string | null }> {
	if (from === 'start') return { path: startPath, label: null };
	if (from === 'last') return landing;
	const [declared, exports] = await Promise.all([
		listProductPlaces(scope, { product: product.slug }),
		listExports(scope, { product: product.slug })
	]);
	const place = [...places, ...declared].find((known) => known.path === path);
	if (place) return place;
	const file = exports.find((known) => known.path !== null && known.path === path);
	if (!file?.path)
		throw new Invalid([{ path: 'path', message: 'This is no place that the product named.' }]);
	if (file.expired)
		throw new Conflict(
			'export_expired',
			`${product.name} keeps this file no longer. Ask for it anew.`
		);
	return { path: file.path, label: file.name };
}

function refused(refusal: LaunchRefusal, product: string, granters: string[]): Error {
	switch (refusal) {
		case 'no_access':
			return new Forbidden(
				`You have no access to ${product}. Ask ${granters[0] ?? 'an owner of your business'} for it.`
			);
		case 'not_subscribed':
			return new Conflict('not_subscribed', `Your business has no subscription to ${product}.`);
		case 'suspended':
			return new Conflict('subscription_suspended', `The subscription to ${product} is suspended.`);
		case 'limited':
			return new Conflict(
				'usage_suspended',
				`${product} is closed: a limit that your business set is reached.`
			);
		case 'ended':
			return new Conflict('subscription_ended', `The subscription to ${product} has ended.`);
		case 'no_address':
			return new Conflict('no_address', `${product} has no address to open.`);
	}
}
