create schema billing;
grant usage on schema billing to portal_app, portal_staff, portal_system;

-- Numbers run without gaps through a series of the vendor's: whoever takes one holds the row until
-- commit, so that a rolled back invoice leaves no hole.
create table billing.series (
	slug text primary key,
	prefix text not null check (prefix ~ '^[A-Z]{2,5}$'),
	next integer not null check (next > 0)
);
insert into billing.series (slug, prefix, next) values ('invoices', 'INV', 1);
grant select, update on billing.series to portal_system;

-- Who issues the invoices: one row.
create table billing.seller (
	only_row boolean primary key default true check (only_row),
	name text not null check (name <> ''),
	address text[] not null,
	tax_pin text not null check (tax_pin <> '')
);
grant select, insert, update on billing.seller to portal_system;

-- Who a business's invoices are made out to, from a day on.
create table billing.customers (
	business_id text not null references businesses.businesses (id),
	valid_from date not null,
	name text not null check (name <> ''),
	address text[] not null,
	tax_pin text check (tax_pin <> '')
);
select platform.tenant_table('billing.customers', 'valid_from', 'select');

-- What a plan asks for use. The rate is exact and may be finer than a minor unit.
create table billing.usage_prices (
	plan_id text not null references catalogue.plans (id),
	meter text not null,
	label text not null check (label <> ''),
	-- Free in each period.
	included numeric not null default 0 check (included >= 0),
	unit_minor numeric not null check (unit_minor >= 0),
	primary key (plan_id, meter)
);
grant select on billing.usage_prices to portal_app, portal_staff;
grant select, insert, update, delete on billing.usage_prices to portal_system;

create table billing.subscriptions (
	business_id text not null references businesses.businesses (id),
	id text not null,
	product_id text not null references catalogue.products (id),
	plan_id text not null references catalogue.plans (id),
	status text not null check (status in ('trial', 'active', 'past_due', 'suspended', 'ended')),
	seats integer check (seats > 0),
	-- As agreed at the start: a later change of the plan's price does not reach it.
	amount_minor bigint not null check (amount_minor >= 0),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	started_on date not null,
	-- The day that every boundary is reckoned from: 31 January, 28 February, 31 March.
	anchor_on date not null,
	period_start date not null,
	period_end date not null,
	renews_on date,
	trial_ends_on date,
	ended_on date,
	check (started_on <= period_start and period_start < period_end),
	check (status <> 'trial' or trial_ends_on is not null),
	check ((status = 'ended') = (ended_on is not null)),
	check (renews_on is null or (renews_on = period_end and status not in ('trial', 'ended')))
);
select platform.tenant_table('billing.subscriptions', 'id', 'select');
create unique index subscriptions_running on billing.subscriptions (business_id, product_id)
	where status <> 'ended';

-- The plan's prices of usage as they were at the start.
create table billing.subscription_prices (
	subscription_id text not null,
	meter text not null,
	label text not null check (label <> ''),
	included numeric not null check (included >= 0),
	unit_minor numeric not null check (unit_minor >= 0)
);
select platform.tenant_table('billing.subscription_prices', 'subscription_id, meter', 'select');
alter table billing.subscription_prices add foreign key (business_id, subscription_id)
	references billing.subscriptions (business_id, id);

create table billing.invoices (
	business_id text not null references businesses.businesses (id),
	id text not null,
	series text not null references billing.series (slug),
	sequence integer not null check (sequence > 0),
	number text not null,
	status text not null check (status in ('open', 'paid', 'void', 'uncollectible')),
	issued_on date not null,
	due_on date not null,
	issued_at timestamptz not null,
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	subtotal_minor bigint not null,
	tax_minor bigint not null,
	total_minor bigint not null check (total_minor >= 0),
	paid_minor bigint not null default 0,
	paid_on date,
	-- The parties as they were on the day of issue.
	seller jsonb not null,
	customer jsonb not null,
	check (due_on >= issued_on),
	check (total_minor = subtotal_minor + tax_minor),
	check (paid_minor between 0 and total_minor),
	check ((status = 'paid') = (paid_on is not null)),
	check (status <> 'paid' or paid_minor = total_minor),
	check (status <> 'open' or paid_minor < total_minor)
);
select platform.tenant_table('billing.invoices', 'id', 'select');
alter table billing.invoices add constraint invoices_number unique (business_id, number);
alter table billing.invoices add constraint invoices_sequence unique (business_id, series, sequence);
create index invoices_open on billing.invoices (business_id, due_on) where status = 'open';

create table billing.invoice_lines (
	invoice_id text not null,
	position integer not null check (position > 0),
	product_id text references catalogue.products (id),
	-- Set on a line for usage: the meter that its quantity comes from.
	meter text,
	description text not null check (description <> ''),
	-- What the line pays for, half-open.
	period_start date,
	period_end date,
	quantity numeric not null,
	unit_minor numeric not null,
	amount_minor bigint not null,
	-- Per cent.
	tax_rate numeric not null check (tax_rate between 0 and 100),
	check (period_start < period_end),
	check ((period_start is null) = (period_end is null))
);
select platform.tenant_table('billing.invoice_lines', 'invoice_id, position', 'select');
alter table billing.invoice_lines add foreign key (business_id, invoice_id)
	references billing.invoices (business_id, id);

create table billing.payments (
	id text not null,
	invoice_id text not null,
	amount_minor bigint not null check (amount_minor > 0),
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	method text not null check (method in ('bank', 'card', 'cash', 'mpesa')),
	-- What the bank or the provider calls it.
	reference text not null check (reference <> ''),
	received_on date not null,
	recorded_at timestamptz not null
);
select platform.tenant_table('billing.payments', 'id', 'select');
alter table billing.payments add foreign key (business_id, invoice_id)
	references billing.invoices (business_id, id);
-- The same money is never counted twice.
alter table billing.payments add constraint payments_reference unique (business_id, method, reference);
create index payments_of_invoice on billing.payments (business_id, invoice_id);

-- An issued invoice is immutable: of it only what was paid and how it stands may change, of its lines
-- and of payments nothing. Staff look; what changes money goes through the system's door.
revoke update, delete on billing.invoices, billing.invoice_lines, billing.payments from portal_system;
grant update (status, paid_minor, paid_on) on billing.invoices to portal_system;
revoke insert, update, delete on billing.customers, billing.subscriptions, billing.subscription_prices,
	billing.invoices, billing.invoice_lines, billing.payments from portal_staff;
