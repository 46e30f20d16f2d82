-- What each meter read, minute by minute, for the last two hours: what the live chart shows. Older minutes
-- are swept; hours hold the same readings for ever.
create table usage.minutes (
	minute timestamptz not null check (extract(epoch from minute) % 60 = 0),
	business_id text not null references businesses.businesses (id),
	meter_id text not null references usage.meters (id),
	count bigint not null check (count > 0),
	sum numeric,
	max numeric,
	latest numeric,
	latest_at timestamptz not null
) with (fillfactor = 70);
select platform.tenant_table('usage.minutes', 'meter_id, minute', 'select');
create index minutes_swept on usage.minutes (minute);
