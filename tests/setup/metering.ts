import { startSubscription } from '#server/modules/billing/index.ts';
import { createApiKey, readApiKey, type ApiKey } from '#server/modules/catalogue/index.ts';
import { defineMeter, type UsageEvent } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from './businesses.ts';
import { createProducts } from './products.ts';

export interface Metered extends TwoBusinesses {
	erp: ApiKey & { token: string };
	sacco: ApiKey & { token: string };
}

/**
 * Mavuno has ERP and SACCO, Pwani has SACCO alone. ERP has a meter of every aggregation:
 * records (count), data (sum, by user and branch), active-users (unique), peak (max), members (latest).
 */
export async function createMetered(): Promise<Metered> {
	const businesses = await createTwoBusinesses();
	await createProducts();
	return withSystem('test', async (scope) => {
		for (const [product, member] of [
			['erp', businesses.mavuno],
			['sacco', businesses.mavuno],
			['sacco', businesses.pwani]
		] as const) {
			await startSubscription(scope, {
				businessId: member.businessId,
				product,
				plan: product === 'erp' ? 'business' : 'growth',
				startedOn: '2026-01-01'
			});
		}
		const product = 'erp';
		await defineMeter(scope, {
			product,
			slug: 'records',
			name: 'Records',
			eventType: 'erp.record.saved',
			aggregation: 'count',
			unit: 'count',
			dimensions: ['branch']
		});
		await defineMeter(scope, {
			product,
			slug: 'data',
			name: 'Data',
			eventType: 'erp.data.transferred',
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes',
			dimensions: ['user', 'branch']
		});
		await defineMeter(scope, {
			product,
			slug: 'active-users',
			name: 'Active users',
			eventType: 'erp.data.transferred',
			aggregation: 'unique',
			valueProperty: 'user',
			unit: 'people'
		});
		await defineMeter(scope, {
			product,
			slug: 'peak',
			name: 'Peak',
			eventType: 'erp.load',
			aggregation: 'max',
			valueProperty: 'value',
			unit: 'count'
		});
		await defineMeter(scope, {
			product,
			slug: 'members',
			name: 'Members',
			eventType: 'erp.level',
			aggregation: 'latest',
			valueProperty: 'value',
			unit: 'count'
		});
		await defineMeter(scope, {
			product: 'sacco',
			slug: 'data',
			name: 'Data',
			eventType: 'sacco.data.transferred',
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes'
		});
		const makeKey = async (slug: string): Promise<ApiKey & { token: string }> => {
			const { token } = await createApiKey(scope, { product: slug });
			const key = await readApiKey(scope, { token });
			if (!key) throw new Error('The key was not made.');
			return { ...key, token };
		};
		return { ...businesses, erp: await makeKey('erp'), sacco: await makeKey('sacco') };
	});
}

let made = 0;

/** An event of Mavuno's ERP that moved 100 bytes at the test's time, unless told otherwise. */
export function usageEvent(
	businessId: string,
	more: Partial<Omit<UsageEvent, 'time'>> & { time?: string } = {}
): UsageEvent {
	made += 1;
	return {
		businessId,
		source: '/erp/nairobi',
		id: `event-${made}`,
		type: 'erp.data.transferred',
		data: { bytes: 100, user: 'otieno', branch: 'Nakuru' },
		...more,
		time: Date.parse(more.time ?? '2026-11-25T08:30:00Z')
	};
}
