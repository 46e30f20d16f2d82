import { expect } from 'vitest';
import {
	readAgreements,
	readBooks,
	saveSeller,
	startSubscription
} from '#server/modules/billing/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import {
	createApiKey,
	readApiKey,
	savePlanVersion,
	type ApiKey,
	type PlanPrice
} from '#server/modules/catalogue/index.ts';
import { verifyLedger } from '#server/modules/ledger/index.ts';
import { defineMeter, recordEvents } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { usageEvent } from './metering.ts';
import { createProducts } from './products.ts';
import { startTestRuntime, type TestRuntime } from './runtime.ts';

let runtime: TestRuntime;
let key: ApiKey;
export const erpKey = (): ApiKey => key;

/** A vendor with ERP, whose meters add up `data` and `calls`; it is the first of January. */
export async function startBilling(): Promise<TestRuntime> {
	runtime = await startTestRuntime();
	runtime.clock.set(new Date('2026-01-01T06:00:00Z'));
	await createProducts();
	key = await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet', address: ['Nairobi'], taxPin: 'P051930264T' });
		for (const slug of ['data', 'calls'])
			await defineMeter(scope, {
				product: 'erp',
				slug,
				name: slug,
				eventType: `erp.${slug}`,
				aggregation: 'sum',
				valueProperty: 'value',
				unit: 'count'
			});
		const { token } = await createApiKey(scope, { product: 'erp' });
		const made = await readApiKey(scope, { token });
		if (!made) throw new Error('The key was not made.');
		return made;
	});
	return runtime;
}

let plans = 0;

/** A plan of its own, on offer from now on. */
export async function plan(
	prices: Partial<PlanPrice>[],
	terms: Partial<Parameters<typeof savePlanVersion>[1]> = {}
): Promise<string> {
	const slug = `plan-${++plans}`;
	await withSystem('test', (scope) =>
		savePlanVersion(scope, {
			product: 'erp',
			plan: slug,
			name: `Plan ${plans}`,
			meters: ['data', 'calls'],
			...terms,
			prices: prices.map((price, index) => ({
				slug: `price-${index}`,
				kind: 'flat' as const,
				label: `Price ${index}`,
				price: { model: 'flat' as const, amount: '1000' },
				...price
			}))
		})
	);
	return slug;
}

export const flat = (amount: string): Partial<PlanPrice> => ({ price: { model: 'flat', amount } });
export const use = (price: PlanPrice['price'], meter = 'data'): Partial<PlanPrice> => ({
	kind: 'usage',
	meter,
	label: `Use of ${meter}`,
	price
});

let businesses = 0;

export async function subscribe(
	planSlug: string,
	startedOn: string,
	{
		timeZone = 'Africa/Nairobi',
		...more
	}: { timeZone?: string; trialEndsOn?: string; coupon?: string; firstPeriodBilled?: boolean } = {}
): Promise<string> {
	return withSystem('test', async (scope) => {
		const { id } = await createBusiness(scope, { name: `Business ${++businesses}`, timeZone });
		await startSubscription(scope, {
			businessId: id,
			product: 'erp',
			plan: planSlug,
			startedOn,
			...more
		});
		return id;
	});
}

export const at = (moment: string): void => {
	runtime.clock.set(new Date(moment));
};
let events = 0;
/** The id of the event that was sent last. */
export const lastEvent = (): string => `e${events}`;
export const used = (businessId: string, time: string, value: string, slug = 'data') =>
	recordEvents(
		[usageEvent(businessId, { id: `e${++events}`, type: `erp.${slug}`, time, data: { value } })],
		key,
		{ at: new Date(time) }
	);

/** The invoices of a business, the oldest first: day, then each line's kind, first day and amount. */
export async function invoicesOf(businessId: string): Promise<unknown[][]> {
	const found = await runtime.database.system.db
		.selectFrom('billing.invoices as i')
		.innerJoin('billing.invoice_lines as l', (join) =>
			join.onRef('l.business_id', '=', 'i.business_id').onRef('l.invoice_id', '=', 'i.id')
		)
		.select(['i.id', 'i.issued_on', 'l.kind', 'l.period_start', 'l.amount_minor'])
		.select('l.discount_minor')
		.where('i.business_id', '=', businessId)
		.orderBy('i.sequence')
		.orderBy('l.position')
		.execute();
	return [...Map.groupBy(found, ({ id }) => id).values()].map((lines) => [
		lines[0]?.issued_on,
		...lines.map((line) => [line.kind, line.period_start, line.amount_minor - line.discount_minor])
	]);
}

export const agreementOf = (businessId: string) =>
	withSystem('test', async (scope) => {
		const [agreement] = await readAgreements(scope, { businessIds: [businessId], ended: true });
		return agreement;
	});

export async function expectTruth(): Promise<void> {
	const { disagreements } = await withSystem('test', (scope) => verifyLedger(scope, readBooks));
	expect(disagreements).toEqual([]);
	const rows = await runtime.database.system.db
		.selectFrom('billing.invoices')
		.select('sequence')
		.where('series', '=', 'invoices')
		.orderBy('sequence')
		.execute();
	expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
}
