import {
	issueInvoice,
	listSubscriptions,
	saveSeller,
	startSubscription
} from '#server/modules/billing/index.ts';
import { followInvoice, listDue } from '#server/modules/dunning/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { payInvoice } from './payments.ts';
import type { createProducts } from './products.ts';

/** ERP and SACCO for each, and who issues the invoices. */
export function subscribeAll(members: readonly Member[], startedOn = '2026-01-01'): Promise<void> {
	return withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
		for (const { businessId } of members) {
			await startSubscription(scope, { businessId, product: 'erp', plan: 'business', startedOn });
			await startSubscription(scope, { businessId, product: 'sacco', plan: 'growth', startedOn });
		}
	});
}

type Products = Awaited<ReturnType<typeof createProducts>>;

/** An invoice for a product, of KES 1,160.00 with its tax. */
export function bill(
	{ businessId }: Member,
	products: Products,
	days: { issuedOn: string; dueOn: string },
	product: keyof Products = 'erp'
): Promise<{ id: string; number: string }> {
	return withSystem('test', (scope) =>
		issueInvoice(scope, {
			businessId,
			...days,
			currency: 'KES',
			lines: [
				{
					description: 'Business plan',
					productId: products[product],
					quantity: '1',
					unitMinor: '100000'
				}
			]
		})
	);
}

let references = 0;

/** Money for an invoice, whole unless told otherwise. */
export function payFor(
	{ businessId }: Member,
	number: string,
	amountMinor = 116_000n
): Promise<unknown> {
	references += 1;
	const reference = `FT-DUN-${references}`;
	return withSystem('test', (scope) =>
		payInvoice(scope, {
			businessId,
			number,
			amountMinor,
			currency: 'KES',
			method: 'bank',
			reference,
			receivedOn: scope.now.toISOString().slice(0, 10)
		})
	);
}

/** What the hourly job does, one after the other. @returns how many steps were taken */
export async function followAll(): Promise<number> {
	const due = await withSystem('test', (scope) => listDue(scope));
	let taken = 0;
	for (const invoice of due)
		taken += await withSystem('test', (scope) => followInvoice(scope, invoice));
	return taken;
}

/** How each product of a business stands, such as `erp: active`. */
export async function standings(member: Member): Promise<string[]> {
	const subscriptions = await withBusiness(member, (scope) => listSubscriptions(scope, {}));
	return subscriptions.map(({ product, status }) => `${product.slug}: ${status}`);
}
