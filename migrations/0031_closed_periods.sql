-- What each meter had counted when a period was billed. Events may come late, so what it says now can differ:
-- the difference is an adjustment, which is shown and never silently made part of what was closed.
create table usage.closed_quantities (
	business_id text not null references businesses.businesses (id),
	product_id text not null references catalogue.products (id),
	meter_id text not null references usage.meters (id),
	-- Civil dates, half-open, in the zone in which the business's days were added up then.
	start_on date not null,
	end_on date not null check (end_on > start_on),
	time_zone text not null,
	-- As the meter counted at the end of the period, whatever it counts now.
	aggregation text not null,
	quantity numeric not null,
	closed_at timestamptz not null
);
select platform.tenant_table('usage.closed_quantities', 'meter_id, start_on, end_on', 'select');
