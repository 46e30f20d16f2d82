import type { DomainEvent } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import type { Scope } from '../../platform/scope.ts';
import { listSuspended } from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { listProducts, type Product } from '../catalogue/index.ts';
import { accessMode, closingOf, listAccesses, type Access } from '../launch/index.ts';
import { tell } from './channels.ts';
import type { News } from './letters.ts';
import type { NotificationKind } from './notifications.ts';
import { whoMay } from './recipients.ts';
import { writeMoment } from './words.ts';

interface Said {
	kind: NotificationKind;
	params?: Record<string, string>;
	letter: Omit<News, 'path'>;
	/** Those who work with the product are told besides those who lead and pay. */
	touchesAll: boolean;
}

on('subscription.changed', 'notifications.subscription-changed', async (scope, event) => {
	const { productId } = event.data;
	const product = (await listProducts(scope, {})).find(({ id }) => id === productId);
	if (!product) return;
	const { timeZone } = await readBusiness(scope, { businessId: event.businessId });
	await tellOf(scope, event.businessId, product, {
		...say(event, product, timeZone),
		key: event.id,
		at: event.occurredAt
	});
});

function say(
	{ data, occurredAt }: DomainEvent<'subscription.changed'>,
	product: Product,
	zone: string
): Said {
	const { name } = product;
	const wasShut = data.from === 'suspended' || data.from === 'paused';
	switch (data.to) {
		case 'past_due':
			return {
				kind: 'subscription_past_due',
				letter: {
					subject: `A payment for ${name} is overdue`,
					text: `A payment for ${name} is overdue. ${name} works for now; please pay so that it stays so:`
				},
				touchesAll: false
			};
		case 'suspended': {
			const access = accessMode(
				{ status: 'suspended', suspendedAt: occurredAt },
				product,
				occurredAt,
				[]
			);
			const { mode, closesAt } = access;
			return {
				kind: 'subscription_suspended',
				params: { mode, ...(closesAt ? { closesAt: closesAt.toISOString() } : {}) },
				letter: {
					subject: `${name} is suspended`,
					text: `${name} is suspended. ${left(access, zone)}`
				},
				touchesAll: true
			};
		}
		case 'paused': {
			const { mode } = accessMode({ status: 'paused', suspendedAt: null }, product, occurredAt, []);
			return {
				kind: 'subscription_paused',
				params: { mode },
				letter: {
					subject: `${name} is paused`,
					text: `${name} is paused, and costs nothing until it goes on. ${left({ mode, closesAt: null, limitedUntil: null }, zone)}`
				},
				touchesAll: true
			};
		}
		case 'trial':
		case 'active':
			return {
				kind: 'subscription_active',
				params: { from: data.from },
				letter: {
					subject: wasShut ? `${name} is open again` : `Your subscription of ${name} is active`,
					text: wasShut
						? `${name} is open again, with everything that was in it.`
						: `Your subscription of ${name} is active.`
				},
				touchesAll: wasShut
			};
		case 'ended':
			return {
				kind: 'subscription_ended',
				letter: {
					subject: `Your subscription of ${name} has ended`,
					text: `Your subscription of ${name} has ended, and it can no longer be opened.`
				},
				touchesAll: true
			};
	}
}

/** What is left of a suspended product, and until when. */
function left({ mode, closesAt }: Access, timeZone: string): string {
	if (closesAt)
		return `You can read everything in it until ${writeMoment(closesAt, timeZone)}. Then it closes.`;
	switch (mode) {
		case 'full':
			return 'It can be used as before.';
		case 'read_only':
			return 'You can read everything in it, and change nothing.';
		case 'export_only':
			return 'You can export your data from it, and nothing else.';
		case 'closed':
			return 'It cannot be opened.';
	}
}

/** How long before a suspended product closes its people are told once more. */
const warningMs = 2 * 86_400_000;

/** Tells of suspended products that close within two days: part of the daily reminder. */
export async function remindOfClosing(scope: Scope): Promise<void> {
	const products = await listProducts(scope, {});
	for (const { businessId, subscriptionId, productId, suspendedAt } of await listSuspended(
		scope,
		{}
	)) {
		const product = products.find(({ id }) => id === productId);
		const closesAt = product ? closingOf(suspendedAt, product) : null;
		if (!product || !closesAt) continue;
		const ahead = closesAt.getTime() - scope.now.getTime();
		if (ahead <= 0 || ahead > warningMs) continue;
		const { timeZone } = await readBusiness(scope, { businessId });
		const when = writeMoment(closesAt, timeZone);
		await tellOf(scope, businessId, product, {
			kind: 'subscription_closing',
			params: { closesAt: closesAt.toISOString() },
			letter: {
				subject: `${product.name} closes on ${when}`,
				text: `${product.name} is suspended and closes on ${when}. Until then you can read everything in it.`
			},
			touchesAll: true,
			key: `closing ${subscriptionId} ${closesAt.toISOString()}`,
			at: scope.now
		});
	}
}

/** Leaders and whoever sees the bills, and where it touches them those who can open the product. */
async function tellOf(
	scope: Scope,
	businessId: string,
	product: Product,
	said: Said & { key: string; at: Date }
): Promise<void> {
	const leading = await whoMay(scope, businessId, 'billing.read');
	const working = said.touchesAll
		? await listAccesses(scope, { businessId, product: product.slug })
		: [];
	await tell(scope, {
		businessId,
		productId: product.id,
		topic: 'subscription',
		personIds: [...new Set([...leading, ...working.map(({ personId }) => personId)])],
		key: said.key,
		kind: said.kind,
		params: { product: product.name, ...said.params },
		at: said.at,
		letter: { ...said.letter, path: `/products/${product.slug}` }
	});
}
