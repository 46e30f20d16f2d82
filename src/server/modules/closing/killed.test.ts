import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBooks, saveSeller, startSubscription } from '#server/modules/billing/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import {
	createApiKey,
	readApiKey,
	savePlanVersion,
	type ApiKey
} from '#server/modules/catalogue/index.ts';
import { verifyLedger } from '#server/modules/ledger/index.ts';
import { defineMeter, recordEvents, type UsageEvent } from '#server/modules/usage/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { ClosingReport, ClosingTask } from '../../../../tests/setup/closing-process.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';

// Another each time; a failure is looked at again with CLOSING_SEED.
const seed = Number(process.env['CLOSING_SEED'] ?? Date.now() % 1_000_000);
let state = seed;
const random = (): number => {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	return state / 2 ** 32;
};
const below = (bound: number): number => Math.floor(random() * bound);

const meters = ['data', 'calls'] as const;
const products = ['erp', 'sacco'] as const;
type Product = (typeof products)[number];
const count = 24;
/** How often two at once may be killed before one may end; more of it with CLOSING_ROUNDS. */
const most = Number(process.env['CLOSING_ROUNDS'] ?? 3);

let runtime: TestRuntime;
const keys = new Map<Product, ApiKey>();
/** What each business used: by business, product, meter and the month it was in. */
const used = new Map<string, number>();
/** Business, product and the day on which it was begun. */
const subscriptions: { businessId: string; product: Product; id: string }[] = [];

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-01-10T09:00:00Z'));
	await createProducts();
	await withSystem('test', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet', address: ['Nairobi'], taxPin: 'P051930264T' });
		for (const product of products) {
			for (const slug of meters)
				await defineMeter(scope, {
					product,
					slug,
					name: slug,
					eventType: `${product}.${slug}`,
					aggregation: 'sum',
					valueProperty: 'value',
					unit: 'count'
				});
			await savePlanVersion(scope, {
				product,
				plan: 'metered',
				name: 'Metered',
				meters: [...meters],
				prices: [
					{ slug: 'base', kind: 'flat', label: 'Base', price: { model: 'flat', amount: '1000' } },
					{
						slug: 'data',
						kind: 'usage',
						label: 'Data',
						meter: 'data',
						price: {
							model: 'graduated',
							tiers: [
								{ up_to: '50', unit_amount: '2' },
								{ up_to: null, unit_amount: '1' }
							]
						}
					},
					{
						slug: 'calls',
						kind: 'usage',
						label: 'Calls',
						meter: 'calls',
						price: { model: 'per_unit', unit_amount: '3', included: '10' }
					}
				]
			});
			const { token } = await createApiKey(scope, { product });
			const key = await readApiKey(scope, { token });
			if (key) keys.set(product, key);
		}
		for (let index = 0; index < count; index++) {
			const { id: businessId } = await createBusiness(scope, { name: `Business ${index}` });
			for (const product of products.slice(0, 1 + (index % 2))) {
				const { id } = await startSubscription(scope, {
					businessId,
					product,
					plan: 'metered',
					startedOn: '2026-01-10'
				});
				subscriptions.push({ businessId, product, id });
			}
		}
	});
}, 60_000);
afterAll(() => runtime.stop());

const keyOf = (id: string, meter: string, period: string): string => `${id} ${meter} ${period}`;
let events = 0;

/** Each uses something in the period that began on a day. */
async function use(period: string, day: string): Promise<void> {
	for (const product of products) {
		const key = keys.get(product);
		const batch = subscriptions
			.filter((one) => one.product === product)
			.flatMap(({ businessId, id }) =>
				meters.flatMap((meter): UsageEvent[] => {
					const value = below(80);
					if (value === 0) return [];
					const name = keyOf(id, meter, period);
					used.set(name, (used.get(name) ?? 0) + value);
					return [
						{
							businessId,
							source: '/test',
							id: `e${++events}`,
							type: `${product}.${meter}`,
							time: Date.parse(day),
							data: { value: String(value) }
						}
					];
				})
			);
		if (key) await recordEvents(batch, key, { at: new Date(day) });
	}
}

const start = (): ChildProcess =>
	fork(fileURLToPath(new URL('../../../../tests/setup/closing-process.ts', import.meta.url)), {
		execArgv: []
	});

/** Closes in a process of its own until nothing is due or it has killed itself. */
async function closeIn(at: string, killsItselfAfter?: number): Promise<ClosingReport | 'killed'> {
	const child = start();
	const { connection } = runtime;
	const report = new Promise<ClosingReport>((resolve) =>
		child.once('message', (message) => {
			resolve(message as ClosingReport);
		})
	);
	child.send({ connection, at, size: 4, killsItselfAfter } satisfies ClosingTask);
	const ended = once(child, 'exit').then(([, signal]): 'killed' => {
		// Whatever ends otherwise has failed.
		expect(signal).toBe('SIGKILL');
		return 'killed';
	});
	const outcome = await Promise.race([report, ended]);
	child.kill('SIGKILL');
	return outcome;
}

