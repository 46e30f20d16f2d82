import pg from 'pg';
import type { Embedded } from '#server/platform/embedded/index.ts';

export interface Past {
	events: number;
	productId: string;
	/** Two in three events are of the first, the others of the second. */
	businesses: readonly [string, string];
	from: Date;
	to: Date;
}

/**
 * Events of a past with their receipts and totals, as counting them one by one would have left them, only
 * by SQL: twelve people in three branches, evenly over the time; one event in fifty tells a level.
 */
export async function tellPast(connection: Embedded['connection'], past: Past): Promise<void> {
	const client = new pg.Client({ ...connection, user: 'postgres' });
	await client.connect();
	try {
		await client.query(
			// What refers to what is right here, and asking for every row would take minutes.
			`set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB'; set maintenance_work_mem = '512MB'; set time zone 'UTC'`
		);
		const values: Record<string, string> = {
			events: String(past.events),
			product: past.productId,
			one: past.businesses[0],
			other: past.businesses[1],
			begin: past.from.toISOString(),
			finish: past.to.toISOString()
		};
		for (const statement of statements) {
			// As literals: they are ours, and a statement may use any of them.
			await client.query(
				statement.replace(/:(\w+)/g, (all, name: string) => {
					const value = values[name];
					return value === undefined ? all : pg.escapeLiteral(value);
				})
			);
		}
	} finally {
		await client.end();
	}
}

// As the ledger names them.
const sets = `encode(substr(sha256(convert_to(m.id || ' ["' || user_name || '","' || branch || '"]', 'UTF8')), 1, 16), 'hex')::uuid`;

/** Every table of totals, row by row: what a recount must not change. */
export async function fingerprint(connection: Embedded['connection']): Promise<string> {
	const client = new pg.Client({ ...connection, user: 'postgres' });
	await client.connect();
	try {
		const found: string[] = [];
		for (const table of totals) {
			const { rows } = await client.query<{ all: string }>(
				`select md5(string_agg(t::text, ',' order by t::text collate "C")) as all from usage.${table} t`
			);
			found.push(`${table} ${rows[0]?.all}`);
		}
		return found.join('\n');
	} finally {
		await client.end();
	}
}

const totals = ['hours', 'slices', 'days', 'day_slices', 'uniques', 'unique_hours', 'unique_days'];

const statements = [
	`insert into usage.zones (business_id, time_zone)
	select unnest(array[:one, :other]), 'Africa/Nairobi'`,
	`select usage.open_month(month::date)
	from generate_series(date_trunc('month', :begin::timestamptz), :finish::timestamptz, interval '1 month') month`,
	// Once, since everything else is made from it.
	`create unlogged table past as
	select n, case when n % 3 > 0 then :one::text else :other::text end as business_id,
		date_trunc('milliseconds', :begin::timestamptz + (:finish::timestamptz - :begin::timestamptz) * (n / :events::float8)) as at,
		'event-' || n as id, case when n % 50 = 0 then 'bench.level' else 'bench.data' end as type,
		'user-' || person as user_name,
		(array['Nakuru', 'Eldoret', 'Mombasa'])[1 + person % 3] as branch,
		n::bigint * 7919 % 100000 as bytes
	from (select n, n::bigint * 31 / 7 % 12 as person from generate_series(1, :events::integer) n) numbered`,
	`insert into usage.events
		(business_id, occurred_at, received_at, key, product_id, source, id, type, data)
	select business_id, at, at, encode(substr(sha256(
			convert_to(business_id, 'UTF8') || '\\x00' || convert_to(:product::text, 'UTF8') || '\\x00'
				|| convert_to('/bench/nairobi', 'UTF8') || '\\x00' || convert_to(id, 'UTF8')
		), 1, 16), 'hex')::uuid,
		:product::text, '/bench/nairobi', id, type,
		json_build_object('bytes', bytes, 'user', user_name, 'branch', branch)
	from past`,
	// A key of many rows is made faster at once.
	'alter table usage.receipts drop constraint receipts_pkey',
	`insert into usage.receipts (business_id, key, occurred_at)
	select business_id, key, occurred_at from usage.events`,
	'alter table usage.receipts add primary key (business_id, key)',
	// From here on, a row an hour and person holds all that totals are made of.
	`create unlogged table past_hours as
	select business_id, type, date_trunc('hour', at) as hour, user_name, branch, count(*) as count, sum(bytes) as sum,
		max(bytes) as max, max(n)::bigint * 7919 % 100000 as latest, max(at) as latest_at
	from past group by 1, 2, 3, 4, 5`,
	`insert into usage.dimension_sets (business_id, id, meter_id, dimensions)
	select distinct business_id, ${sets}, m.id, jsonb_build_object('user', user_name, 'branch', branch)
	from past_hours join usage.meters m on m.event_type = type and m.dimensions <> '{}'`,
	`insert into usage.slices (business_id, meter_id, hour, set_id, count, sum, max, latest, latest_at)
	select business_id, m.id, hour, ${sets}, count,
		case m.aggregation when 'count' then null else sum end, case m.aggregation when 'count' then null else max end,
		case m.aggregation when 'count' then null else latest end, latest_at
	from past_hours join usage.meters m on m.event_type = type and m.dimensions <> '{}'
	order by 1, 2, 3, 4`,
	`insert into usage.day_slices (business_id, meter_id, day, set_id, count, sum, max, latest, latest_at)
	select business_id, meter_id, (hour at time zone 'Africa/Nairobi')::date, set_id, sum(count), sum(sum), max(max),
		(array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)
	from usage.slices group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
	`insert into usage.hours (business_id, meter_id, hour, count, sum, max, latest, latest_at)
	select business_id, m.id, hour, sum(count),
		case when m.aggregation in ('count', 'unique') then null else sum(sum) end,
		case when m.aggregation in ('count', 'unique') then null else max(max) end,
		case when m.aggregation in ('count', 'unique') then null
			else (array_agg(latest order by latest_at desc, latest desc))[1] end, max(latest_at)
	from past_hours join usage.meters m on m.event_type = type
	group by 1, 2, 3, m.aggregation order by 1, 2, 3`,
	`insert into usage.days (business_id, meter_id, day, count, sum, max, latest, latest_at)
	select business_id, meter_id, (hour at time zone 'Africa/Nairobi')::date, sum(count), sum(sum), max(max),
		(array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)
	from usage.hours group by 1, 2, 3 order by 1, 2, 3`,
	`insert into usage.uniques (business_id, meter_id, value, first_hour, last_hour)
	select business_id, m.id, user_name, min(hour), max(hour)
	from past_hours join usage.meters m on m.event_type = type and m.aggregation = 'unique' group by 1, 2, 3`,
	`insert into usage.unique_hours (business_id, meter_id, value, hour, set_id)
	select business_id, m.id, user_name, hour, '00000000-0000-0000-0000-000000000000'
	from past_hours join usage.meters m on m.event_type = type and m.aggregation = 'unique' order by 1, 2, 3, 4`,
	`insert into usage.unique_days (business_id, meter_id, day, value, set_id)
	select distinct business_id, meter_id, (hour at time zone 'Africa/Nairobi')::date, value, set_id
	from usage.unique_hours order by 1, 2, 4, 3`,
	'drop table past, past_hours',
	'vacuum analyze'
];
