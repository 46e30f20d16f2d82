-- A business wants to be told when a meter's use of a calendar month, in its zone, nears a limit of its
-- own. What a plan includes is no alert; only what somebody has set is.
create table usage.alerts (
	business_id text not null references businesses.businesses (id),
	id text not null,
	meter_id text not null references usage.meters (id),
	-- In the meter's unit.
	month_limit numeric not null check (month_limit > 0),
	-- Per cent of the limit at which it fires.
	marks smallint[] not null check (cardinality(marks) > 0 and marks <@ '{50,75,90,100}'),
	created_at timestamptz not null,
	changed_at timestamptz not null check (changed_at >= created_at)
);
select platform.tenant_table('usage.alerts');
alter table usage.alerts add constraint alerts_meter unique (business_id, meter_id);

-- That a mark has fired, once a month. The row keeps the highest limit that it fired for: one that was
-- raised may fire again, one that was lowered or set back does not.
create table usage.alert_firings (
	business_id text not null,
	alert_id text not null,
	-- The first day of the month.
	period date not null check (extract(day from period) = 1),
	mark smallint not null,
	month_limit numeric not null,
	value numeric not null,
	fired_at timestamptz not null
);
select platform.tenant_table('usage.alert_firings', 'alert_id, period, mark', 'select');
alter table usage.alert_firings add foreign key (business_id, alert_id)
	references usage.alerts (business_id, id) on delete cascade;