/** Two at once, killed at random points, until one of them was not. */
async function closeThroughDeaths(at: string): Promise<number> {
	let deaths = 0;
	for (let round = 0; round < most; round++) {
		const bound = round * 3 < most * 2 ? 90 : 260;
		const outcomes = await Promise.all([
			// Few enough questions that some die before anything is done, and others in the midst of it.
			closeIn(at, 3 + below(bound)),
			closeIn(at, 3 + below(bound))
		]);
		const died = outcomes.filter((outcome) => outcome === 'killed').length;
		deaths += died;
		if (died === 0) return deaths;
	}
	await closeIn(at);
	return deaths;
}

const costOf = {
	data: (quantity: number): number => 2 * Math.min(quantity, 50) + Math.max(quantity - 50, 0),
	calls: (quantity: number): number => 3 * Math.max(quantity - 10, 0)
};

/** What should be on the invoices: by subscription, price and period, in cents. */
function expected(periods: readonly string[], usageOf: readonly string[]): Map<string, bigint> {
	const sums = new Map<string, bigint>();
	for (const { id } of subscriptions) {
		for (const period of periods) sums.set(`${keyOf(id, 'base', period)} plan`, 100_000n);
		for (const period of usageOf)
			for (const meter of meters) {
				const cost = costOf[meter](used.get(keyOf(id, meter, period)) ?? 0);
				if (cost > 0) sums.set(`${keyOf(id, meter, period)} usage`, BigInt(cost) * 100n);
			}
	}
	return sums;
}

interface BilledRow {
	invoice_id: string;
	subscription_id: string | null;
	price_slug: string | null;
	period_start: string | null;
	kind: string;
	amount_minor: bigint;
}

async function billed(): Promise<BilledRow[]> {
	return runtime.database.system.db
		.selectFrom('billing.invoice_lines')
		.select(['invoice_id', 'subscription_id', 'price_slug', 'period_start', 'kind', 'amount_minor'])
		.execute();
}

const nameOf = (row: BilledRow): string =>
	`${keyOf(row.subscription_id ?? '', row.price_slug ?? '', row.period_start ?? '')} ${row.kind}`;

async function expectGaplessAndBalanced(): Promise<void> {
	const rows = await runtime.database.system.db
		.selectFrom('billing.invoices')
		.select('sequence')
		.orderBy('sequence')
		.execute();
	expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
	const { disagreements } = await withSystem('test', (scope) => verifyLedger(scope, readBooks));
	expect(disagreements).toEqual([]);
}

it(
	`bills nothing twice and misses nothing, however often two at once are killed (CLOSING_SEED=${seed})`,
	{ timeout: 300_000 },
	async () => {
		const [first, second, third, fourth] = [
			'2026-01-10',
			'2026-02-10',
			'2026-03-10',
			'2026-04-10'
		] as const;
		await use(first, '2026-01-20T09:00:00Z');
		await use(second, '2026-02-20T09:00:00Z');
		// Two months of standstill: three periods begin, two end.
		let deaths = await closeThroughDeaths('2026-03-12T09:00:00Z');
		const now = await billed();
		const names = now.map(nameOf);
		expect(new Set(names).size).toBe(names.length);
		expect(new Map(now.map((row) => [nameOf(row), row.amount_minor]))).toEqual(
			expected([first, second, third], [first, second])
		);
		// Each period has an invoice of its own.
		expect(new Set(now.map(({ invoice_id }) => invoice_id)).size).toBe(3 * count);
		await expectGaplessAndBalanced();

		// Some of it comes late, for a period that was billed.
		await use(second, '2026-03-09T09:00:00Z');
		await use(third, '2026-03-20T09:00:00Z');
		deaths += await closeThroughDeaths('2026-04-12T09:00:00Z');
		const all = await billed();
		const lines = all.map(nameOf);
		expect(new Set(lines).size).toBe(lines.length);
		const sums = new Map<string, bigint>();
		for (const row of all) {
			// Late use comes on lines of its own, and together they are what all of it costs.
			const name = nameOf(row).replace(' late_usage', ' usage');
			sums.set(name, (sums.get(name) ?? 0n) + row.amount_minor);
		}
		expect(sums).toEqual(expected([first, second, third, fourth], [first, second, third]));
		expect(all.some(({ kind }) => kind === 'late_usage')).toBe(true);
		expect(new Set(all.map(({ invoice_id }) => invoice_id)).size).toBe(4 * count);
		await expectGaplessAndBalanced();
		expect(deaths).toBeGreaterThan(Math.min(most, 4));
	}
);
