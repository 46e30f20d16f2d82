-- Slices folded into the days of the business's zone, as hours are into usage.days: what a month by person
-- or branch reads.
create table usage.day_slices (
	day date not null,
	set_id uuid not null,
	business_id text not null references usage.zones (business_id),
	meter_id text not null references usage.meters (id),
	count bigint not null check (count > 0),
	sum numeric,
	max numeric,
	latest numeric,
	latest_at timestamptz not null
) with (fillfactor = 70);
select platform.tenant_table('usage.day_slices', 'meter_id, day, set_id', 'select');

-- On which days each value of a `unique` meter occurred, and under which dimension values.
create table usage.unique_days (
	day date not null,
	set_id uuid not null,
	business_id text not null references usage.zones (business_id),
	meter_id text not null references usage.meters (id),
	value text not null
);
select platform.tenant_table('usage.unique_days', 'meter_id, day, value, set_id', 'select');

insert into usage.day_slices (business_id, meter_id, day, set_id, count, sum, max, latest, latest_at)
select business_id, meter_id, (hour at time zone time_zone)::date as day, set_id, sum(count), sum(sum),
	max(max), (array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)
from usage.slices join usage.zones using (business_id)
group by business_id, meter_id, day, set_id
order by business_id, meter_id, day, set_id;

insert into usage.unique_days (business_id, meter_id, day, value, set_id)
select distinct business_id, meter_id, (hour at time zone time_zone)::date as day, value, set_id
from usage.unique_hours join usage.zones using (business_id)
order by business_id, meter_id, day, value, set_id;

alter table usage.day_slices add foreign key (business_id, set_id)
	references usage.dimension_sets (business_id, id);
alter table usage.unique_days add foreign key (business_id, meter_id, value)
	references usage.uniques (business_id, meter_id, value);
