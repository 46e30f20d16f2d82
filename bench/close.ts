import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readBooks, saveSeller } from '#server/modules/billing/index.ts';
import { listProducts, savePlanVersion, saveProduct } from '#server/modules/catalogue/index.ts';
import { closeDue } from '#server/modules/closing/index.ts';
import { verifyLedger } from '#server/modules/ledger/index.ts';
import { defineMeter } from '#server/modules/usage/index.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { withSystem } from '#server/platform/doors.ts';
import { startEmbedded } from '#server/platform/embedded/index.ts';
import { newId } from '#server/platform/ids.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { migrate } from '#server/platform/migrate.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { secretsFrom } from '#server/platform/secrets.ts';

export interface CloseFigures {
	subscriptions: number;
	/** Seconds until all of a month is closed: a plan and five meters each. */
	seconds: number;
	invoices: number;
	lines: number;
	/** Per cent of the time of both lanes that each step took; waiting for the other lane is in it. */
	shares: { step: string; percent: number }[];
	/** The same a month later, with a look at what came late. */
	later: { seconds: number; invoices: number };
	/** Milliseconds of a look around when nothing is due. */
	idle: number;
	/** Invoices that closing and the ledger do not agree about, and gaps in their numbers. */
	wrong: number;
	/** Seconds that it took to build. */
	built: number;
}

const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
const meters = ['records', 'messages', 'collections', 'returns', 'documents'];
const lanes = 2;

/** How long a month takes to close, step by step, in a database of its own. */
export async function benchClose(options: { subscriptions?: number } = {}): Promise<CloseFigures> {
	const { subscriptions = 10_000 } = options;
	mkdirSync(cache, { recursive: true });
	const directory = mkdtempSync(path.join(cache, 'bench-close-'));
	const log = createLog('warn');
	const secrets = secretsFrom('the key of a benchmark');
	const embedded = await startEmbedded({ dataDir: directory, profile: 'production', log });
	await migrate(embedded.connection, secrets);
	pg.Client.prototype.query = timedAsk as typeof pg.Client.prototype.query;
	const database = createDatabase({ connection: embedded.connection, secrets, log });
	const live = createLive(() => database.connectListener(), log);
	const clock = fixedClock(new Date('2026-10-01T09:00:00Z'));
	const owner = new pg.Client({ ...embedded.connection, user: 'postgres' });
	await owner.connect();
	try {
		setRuntime({
			database,
			clock,
			secrets,
			log,
			live,
			publicUrl: 'http://localhost',
			development: false
		});
		const began = performance.now();
		await fill(owner, subscriptions);
		const built = (performance.now() - began) / 1000;

		clock.set(new Date('2026-11-01T09:00:00Z'));
		const timed = await timeSteps(() => closeDue({ lanes }));
		const idle = await median(25, () => closeDue({ lanes }));
		const { rows } = await owner.query<{ lines: number }>(
			'select count(*)::int as lines from billing.invoice_lines'
		);
		clock.set(new Date('2026-12-01T09:00:00Z'));
		const again = await timeSteps(() => closeDue({ lanes }));
		return {
			subscriptions,
			seconds: timed.seconds,
			invoices: timed.result.invoices,
			lines: rows[0]?.lines ?? 0,
			shares: timed.shares,
			later: { seconds: again.seconds, invoices: again.result.invoices },
			idle,
			wrong: await countWrong(owner),
			built
		};
	} finally {
		pg.Client.prototype.query = ask as typeof pg.Client.prototype.query;
		await owner.end();
		await live.close();
		await database.close();
		await embedded.stop();
		setRuntime(null);
		rmSync(directory, { recursive: true, force: true });
	}
}

