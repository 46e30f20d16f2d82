create schema dunning;
grant usage on schema dunning to portal_app, portal_staff, portal_system;

-- When what happens to an invoice that is not paid. Each saving adds a version, the last is in force.
create table dunning.schedules (
	version integer primary key check (version > 0),
	-- From this hour on, in the zone of the business, a day's steps are taken.
	hour integer not null check (hour between 0 and 23),
	-- So many days a link opens its invoice without signing in.
	link_days integer not null check (link_days between 1 and 365),
	-- [{ "slug", "day", "action" }] by day, reckoned from the due date.
	steps jsonb not null check (jsonb_typeof(steps) = 'array'),
	made_by text not null check (made_by <> ''),
	made_at timestamptz not null
);
grant select on dunning.schedules to portal_app;
grant select, insert on dunning.schedules to portal_staff, portal_system;

-- What a vendor begins with.
insert into dunning.schedules (version, hour, link_days, steps, made_by, made_at) values (1, 7, 30, '[
	{ "slug": "due_soon", "day": -5, "action": "remind" },
	{ "slug": "due_today", "day": 0, "action": "remind" },
	{ "slug": "overdue", "day": 3, "action": "remind" },
	{ "slug": "past_due", "day": 7, "action": "past_due" },
	{ "slug": "overdue_again", "day": 7, "action": "remind" },
	{ "slug": "retry", "day": 14, "action": "charge" },
	{ "slug": "last_reminder", "day": 14, "action": "remind" },
	{ "slug": "suspend", "day": 21, "action": "suspend" },
	{ "slug": "end", "day": 60, "action": "end" }
]', 'the portal', now());

-- The steps that were taken for an invoice: each once, written together with what it does.
create table dunning.steps (
	business_id text not null references businesses.businesses (id),
	invoice_id text not null,
	step text not null check (step ~ '^[a-z][a-z0-9_]{0,29}$'),
	action text not null check (action in ('remind', 'past_due', 'charge', 'suspend', 'end')),
	-- The day that it fell on, in the zone of the business; it is taken on that day or later.
	on_day date not null,
	taken_at timestamptz not null,
	-- done; passed: a later one told the same; nothing: there was nothing to do; asked, and then paid or
	-- failed: what came of asking for the money.
	outcome text not null check (outcome in ('done', 'passed', 'nothing', 'asked', 'paid', 'failed')),
	-- Why nothing was to do, or what a provider answered.
	note text check (note <> ''),
	schedule_version integer not null references dunning.schedules (version)
);
select platform.tenant_table('dunning.steps', 'invoice_id, step', 'select');

-- What an unpaid invoice did to a subscription, until it is lifted.
create table dunning.restrictions (
	business_id text not null references businesses.businesses (id),
	invoice_id text not null,
	subscription_id text not null,
	status text not null check (status in ('past_due', 'suspended', 'ended')),
	since timestamptz not null,
	lifted_at timestamptz check (lifted_at >= since)
);
select platform.tenant_table('dunning.restrictions', 'invoice_id, subscription_id', 'select');
create index restrictions_standing on dunning.restrictions (business_id, subscription_id)
	where lifted_at is null;

-- For so long the vendor lets an invoice be. The days do not count.
create table dunning.holds (
	business_id text not null references businesses.businesses (id),
	invoice_id text not null,
	held_at timestamptz not null,
	-- Civil days in the zone of the business.
	held_on date not null,
	held_by text not null check (held_by <> ''),
	reason text not null check (reason <> '' and length(reason) <= 500),
	resumed_at timestamptz check (resumed_at >= held_at),
	resumed_on date check (resumed_on >= held_on),
	resumed_by text check (resumed_by <> ''),
	check ((resumed_at is null) = (resumed_on is null)),
	check ((resumed_at is null) = (resumed_by is null))
);
select platform.tenant_table('dunning.holds', 'invoice_id, held_at', '');
create unique index holds_running on dunning.holds (business_id, invoice_id) where resumed_at is null;
-- Why, and who did it, is the vendor's own.
grant select (business_id, invoice_id, held_at, held_on, resumed_at, resumed_on) on dunning.holds
	to portal_app;

revoke insert, update, delete on dunning.steps, dunning.restrictions from portal_staff;
revoke delete on dunning.steps, dunning.restrictions, dunning.holds from portal_staff, portal_system;

-- What was overdue before there was a schedule is let be until somebody has looked at it: otherwise it would
-- be suspended, or ended, the moment that the schedule begins.
insert into dunning.holds (business_id, invoice_id, held_at, held_on, held_by, reason)
select i.business_id, i.id, now(), (now() at time zone b.time_zone)::date, 'the portal',
	'It was overdue before there was a schedule.'
from billing.invoices i join businesses.businesses b on b.id = i.business_id
where i.status = 'open' and i.due_on < (now() at time zone b.time_zone)::date;
