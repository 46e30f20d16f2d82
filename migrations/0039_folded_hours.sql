-- By value first: how many different values a month or a year has is found by looking each up once.
alter table usage.unique_days drop constraint unique_days_pkey,
	add primary key (business_id, meter_id, value, day, set_id);

-- For how many months before the current one totals are kept hour by hour; older ones stay as days. 0 keeps all.
alter table usage.retention add hour_months integer not null default 13
	check (hour_months = 0 or hour_months between 2 and 1200);
grant update (hour_months) on usage.retention to portal_system;

-- Days before `folded_until` stay as they are, in the zone that the business had when their hours went; hours are
-- kept from `kept_from` on. Null while all hours are there.
alter table usage.zones add folded_until date, add kept_from timestamptz,
	add check ((folded_until is null) = (kept_from is null));

-- What a closed period had come to when its hours went: nothing can change it from then on.
alter table usage.closed_quantities add settled numeric;
