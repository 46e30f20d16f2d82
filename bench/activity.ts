import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { listActivity } from '#server/modules/activity/index.ts';
import { createBusiness } from '#server/modules/businesses/index.ts';
import { saveProduct } from '#server/modules/catalogue/index.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startEmbedded } from '#server/platform/embedded/index.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { migrate } from '#server/platform/migrate.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import type { Member, Scope } from '#server/platform/scope.ts';
import { secretsFrom } from '#server/platform/secrets.ts';
import { writeLog } from '#server/web/activity-log.ts';
import { download } from '#server/web/download.ts';

export interface ActivityFigures {
	rows: { few: number; many: number };
	/** Median milliseconds of each question and how many entries PostgreSQL looked at for it, with few and with many. */
	questions: { name: string; few: Answered; many: Answered }[];
	/** Reading as a download does. */
	download: { rows: number; seconds: number; grown: number };
	/** What each index costs an entry, in bytes of the write-ahead log: the same on every machine. */
	indexes: { name: string; logged: number }[];
	/** The same of an entry with all its indexes. */
	logged: number;
	/** Seconds that it took to make the many. */
	built: number;
}

interface Answered {
	ms: number;
	looked: number;
}

type Question = Parameters<typeof listActivity>[1];

const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
const span = { from: new Date('2024-11-01T00:00:00Z'), to: new Date('2026-11-01T00:00:00Z') };
const times = 25;
const newline = 0x0a;

/** The log of a business with few entries and with many, in a database of its own. */
export async function benchActivity(
	options: { few?: number; many?: number; download?: number } = {}
): Promise<ActivityFigures> {
	const { few = 10_000, many = 10_000_000, download = 1_000_000 } = options;
	mkdirSync(cache, { recursive: true });
	const directory = mkdtempSync(path.join(cache, 'bench-activity-'));
	const log = createLog('warn');
	const secrets = secretsFrom('the key of a benchmark');
	const embedded = await startEmbedded({ dataDir: directory, profile: 'production', log });
	await migrate(embedded.connection, secrets);
	const database = createDatabase({ connection: embedded.connection, secrets, log });
	const live = createLive(() => database.connectListener(), log);
	const owner = new pg.Client({ ...embedded.connection, user: 'postgres' });
	await owner.connect();
	try {
		setRuntime({
			database,
			clock: systemClock,
			secrets,
			log,
			live,
			publicUrl: 'http://localhost',
			development: false
		});
		const place = await makePlace();
		await fill(owner, place, few);
		const before = await ask(place);
		const weighed = await weighIndexes(owner, place, few);
		const began = performance.now();
		await fill(owner, place, many);
		const built = (performance.now() - began) / 1000;
		const after = await ask(place);
		return {
			rows: { few, many },
			questions: [...before].map(([name, few]) => ({
				name,
				few,
				many: after.get(name) ?? { ms: NaN, looked: NaN }
			})),
			download: await readAll(place, Math.min(download, many)),
			...weighed,
			built
		};
	} finally {
		await owner.end();
		await live.close();
		await database.close();
		await embedded.stop();
		setRuntime(null);
		rmSync(directory, { recursive: true, force: true });
	}
}

interface Place {
	businesses: [string, string];
	products: string[];
}

function makePlace(): Promise<Place> {
	return withSystem('bench', async (scope) => {
		const products: string[] = [];
		for (const [index, slug] of ['erp', 'sacco', 'payroll'].entries())
			products.push(
				(
					await saveProduct(scope, {
						slug,
						name: slug,
						summary: '',
						mark: 'initials',
						position: index + 1
					})
				).id
			);
		const { id: one } = await createBusiness(scope, { name: 'One' });
		const { id: other } = await createBusiness(scope, { name: 'Other' });
		return { businesses: [one, other], products };
	});
}

const personId = (n: number) => `per_${String(n).padStart(26, '0')}`;
const entryId = (n: number) => `act_${String(n).padStart(26, '0')}`;

