create schema usage;
grant usage on schema usage to portal_app, portal_staff, portal_system;

-- What is counted. Global, as products are; what a meter counts never changes, since totals rest on it.
create table usage.meters (
	id text primary key,
	product_id text not null references catalogue.products (id),
	slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,40}$'),
	name text not null check (name <> ''),
	event_type text not null check (event_type <> ''),
	aggregation text not null check (aggregation in ('count', 'sum', 'max', 'latest', 'unique')),
	-- Which property of an event's data is read; counting needs none.
	value_property text check (value_property <> ''),
	unit text not null check (unit in ('count', 'bytes', 'hours', 'money', 'people')),
	-- Properties of an event's data by which the totals can be told apart.
	dimensions text[] not null default '{}' check (cardinality(dimensions) <= 8),
	created_at timestamptz not null,
	unique (product_id, slug),
	check ((aggregation = 'count') = (value_property is null))
);
grant select on usage.meters to portal_app, portal_staff;
grant select, insert, update (name) on usage.meters to portal_system;

-- The zone in which a business's days are added up. usage.days is right for this zone and no other.
create table usage.zones (
	business_id text not null unique references businesses.businesses (id),
	time_zone text not null
);
select platform.tenant_table('usage.zones', 'time_zone', 'select');

-- That an event was received, kept for ever: it is what makes a repetition known after the event
-- itself has been dropped. `key` is the first 128 bits of SHA-256 over product, source and id.
create table usage.receipts (
	occurred_at timestamptz not null,
	key uuid not null,
	business_id text not null
);
select platform.tenant_table('usage.receipts', 'key', '');

-- Events as they came, a partition for each month (UTC) in which they happened, so that old months can
-- be dropped whole. Never read by pages. What they refer to is checked in the transaction that writes
-- them, many at once: a foreign key would ask again for every row.
create table usage.events (
	occurred_at timestamptz not null,
	received_at timestamptz not null,
	key uuid not null,
	business_id text not null,
	product_id text not null,
	source text not null,
	id text not null,
	type text not null,
	data json,
	-- Attributes that no meter reads: dataschema, a content type other than JSON, extensions.
	attributes json
) partition by range (occurred_at);
select platform.tenant_table('usage.events', 'occurred_at, key', '');

-- Doors may not change the schema, yet whoever stores the first event of a month needs its partition.
create function usage.open_month(month date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
	part text := 'events_' || to_char(month, 'YYYY_MM');
begin
	if month <> date_trunc('month', month) then
		raise exception '% is not the first day of a month', month;
	end if;
	-- Two processes may want the same month at once.
	perform pg_advisory_xact_lock(4611686018427388);
	if to_regclass('usage.' || part) is not null then
		return;
	end if;
	execute format('create table usage.%I (like usage.events including constraints)', part);
	perform platform.tenant_table(format('usage.%I', part)::regclass, 'occurred_at, key', '');
	execute format(
		'alter table usage.events attach partition usage.%I for values from (%L) to (%L)', part,
		month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
end $$;
revoke execute on function usage.open_month(date) from public;
grant execute on function usage.open_month(date) to portal_system;

-- Which values of a meter's dimensions have occurred together. `id` is the first 128 bits of SHA-256
-- over the meter and the values, so that every process finds the same without asking.
create table usage.dimension_sets (
	id uuid not null,
	meter_id text not null references usage.meters (id),
	business_id text not null references businesses.businesses (id),
	dimensions jsonb not null
);
select platform.tenant_table('usage.dimension_sets', 'id', 'select');

-- Totals of an hour (UTC), for the meter as a whole. sum, max and latest are null for a meter that
-- counts events or tells values apart; `latest` is the reading of `latest_at`, the greatest of several.
create table usage.hours (
	hour timestamptz not null check (extract(epoch from hour) % 3600 = 0),
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id),
	count bigint not null check (count > 0),
	sum numeric,
	max numeric,
	latest numeric,
	latest_at timestamptz not null
) with (fillfactor = 70);
select platform.tenant_table('usage.hours', 'meter_id, hour', 'select');

-- The same for each set of dimension values, of meters that have dimensions.
create table usage.slices (
	hour timestamptz not null check (extract(epoch from hour) % 3600 = 0),
	set_id uuid not null,
	business_id text not null,
	meter_id text not null references usage.meters (id),
	count bigint not null check (count > 0),
	sum numeric,
	max numeric,
	latest numeric,
	latest_at timestamptz not null
) with (fillfactor = 70);
select platform.tenant_table('usage.slices', 'meter_id, hour, set_id', 'select');
alter table usage.slices add foreign key (business_id, set_id) references usage.dimension_sets (business_id, id);

-- Hours folded into the days of the business's zone: what charts of weeks and months read.
create table usage.days (
	day date not null,
	business_id text not null references usage.zones (business_id),
	meter_id text not null references usage.meters (id),
	count bigint not null check (count > 0),
	sum numeric,
	max numeric,
	latest numeric,
	latest_at timestamptz not null
) with (fillfactor = 70);
select platform.tenant_table('usage.days', 'meter_id, day', 'select');

-- The values that a `unique` meter has seen, each with the first and last hour in which it occurred:
-- enough to count those of any range that ends now, without looking at every hour.
create table usage.uniques (
	first_hour timestamptz not null,
	last_hour timestamptz not null check (last_hour >= first_hour),
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id),
	value text not null check (length(value) <= 200)
) with (fillfactor = 80);
select platform.tenant_table('usage.uniques', 'meter_id, value', 'select');

-- In which hours, and under which dimension values, each occurred; `set_id` is all zeros for a meter without.
create table usage.unique_hours (
	hour timestamptz not null check (extract(epoch from hour) % 3600 = 0),
	set_id uuid not null,
	business_id text not null,
	meter_id text not null,
	value text not null
);
select platform.tenant_table('usage.unique_hours', 'meter_id, value, hour, set_id', 'select');
alter table usage.unique_hours add foreign key (business_id, meter_id, value)
	references usage.uniques (business_id, meter_id, value);
