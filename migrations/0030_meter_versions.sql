-- What a meter counts may change. A change is a new version, in force from a full hour (UTC) on; an event is
-- read by the version that is in force in its own hour, also when it comes late. Totals stay with the meter.
-- Of versions that are in force in an hour the highest stands.
create table usage.meter_versions (
	meter_id text not null references usage.meters (id),
	version integer not null check (version > 0),
	event_type text not null check (event_type <> ''),
	aggregation text not null check (aggregation in ('count', 'sum', 'max', 'latest', 'unique')),
	value_property text check (value_property <> ''),
	unit text not null check (unit in ('count', 'bytes', 'hours', 'money', 'people')),
	dimensions text[] not null check (cardinality(dimensions) <= 8),
	effective_from timestamptz not null check (extract(epoch from effective_from) % 3600 = 0),
	created_at timestamptz not null,
	primary key (meter_id, version),
	check ((aggregation = 'count') = (value_property is null))
);
grant select on usage.meter_versions to portal_app, portal_staff;
grant select, insert, update (effective_from) on usage.meter_versions to portal_system;

insert into usage.meter_versions
	(meter_id, version, event_type, aggregation, value_property, unit, dimensions, effective_from, created_at)
select id, 1, event_type, aggregation, value_property, unit, dimensions, 'epoch', created_at
from usage.meters;

-- The meter shows what its newest version says.
grant update (event_type, aggregation, value_property, unit, dimensions) on usage.meters to portal_system;
