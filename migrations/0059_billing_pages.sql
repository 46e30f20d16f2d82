-- To whom papers are mailed: of the business or not, such as its accountant.
create table billing.contacts (
	business_id text not null references businesses.businesses (id),
	id text not null,
	name text not null check (name <> '' and length(name) <= 120),
	email text not null check (email <> ''),
	language text not null check (language in ('en', 'sw')),
	gets text[] not null check (cardinality(gets) > 0 and gets <@ '{invoices,reminders,receipts}'),
	added_at timestamptz not null,
	-- Null where the vendor's command line added it.
	added_by text references identity.persons (id),
	removed_at timestamptz check (removed_at >= added_at),
	-- By somebody of the business, or by the contact's own link.
	removed_for text check (removed_for in ('business', 'contact')),
	check ((removed_at is null) = (removed_for is null))
);
select platform.tenant_table('billing.contacts', 'id', 'select, insert, update');
create unique index contacts_once on billing.contacts (business_id, lower(email)) where removed_at is null;

-- How a business wants its papers; one row, and none for what everybody begins with.
create table billing.settings (
	business_id text not null unique references businesses.businesses (id),
	language text not null check (language in ('en', 'sw')),
	-- An invoice comes by mail with its PDF, by mail with a link alone, or is only on the page.
	invoices_by text not null check (invoices_by in ('pdf', 'link', 'page')),
	-- The customer's own, such as the number of a purchase order; on every invoice from then on.
	customer_reference text check (customer_reference <> '' and length(customer_reference) <= 60),
	changed_at timestamptz not null
);
select platform.tenant_table('billing.settings', 'language', 'select, insert, update');

-- Who leads or keeps the accounts says to whom invoices are made out.
grant insert, update on billing.customers to portal_app;

-- A limit of what use may cost, of one product or of all: an alert without a meter.
alter table usage.alerts
	alter column meter_id drop not null,
	drop constraint alerts_limit_of_check,
	drop constraint alerts_limit,
	-- Whose use it limits; null for all products, and for what a meter says already.
	add column product_id text references catalogue.products (id),
	-- In whose minor units the amount is, where it is money.
	add column currency text check (currency ~ '^[A-Z]{3}$'),
	add constraint alerts_limit_of check (limit_of in ('number', 'plan', 'spend')),
	add constraint alerts_limit check ((limit_of = 'plan') = (amount is null)),
	add constraint alerts_spend check (case when limit_of = 'spend'
		then meter_id is null and currency is not null and period <> 'day'
		else meter_id is not null and currency is null and product_id is null end);
drop index usage.alerts_once;
create unique index alerts_once on usage.alerts (business_id, meter_id, product_id, period, limit_of, amount)
	nulls not distinct where removed_at is null;

-- One limit may suspend several products.
alter table usage.suspensions drop constraint suspensions_pkey,
	add primary key (business_id, alert_id, period, period_end, amount, product_id);