/** Nine in ten of the first business; 200 people, 10 things that they do, evenly over two years. */
async function fill(
	owner: pg.Client,
	{ businesses, products }: Place,
	rows: number
): Promise<void> {
	const run = (statement: string) => owner.query(statement);
	const literal = (text: string) => pg.escapeLiteral(text);
	await run(
		`set session_replication_role = replica; set maintenance_work_mem = '1GB'; set max_parallel_maintenance_workers = 2`
	);
	await run('truncate activity.entries');
	// Kept while the log grows, indexes make it several times as long.
	const { rows: keys } = await owner.query<{ name: string; definition: string }>(
		`select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
			where conrelid = 'activity.entries'::regclass and contype in ('p', 'u')`
	);
	const { rows: indexes } = await owner.query<{ name: string; definition: string }>(
		`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
			from pg_index i where i.indrelid = 'activity.entries'::regclass
			and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))`
	);
	for (const { name } of indexes) await run(`drop index ${name}`);
	for (const { name } of keys) await run(`alter table activity.entries drop constraint ${name}`);
	await run('alter table activity.entries set unlogged');
	await run('drop table if exists acts');
	await run(`create temporary table acts as
		select n, b.id as business, case when n % 200 = 0 then null else 'per_' || lpad((n % 200)::text, 26, '0') end as person,
			case when n % 200 = 0 then null else 'Person' || n % 200 end as name, w.what,
			to_tsvector('english', 'Person' || n % 200 || ' ' || w.what) || array_to_tsvector(array[b.id]) as words
		from generate_series(0, 1999) n
		cross join (values (${literal(businesses[0])}), (${literal(businesses[1])})) b (id)
		join unnest(array['posted sales invoices', 'received stock', 'paid employees', 'closed the month',
			'counted the cash', 'approved a loan', 'changed a price', 'printed receipts', 'added a customer',
			'corrected a journal']) with ordinality w (what, at) on w.at = n / 200 + 1`);
	const product = `(array[${products.map(literal).join(', ')}])[1 + n % 3]`;
	await run(`insert into activity.entries
			(business_id, id, key, kind, field, occurred_at, person_id, person_name, product_id, what, place, words)
		select a.business, 'act_' || lpad(e.n::text, 26, '0'), 'key ' || e.n,
			case when e.n % 10 < 8 then 'reported' when e.n % 10 = 8 then 'launched' else 'signed_in' end,
			case when e.n % 10 < 8 then 'work' when e.n % 10 = 8 then 'launches' else 'sign-ins' end,
			e.at, a.person, a.name, case when e.n % 10 < 9 then ${product.replaceAll(' n ', ' e.n ')} end,
			case when e.n % 10 < 8 then a.what end, case when e.n % 10 < 8 then 'Stock › Receipts' end,
			case when e.n % 100000 = 7 then a.words || to_tsvector('english', 'Zanzibar') else a.words end
		from (
			select n, n::bigint * 7919 % 2000 as act,
				case when n % 10 = 3 then ${literal(businesses[1])} else ${literal(businesses[0])} end as business,
				date_trunc('milliseconds', ${literal(span.from.toISOString())}::timestamptz
					+ interval '2 years' * (n / ${rows}::float8)) as at
			from generate_series(1, ${rows}) n
		) e join acts a on a.n = e.act and a.business = e.business`);
	for (const { name, definition } of keys)
		await run(`alter table activity.entries add constraint ${name} ${definition}`);
	for (const { definition } of indexes) await run(definition);
	await run('vacuum analyze activity.entries');
}

async function ask({ businesses }: Place): Promise<Map<string, Answered>> {
	const owner: Member = {
		kind: 'member',
		businessId: businesses[0],
		personId: personId(7),
		name: 'Person7',
		role: 'owner',
		timeZone: 'Africa/Nairobi'
	};
	const middle = new Date((span.from.getTime() + span.to.getTime()) / 2);
	const deep = `${middle.getTime()}.${entryId(1)}`;
	const oldest = `${span.from.getTime() + 7 * 86_400_000}.${entryId(1)}`;
	const month = { from: new Date('2025-06-01T00:00:00Z'), to: new Date('2025-07-01T00:00:00Z') };
	const questions: [name: string, question: Question, as?: Member][] = [
		['first page', {}],
		['page in the middle', { before: deep }],
		['page a week from the end', { before: oldest }],
		['a person', { person: personId(42) }],
		['a product', { product: 'sacco' }],
		['a kind', { field: 'sign-ins' }],
		['a kind that has nothing', { field: 'exports' }],
		['a month of last year', month],
		[
			'person, product, kind and month',
			{ person: personId(42), product: 'sacco', field: 'work', ...month }
		],
		['a person and a kind that they never have', { person: personId(42), field: 'exports' }],
		['a person and a product that they never use', { person: personId(43), product: 'payroll' }],
		[
			'a person, a product and a kind that never meet',
			{ person: personId(42), product: 'sacco', field: 'launches' }
		],
		['a product and a kind that it never has', { product: 'sacco', field: 'sign-ins' }],
		['search, a word in every tenth', { search: 'invoices' }],
		['search, half a word', { search: 'employ' }],
		['search, a word in 100,000', { search: 'zanzibar' }],
		['search, a word that is nowhere', { search: 'elephant' }],
		['search, two words, in the middle', { search: 'person42 price', before: deep }],
		['a member: their own', {}, { ...owner, role: 'member' }],
		['a member: search', { search: 'invoices' }, { ...owner, role: 'member' }]
	];
	const answers = new Map<string, Answered>();
	for (const [name, question, as = owner] of questions) {
		const taken: number[] = [];
		for (let time = -2; time < times; time++) {
			const began = performance.now();
			await withBusiness(as, (scope) => listActivity(scope, question));
			if (time >= 0) taken.push(performance.now() - began);
		}
		const looked = await withBusiness(as, async (scope) => {
			const before = await countLooked(scope);
			await listActivity(scope, question);
			return (await countLooked(scope)) - before;
		});
		answers.set(name, { ms: medianOf(taken), looked });
	}
	return answers;
}