/** A business for each subscription, and thirty days of five meters for each of them. */
async function fill(owner: pg.Client, subscriptions: number): Promise<void> {
	const now = new Date('2026-10-01T09:00:00Z');
	const product = await withSystem('bench', async (scope) => {
		await saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' });
		await saveProduct(scope, {
			slug: 'erp',
			name: 'ERP',
			summary: '',
			mark: 'initials',
			position: 1
		});
		for (const slug of meters)
			await defineMeter(scope, {
				product: 'erp',
				slug,
				name: slug,
				eventType: `erp.${slug}`,
				aggregation: 'sum',
				valueProperty: 'value',
				unit: 'count'
			});
		await savePlanVersion(scope, {
			product: 'erp',
			plan: 'business',
			name: 'Business',
			meters,
			prices: [
				{
					slug: 'base',
					kind: 'flat',
					label: 'Business',
					price: { model: 'flat', amount: '18500' }
				},
				...meters.map((meter, index) => ({
					slug: meter,
					kind: 'usage' as const,
					label: meter,
					meter,
					price:
						index % 2 === 0
							? { model: 'per_unit' as const, unit_amount: '0.90', included: '10' }
							: {
									model: 'graduated' as const,
									tiers: [
										{ up_to: '100', unit_amount: '3' },
										{ up_to: null, unit_amount: '2.50' }
									]
								}
				}))
			]
		});
		const [first] = await listProducts(scope, {});
		if (!first) throw new Error('The product was not made.');
		return first;
	});
	const ids = Array.from({ length: subscriptions }, () => newId('biz', now));
	await owner.query(
		`insert into businesses.businesses (id, name, time_zone, currency, created_at)
		select id, 'Business ' || place, 'Africa/Nairobi', 'KES', $2
		from unnest($1::text[]) with ordinality as made (id, place)`,
		[ids, now]
	);
	await owner.query(
		`insert into billing.subscriptions (business_id, id, product_id, plan_id, plan_version, status, started_on,
			anchor_on, period_start, period_end, renews_on, advance_billed_until, closes_on)
		select made.business, made.id, $3, version.plan_id, version.version, 'active', '2026-10-01', '2026-10-01',
			'2026-10-01', '2026-11-01', '2026-11-01', '2026-11-01', '2026-11-01'
		from unnest($1::text[], $2::text[]) as made (business, id), catalogue.plan_versions version`,
		[ids, ids.map(() => newId('sub', now)), product.id]
	);
	await owner.query(
		`insert into usage.zones (business_id, time_zone) select id, 'Africa/Nairobi' from unnest($1::text[]) id`,
		[ids]
	);
	await owner.query(
		`insert into usage.days (business_id, meter_id, day, count, sum, max, latest, latest_at)
		select business.id, meter.id, day, 5, 40, 10, 8, day
		from unnest($1::text[]) as business (id), usage.meters meter,
			generate_series('2026-10-01'::date, '2026-10-30', '1 day') as day
		order by 1, 2, 3`,
		[ids]
	);
	await owner.query('vacuum analyze');
}

/** What a statement is for, the first that fits. */
const steps: [RegExp, string][] = [
	[/for update skip locked|for update/, 'locking what is due'],
	[/"?usage"?\./, 'reading usage'],
	[/"?billing"?\."?series/, 'numbers'],
	[/"?ledger"?\./, 'ledger'],
	[/"?platform"?\."?events|pg_notify/, 'events'],
	[/"?fiscal"?\./, 'signatures asked for'],
	[/insert into "?billing"?\."?invoice/, 'invoices and lines'],
	[/"?closing"?\.|update billing\.subscriptions|subscription_changes|coupons/, 'what was closed'],
	[/^commit/, 'commit']
];

/** Where time goes while something is timed. A connection keeps the `query` that it was made with. */
let spent: Map<string, number> | null = null;
const ask = pg.Client.prototype.query as (...words: unknown[]) => unknown;
function timedAsk(this: pg.Client, ...words: unknown[]): unknown {
	const [asked] = words;
	const answered = words.findLastIndex((word) => typeof word === 'function');
	if (!spent || answered < 0) return ask.apply(this, words);
	const text = typeof asked === 'string' ? asked : ((asked as { text?: string }).text ?? '');
	const step = steps.find(([pattern]) => pattern.test(text))?.[1] ?? 'other reading';
	const answer = words[answered] as (...words: unknown[]) => void;
	const began = performance.now();
	words[answered] = (...heard: unknown[]): void => {
		spent?.set(step, (spent.get(step) ?? 0) + performance.now() - began);
		answer(...heard);
	};
	return ask.apply(this, words);
}

async function timeSteps<R>(
	work: () => Promise<R>
): Promise<{ seconds: number; shares: CloseFigures['shares']; result: R }> {
	const its = new Map<string, number>();
	spent = its;
	const began = performance.now();
	const result = await work();
	const all = performance.now() - began;
	spent = null;
	const asked = [...its.values()].reduce((sum, ms) => sum + ms, 0);
	its.set('rating, and the rest that is not the database', Math.max(lanes * all - asked, 0));
	return {
		seconds: all / 1000,
		shares: [...its]
			.map(([step, ms]) => ({ step, percent: (100 * ms) / Math.max(lanes * all, asked) }))
			.sort((one, other) => other.percent - one.percent),
		result
	};
}

async function median(times: number, work: () => Promise<unknown>): Promise<number> {
	const spent: number[] = [];
	for (let turn = 0; turn < times; turn++) {
		const began = performance.now();
		await work();
		spent.push(performance.now() - began);
	}
	return spent.sort((one, other) => one - other)[Math.floor(times / 2)] ?? NaN;
}

async function countWrong(owner: pg.Client): Promise<number> {
	const { disagreements } = await withSystem('bench', (scope) => verifyLedger(scope, readBooks));
	const { rows } = await owner.query<{ gaps: number }>(
		'select (max(sequence) - count(*))::int as gaps from billing.invoices'
	);
	return disagreements.length + (rows[0]?.gaps ?? 1);
}
