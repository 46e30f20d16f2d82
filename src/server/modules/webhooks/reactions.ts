import type { DomainEvent } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { readSubscriptionState } from '../billing/index.ts';
import { listPlans, listProducts, type Product } from '../catalogue/index.ts';
import { listPersons } from '../identity/index.ts';
import { accessMode, listAccesses, readProductSettings } from '../launch/index.ts';
import { listSuspensions } from '../usage/index.ts';
import { wake } from './courier.ts';
import { tell } from './messages.ts';

// What a message says is read when it is made: a product that hears of a change late hears how things stand now.

on('subscription.started', 'webhooks.subscription-started', tellSubscription);
on('subscription.changed', 'webhooks.subscription-changed', tellSubscription);
// Another plan, other seats.
on('subscription.updated', 'webhooks.subscription-updated', tellSubscription);
// The mode is less than the subscription would leave, or no longer.
on('usage.suspended', 'webhooks.usage-suspended', tellSubscription);
on('usage.suspension-ended', 'webhooks.usage-suspension-ended', tellSubscription);

async function tellSubscription(
	scope: Scope<System>,
	event: DomainEvent<
		| 'subscription.started'
		| 'subscription.changed'
		| 'subscription.updated'
		| 'usage.suspended'
		| 'usage.suspension-ended'
	>
): Promise<void> {
	const { productId } = event.data;
	await tell(scope, event, productId, 'subscription.changed', async () => ({
		subscription: await readSubscription(scope, event.businessId, productId)
	}));
}

async function readSubscription(
	scope: Scope<System>,
	businessId: string,
	productId: string
): Promise<object | null> {
	const [subscription, products, plans, suspensions] = await Promise.all([
		readSubscriptionState(scope, { productId, businessId }),
		listProducts(scope, {}),
		listPlans(scope, {}),
		listSuspensions(scope, { businessId, productId })
	]);
	const product = products.find(({ id }) => id === productId);
	if (!subscription || !product) return null;
	const { mode, closesAt } = accessMode(subscription, product, scope.now, suspensions);
	return {
		status: subscription.status,
		mode,
		plan: plans.find(({ id }) => id === subscription.planId)?.slug ?? null,
		seats: subscription.seats,
		trial_ends_on: subscription.trialEndsOn,
		closes_at: closesAt
	};
}

on('access.granted', 'webhooks.access-granted', tellAccess);
on('access.removed', 'webhooks.access-removed', tellAccess);

async function tellAccess(
	scope: Scope<System>,
	event: DomainEvent<'access.granted' | 'access.removed'>
): Promise<void> {
	const product = (await listProducts(scope, {})).find(({ id }) => id === event.data.productId);
	if (product) await tellAccessTo(scope, event, product, event.data.personId);
}

// With the membership every access goes, without an event of its own: each product is told that there is none.
on('member.removed', 'webhooks.member-removed', async (scope, event) => {
	for (const product of await listProducts(scope, {})) {
		const held = { productId: product.id, businessId: event.businessId };
		if (await readSubscriptionState(scope, held))
			await tellAccessTo(scope, event, product, event.data.personId);
	}
});

async function tellAccessTo(
	scope: Scope<System>,
	event: DomainEvent,
	product: Product,
	personId: string
): Promise<void> {
	await tell(scope, event, product.id, 'access.changed', async () => {
		const [[person], accesses] = await Promise.all([
			listPersons(scope, { ids: [personId] }),
			listAccesses(scope, { businessId: event.businessId, product: product.slug })
		]);
		return {
			person: { id: personId, name: person?.name ?? '', email: person?.email ?? '' },
			role: accesses.find((access) => access.personId === personId)?.role ?? null
		};
	});
}

on('product.settings-changed', 'webhooks.settings-changed', async (scope, event) => {
	const { productId } = event.data;
	await tell(scope, event, productId, 'settings.changed', async () => {
		const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
		const { landing, always, contact } = await readProductSettings(scope, {
			product: product?.slug ?? '',
			businessId: event.businessId
		});
		return { settings: { landing: { ...landing, always }, contact } };
	});
});

on('export.asked', 'webhooks.export-asked', async (scope, event) => {
	const { exportId, productId, kind } = event.data;
	await tell(scope, event, productId, 'export.asked', () =>
		Promise.resolve({
			export: {
				id: exportId,
				kind,
				asked_by: { id: event.actor.id, name: event.actor.name },
				asked_at: event.occurredAt
			}
		})
	);
});

on('webhook.test-asked', 'webhooks.test-asked', async (scope, event) => {
	await tell(scope, event, event.data.productId, 'webhook.test', () => Promise.resolve({}));
});

on('webhook.resend-asked', 'webhooks.resend-asked', (scope) => wake(scope));
