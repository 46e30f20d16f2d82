-- Meters of a level that holds until its next reading: what they count is the level times the time for which it
-- held. Each set of dimension values has a level of its own; `set_id` is all zeros for a meter without.
alter table usage.meters drop constraint meters_aggregation_check,
	add constraint meters_aggregation_check
		check (aggregation in ('count', 'sum', 'max', 'latest', 'unique', 'weighted'));
alter table usage.meter_versions drop constraint meter_versions_aggregation_check,
	add constraint meter_versions_aggregation_check
		check (aggregation in ('count', 'sum', 'max', 'latest', 'unique', 'weighted'));

-- Every reading of the hours that can still change; of several at one moment the greatest. Older ones are swept.
create table usage.levels (
	at timestamptz not null,
	set_id uuid not null,
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id),
	level numeric not null
);
select platform.tenant_table('usage.levels', 'meter_id, set_id, at', '');

-- An hour (UTC) in which a level was read: from its first reading to its last, the level that the last one left,
-- and what lies between them, in units times milliseconds. What holds before and after is not of the row: so rows
-- are put together in order, and none changes when another does.
create table usage.level_hours (
	hour timestamptz not null check (extract(epoch from hour) % 3600 = 0),
	set_id uuid not null,
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id),
	first_at timestamptz not null check (first_at >= hour),
	last_at timestamptz not null check (last_at >= first_at),
	level numeric not null,
	area numeric not null
) with (fillfactor = 80);
select platform.tenant_table('usage.level_hours', 'meter_id, set_id, hour', 'select');

-- Hours put together into the days of the business's zone. A day in which another version began has two rows.
create table usage.level_days (
	day date not null,
	set_id uuid not null,
	business_id text not null references usage.zones (business_id),
	meter_id text not null references usage.meters (id),
	first_at timestamptz not null,
	last_at timestamptz not null check (last_at >= first_at),
	level numeric not null,
	area numeric not null
) with (fillfactor = 80);
select platform.tenant_table('usage.level_days', 'meter_id, set_id, day, first_at', 'select');

-- The sets of a meter: each has a level to look up.
create index dimension_sets_of_meter on usage.dimension_sets (business_id, meter_id);

-- For how long a level may hold: until its meter counts by another property, other dimensions or another way.
create view usage.level_reigns with (security_invoker = true) as
	with ruling as (
		select v.meter_id, v.aggregation, v.effective_from,
			jsonb_build_array(v.aggregation, v.value_property, v.dimensions) as counting
		from usage.meter_versions v
		where not exists (
			select from usage.meter_versions n
			where n.meter_id = v.meter_id and n.version > v.version and n.effective_from <= v.effective_from
		)
	),
	following as (
		select *, lead(effective_from, 1, 'infinity') over later as until,
			counting is distinct from lag(counting) over later as begins
		from ruling
		window later as (partition by meter_id order by effective_from)
	),
	reigns as (
		select *, count(*) filter (where begins) over (partition by meter_id order by effective_from) as reign
		from following
	)
	select meter_id, min(effective_from) as since, max(until) as until
	from reigns
	where aggregation = 'weighted'
	group by meter_id, reign;
grant select on usage.level_reigns to portal_app, portal_staff, portal_system;
