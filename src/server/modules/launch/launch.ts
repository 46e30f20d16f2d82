import * as v from 'valibot';
import { Conflict, Forbidden } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import { usecase } from '../../platform/usecase.ts';
import { listPersons } from '../identity/index.ts';
import { deviceOf, type Device } from './devices.ts';
import { memberIn, readLauncher, type LaunchRefusal } from './launchers.ts';

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
	/** `last` lands where the person was, `start` at the product's beginning. */
	from: v.optional(v.picklist(['last', 'start']), 'last'),
	userAgent: v.optional(v.string(), '')
});

export interface Launched {
	/** The product's login address with what it needs to sign this person in (OpenID Connect Core 1.0, 4). */
	url: string;
	newTab: boolean;
}

/**
 * Records the visit and tells where the browser goes.
 * @throws NotFound, Forbidden without access, Conflict `subscription_…` or `no_address`.
 */
export const launch = usecase('launch.open', Launch, async (scope, input): Promise<Launched> => {
	const { businessId, personId } = memberIn(scope);
	const [view, [person]] = await Promise.all([
		readLauncher(scope, { slug: input.slug }),
		listPersons(scope, { ids: [personId] })
	]);
	const { product, places } = view;
	if (view.refusal) throw refused(view.refusal, product.name, view.granters);
	if (!product.loginUrl || !person) throw new Error('A launch without refusal lacks its address.');

	const device = deviceOf(input.userAgent);
	const place = input.from === 'last' ? places[0] : undefined;
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
		place: place?.label ?? null
	});
	await announce(scope, businessId, 'launch');

	const url = new URL(product.loginUrl);
	url.searchParams.set('iss', issuer());
	url.searchParams.set('login_hint', person.email);
	// A place is kept as a path alone: whatever was reported, the product's own host stays.
	url.searchParams.set('target_link_uri', new URL(place?.path ?? '/', product.loginUrl).href);
	return { url: url.href, newTab: view.newTab };
});

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
		case 'ended':
			return new Conflict('subscription_ended', `The subscription to ${product} has ended.`);
		case 'no_address':
			return new Conflict('no_address', `${product} has no address to open.`);
	}
}
