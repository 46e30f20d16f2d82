-- For how long raw events are kept. One row; 0 keeps them all.
create table usage.retention (
	single boolean primary key default true check (single),
	event_months integer not null default 13 check (event_months = 0 or event_months between 2 and 1200)
);
insert into usage.retention default values;
grant select, update (event_months) on usage.retention to portal_system;

-- Months whose events were dropped: what cannot be counted anew. Written by usage.drop_month alone.
create table usage.dropped_months (
	month date primary key check (month = date_trunc('month', month)),
	dropped_at timestamptz not null
);
grant select on usage.dropped_months to portal_system;

-- Drops the events of a month, all at once. Doors may not change the schema; and whatever asks, no month
-- in which events can still come (35 days back) is dropped, nor one that had ended a moment before.
create function usage.drop_month(month date) returns void
language plpgsql security definer
-- Dropping a partition locks the whole table for a moment. Whoever counts must not queue behind one who
-- waits for that lock: it is given up, and taken on another occasion.
set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
	part text := 'events_' || to_char(month, 'YYYY_MM');
begin
	if month <> date_trunc('month', month) then
		raise exception '% is not the first day of a month', month;
	end if;
	if (month + interval '1 month')::timestamp at time zone 'UTC' > now() - interval '38 days' then
		raise exception 'events of % can still come', to_char(month, 'YYYY-MM');
	end if;
	perform pg_advisory_xact_lock(4611686018427388);
	if to_regclass('usage.' || part) is null then
		return;
	end if;
	execute format('drop table usage.%I', part);
	insert into usage.dropped_months values (month, now()) on conflict do nothing;
end $$;
revoke execute on function usage.drop_month(date) from public;
grant execute on function usage.drop_month(date) to portal_system;
