create schema closing;
grant usage on schema closing to portal_app, portal_staff, portal_system;

-- What use was billed for, price by price and period by period, so that what comes late is billed once. The
-- amount is what all of it costs as billed by now; a credit makes it less.
create table closing.billed_usage (
	business_id text not null references businesses.businesses (id),
	subscription_id text not null,
	price_slug text not null,
	-- Civil dates, half-open.
	start_on date not null,
	end_on date not null check (end_on > start_on),
	product_id text not null references catalogue.products (id),
	meter text not null,
	-- By whose price: late use costs what it would have cost in time.
	plan_id text not null,
	plan_version integer not null,
	quantity numeric not null check (quantity >= 0),
	-- How many events it was, where the price asks for each.
	events numeric check (events >= 0),
	amount_minor bigint not null,
	-- Nothing comes any more: it is not looked at again.
	final boolean not null default false,
	foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id),
	foreign key (plan_id, plan_version) references catalogue.plan_versions (plan_id, version)
);
select platform.tenant_table('closing.billed_usage', 'subscription_id, price_slug, start_on, end_on', '');
create index billed_usage_open on closing.billed_usage (business_id, subscription_id) where not final;
revoke insert, update, delete on closing.billed_usage from portal_staff;
revoke update, delete on closing.billed_usage from portal_system;
grant update (quantity, events, amount_minor, final) on closing.billed_usage to portal_system;

-- Businesses that could not be closed, and why. They are tried again; the others are not held up.
create table closing.failures (
	business_id text not null unique references businesses.businesses (id),
	since timestamptz not null,
	last_at timestamptz not null,
	tries integer not null check (tries > 0),
	reason text not null
);
select platform.tenant_table('closing.failures', 'since', '');
revoke insert, update, delete on closing.failures from portal_staff;

create table closing.settings (
	only_row boolean primary key default true check (only_row),
	-- Hours after the end of a period in which its last events may still come before it is billed.
	grace_hours integer not null default 3 check (grace_hours between 0 and 72),
	-- Closing waits until it is let go again: for a past that is being told, for a day of maintenance.
	held_at timestamptz,
	-- When something was closed last.
	closed_at timestamptz
);
insert into closing.settings default values;
grant select on closing.settings to portal_staff;
grant select, update on closing.settings to portal_system;