/** How many entries the connection has looked at lately, whichever way it came to them. */
async function countLooked({ db }: Scope): Promise<number> {
	const { rows } = await sql<{ looked: string }>`
		select seq_tup_read + coalesce(idx_tup_fetch, 0) as looked from pg_stat_xact_user_tables
		where schemaname = 'activity' and relname = 'entries'`.execute(db);
	return Number(rows[0]?.looked ?? 0);
}

/**
 * The same entries are written again and again, with one index less each time: what an index costs is what
 * the write-ahead log is spared. Everything is taken back.
 */
async function weighIndexes(
	owner: pg.Client,
	{ businesses, products }: Place,
	rows: number
): Promise<Pick<ActivityFigures, 'indexes' | 'logged'>> {
	let next = rows;
	const write = async (count: number): Promise<number> => {
		const written = async (): Promise<number> => {
			const { rows } = await owner.query<{ at: string }>(
				"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as at"
			);
			return Number(rows[0]?.at);
		};
		const before = await written();
		await owner.query(
			`insert into activity.entries
				(business_id, id, key, kind, field, occurred_at, person_id, person_name, product_id, what, place, words)
			select $1, 'act_' || lpad(n::text, 26, '0'), 'key ' || n, 'reported', 'work', $3::timestamptz + n * interval '1 ms',
				'per_' || lpad((n % 200)::text, 26, '0'), 'Person' || n % 200, $2, 'posted sales invoices', 'Stock › Receipts',
				to_tsvector('english', 'Person' || n % 200 || ' posted sales invoices') || array_to_tsvector(array[$1])
			from generate_series($4::int + 1, $4::int + $5::int) n`,
			[businesses[0], products[0], span.to, next, count]
		);
		next += count;
		return ((await written()) - before) / count;
	};
	await owner.query('checkpoint');
	await owner.query('begin; alter table activity.entries set logged');
	// Pages that are written for the first time are logged whole.
	await write(10_000);
	// Others write to the log as well: the least of three is what is nearly the entries' own.
	const least = async (): Promise<number> =>
		Math.min(await write(4_000), await write(4_000), await write(4_000));
	const logged = await least();
	const { rows: indexes } = await owner.query<{ name: string; constraint: string | null }>(
		`select i.indexrelid::regclass::text as name, quote_ident(c.conname) as constraint
			from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
			where i.indrelid = 'activity.entries'::regclass order by name`
	);
	let before = logged;
	const found: ActivityFigures['indexes'] = [];
	for (const { name, constraint } of indexes) {
		await owner.query(
			constraint
				? `alter table activity.entries drop constraint ${constraint}`
				: `drop index ${name}`
		);
		const after = await least();
		found.push({ name, logged: before - after });
		before = after;
	}
	await owner.query('rollback');
	return { indexes: found, logged };
}

const medianOf = (taken: number[]): number =>
	taken.toSorted((one, two) => one - two)[taken.length >> 1] ?? 0;

async function readAll({ businesses }: Place, most: number): Promise<ActivityFigures['download']> {
	const as: Member = {
		kind: 'member',
		businessId: businesses[0],
		personId: personId(7),
		name: 'Person7',
		role: 'owner',
		timeZone: 'Africa/Nairobi'
	};
	const began = performance.now();
	globalThis.gc?.();
	const memory = process.memoryUsage().rss;
	let [rows, peak] = [0, memory];
	const pieces = writeLog(
		(place) => withBusiness(as, (scope) => listActivity(scope, place)),
		as.timeZone
	);
	const reader = download('activity', 'csv', pieces).body?.getReader();
	for (
		let taken = await reader?.read();
		taken?.value && rows < most;
		taken = await reader?.read()
	) {
		for (let at = taken.value.indexOf(newline); at >= 0; at = taken.value.indexOf(newline, at + 1))
			rows += 1;
		peak = Math.max(peak, process.memoryUsage().rss);
	}
	await reader?.cancel();
	return { rows, seconds: (performance.now() - began) / 1000, grown: peak - memory };
}
