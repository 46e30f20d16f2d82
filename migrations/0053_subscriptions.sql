-- A subscription is pinned to a version of a plan, and that version says what is asked. What it asked was
-- copied besides; the copies go. (0051 made a version of everything that anybody ever began with.)
drop table billing.subscription_prices;
alter table billing.subscriptions
	drop column amount_minor,
	drop column currency,
	-- Raised by every change. Who changes it says which they saw.
	add column version integer not null default 1 check (version > 0),
	-- What comes with the next period.
	add column next_plan_id text,
	add column next_plan_version integer,
	add column next_seats integer check (next_seats > 0),
	-- The first day without it.
	add column cancels_on date,
	add column cancel_reason text check (length(cancel_reason) <= 500),
	-- The first day of a pause, ahead or begun, and the first day after it; without that one it is open.
	add column paused_on date,
	add column resumes_on date,
	-- What is asked in advance has been billed up to this day.
	add column advance_billed_until date,
	-- The next day, in the zone of the business, on which closing has something to do.
	add column closes_on date,
	drop constraint subscriptions_status_check,
	add constraint subscriptions_status_check
		check (status in ('trial', 'active', 'past_due', 'suspended', 'paused', 'ended')),
	add foreign key (next_plan_id, next_plan_version) references catalogue.plan_versions (plan_id, version),
	add check ((next_plan_id is null) = (next_plan_version is null)),
	add check (cancel_reason is null or cancels_on is not null),
	add check (resumes_on is null or (paused_on is not null and resumes_on > paused_on)),
	add check (status <> 'paused' or paused_on is not null),
	-- That of what renews, which had no name.
	drop constraint subscriptions_check3,
	add constraint subscriptions_renew
		check (renews_on is null or (renews_on = period_end and status in ('active', 'past_due')));
update billing.subscriptions set
	advance_billed_until = case when status = 'trial' then started_on else period_end end,
	closes_on = case when status in ('trial', 'active', 'past_due') then period_end end;
alter table billing.subscriptions alter column advance_billed_until set not null;
create index subscriptions_closing on billing.subscriptions (closes_on) where closes_on is not null;
-- What a member may change of a subscription. How it stands changes in a job.
grant update (plan_id, plan_version, seats, version, next_plan_id, next_plan_version, next_seats, cancels_on,
	cancel_reason, paused_on, resumes_on, anchor_on, period_start, period_end, renews_on, advance_billed_until,
	closes_on) on billing.subscriptions to portal_app;

-- What became of a subscription, change by change.
create table billing.subscription_changes (
	business_id text not null,
	subscription_id text not null,
	id text not null,
	at timestamptz not null,
	-- The civil day from which it holds.
	on_day date not null,
	kind text not null check (kind in ('started', 'status', 'plan', 'seats', 'cancelled', 'kept', 'paused',
		'resumed', 'taken_back')),
	"from" jsonb not null,
	"to" jsonb not null,
	by_person_id text references identity.persons (id),
	-- Their name as it was, or which job or command.
	made_by text not null check (made_by <> ''),
	reason text check (length(reason) <= 500),
	foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id)
);
select platform.tenant_table('billing.subscription_changes', 'subscription_id, id', 'select, insert');

-- A part of a period that ended before its time: another plan began, a pause, the end. What is paid
-- afterwards is still to be billed for it, by the plan that held.
create table billing.ended_periods (
	business_id text not null,
	id text not null,
	subscription_id text not null,
	plan_id text not null,
	plan_version integer not null,
	seats integer check (seats > 0),
	-- The day that its boundaries were reckoned from: it says how long the whole period would have been.
	anchor_on date not null,
	period_start date not null,
	period_end date not null,
	billed_at timestamptz,
	-- The invoice that it went to; null while it waits, and where there was nothing to bill.
	document_id text,
	check (anchor_on <= period_start and period_start < period_end),
	foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id),
	foreign key (plan_id, plan_version) references catalogue.plan_versions (plan_id, version)
);
select platform.tenant_table('billing.ended_periods', 'id', 'select, insert');
create index ended_periods_waiting on billing.ended_periods (business_id, subscription_id)
	where billed_at is null;

-- What a change charges and credits, until closing puts it on an invoice or a credit note.
create table billing.pending_lines (
	business_id text not null,
	id text not null,
	subscription_id text not null,
	product_id text not null references catalogue.products (id),
	-- As on the lines of an invoice.
	kind text not null check (kind in ('plan', 'seat', 'one_off', 'charge', 'credit')),
	price_slug text,
	description text not null check (description <> ''),
	period_start date,
	period_end date,
	-- By seconds: the moment within the period's first day from which it was reckoned.
	begins_at timestamptz,
	quantity numeric,
	unit_minor numeric,
	-- Major units, before it was rounded; what a coupon takes off is off already.
	exact_amount text not null,
	-- Less than nothing for a credit.
	amount_minor bigint not null,
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	tax_class text not null check (tax_class in ('standard', 'reduced', 'zero', 'exempt')),
	tax_included boolean not null,
	-- The billed line that is credited.
	credits_invoice_id text,
	credits_position integer,
	-- Billed now, or else with the next period.
	at_once boolean not null,
	made_at timestamptz not null,
	billed_at timestamptz,
	-- The invoice or credit note that took it.
	document_id text,
	check (period_start < period_end),
	check ((period_start is null) = (period_end is null)),
	check ((kind = 'credit') = (amount_minor < 0)),
	check ((credits_invoice_id is null) = (credits_position is null)),
	check (document_id is null or billed_at is not null),
	foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id),
	foreign key (business_id, credits_invoice_id, credits_position)
		references billing.invoice_lines (business_id, invoice_id, position)
);
select platform.tenant_table('billing.pending_lines', 'id', 'select, insert');
create index pending_lines_waiting on billing.pending_lines (business_id, subscription_id)
	where billed_at is null;
create index pending_lines_credits on billing.pending_lines (business_id, credits_invoice_id, credits_position)
	where credits_invoice_id is not null;

-- What is taken off the invoices of a subscription.
create table billing.subscription_coupons (
	business_id text not null,
	subscription_id text not null,
	coupon_id text not null references catalogue.coupons (id),
	code text not null,
	name text not null,
	percent numeric check (percent > 0 and percent <= 100),
	amount_minor bigint check (amount_minor > 0),
	currency text check (currency ~ '^[A-Z]{3}$'),
	-- How many periods it is still for; null: for ever.
	periods_left integer check (periods_left >= 0),
	added_at timestamptz not null,
	check ((percent is null) <> (amount_minor is null)),
	check ((amount_minor is null) = (currency is null)),
	foreign key (business_id, subscription_id) references billing.subscriptions (business_id, id)
);
select platform.tenant_table('billing.subscription_coupons', 'subscription_id, coupon_id', 'select');

-- Staff look; what changes money goes through a member's door or the system's. What was written stays;
-- of lines that wait only what became of them changes.
revoke insert, update, delete on billing.subscription_changes, billing.ended_periods, billing.pending_lines,
	billing.subscription_coupons from portal_staff;
revoke update, delete on billing.subscription_changes, billing.ended_periods, billing.pending_lines,
	billing.subscription_coupons from portal_system;
grant update (billed_at, document_id) on billing.ended_periods, billing.pending_lines to portal_system;
grant update (periods_left) on billing.subscription_coupons to portal_system;
